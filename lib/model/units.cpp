// SPDX-License-Identifier: Apache-2.0
// Amounts in integers only.
#include "model/units.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pegasus::model {
namespace {

constexpr std::array<std::string_view, 6> kNames{"i", "Ki", "Mi", "Gi", "Ti", "Pi"};
constexpr std::string_view kDigits = "0123456789";

constexpr int decimalsOf(Unit unit) { return 3 * static_cast<int>(unit); }

/// The digits before and after the point as a number with `decimals` places.
Result<std::int64_t> scaled(std::string_view whole, std::string_view fraction, int decimals) {
    std::string digits(whole);
    digits += fraction;
    digits.append(static_cast<std::size_t>(decimals) - fraction.size(), '0');
    std::int64_t value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
        if (value > kSupply)
            return fail(ErrorCode::InvalidArgument, "the amount is more than the supply of {} i", kSupply);
    }
    return value;
}

std::string_view withoutTrailingZeros(std::string_view digits) {
    const auto last = digits.find_last_not_of('0');
    return digits.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

std::string_view unitName(Unit unit) { return kNames[static_cast<std::size_t>(unit)]; }

Result<Unit> parseUnit(std::string_view name) {
    const auto* found = std::ranges::find(kNames, name);
    if (found == kNames.end())
        return fail(ErrorCode::InvalidArgument, "unknown unit '{}', expected one of i, Ki, Mi, Gi, Ti, Pi", name);
    return static_cast<Unit>(found - kNames.begin());
}

Result<Iotas> parseIotas(std::string_view text) {
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    const auto take = [&rest] {
        const auto count = std::min(rest.find_first_not_of(kDigits), rest.size());
        const auto digits = rest.substr(0, count);
        rest.remove_prefix(count);
        return digits;
    };
    const auto whole = take();
    std::string_view fraction;
    const bool hasPoint = rest.starts_with('.');
    if (hasPoint) {
        rest.remove_prefix(1);
        fraction = take();
    }
    if (whole.empty() || (hasPoint && fraction.empty()))
        return fail(ErrorCode::InvalidArgument, "'{}' is not an amount, expected for example 1500, 1.5Ki or 2 Mi", text);
    auto unit = Unit::I;
    if (!rest.empty()) {
        if (rest.starts_with(' ')) rest.remove_prefix(1);
        PEGASUS_TRY(unit, parseUnit(rest));
    }
    fraction = withoutTrailingZeros(fraction);
    if (std::cmp_greater(fraction.size(), decimalsOf(unit)))
        return fail(ErrorCode::InvalidArgument, "'{}' has a fraction of one iota", text);
    PEGASUS_TRY(const auto value, scaled(whole, fraction, decimalsOf(unit)));
    return Iotas::of(negative ? -value : value);
}

std::string formatIotas(Iotas amount, Unit unit) {
    const bool negative = amount < Iotas();
    std::string digits = std::to_string(negative ? -amount.count() : amount.count());
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

std::string formatIotas(Iotas amount) {
    const std::int64_t size = amount < Iotas() ? -amount.count() : amount.count();
    std::int64_t bound = 1000;
    int unit = 0;
    while (size >= bound && unit < static_cast<int>(Unit::Pi)) {
        bound *= 1000;
        ++unit;
    }
    return formatIotas(amount, static_cast<Unit>(unit));
}

}  // namespace pegasus::model
