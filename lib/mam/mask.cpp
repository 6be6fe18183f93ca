// SPDX-License-Identifier: Apache-2.0
#include "mam/mask.hpp"

#include <algorithm>

namespace pegasus::mam {
namespace {

using crypto::Curl;
using trinary::Trit;

/// Sum modulo 3, in -1..1, of two trits.
Trit add(Trit a, Trit b) {
    const int sum = a + b;
    return static_cast<Trit>(sum - 3 * (sum > 1) + 3 * (sum < -1));
}
Trit negated(Trit a) { return static_cast<Trit>(-a); }

std::span<Trit> nextBlock(std::span<Trit>& rest) {
    const auto block = rest.first(std::min(rest.size(), crypto::kCurlRateTrits));
    rest = rest.subspan(block.size());
    return block;
}

}  // namespace

void mask(Curl& sponge, std::span<Trit> trits) {
    while (!trits.empty()) {
        const auto block = nextBlock(trits);
        const auto key = sponge.rate();
        sponge.absorb(block);
        std::ranges::transform(block, key, block.begin(), add);
    }
}

void unmask(Curl& sponge, std::span<Trit> trits) {
    while (!trits.empty()) {
        const auto block = nextBlock(trits);
        std::ranges::transform(block, sponge.rate(), block.begin(), [](Trit c, Trit k) { return add(c, negated(k)); });
        sponge.absorb(block);
    }
}

}  // namespace pegasus::mam
