// SPDX-License-Identifier: Apache-2.0
// FairOrder: whose tail comes next where not all can.
#pragma once

#include <unordered_map>
#include <vector>

#include "node/tail_graph.hpp"
#include "node/tip_pool.hpp"

namespace pegasus::node {

/// In each round every origin has one turn, in random order, with a random one of its tails: who sends much waits for its
/// own, and age buys nothing. Any thread.
class FairOrder {
  public:
    void add(Origin origin, Slot slot) { tails_[origin].push_back(slot); }
    /// kNoSlot when all had their turn. Each slot once.
    [[nodiscard]] Slot next(TipRandom& random);

  private:
    std::unordered_map<Origin, std::vector<Slot>> tails_;
    std::vector<Origin> round_;  ///< who has not had a turn yet
};

}  // namespace pegasus::node
