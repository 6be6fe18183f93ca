// SPDX-License-Identifier: Apache-2.0
// Turns whatever a driver answered into exactly one honest reading for each channel. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sensor/reader.hpp"

namespace pegasus::sensor {

/// Readings in the order of `channels`. `doubt`: why the time is not trusted; empty when it is. An answer for a quantity
/// that is no channel, and a second one for the same, are dropped.
[[nodiscard]] std::vector<Reading> judge(std::span<const Channel> channels, const ReadOutcome& outcome, Timestamp time,
                                         const std::string& doubt);

/// All channels Missing.
[[nodiscard]] std::vector<Reading> missing(std::span<const Channel> channels, Timestamp time,
                                           const std::string& reason);

}  // namespace pegasus::sensor
