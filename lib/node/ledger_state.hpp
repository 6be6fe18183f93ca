// SPDX-License-Identifier: Apache-2.0
// LedgerState: balances, spent addresses, and the bundles with value that count.
#pragma once

#include <map>
#include <vector>

#include "node/tail_graph.hpp"

namespace pegasus::node {

/// Changes of balances that belong together; ordered, so that all that follows from it is
/// deterministic.
using Diff = std::map<Id, std::int64_t>;

/// What a milestone says about the tails of its past, in white-flag order; tangle.md 4.3.
struct Ordering {
    struct Entry {
        Slot slot = kNoSlot;
        bool included = false;
    };
    std::vector<Entry> entries;
    Diff diff;
};

/// Database thread.
class LedgerState {
  public:
    explicit LedgerState(store::Connection& connection);

    [[nodiscard]] std::int64_t balance(Id address);
    [[nodiscard]] bool spent(Id address);
    void markSpent(Id address) { (void)markSpent_.run(address); }
    /// A bundle with value that a milestone has included.
    [[nodiscard]] bool included(Id bundle);
    /// Adds a diff. Corrupt, without having written anything, if it does not sum to zero or takes a
    /// balance out of bounds.
    [[nodiscard]] Result<void> apply(const Diff& diff);
    void setBalance(Id address, std::int64_t amount);
    void markIncluded(Id bundle, std::int64_t milestone) {
        (void)markIncluded_.run(bundle, milestone);
    }
    /// Corrupt if the balances are not the whole supply, or one of them is negative.
    [[nodiscard]] Result<void> checkSupply();

    /// Judges tails in the order given against the present balances, without changing them.
    [[nodiscard]] Ordering judge(const TailGraph& graph, const std::vector<Slot>& cone);

  private:
    /// Takes the bundle into `diff` if the balances allow it.
    bool include(const Tail& tail, Diff& diff);

    Prepared balance_;
    Prepared setBalance_;
    Prepared clearBalance_;
    Prepared spent_;
    Prepared markSpent_;
    Prepared included_;
    Prepared markIncluded_;
    Prepared sum_;
};

}  // namespace pegasus::node
