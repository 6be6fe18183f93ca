// SPDX-License-Identifier: Apache-2.0
// Lengths of time.
#include "base/duration_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pegasus {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t micros;
};
constexpr Unit kUnits[] = {{"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"min", 60'000'000},
                           {"h", 3'600'000'000}, {"d", 86'400'000'000}};

}  // namespace

std::optional<Duration> parseDuration(std::string_view text) {
    std::int64_t count = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || count < 0 || text.starts_with('-')) return std::nullopt;
    if (count == 0 && stop == end) return Duration(0);
    const auto* unit = std::ranges::find(kUnits, std::string_view(stop, end), &Unit::name);
    std::int64_t micros = 0;
    if (unit == std::end(kUnits) || __builtin_mul_overflow(count, unit->micros, &micros)) return std::nullopt;
    return Duration(micros);
}

std::string durationText(Duration duration) {
    for (const auto* name : {"d", "h", "m", "s", "ms"}) {
        const auto* unit = std::ranges::find(kUnits, name, &Unit::name);
        if (duration.count() != 0 && duration.count() % unit->micros == 0)
            return fmt::format("{}{}", duration.count() / unit->micros, name);
    }
    return duration.count() == 0 ? "0s" : fmt::format("{} us", duration.count());
}

}  // namespace pegasus
