// SPDX-License-Identifier: Apache-2.0
// Numbers.
#include "cli/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <string>

namespace pegasus::cli {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kMaxLength = 24;

std::string_view takeDigits(std::string_view& rest) {
    const auto digits = rest.substr(0, std::min(rest.find_first_not_of(kDigits), rest.size()));
    rest.remove_prefix(digits.size());
    return digits;
}

/// Digits with at most one point, taken from the front. Of from_chars() only what the digits say is used: it would read
/// exponents, "inf" and "nan" too.
std::optional<double> takeDecimal(std::string_view& rest) {
    const auto all = rest;
    if (takeDigits(rest).empty()) return std::nullopt;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        if (takeDigits(rest).empty()) return std::nullopt;
    }
    const auto text = all.substr(0, all.size() - rest.size());
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.size() > kMaxLength || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

struct Scale {
    std::string_view name;
    double factor;
};

/// A decimal, at most one blank, and one of the units.
std::optional<double> parseScaled(std::string_view text, std::span<const Scale> scales) {
    const auto number = takeDecimal(text);
    if (text.starts_with(' ')) text.remove_prefix(1);
    const auto scale = std::ranges::find(scales, text, &Scale::name);
    if (!number || scale == scales.end()) return std::nullopt;
    return *number * scale->factor;
}

}  // namespace

Result<std::uint64_t> parseCount(std::string_view text, Bounds bounds) {
    std::uint64_t value = 0;
    auto rest = text;
    const auto digits = takeDigits(rest);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 10);
    const bool whole = !digits.empty() && rest.empty() && error == std::errc();
    if (!whole || value < bounds.least || value > bounds.most)
        return fail(ErrorCode::InvalidArgument, "a whole number from {} to {}", bounds.least, bounds.most);
    return value;
}

Result<double> parseDegrees(std::string_view text, double limit) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto value = takeDecimal(text);
    if (!value || !text.empty() || *value > limit)
        return fail(ErrorCode::InvalidArgument, "degrees from -{0:.0f} to {0:.0f}, such as 45.07", limit);
    return negative && *value != 0 ? -*value : *value;
}

Result<Position> parsePosition(std::string_view text) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return fail(ErrorCode::InvalidArgument, "latitude and longitude, such as 45.07,7.69");
    auto east = text.substr(comma + 1);
    if (east.starts_with(' ')) east.remove_prefix(1);
    const auto latitude = parseDegrees(text.substr(0, comma), 90);
    const auto longitude = parseDegrees(east, 180);
    if (!latitude || !longitude) return fail(ErrorCode::InvalidArgument, "latitude and longitude, such as 45.07,7.69");
    return Position{*latitude, *longitude};
}

Result<double> parseDistance(std::string_view text) {
    static constexpr std::array kScales{Scale{"m", 1}, Scale{"km", 1000}};
    const auto metres = parseScaled(text, kScales);
    if (!metres) return fail(ErrorCode::InvalidArgument, "a distance, such as 5km or 800m");
    return *metres;
}

Result<Duration> parseTime(std::string_view text) {
    static constexpr std::array kScales{Scale{"s", 1e6},    Scale{"min", 60e6},   Scale{"m", 60e6},
                                        Scale{"h", 3600e6}, Scale{"d", 86'400e6}, Scale{"w", 604'800e6}};
    static constexpr double kMost = 3.2e15;  // a hundred years
    const auto micros = parseScaled(text, kScales);
    if (!micros || *micros > kMost) return fail(ErrorCode::InvalidArgument, "a time, such as 90s, 30min, 12h or 7d");
    return Duration(std::llround(*micros));
}

}  // namespace pegasus::cli
