// SPDX-License-Identifier: Apache-2.0
// The text of a data message as readings. Format: lib/stream/README.md and docs/protocol.md, "Data messages". Pure.
#pragma once

#include <string_view>
#include <vector>

#include "market/types.hpp"

namespace pegasus::market {

/// Longer messages are kept, but not taken apart.
inline constexpr std::size_t kMaxDataMessage = 44'286;  // MAM's limit of 88,573 trytes
inline constexpr std::size_t kMaxReadings = 1000;       ///< further ones are left out

/// Reads {"data","timestamp",...}, an array of these, and the Data Marketplace's {"time","data":{id: value}}.
/// InvalidArgument: no reading in it. What a reading does not say stays empty; entries that are none are left out.
[[nodiscard]] Result<std::vector<DataReading>> decodeReadings(std::string_view text);

}  // namespace pegasus::market
