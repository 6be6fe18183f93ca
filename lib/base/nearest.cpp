// SPDX-License-Identifier: Apache-2.0
// Nearest word.
#include "base/nearest.hpp"

#include <algorithm>
#include <vector>

namespace pegasus {
namespace {

constexpr std::size_t kMaxWord = 64;

/// Levenshtein's distance with swaps of neighbours, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known) {
    if (word.empty() || word.size() > kMaxWord) return std::nullopt;
    const std::string* best = nullptr;
    auto least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : known) {
        if (candidate.size() > kMaxWord) continue;
        const auto edits = distance(word, candidate);
        if (edits >= least || edits >= std::max(word.size(), candidate.size())) continue;
        least = edits;
        best = &candidate;
    }
    return best != nullptr ? std::optional(*best) : std::nullopt;
}

}  // namespace pegasus
