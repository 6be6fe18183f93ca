// SPDX-License-Identifier: Apache-2.0
// Words of configuration files.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace pegasus {

/// What a YAML 1.1 reader takes for a truth value, as written there: true, True, TRUE, yes, on, y and their contraries.
[[nodiscard]] inline std::optional<bool> truthValue(std::string_view word) {
    constexpr std::array<std::string_view, 11> kTrue{"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"};
    constexpr std::array<std::string_view, 11> kFalse{"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"};
    if (std::ranges::find(kTrue, word) != kTrue.end()) return true;
    if (std::ranges::find(kFalse, word) != kFalse.end()) return false;
    return std::nullopt;
}

}  // namespace pegasus
