// SPDX-License-Identifier: Apache-2.0
// WaitingSet: the table and its image in memory.
#include "node/waiting_set.hpp"

namespace pegasus::node {

WaitingSet::WaitingSet(store::Connection& connection)
    : select_(connection,
              "SELECT w.id, t.trunk, t.branch, w.since FROM node_waiting w JOIN node_tx t ON t.id "
              "= w.id"),
      insert_(connection, "INSERT INTO node_waiting (id, since) VALUES (?, ?)"),
      delete_(connection, "DELETE FROM node_waiting WHERE id = ?") {}

void WaitingSet::load() {
    waiting_.clear();
    waiters_.clear();
    auto rows = select_.rows();
    while (rows.next()) keep(rows.integer(0), {rows.integer(1), rows.integer(2), rows.integer(3)});
}

void WaitingSet::keep(Id id, Entry entry) {
    waiting_.emplace(id, entry);
    waiters_.emplace(entry.trunk, id);
    waiters_.emplace(entry.branch, id);
}

void WaitingSet::add(Id id, Id trunk, Id branch, std::int64_t now) {
    insert_.run(id, now);
    keep(id, {trunk, branch, now});
}

void WaitingSet::remove(Id id) {
    const auto it = waiting_.find(id);
    if (it == waiting_.end()) return;
    waiters_.erase({it->second.trunk, id});
    waiters_.erase({it->second.branch, id});
    waiting_.erase(it);
    delete_.run(id);
}

std::vector<Id> WaitingSet::waitersFor(Id id) const {
    std::vector<Id> ids;
    for (auto it = waiters_.lower_bound({id, kNoId}); it != waiters_.end() && it->first == id; ++it)
        ids.push_back(it->second);
    return ids;
}

std::vector<Id> WaitingSet::olderThan(std::int64_t time) const {
    std::vector<Id> ids;
    for (const auto& [id, entry] : waiting_)
        if (entry.since < time) ids.push_back(id);
    return ids;
}

}  // namespace pegasus::node
