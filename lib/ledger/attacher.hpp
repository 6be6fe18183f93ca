// SPDX-License-Identifier: Apache-2.0
// Attacher: tips, proof of work, broadcast; promotion and attaching again.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"
#include "model/bundle.hpp"

namespace pegasus::ledger {

/// One attachment of a bundle.
struct Attachment {
    Hash tail;
    std::vector<AttachedTransaction> transactions;  ///< index order, tail first
};

/// Awaited with the exact attachment after the proof of work and before anything is sent; an error stops the attachment.
using BeforeBroadcast = std::function<Task<void>(const Attachment& attachment)>;

struct AttachOptions {
    std::optional<Hash> reference;  ///< a tail to approve, directly or not
    BeforeBroadcast beforeBroadcast;
    int depth = 3;
};

/// Puts finished bundles on the ledger. Loop thread; calls may overlap. Passes the ledger's errors on; after an error of the
/// broadcast itself it is unknown whether the ledger has the attachment.
class Attacher {
public:
    Attacher(Ledger& ledger, Pool& pool, const Clock& clock) : ledger_(ledger), pool_(pool), clock_(clock) {}

    /// Attaches a finalised and signed bundle, given in index order (trunk, branch, nonce and attachment timestamps are
    /// replaced): same bundle hash, new transaction hashes. The same call attaches again.
    [[nodiscard]] Task<Attachment> attach(std::vector<model::Transaction> transactions);
    [[nodiscard]] Task<Attachment> attach(std::vector<model::Transaction> transactions, AttachOptions options);
    /// Reads the bundle of `tail` from the ledger and attaches it again.
    [[nodiscard]] Task<Attachment> reattach(Hash tail);
    /// Broadcasts an attachment made earlier: the same trytes, no new proof of work.
    [[nodiscard]] Task<void> rebroadcast(std::vector<TransactionTrytes> transactions);
    /// A bundle of one zero-value transaction with `tag` that approves `tail`. Conflict: the tail is not consistent (it, or
    /// what it approves, lost), so promoting is of no use.
    [[nodiscard]] Task<Attachment> promote(Hash tail, Tag tag = Tag());

private:
    Task<std::vector<AttachedTransaction>> work(std::vector<model::Transaction> transactions, Tips tips);
    Task<std::vector<AttachedTransaction>> workTogether(std::vector<model::Transaction> transactions, Tips tips, int weight);
    Task<void> broadcastAll(std::vector<TransactionTrytes> transactions);

    Ledger& ledger_;
    Pool& pool_;
    const Clock& clock_;
};

}  // namespace pegasus::ledger
