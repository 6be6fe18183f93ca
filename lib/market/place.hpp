// SPDX-License-Identifier: Apache-2.0
// Distances between places. Pure.
#pragma once

#include "market/types.hpp"

namespace pegasus::market {

/// Metres along the surface of a sphere as large as the earth; within half a percent of the truth. Symmetric; across the
/// poles and the date line too.
[[nodiscard]] double metresBetween(const Place& a, const Place& b);

}  // namespace pegasus::market
