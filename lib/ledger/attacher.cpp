// SPDX-License-Identifier: Apache-2.0
// Attacher: one attachment from tips to broadcast.
#include "ledger/attacher.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ledger/bundles.hpp"
#include "ledger/pooled_search.hpp"

namespace pegasus::ledger {
namespace {

using model::Transaction;

model::NonceSearch searchWith(int minWeightMagnitude, std::stop_token stop) {
    return [minWeightMagnitude, stop](const TransactionTrytes& trytes) -> Result<model::Nonce> {
        PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), minWeightMagnitude, stop));
        return model::Nonce::parse(found.nonce);
    };
}

std::vector<TransactionTrytes> trytesOf(const std::vector<AttachedTransaction>& transactions) {
    std::vector<TransactionTrytes> out;
    out.reserve(transactions.size());
    for (const auto& transaction : transactions) out.push_back(transaction.trytes);
    return out;
}

}  // namespace

Task<Attachment> Attacher::attach(std::vector<Transaction> transactions) {
    return attach(std::move(transactions), AttachOptions());
}

Task<Attachment> Attacher::attach(std::vector<Transaction> transactions, AttachOptions options) {
    if (transactions.empty()) co_return fail(ErrorCode::InvalidArgument, "an empty bundle cannot be attached");
    PEGASUS_CO_TRY(const auto tips, co_await ledger_.tipsToApprove(options.depth, options.reference));
    Attachment attachment;
    PEGASUS_CO_TRY(attachment.transactions, co_await work(std::move(transactions), tips));
    attachment.tail = attachment.transactions.front().hash;
    if (options.beforeBroadcast) PEGASUS_CO_CHECK(co_await options.beforeBroadcast(attachment));
    auto trytes = trytesOf(attachment.transactions);
    PEGASUS_CO_CHECK(co_await broadcastAll(std::move(trytes)));
    co_return attachment;
}

Task<Attachment> Attacher::reattach(Hash tail) {
    PEGASUS_CO_TRY(const auto present, co_await fetchBundle(ledger_, pool_, tail));
    std::vector<Transaction> transactions;
    for (const auto& attached : present.transactions) transactions.push_back(attached.transaction);
    co_return co_await attach(std::move(transactions));
}

Task<void> Attacher::rebroadcast(std::vector<TransactionTrytes> transactions) {
    return broadcastAll(std::move(transactions));
}

Task<Attachment> Attacher::promote(Hash tail, Tag tag) {
    const std::vector<Hash> tails{tail};
    PEGASUS_CO_TRY(const auto consistency, co_await ledger_.checkConsistency(tails));
    if (!consistency.consistent)
        co_return fail(ErrorCode::Conflict, "tail {} cannot be promoted: {}", tail.view(), consistency.info);
    model::BundlePlan plan;
    plan.outputs.push_back({model::Address(), Iotas(), tag, std::string()});
    plan.timestamp = toSeconds(clock_.now());
    PEGASUS_CO_TRY(auto draft, model::buildBundle(plan));
    AttachOptions options;
    options.reference = tail;
    co_return co_await attach(std::move(draft.transactions), std::move(options));
}

Task<std::vector<AttachedTransaction>> Attacher::work(std::vector<Transaction> transactions, Tips tips) {
    const int weight = ledger_.minWeightMagnitude();
    if (weight >= kSharedFrom) co_return co_await workTogether(std::move(transactions), tips, weight);
    auto job = [transactions = std::move(transactions), tips, now = clock_.now(), weight](std::stop_token stop) mutable {
        return model::attachBundle(std::move(transactions), tips.trunk, tips.branch, now, searchWith(weight, stop));
    };
    co_return co_await compute(pool_, std::move(job));
}

/// With all threads at one transaction after the other, in slices: a milestone of this node need not wait for all of it.
Task<std::vector<AttachedTransaction>> Attacher::workTogether(std::vector<Transaction> transactions, Tips tips, int weight) {
    model::Attaching attaching(std::move(transactions), tips.trunk, tips.branch, clock_.now());
    const std::stop_token noStop;  // the pool has its own
    while (!attaching.done()) {
        const auto wanted = attaching.wanted().str();
        PEGASUS_CO_TRY(const auto found, co_await searchInSlices(pool_, wanted, weight, noStop, nullptr));
        PEGASUS_CO_TRY(const auto nonce, model::Nonce::parse(found.nonce));
        attaching.put(nonce);
    }
    co_return std::move(attaching).take();
}

Task<void> Attacher::broadcastAll(std::vector<TransactionTrytes> transactions) {
    // From the head down, so that the trunk of every part is known when it arrives.
    while (!transactions.empty()) {
        const auto count = std::min(transactions.size(), kMaxTransactionsPerCall);
        const auto from = transactions.end() - static_cast<std::ptrdiff_t>(count);
        std::vector<TransactionTrytes> part(std::make_move_iterator(from), std::make_move_iterator(transactions.end()));
        transactions.erase(from, transactions.end());
        PEGASUS_CO_CHECK(co_await ledger_.broadcast(std::move(part)));
    }
    co_return Result<void>();
}

}  // namespace pegasus::ledger
