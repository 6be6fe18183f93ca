// SPDX-License-Identifier: Apache-2.0
// TipPool: which tails are offered for approval, uniformly; tangle.md 3.2.
#pragma once

#include <array>
#include <deque>
#include <random>
#include <utility>
#include <vector>

#include "node/tail_graph.hpp"

namespace pegasus::node {

using TipRandom = std::mt19937_64;

/// Non-lazy tails, and semi-lazy ones in case there are no others. Approved ones stay for a moment,
/// so that the tangle keeps its width. Database thread; works on the graph's tails.
class TipPool {
  public:
    static constexpr std::size_t kMaxNonLazy = 100;  ///< above, a tip goes when it is approved
    static constexpr std::size_t kMaxSemiLazy = 20;
    static constexpr std::uint8_t kMaxApprovers = 2;
    static constexpr auto kTimeAfterApproval = std::chrono::seconds(3);

    explicit TipPool(TailGraph& graph) : graph_(&graph) {}

    /// A tail just added to the graph becomes a tip; its approvees lose.
    void add(Slot slot, std::int64_t latest, SteadyTime now);
    void remove(Slot slot);
    /// After a milestone: scores have changed. Confirmed and stale tails must have been removed
    /// before.
    void refresh(std::int64_t latest);
    /// Ends the time of approved tips.
    void expire(SteadyTime now);
    /// kNoSlot if there is none.
    [[nodiscard]] Slot pick(TipRandom& random) const;
    /// Another one than `other` if there is one within some tries, else kNoSlot.
    [[nodiscard]] Slot pickBeside(Slot other, TipRandom& random) const;
    [[nodiscard]] std::size_t size() const { return pools_[1].size() + pools_[2].size(); }

  private:
    void insert(Slot slot, Score score);
    void approve(Slot slot, SteadyTime now);

    TailGraph* graph_;
    std::array<std::vector<Slot>, 3> pools_;  // by Score; none is lazy
    std::deque<std::pair<SteadyTime, Id>> approved_;
};

/// A step: the place of one of `weights`, with a probability proportional to exp(alpha * weight).
/// Not empty.
[[nodiscard]] std::size_t weightedStep(const std::vector<std::uint64_t>& weights, double alpha,
                                       TipRandom& random);

/// Tails looked at by one walk at most; it ends where it is then.
inline constexpr std::size_t kMaxWalkWork = 20'000;

/// The paper's walk, from the unconfirmed tails that approve something confirmed by milestone
/// `entry` or later, towards the tips, over tails that are not lazy. kNoSlot if there is none.
[[nodiscard]] Slot weightedWalk(const TailGraph& graph, std::int64_t entry, std::int64_t latest,
                                double alpha, TipRandom& random);
/// A tip that approves `from` (or `from` itself): uniform steps over tails that are not lazy.
[[nodiscard]] Slot walkFrom(const TailGraph& graph, Slot from, std::int64_t latest, double alpha,
                            TipRandom& random);

}  // namespace pegasus::node
