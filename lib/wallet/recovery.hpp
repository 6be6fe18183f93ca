// SPDX-License-Identifier: Apache-2.0
// Recovery: finds on the ledger which indices of a restored seed were used.
#pragma once

#include <vector>

#include "wallet/addresses.hpp"

namespace pegasus::wallet {

/// Loop thread. Walks the indices from 0 until `gapLimit` in a row are unused: no funds, no transactions, not spent from.
/// What it finds is written to the key book as it goes; a run that was cut off starts over.
class Recovery {
public:
    Recovery(Context& context, Addresses& addresses) : context_(context), addresses_(addresses) {}

    /// Locked, or the ledger's error: try again later.
    Task<void> run();

private:
    struct Batch {
        std::vector<keys::DerivedKey> keys;
        std::vector<bool> spent;
        std::vector<bool> used;  ///< spent ones too
    };
    Task<Batch> look(crypto::KeyIndex first);
    Task<void> lookForTransactions(Batch& batch);
    Task<void> keep(std::vector<keys::DerivedKey> keys, std::vector<bool> spent, std::vector<bool> used);

    Context& context_;
    Addresses& addresses_;
};

}  // namespace pegasus::wallet
