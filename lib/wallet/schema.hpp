// SPDX-License-Identifier: Apache-2.0
// The tables of the wallet. Addresses and keys are rows of keys::KeyBook, account "wallet".
#pragma once

#include <string_view>

namespace pegasus::wallet {

/// wallet_seed: at most one row; `sealed` is the seed under AES-256-GCM with a key from scrypt(password, kdf),
/// kdf as crypto::ScryptParameters encodes it.
/// wallet_transfer.trytes: the bundle's transactions in index order, without attachment; unsigned in state 0 (Reserved).
/// wallet_transfer, wallet_tail: messages go some time after they were settled, payments stay.
/// wallet_history: one row for each bundle that moves value, for ever; transfer is NULL for those not made here.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE wallet_seed (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    kdf BLOB NOT NULL,
    sealed BLOB NOT NULL,
    level INTEGER NOT NULL,
    restoring INTEGER NOT NULL,
    restore_count INTEGER NOT NULL
);
CREATE TABLE wallet_transfer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT UNIQUE,
    request TEXT NOT NULL,
    label TEXT NOT NULL,
    bundle TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    settled_us INTEGER,
    trytes TEXT NOT NULL
);
CREATE INDEX wallet_transfer_state ON wallet_transfer (state);
CREATE TABLE wallet_tail (
    tail TEXT PRIMARY KEY,
    transfer INTEGER NOT NULL REFERENCES wallet_transfer (id),
    position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX wallet_tail_transfer ON wallet_tail (transfer, position);
CREATE TABLE wallet_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bundle TEXT NOT NULL UNIQUE,
    direction INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    state INTEGER NOT NULL,
    time_us INTEGER NOT NULL,
    transfer INTEGER REFERENCES wallet_transfer (id),
    label TEXT NOT NULL
);
CREATE INDEX wallet_history_state ON wallet_history (state);
CREATE TABLE wallet_address (
    address TEXT PRIMARY KEY,
    balance INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
)sql";

/// taken: the ledger has an attachment of it, or had. reason: why it is Refused.
inline constexpr std::string_view kTaken = R"sql(
ALTER TABLE wallet_transfer ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
ALTER TABLE wallet_transfer ADD COLUMN reason TEXT NOT NULL DEFAULT '';
UPDATE wallet_transfer SET taken = 1 WHERE state >= 2;
)sql";

/// Ten years of history are not read through for each transfer.
inline constexpr std::string_view kHistoryByTransfer = R"sql(
CREATE INDEX wallet_history_transfer ON wallet_history (transfer) WHERE transfer IS NOT NULL;
)sql";

}  // namespace pegasus::wallet
