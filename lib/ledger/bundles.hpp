// SPDX-License-Identifier: Apache-2.0
// Whole bundles read from a ledger that nobody trusts: bounded, and validated before they are returned.
#pragma once

#include <cstddef>
#include <vector>

#include "ledger/attacher.hpp"
#include "ledger/ledger.hpp"

namespace pegasus::ledger {

/// Longer bundles are not read.
inline constexpr std::int64_t kMaxBundleLength = 350;
/// Transactions that are looked at for one bundle hash.
inline constexpr std::size_t kMaxAttachmentTransactions = 2000;

/// The bundle that starts at `tail`, in index order, structure and signatures valid; links only as far as each trunk leads to
/// the next transaction. NotFound: the tail or a part is not there (yet). InvalidArgument: not a tail. Corrupt: invalid.
/// LimitExceeded: too long. Validation runs in the pool.
[[nodiscard]] Task<Attachment> fetchBundle(Ledger& ledger, Pool& pool, Hash tail);

/// All valid and complete attachments of a bundle hash, in no order; anybody can make them, with other messages. Invalid and
/// incomplete ones are left out. Reads at most kMaxAttachmentTransactions transactions; `complete` is false when there
/// were more.
struct Attachments {
    std::vector<Attachment> list;
    bool complete = true;
};
[[nodiscard]] Task<Attachments> attachmentsOf(Ledger& ledger, Pool& pool, Hash bundle);

/// ledger.transactions() and the other list calls for any number of hashes, split at kMaxHashesPerCall.
[[nodiscard]] Task<std::vector<std::optional<AttachedTransaction>>> fetchTransactions(Ledger& ledger,
                                                                                      std::vector<Hash> hashes);
[[nodiscard]] Task<std::vector<bool>> fetchInclusion(Ledger& ledger, std::vector<Hash> hashes);
[[nodiscard]] Task<std::vector<bool>> fetchSpent(Ledger& ledger, std::vector<Address> addresses);
[[nodiscard]] Task<std::vector<Iotas>> fetchBalances(Ledger& ledger, std::vector<Address> addresses);

}  // namespace pegasus::ledger
