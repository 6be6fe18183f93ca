// SPDX-License-Identifier: Apache-2.0
// The tables of the key-index book.
#pragma once

#include <string_view>

namespace pegasus::keys {

/// One row for each key that was derived. state: 0 ready, 1 handed out, 2 signed, 3 spent (KeyState). bundle: what the
/// key signs or signed. A row never goes, and its state falls by takeBack() and doubtSpent() only.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE keys_key (
    account TEXT NOT NULL,
    idx INTEGER NOT NULL,
    level INTEGER NOT NULL,
    address TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    purpose TEXT NOT NULL DEFAULT '',
    held INTEGER NOT NULL DEFAULT 0,
    bundle TEXT,
    PRIMARY KEY (account, idx)
) WITHOUT ROWID;
CREATE UNIQUE INDEX keys_key_address ON keys_key (account, address);
CREATE INDEX keys_key_state ON keys_key (account, state);
)sql";

}  // namespace pegasus::keys
