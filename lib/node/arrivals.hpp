// SPDX-License-Identifier: Apache-2.0
// What is judged about arriving transactions before the database is asked. Pure; for the pool.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "node/record.hpp"

namespace pegasus::node {

struct ArrivalRules {
    int minWeightMagnitude = 9;
    Timestamp now;
};

/// Transactions that are valid by themselves, and the bundles that are complete and valid among
/// them.
struct Batch {
    std::vector<Record> records;  ///< each once, approvees before approvers
    std::unordered_map<Packed, Attachment, PackedHash> attachments;  ///< by tail
    std::string peer;  ///< who sent it; empty: this gateway itself
};

/// InvalidArgument if any transaction, or any bundle that is complete, is invalid. Cancelled if
/// stopped.
[[nodiscard]] Result<Batch> examineArrivals(
    const std::vector<model::TransactionTrytes>& transactions, const ArrivalRules& rules,
    const std::stop_token& stop);

}  // namespace pegasus::node
