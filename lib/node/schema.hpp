// SPDX-License-Identifier: Apache-2.0
// The tables of tangle.db.
#pragma once

#include <string_view>
#include <vector>

#include "store/database.hpp"

namespace pegasus::node {

/// A row of node_hash is any fixed trytes (hash, address, tag), five trits a byte, without zero
/// bytes at its end; `key` is a keyed hash of it, small and evenly spread, so that its index takes
/// a fifth of one over the bytes, and nobody can make rows collide. Id 1 is the empty one: the null
/// hash, the genesis. Everywhere else an id stands for the trytes.
///
/// node_tx.id is the id of the transaction's hash. `signature` is the last column, since it fills
/// the row. node_tail: tails that no milestone has ordered yet and whose past is known; state is
/// TailState. node_change: what the value bundles among them add to each address. node_confirmed:
/// transactions ordered by a milestone; included 0 is conflicting. node_included: bundles with
/// value that count: attached again they conflict, for ever. node_milestone.last: the greatest id
/// at its time, by which old transactions are found.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE node_state (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE node_hash (id INTEGER PRIMARY KEY, key INTEGER NOT NULL, packed BLOB NOT NULL);
CREATE INDEX node_hash_key ON node_hash (key);
CREATE TABLE node_tx (
    id INTEGER PRIMARY KEY,
    address INTEGER NOT NULL, bundle INTEGER NOT NULL, trunk INTEGER NOT NULL, branch INTEGER NOT NULL,
    tag INTEGER NOT NULL, obsolete_tag INTEGER NOT NULL,
    value INTEGER NOT NULL, timestamp INTEGER NOT NULL, current_index INTEGER NOT NULL, last_index INTEGER NOT NULL,
    attached INTEGER NOT NULL, lower INTEGER NOT NULL, upper INTEGER NOT NULL,
    nonce BLOB NOT NULL, signature BLOB NOT NULL
);
CREATE INDEX node_tx_address ON node_tx (address);
CREATE INDEX node_tx_bundle ON node_tx (bundle);
CREATE INDEX node_tx_trunk ON node_tx (trunk);
CREATE INDEX node_tx_branch ON node_tx (branch);
CREATE INDEX node_tx_tag ON node_tx (tag);
CREATE INDEX node_tx_obsolete_tag ON node_tx (obsolete_tag) WHERE obsolete_tag <> tag;
CREATE TABLE node_waiting (id INTEGER PRIMARY KEY, since INTEGER NOT NULL);
CREATE TABLE node_tail (
    id INTEGER PRIMARY KEY, bundle INTEGER NOT NULL, trunk INTEGER NOT NULL, branch INTEGER NOT NULL,
    length INTEGER NOT NULL, state INTEGER NOT NULL
);
CREATE INDEX node_tail_state ON node_tail (state);
CREATE TABLE node_change (
    tail INTEGER NOT NULL, address INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (tail, address)
) WITHOUT ROWID;
CREATE TABLE node_confirmed (id INTEGER PRIMARY KEY, milestone INTEGER NOT NULL, included INTEGER NOT NULL);
CREATE TABLE node_milestone (
    idx INTEGER PRIMARY KEY, id INTEGER NOT NULL, timestamp INTEGER NOT NULL, last INTEGER NOT NULL
);
CREATE TABLE node_balance (address INTEGER PRIMARY KEY, amount INTEGER NOT NULL);
CREATE TABLE node_spent (address INTEGER PRIMARY KEY);
CREATE TABLE node_included (bundle INTEGER PRIMARY KEY, milestone INTEGER NOT NULL);
CREATE TABLE node_payout (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, balance INTEGER NOT NULL, timestamp INTEGER NOT NULL,
    bundle TEXT, tail TEXT, state INTEGER NOT NULL
);
CREATE TABLE node_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, peer TEXT NOT NULL, amount INTEGER NOT NULL,
    asked INTEGER NOT NULL, payout INTEGER REFERENCES node_payout (id)
);
CREATE INDEX node_request_asked ON node_request (asked);
CREATE INDEX node_request_payout ON node_request (payout);
)sql";

/// Step 2: who sent a tail (tail_graph.hpp: Origin).
inline constexpr std::string_view kOrigins = "ALTER TABLE node_tail ADD COLUMN origin INTEGER NOT NULL DEFAULT 0";

/// Step 3: who sent what is confirmed (1: not known any more), and seconds in which the network has run (see README.md, "What goes").
inline constexpr std::string_view kAges = R"sql(
ALTER TABLE node_confirmed ADD COLUMN origin INTEGER NOT NULL DEFAULT 1;
ALTER TABLE node_milestone ADD COLUMN age INTEGER NOT NULL DEFAULT 0;
UPDATE node_milestone SET age = timestamp - (SELECT min(timestamp) FROM node_milestone);
)sql";

/// Step 4: a keyed sum over the row, by which damage is noticed. NULL in older rows.
inline constexpr std::string_view kSums = "ALTER TABLE node_tx ADD COLUMN sum INTEGER";

[[nodiscard]] inline std::vector<store::Migration> migrations() { return {kSchema, kOrigins, kAges, kSums}; }

}  // namespace pegasus::node
