// SPDX-License-Identifier: Apache-2.0
// Tangle: opening, and reading the image in memory from the database.
#include "node/tangle.hpp"

#include <sqlite3.h>

#include <cstring>

namespace pegasus::node {
namespace {

Result<TableKey> tableKey(StateTable& state) {
    const auto bytes = state.blob("table-key");
    TableKey key{};
    if (!bytes || bytes->size() != sizeof key)
        return fail(ErrorCode::Corrupt, "tangle.db has no table key");
    std::memcpy(key.data(), bytes->data(), sizeof key);
    return key;
}

}  // namespace

Result<std::unique_ptr<Tangle>> Tangle::open(store::Connection& connection,
                                             const NodeOptions& options,
                                             const model::Address& coordinator,
                                             std::uint64_t seed) {
    // Nothing here is erased for being secret (the keys in node_state are sealed), so pages need no
    // overwriting.
    connection.exec("PRAGMA secure_delete = OFF");
    connection.exec("PRAGMA cache_size = -12000");
    StateTable state(connection);
    PEGASUS_TRY(const auto key, tableKey(state));
    std::unique_ptr<Tangle> tangle(new Tangle(connection, options, coordinator, key, seed));
    PEGASUS_CHECK(tangle->ledger_.checkSupply());
    PEGASUS_CHECK(tangle->refresh());
    return tangle;
}

Tangle::Tangle(store::Connection& c, const NodeOptions& options, const model::Address& coordinator,
               const TableKey& key, std::uint64_t seed)
    : connection_(c),
      options_(options),
      coordinator_(coordinator),
      key_(key),
      hashes_(c, key),
      state_(c),
      transactions_(c, hashes_),
      tails_(c),
      ledger_(c),
      waiting_(c),
      latestMilestone_(c, "SELECT idx, id, timestamp, age FROM node_milestone ORDER BY idx DESC LIMIT 1"),
      milestone_(c, "SELECT id FROM node_milestone WHERE idx = ?"),
      putMilestone_(c, "INSERT INTO node_milestone (idx, id, timestamp, last, age) VALUES (?, ?, ?, ?, ?)"),
      pruneTarget_(c,
                   "SELECT idx, last FROM node_milestone WHERE age < ? AND idx < ? ORDER BY "
                   "idx DESC LIMIT 1"),
      oldest_(c, "SELECT id FROM node_tx WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"),
      pages_(c, "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count), "
                "(SELECT page_size FROM pragma_page_size)"),
      dropMilestones_(c, "DELETE FROM node_milestone WHERE idx <= ?"),
      nameUsed_(c,
                "SELECT EXISTS (SELECT 1 FROM node_tx WHERE id = ?1) OR EXISTS (SELECT 1 FROM "
                "node_tx WHERE address = ?1)"
                " OR EXISTS (SELECT 1 FROM node_tx WHERE bundle = ?1) OR EXISTS (SELECT 1 FROM "
                "node_tx WHERE trunk = ?1)"
                " OR EXISTS (SELECT 1 FROM node_tx WHERE branch = ?1) OR EXISTS (SELECT 1 FROM "
                "node_tx WHERE tag = ?1)"
                " OR EXISTS (SELECT 1 FROM node_tx WHERE obsolete_tag = ?1 AND obsolete_tag <> tag)"
                " OR EXISTS (SELECT 1 FROM node_balance WHERE address = ?1)"
                " OR EXISTS (SELECT 1 FROM node_spent WHERE address = ?1)"
                " OR EXISTS (SELECT 1 FROM node_included WHERE bundle = ?1)"),
      random_(seed),
      graph_(options.tipSelection == TipSelection::Walk),
      pool_(graph_) {
    sqlite3_rollback_hook(
        c.getHandle(), [](void* self) { static_cast<Tangle*>(self)->behind_ = true; }, this);
}

Tangle::~Tangle() { sqlite3_rollback_hook(connection_.getHandle(), nullptr, nullptr); }

Result<void> Tangle::refresh() {
    if (behind_) {
        load();
        behind_ = false;
    }
    return {};
}

void Tangle::load() {
    latest_ = 0;
    latestId_ = kNullId;
    if (auto rows = latestMilestone_.rows(); rows.next()) {
        latest_ = rows.integer(0);
        latestId_ = rows.integer(1);
        milestoneTime_ = rows.integer(2);
        age_ = rows.integer(3);
    }
    count_ = state_.integer("transactions").value_or(0);
    arrivals_.restart(random_());
    waiting_.load();
    unchecked_.clear();
    for (const auto& tail : tails_.loadAll(TailState::Unchecked)) unchecked_.insert(tail.id);
    awaiting_.clear();
    for (const auto& tail : tails_.loadAll(TailState::Sound))
        for (const auto& approvee : tail.approvees) awaiting_.emplace(approvee.id, tail.id);
    loadTails();
}

void Tangle::loadTails() {
    graph_ = TailGraph(options_.tipSelection == TipSelection::Walk);
    pool_ = TipPool(graph_);
    std::unordered_map<Id, Tail> rest;
    for (auto& tail : tails_.loadAll(TailState::Accepted)) rest.emplace(tail.id, std::move(tail));
    std::vector<Id> roots;
    for (const auto& [id, tail] : rest) roots.push_back(id);
    std::vector<Id> stack;
    for (const Id root : roots) {
        stack.push_back(root);
        while (!stack.empty()) {  // approvees before approvers
            const auto it = rest.find(stack.back());
            if (it == rest.end()) {
                stack.pop_back();
                continue;
            }
            bool ready = true;
            for (auto& approvee : it->second.approvees) {
                if (rest.contains(approvee.id)) {
                    stack.push_back(approvee.id);
                    ready = false;
                } else if (const auto confirmed = tails_.confirmation(approvee.id)) {
                    approvee.milestone = confirmed->milestone;
                }
            }
            if (!ready) continue;
            stack.pop_back();
            it->second.hash = hashes_.at(it->first);
            const Slot slot = graph_.add(std::move(it->second));
            rest.erase(it);
            pool_.add(slot, latest_, SteadyTime());
        }
    }
}

Result<model::Hash> Tangle::hashOf(Id id) { return hashes_.at(id).unpack<model::Hash>(); }

}  // namespace pegasus::node
