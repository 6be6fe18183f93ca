// SPDX-License-Identifier: Apache-2.0
// Sparkline.
#include "cli/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace pegasus::cli {

std::string sparkline(const std::deque<double>& values, bool unicode) {
    static constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static constexpr std::array<std::string_view, 4> kPlain{"_", ".", "-", "^"};
    if (values.empty()) return {};
    const auto [least, most] = std::ranges::minmax(values);
    const auto heights = unicode ? kBars.size() : kPlain.size();
    std::string line;
    for (const double value : values) {
        const double share = most > least ? (value - least) / (most - least) : 0.5;
        const auto height = std::min(heights - 1, static_cast<std::size_t>(share * static_cast<double>(heights)));
        line += unicode ? kBars[height] : kPlain[height];
    }
    return line;
}

}  // namespace pegasus::cli
