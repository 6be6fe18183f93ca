// SPDX-License-Identifier: Apache-2.0
// Remembers what was once seen confirmed: nodes forget pruned transactions and then deny them.
#pragma once

#include <vector>

#include "model/types.hpp"
#include "store/database.hpp"

namespace pegasus::iri {

/// Loop thread. A power cut may lose the newest entries: the node is asked again.
class ConfirmedMemory {
public:
    ConfirmedMemory(store::Database& database, std::size_t most) : database_(database), most_(most) {}

    [[nodiscard]] Task<std::vector<bool>> recall(std::vector<model::Hash> hashes);
    /// Beyond the bound the oldest are forgotten.
    [[nodiscard]] Task<void> remember(std::vector<model::Hash> hashes);

private:
    store::Database& database_;
    std::size_t most_;
};

}  // namespace pegasus::iri
