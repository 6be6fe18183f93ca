// SPDX-License-Identifier: Apache-2.0
// TailGraph: the tails that may be approved and that no milestone has ordered yet, in memory.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "node/hash_table.hpp"

namespace pegasus::node {

/// Place of a tail in the graph. Reused once the tail has gone.
using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = std::numeric_limits<Slot>::max();

/// How far below the latest milestone the confirmed past may lie; tangle.md 3.2.
inline constexpr std::int64_t kMaxYoungest = 8;  ///< beyond: lazy
inline constexpr std::int64_t kSemiLazy = 13;    ///< oldest beyond: semi-lazy
inline constexpr std::int64_t kMaxDepth =
    15;  ///< oldest beyond: below max depth, may not be approved any more

/// Who sent a tail: a keyed hash of the peer's name (Ledger::broadcast), or this gateway itself.
using Origin = std::int64_t;
inline constexpr Origin kOwn = 0;

/// What a bundle adds to one address.
struct Change {
    Id address = kNoId;
    std::int64_t amount = 0;
};

/// A tail that is approved: by its slot while no milestone has ordered it, then by that milestone's
/// index.
struct Approvee {
    Id id = kNullId;
    Slot slot = kNoSlot;
    std::int64_t milestone = 0;
};

struct Tail {
    Id id = kNoId;
    Packed hash;  ///< in the graph only
    Id bundle = kNoId;
    Origin origin = kOwn;
    std::int64_t length = 1;            ///< transactions of the bundle
    std::array<Approvee, 2> approvees;  ///< trunk, branch of the head
    std::vector<Change> changes;
    // Kept by the graph:
    std::vector<Slot> approvers;
    std::uint64_t weight =
        1;  ///< bundles that approve it, directly or not, and itself; if weights are kept
    std::int64_t youngest = 0;  ///< highest milestone that its unconfirmed past meets (YTRSI)
    std::int64_t oldest = 0;    ///< lowest (OTRSI)
    std::uint64_t visited = 0;  ///< mark of the last traversal
    // Kept by the tip pool:
    std::uint8_t pool = 0;
    std::uint8_t poolApprovers = 0;
    std::uint32_t poolPlace = 0;
    SteadyTime poolEnd = SteadyTime::max();  ///< no tip any more then, since it is approved
};

enum class Score : std::uint8_t { Lazy, SemiLazy, NonLazy };

/// Database thread. Approvers are always younger than what they approve: order() is a topological
/// order.
class TailGraph {
  public:
    /// `weights`: keep cumulative weights, at the cost of a walk through the unconfirmed past for
    /// each tail.
    explicit TailGraph(bool weights) : weights_(weights) {}

    /// The approvees' slots are found here; where there is none, `milestone` of the approvee
    /// counts.
    Slot add(Tail tail);
    [[nodiscard]] Slot find(Id id) const;
    [[nodiscard]] const Tail& operator[](Slot slot) const { return tails_[slot]; }
    [[nodiscard]] Tail& operator[](Slot slot) { return tails_[slot]; }
    [[nodiscard]] std::size_t size() const { return order_.size(); }
    [[nodiscard]] const std::vector<Slot>& order() const { return order_; }
    /// Tails without approvers, the oldest first.
    [[nodiscard]] std::vector<Slot> heads(std::size_t limit) const;
    /// No tail of the same origin approves it: others cannot hide it below theirs.
    [[nodiscard]] bool headOfItsOrigin(Slot slot) const;
    /// How many of an origin are here, and how many origins.
    [[nodiscard]] std::size_t held(Origin origin) const;
    [[nodiscard]] std::size_t origins() const { return held_.size(); }
    [[nodiscard]] Score score(const Tail& tail, std::int64_t latest) const;

    /// The tails of the past of `roots`, itself included, post-order: trunk before branch before
    /// approver (white flag).
    [[nodiscard]] std::vector<Slot> cone(const std::vector<Slot>& roots);
    /// Of tails in the order given, those that are not in the past of one before; nothing else may walk the graph meanwhile.
    class Cover {
      public:
        explicit Cover(TailGraph& graph) : graph_(graph) { ++graph_.mark_; }
        /// False: it is covered already.
        bool add(Slot root) { return !graph_.enterPast(root).empty(); }

      private:
        TailGraph& graph_;
    };

    /// Takes out tails that milestone `index` has ordered, the whole past of each among them.
    void confirm(const std::vector<Slot>& ordered, std::int64_t index);
    /// Takes out tails below max depth with all that approve them; returns their ids.
    std::vector<Id> dropStale(std::int64_t latest);

  private:
    /// What cone() appends for one more root, with the mark of the present walk.
    std::vector<Slot> enterPast(Slot root);
    void addWeight(Slot slot);
    void updateAge(Tail& tail) const;
    void erase(const std::vector<Slot>& gone);

    bool weights_;
    std::vector<Tail> tails_;
    std::vector<Slot> free_;
    std::vector<Slot> order_;
    std::unordered_map<Id, Slot> slots_;
    std::unordered_map<Origin, std::size_t> held_;
    std::uint64_t mark_ = 0;
};

}  // namespace pegasus::node
