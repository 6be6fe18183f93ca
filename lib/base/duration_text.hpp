// SPDX-License-Identifier: Apache-2.0
// Lengths of time as people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace pegasus {

/// A length of time like "250ms", "10s", "5m" (or "5min"), "24h", "30d"; nullopt if it is none.
[[nodiscard]] std::optional<Duration> parseDuration(std::string_view text);
/// In the largest unit that says it exactly.
[[nodiscard]] std::string durationText(Duration duration);

}  // namespace pegasus
