// SPDX-License-Identifier: Apache-2.0
// Numbers as they are typed: decimal digits, whatever they begin with. Errors are one short sentence that says what is
// expected; the caller says of what. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace pegasus::cli {

/// Both included.
struct Bounds {
    std::uint64_t least;
    std::uint64_t most;
};

struct Position {
    double latitude;
    double longitude;
};

/// "42", "007".
[[nodiscard]] Result<std::uint64_t> parseCount(std::string_view text, Bounds bounds);
/// "45.07", "-7": digits, at most one point, an optional minus; from -limit to limit.
[[nodiscard]] Result<double> parseDegrees(std::string_view text, double limit);
/// "45.07,7.69": latitude and longitude.
[[nodiscard]] Result<Position> parsePosition(std::string_view text);
/// Metres of "800m", "5km", "2.5 km"; at most half of the earth's girth makes sense, more is no error.
[[nodiscard]] Result<double> parseDistance(std::string_view text);
/// "90s", "30min", "12h", "7d"; "1.5h" too.
[[nodiscard]] Result<Duration> parseTime(std::string_view text);

}  // namespace pegasus::cli
