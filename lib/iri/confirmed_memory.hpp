// SPDX-License-Identifier: Apache-2.0
// Remembers what was once seen confirmed: nodes forget pruned transactions and then deny them.
#pragma once

#include <set>
#include <vector>

#include "model/types.hpp"
#include "store/database.hpp"

namespace pegasus::iri {

/// Loop thread. What is asked for but once, as most are, stays in memory and costs no write: who asked has noted the answer.
/// What is asked for again is stored, not synced. A loss: the node is asked again.
class ConfirmedMemory {
public:
    ConfirmedMemory(store::Database& database, std::size_t most) : database_(database), most_(most) {}

    [[nodiscard]] Task<std::vector<bool>> recall(std::vector<model::Hash> hashes);
    /// Beyond the bounds the oldest are forgotten.
    void remember(const std::vector<model::Hash>& hashes);

private:
    [[nodiscard]] Task<void> store(std::vector<model::Hash> hashes);

    store::Database& database_;
    std::size_t most_;
    std::set<model::Hash> young_;  ///< seen confirmed and not stored
    std::set<model::Hash> old_;    ///< the same, before `young_` was full
};

}  // namespace pegasus::iri
