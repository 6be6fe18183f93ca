// SPDX-License-Identifier: Apache-2.0
// FairOrder: rounds of turns.
#include "node/fair_order.hpp"

#include <algorithm>

namespace pegasus::node {

Slot FairOrder::next(TipRandom& random) {
    if (round_.empty()) {
        for (const auto& [origin, tails] : tails_) round_.push_back(origin);
        std::ranges::shuffle(round_, random);
    }
    if (round_.empty()) return kNoSlot;
    const auto turn = tails_.find(round_.back());
    round_.pop_back();
    auto& tails = turn->second;
    std::swap(tails[std::uniform_int_distribution<std::size_t>(0, tails.size() - 1)(random)], tails.back());
    const Slot slot = tails.back();
    tails.pop_back();
    if (tails.empty()) tails_.erase(turn);
    return slot;
}

}  // namespace pegasus::node
