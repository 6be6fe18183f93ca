// SPDX-License-Identifier: Apache-2.0
// TipPool: which tails are offered for approval, uniformly; tangle.md 3.2.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "node/tail_graph.hpp"

namespace pegasus::node {

using TipRandom = std::mt19937_64;

/// Tips as they were after a commit, to be chosen from on another thread while the database writes.
struct TipView {
    struct Tip {
        Packed hash;
        SteadyTime end;  ///< no tip any more then
    };
    std::vector<Tip> tips;  ///< a uniform sample of the pool, with repetitions where it is large
    Packed milestone;       ///< the latest one: approved where tips are missing

    struct Choice {
        Packed first, second;
    };
    /// Two different ones if some tries find them. nullopt: there were tips, and their time is
    /// over; the pool may know others.
    [[nodiscard]] std::optional<Choice> choose(TipRandom& random, SteadyTime now) const;
};

/// Non-lazy tails, and semi-lazy ones in case there are no others. Approved ones stay for a moment,
/// so that the tangle keeps its width. Database thread; works on the graph's tails.
class TipPool {
  public:
    static constexpr std::size_t kMaxNonLazy = 100;  ///< above, a tip goes when it is approved
    static constexpr std::size_t kMaxSemiLazy = 20;
    static constexpr std::uint8_t kMaxApprovers = 2;
    static constexpr auto kTimeAfterApproval = std::chrono::seconds(3);
    static constexpr std::size_t kMaxView = 64;

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
    /// Of what pick() picks from.
    [[nodiscard]] std::vector<TipView::Tip> view(TipRandom& random) const;
    [[nodiscard]] std::size_t size() const { return pools_[1].size() + pools_[2].size(); }

  private:
    void insert(Slot slot, Score score);
    void approve(Slot slot, SteadyTime now);
    /// The pool that pick() picks from.
    [[nodiscard]] const std::vector<Slot>& best() const {
        return pools_[2].empty() ? pools_[1] : pools_[2];
    }

    TailGraph* graph_;
    std::array<std::vector<Slot>, 3> pools_;  // by Score; none is lazy
    std::deque<std::pair<SteadyTime, Id>> approved_;
};

/// A step: the place of one of `weights`, with a probability proportional to exp(alpha * weight).
/// Not empty.
[[nodiscard]] std::size_t weightedStep(const std::vector<std::uint64_t>& weights, double alpha,
                                       TipRandom& random);

/// The paper's walk, from the unconfirmed tails that approve something confirmed by milestone
/// `entry` or later, towards the tips, over tails that are not lazy. kNoSlot if there is none. It
/// never turns back, so it looks at each unconfirmed tail three times at most: as a start, and as
/// the approver of its trunk and of its branch.
[[nodiscard]] Slot weightedWalk(const TailGraph& graph, std::int64_t entry, std::int64_t latest,
                                double alpha, TipRandom& random);
/// A tip that approves `from` (or `from` itself): uniform steps over tails that are not lazy.
[[nodiscard]] Slot walkFrom(const TailGraph& graph, Slot from, std::int64_t latest, double alpha,
                            TipRandom& random);

}  // namespace pegasus::node
