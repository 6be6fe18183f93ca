// SPDX-License-Identifier: Apache-2.0
// Tables of the market in state.db. Times are microseconds since the epoch, amounts iotas.
#pragma once

#include <string_view>

namespace pegasus::market {

/// market_device: the sealed Ed25519 key. market_listing: what was announced; `superseded` when a newer listing of the
/// stream was confirmed; rows go when their address is released. A closing listing has the address of all 9s.
/// market_payment: one row for each payment that a milestone confirmed, for ever: it is what makes a delivery happen once;
/// reply is the exact message until it is confirmed. secret and side_key are sealed by keys::MachineVault. market_channel: the next root, and the
/// next leaf of its tree. market_order, market_candidate, market_channel, market_message, market_offer: the buyer's.
/// State columns hold the numbers of the enums in types.hpp.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE market_device (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE market_listing (
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    address TEXT NOT NULL,
    price INTEGER NOT NULL,
    text TEXT NOT NULL,
    created INTEGER NOT NULL,
    bundle TEXT,
    confirmed INTEGER,
    superseded INTEGER,
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE market_payment (
    bundle TEXT PRIMARY KEY,
    stream TEXT NOT NULL,
    address TEXT NOT NULL,
    value INTEGER NOT NULL,
    price INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    state INTEGER NOT NULL,
    hold INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    conflicting INTEGER NOT NULL,
    request TEXT,
    seen INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    delivered INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0,
    reply TEXT,
    reply_bundle TEXT,
    reply_confirmed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX market_payment_seen ON market_payment (seen);
CREATE INDEX market_payment_open ON market_payment (state, reply_confirmed);
CREATE TABLE market_offer (
    id TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    announced INTEGER NOT NULL,
    spent INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE market_order (
    id TEXT PRIMARY KEY,
    offer TEXT NOT NULL,
    device_key BLOB NOT NULL,
    name TEXT NOT NULL,
    price INTEGER NOT NULL,
    max_price INTEGER NOT NULL,
    state INTEGER NOT NULL,
    reason TEXT NOT NULL,
    overdue INTEGER NOT NULL,
    seller_address TEXT NOT NULL,
    reply_address TEXT,
    secret BLOB,
    request TEXT,
    payment_bundle TEXT,
    created INTEGER NOT NULL,
    paid INTEGER,
    confirmed INTEGER,
    key_received INTEGER,
    active INTEGER,
    first_reading INTEGER,
    quantity TEXT NOT NULL,
    unit TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE market_candidate (
    order_id TEXT NOT NULL REFERENCES market_order (id),
    bundle TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    root TEXT NOT NULL,
    side_key BLOB NOT NULL,
    PRIMARY KEY (order_id, bundle)
) STRICT, WITHOUT ROWID;
CREATE TABLE market_channel (
    id TEXT PRIMARY KEY REFERENCES market_order (id),
    ended INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    root TEXT NOT NULL,
    leaf INTEGER NOT NULL,
    side_key BLOB NOT NULL,
    received INTEGER NOT NULL,
    last_message INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE market_message (
    channel TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    received INTEGER NOT NULL,
    root TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (channel, sequence)
) STRICT, WITHOUT ROWID;
)sql";

/// The second version. market_sale: what the operator wants to be sold; its listing comes and goes with the readings. fresh:
/// the next listing names another address. Places of orders tell one unverified offer from another.
inline constexpr std::string_view kSales = R"sql(
CREATE TABLE market_sale (
    stream TEXT PRIMARY KEY,
    fresh INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO market_sale
    SELECT stream, 0 FROM market_listing AS one
    WHERE replace(address, '9', '') <> '' AND seq = (SELECT max(seq) FROM market_listing WHERE stream = one.stream);
ALTER TABLE market_order ADD COLUMN latitude REAL;
ALTER TABLE market_order ADD COLUMN longitude REAL;
)sql";

/// The third version: ten years of payments are not read through for each stream, and a reply that everybody can read on the
/// ledger is not kept beside it.
inline constexpr std::string_view kPaymentIndexes = R"sql(
CREATE INDEX market_payment_stream ON market_payment (stream, epoch);
CREATE INDEX market_payment_credit ON market_payment (credit) WHERE credit > 0;
UPDATE market_payment SET reply = NULL WHERE reply_confirmed = 1;
)sql";

/// When this gateway saw an offer for the first time; what an older version has kept was seen when it was announced.
inline constexpr std::string_view kOfferAge = R"sql(
ALTER TABLE market_offer ADD COLUMN first_seen INTEGER NOT NULL DEFAULT 0;
UPDATE market_offer SET first_seen = announced;
)sql";

}  // namespace pegasus::market
