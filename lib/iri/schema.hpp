// SPDX-License-Identifier: Apache-2.0
// The tables of this folder in state.db.
#pragma once

#include <string_view>

namespace pegasus::iri {

/// Transactions once seen confirmed: nodes forget pruned ones. `hash`: 49 packed bytes; `id` ascends, the oldest go first.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE iri_confirmed (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE
) STRICT;
)sql";

}  // namespace pegasus::iri
