// SPDX-License-Identifier: Apache-2.0
// One transaction of the legacy ledger: fields, trytes, hash. Layout: tangle.md section 1.1, repeated in transaction.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"

#include "model/types.hpp"

namespace pegasus::model {

/// The fields in the order of the wire. Plain values: validity is the business of validateTransaction and Bundle.
struct Transaction {
    Fragment signatureMessageFragment;
    Address address;
    std::int64_t value = 0;  ///< iotas; negative spends
    Tag obsoleteTag;
    std::int64_t timestamp = 0;  ///< seconds since the epoch; part of the essence
    std::int64_t currentIndex = 0;
    std::int64_t lastIndex = 0;
    Hash bundle;
    Hash trunkTransaction;
    Hash branchTransaction;
    Tag tag;
    std::int64_t attachmentTimestamp = 0;  ///< milliseconds
    std::int64_t attachmentTimestampLowerBound = 0;
    std::int64_t attachmentTimestampUpperBound = 0;
    Nonce nonce;

    bool operator==(const Transaction&) const = default;
};

inline constexpr std::size_t kTransactionTrits = TransactionTrytes::kTrits;  // 8019
inline constexpr std::int64_t kMaxTimestampValue = 3'812'798'742'493;         // (3^27 - 1) / 2

/// Decodes; fails only where a number does not fit (value outside +-supply because trits 33..80 are set).
[[nodiscard]] Result<Transaction> parseTransaction(const TransactionTrytes& trytes);
[[nodiscard]] TransactionTrytes serialize(const Transaction& transaction);
/// Curl-P-81 over the whole transaction.
[[nodiscard]] Hash transactionHash(const TransactionTrytes& trytes);
/// Number of trailing zero trits of a hash.
[[nodiscard]] int weight(const Hash& hash);

/// A transaction together with its trytes and hash: what a node answers and stores.
struct AttachedTransaction {
    Transaction transaction;
    TransactionTrytes trytes;
    Hash hash;

    /// Parses and hashes.
    [[nodiscard]] static Result<AttachedTransaction> fromTrytes(const TransactionTrytes& trytes);
};

/// What one transaction must satisfy by itself (tangle.md 1.5, the stricter of IRI and Hornet): weight, value bounds, last
/// trit of value addresses, indexes, attachment timestamp between `earliest` and `now` + 10 min. Pure.
[[nodiscard]] Result<void> validateTransaction(const AttachedTransaction& attached, int minWeightMagnitude,
                                               Timestamp now, Timestamp earliest);

}  // namespace pegasus::model
