// SPDX-License-Identifier: Apache-2.0
// Amounts in integers only.
#include "base/amount.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pegasus {
namespace {

constexpr std::array<std::string_view, 6> kNames{"i", "Ki", "Mi", "Gi", "Ti", "Pi"};
constexpr std::string_view kDigits = "0123456789";

constexpr int decimalsOf(Unit unit) { return 3 * static_cast<int>(unit); }

std::string_view withoutTrailingZeros(std::string_view digits) {
    const auto last = digits.find_last_not_of('0');
    return digits.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view takeDigits(std::string_view& rest) {
    const auto digits = rest.substr(0, std::min(rest.find_first_not_of(kDigits), rest.size()));
    rest.remove_prefix(digits.size());
    return digits;
}

Unexpected<Error> malformed() { return fail(ErrorCode::InvalidArgument, "whole iotas, such as 10000 or 10Ki"); }

/// The digits before and after the point as a number with `decimals` places.
Result<std::int64_t> scaled(std::string_view whole, std::string_view fraction, int decimals) {
    std::string digits(whole);
    digits += fraction;
    digits.append(static_cast<std::size_t>(decimals) - fraction.size(), '0');
    std::int64_t value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
        if (value > kIotaSupply) return fail(ErrorCode::InvalidArgument, "at most {} i, which is all there are", kIotaSupply);
    }
    return value;
}

}  // namespace

std::string_view unitName(Unit unit) { return kNames[static_cast<std::size_t>(unit)]; }

std::optional<Unit> parseUnit(std::string_view name) {
    const auto* found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Unit>(found - kNames.begin());
}

Result<std::int64_t> parseAmount(std::string_view text) {
    auto rest = text;
    const auto whole = takeDigits(rest);
    std::string_view fraction;
    const bool hasPoint = rest.starts_with('.');
    if (hasPoint) {
        rest.remove_prefix(1);
        fraction = takeDigits(rest);
    }
    if (whole.empty() || (hasPoint && fraction.empty())) return malformed();
    std::optional<Unit> unit = Unit::I;
    if (!rest.empty()) {
        if (rest.starts_with(' ')) rest.remove_prefix(1);
        unit = parseUnit(rest);
    }
    // Half of the world reads 1.000 as a thousand: a point makes sense in larger units only.
    if (!unit || (hasPoint && *unit == Unit::I)) return malformed();
    fraction = withoutTrailingZeros(fraction);
    if (std::cmp_greater(fraction.size(), decimalsOf(*unit))) return malformed();
    return scaled(whole, fraction, decimalsOf(*unit));
}

std::string formatAmount(std::int64_t amount, Unit unit) {
    auto digits = std::to_string(amount);
    const bool negative = digits.starts_with('-');
    if (negative) digits.erase(0, 1);
    const auto decimals = static_cast<std::size_t>(decimalsOf(unit));
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    const auto fraction = withoutTrailingZeros(std::string_view(digits).substr(digits.size() - decimals));
    std::string text = negative ? "-" : "";
    text += digits.substr(0, digits.size() - decimals);
    if (!fraction.empty()) {
        text += '.';
        text += fraction;
    }
    text += ' ';
    text += unitName(unit);
    return text;
}

}  // namespace pegasus
