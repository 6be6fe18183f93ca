// SPDX-License-Identifier: Apache-2.0
// What a listing says of a stream. Pure.
#pragma once

#include "market/types.hpp"
#include "stream/stream_service.hpp"

namespace pegasus::market {

/// Quantity, unit and interval are those of its readings, as far as the sensor is known. Several quantities are a list with
/// commas, and dots where not all fit; units likewise, but one where all are the same, and none where they do not fit.
/// What the sensor is (chip, serial number, date of calibration) is said where name and description leave room for it.
[[nodiscard]] ListingTerms termsOf(const stream::StreamInfo& info);

}  // namespace pegasus::market
