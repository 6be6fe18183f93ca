// SPDX-License-Identifier: Apache-2.0
// Balances and the white-flag judgement.
#include "node/ledger_state.hpp"

#include <set>

#include "model/types.hpp"

namespace pegasus::node {

using model::kSupply;

LedgerState::LedgerState(store::Connection& connection)
    : balance_(connection, "SELECT amount FROM node_balance WHERE address = ?"),
      setBalance_(connection,
                  "INSERT OR REPLACE INTO node_balance (address, amount) VALUES (?, ?)"),
      clearBalance_(connection, "DELETE FROM node_balance WHERE address = ?"),
      spent_(connection, "SELECT 1 FROM node_spent WHERE address = ?"),
      markSpent_(connection, "INSERT OR IGNORE INTO node_spent (address) VALUES (?)"),
      included_(connection, "SELECT 1 FROM node_included WHERE bundle = ?"),
      markIncluded_(connection,
                    "INSERT OR IGNORE INTO node_included (bundle, milestone) VALUES (?, ?)"),
      sum_(connection,
           "SELECT coalesce(sum(amount), 0), coalesce(min(amount), 0) FROM node_balance") {}

std::int64_t LedgerState::balance(Id address) {
    auto rows = balance_.rows(address);
    return rows.next() ? rows.integer(0) : 0;
}

bool LedgerState::spent(Id address) { return spent_.rows(address).next(); }

bool LedgerState::included(Id bundle) { return included_.rows(bundle).next(); }

void LedgerState::setBalance(Id address, std::int64_t amount) {
    if (amount == 0) {
        clearBalance_.run(address);
    } else {
        setBalance_.run(address, amount);
    }
}

Result<void> LedgerState::apply(const Diff& diff) {
    std::int64_t sum = 0;
    for (const auto& [address, amount] : diff) {
        sum += amount;
        const auto after = balance(address) + amount;
        if (after < 0 || after > kSupply)
            return fail(ErrorCode::Corrupt, "a milestone would leave {} i on an address", after);
    }
    if (sum != 0)
        return fail(ErrorCode::Corrupt, "the changes of a milestone sum to {} i, expected 0", sum);
    for (const auto& [address, amount] : diff)
        if (amount != 0) setBalance(address, balance(address) + amount);
    return {};
}

Result<void> LedgerState::checkSupply() {
    auto rows = sum_.rows();
    if (!rows.next() || rows.integer(0) != kSupply || rows.integer(1) < 0)
        return fail(ErrorCode::Corrupt,
                    "the balances of the tangle sum to {} i, expected {} i, none below 0",
                    rows.integer(0), kSupply);
    return {};
}

bool LedgerState::include(const Tail& tail, Diff& diff) {
    for (const auto& [address, amount] : tail.changes) {
        const auto it = diff.find(address);
        const auto after = balance(address) + (it == diff.end() ? 0 : it->second) + amount;
        if (after < 0 || after > kSupply) return false;
    }
    for (const auto& [address, amount] : tail.changes) diff[address] += amount;
    return true;
}

Ordering LedgerState::judge(const TailGraph& graph, const std::vector<Slot>& cone) {
    Ordering ordering;
    std::set<Id> bundles;  // with value, included in this cone
    for (const Slot slot : cone) {
        const auto& tail = graph[slot];
        bool good = true;
        // A second attachment would spend the same signatures again, should their addresses have
        // received since.
        if (!tail.changes.empty()) {
            good = !bundles.contains(tail.bundle) && !included(tail.bundle) &&
                   include(tail, ordering.diff);
            if (good) bundles.insert(tail.bundle);
        }
        ordering.entries.push_back({slot, good});
    }
    return ordering;
}

}  // namespace pegasus::node
