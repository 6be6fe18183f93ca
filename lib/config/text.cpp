// SPDX-License-Identifier: Apache-2.0
// Lengths of time, and what a misspelt word was meant to be.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "config/reader.hpp"

namespace pegasus::config {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t micros;
};
constexpr Unit kUnits[] = {{"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"min", 60'000'000},
                           {"h", 3'600'000'000}, {"d", 86'400'000'000}};

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

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

std::optional<std::string> nearest(std::string_view word, const std::set<std::string>& candidates) {
    std::optional<std::string> best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto distance = editDistance(word, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace pegasus::config
