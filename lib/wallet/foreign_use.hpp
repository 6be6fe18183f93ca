// SPDX-License-Identifier: Apache-2.0
// Whether a key has signed elsewhere: another copy of this wallet, or its original after this copy was made.
#pragma once

#include <optional>
#include <vector>

#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"

namespace pegasus::wallet {

struct ForeignUse {
    bool used = false;
    std::optional<model::Hash> proof;  ///< a bundle that the key has signed; without one it is the node's word
};

/// For each address whether the ledger knows a signature of its key: it was spent from, or a valid bundle, confirmed or not, takes
/// something from it. Nodes differ in whether "spent from" includes what is not confirmed, and may be wrong, so the bundles themselves
/// are looked at; a signature that does not verify proves nothing, anybody can write one. At an address that holds too much to be read
/// what the node says has to do. Loop thread; validation in the pool. The ledger's error: then nothing may be signed.
[[nodiscard]] Task<std::vector<ForeignUse>> usedOnLedger(ledger::Ledger& ledger, Pool& pool, std::vector<model::Address> addresses);

}  // namespace pegasus::wallet
