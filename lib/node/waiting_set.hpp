// SPDX-License-Identifier: Apache-2.0
// WaitingSet: stored transactions whose past is not complete.
#pragma once

#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "node/hash_table.hpp"

namespace pegasus::node {

/// Bounded by its user. Database thread. A transaction waits while its trunk or branch is unknown
/// or waits itself.
class WaitingSet {
  public:
    explicit WaitingSet(store::Connection& connection);

    void load();
    void add(Id id, Id trunk, Id branch, std::int64_t now);
    void remove(Id id);
    [[nodiscard]] bool contains(Id id) const { return waiting_.contains(id); }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }
    /// Those that wait for `id`, directly.
    [[nodiscard]] std::vector<Id> waitersFor(Id id) const;
    /// Those that are there since before `time` (seconds).
    [[nodiscard]] std::vector<Id> olderThan(std::int64_t time) const;
    struct Entry {
        Id trunk = kNoId;
        Id branch = kNoId;
        std::int64_t since = 0;  ///< seconds
    };
    [[nodiscard]] const Entry& at(Id id) const { return waiting_.at(id); }

  private:
    void keep(Id id, Entry entry);

    std::unordered_map<Id, Entry> waiting_;
    std::set<std::pair<Id, Id>> waiters_;  ///< (approvee, approver)
    Prepared select_;
    Prepared insert_;
    Prepared delete_;
};

}  // namespace pegasus::node
