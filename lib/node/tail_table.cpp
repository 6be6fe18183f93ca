// SPDX-License-Identifier: Apache-2.0
// Statements over node_tail, node_change and node_confirmed.
#include "node/tail_table.hpp"

namespace pegasus::node {

TailTable::TailTable(store::Connection& c)
    : state_(c, "SELECT state FROM node_tail WHERE id = ?"),
      load_(c, "SELECT id, bundle, trunk, branch, length, origin FROM node_tail WHERE id = ?"),
      loadAll_(c, "SELECT id, bundle, trunk, branch, length, origin FROM node_tail WHERE state = ?"),
      put_(c,
           "INSERT OR REPLACE INTO node_tail (id, bundle, trunk, branch, length, origin, state) "
           "VALUES (?, ?, ?, ?, ?, ?, ?)"),
      setState_(c, "UPDATE node_tail SET state = ?2 WHERE id = ?1"),
      erase_(c, "DELETE FROM node_tail WHERE id = ?"),
      changes_(c, "SELECT address, amount FROM node_change WHERE tail = ?"),
      putChange_(c, "INSERT OR REPLACE INTO node_change (tail, address, amount) VALUES (?, ?, ?)"),
      eraseChanges_(c, "DELETE FROM node_change WHERE tail = ?"),
      confirmation_(c, "SELECT milestone, included FROM node_confirmed WHERE id = ?"),
      confirm_(c,
               "INSERT INTO node_confirmed (id, milestone, included, origin) VALUES (?, ?, ?, ?) ON CONFLICT "
               "(id) DO UPDATE SET "
               "milestone = excluded.milestone, included = 1 WHERE included = 0 AND "
               "excluded.included = 1"),
      forget_(c, "DELETE FROM node_confirmed WHERE id = ?"),
      origin_(c, "SELECT origin FROM node_confirmed WHERE id = ?"),
      counts_(c, "SELECT origin, count(*) FROM node_confirmed WHERE origin <> 0 GROUP BY origin ORDER BY 2 DESC LIMIT 1000") {}

std::optional<TailState> TailTable::state(Id id) {
    auto rows = state_.rows(id);
    if (!rows.next()) return std::nullopt;
    return static_cast<TailState>(rows.integer(0));
}

Tail TailTable::read(const Rows& rows) {
    Tail tail;
    tail.id = rows.integer(0);
    tail.bundle = rows.integer(1);
    tail.approvees[0].id = rows.integer(2);
    tail.approvees[1].id = rows.integer(3);
    tail.length = rows.integer(4);
    tail.origin = rows.integer(5);
    auto changes = changes_.rows(tail.id);
    while (changes.next()) tail.changes.push_back({changes.integer(0), changes.integer(1)});
    return tail;
}

std::optional<Tail> TailTable::load(Id id) {
    auto rows = load_.rows(id);
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::vector<Tail> TailTable::loadAll(TailState state) {
    std::vector<Tail> tails;
    auto rows = loadAll_.rows(static_cast<std::int64_t>(state));
    while (rows.next()) tails.push_back(read(rows));
    return tails;
}

void TailTable::put(const Tail& tail, TailState state) {
    put_.run(tail.id, tail.bundle, tail.approvees[0].id, tail.approvees[1].id, tail.length,
             tail.origin, static_cast<std::int64_t>(state));
    for (const auto& change : tail.changes) putChange_.run(tail.id, change.address, change.amount);
}

void TailTable::erase(Id id) {
    erase_.run(id);
    eraseChanges_.run(id);
}

std::optional<Confirmation> TailTable::confirmation(Id transaction) {
    auto rows = confirmation_.rows(transaction);
    if (!rows.next()) return std::nullopt;
    return Confirmation{rows.integer(0), rows.integer(1) != 0};
}

void TailTable::confirm(Id transaction, const Confirmation& confirmation, Origin origin) {
    confirm_.run(transaction, confirmation.milestone, std::int64_t{confirmation.included}, origin);
}

std::optional<Origin> TailTable::originOf(Id confirmed) {
    auto rows = origin_.rows(confirmed);
    if (!rows.next()) return std::nullopt;
    return rows.integer(0);
}

std::vector<std::pair<Origin, std::int64_t>> TailTable::countsByOrigin() {
    std::vector<std::pair<Origin, std::int64_t>> counts;
    auto rows = counts_.rows();
    while (rows.next()) counts.emplace_back(rows.integer(0), rows.integer(1));
    return counts;
}

}  // namespace pegasus::node
