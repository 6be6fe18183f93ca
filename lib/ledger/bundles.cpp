// SPDX-License-Identifier: Apache-2.0
// Bundles read from a ledger: collected along the trunks, validated in the pool.
#include "ledger/bundles.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace pegasus::ledger {
namespace {

using ByHash = std::unordered_map<Hash, AttachedTransaction>;

/// The chain from a tail as far as it is in `known`; complete when it has lastIndex + 1 transactions.
std::vector<AttachedTransaction> chain(const ByHash& known, const Hash& tail) {
    std::vector<AttachedTransaction> out;
    Hash next = tail;
    for (std::int64_t i = 0; i < kMaxBundleLength; ++i) {
        const auto it = known.find(next);
        if (it == known.end()) break;
        const auto& transaction = it->second.transaction;
        if (transaction.currentIndex != i) break;
        if (!out.empty() && transaction.bundle != out.front().transaction.bundle) break;
        out.push_back(it->second);
        if (i == out.front().transaction.lastIndex) break;
        next = transaction.trunkTransaction;
    }
    return out;
}

bool isComplete(const std::vector<AttachedTransaction>& transactions) {
    return !transactions.empty() &&
           transactions.front().transaction.lastIndex + 1 == static_cast<std::int64_t>(transactions.size());
}

Result<void> validate(const std::vector<AttachedTransaction>& transactions) {
    std::vector<model::Transaction> plain;
    plain.reserve(transactions.size());
    for (const auto& attached : transactions) plain.push_back(attached.transaction);
    return model::validateBundle(plain);
}

/// Lists of the ledger are answers of somebody else's node.
template <class T>
Result<void> checkSize(const std::vector<T>& answer, std::size_t asked, std::string_view what) {
    if (answer.size() == asked) return {};
    return fail(ErrorCode::Corrupt, "the ledger answered {} {} for {} asked", answer.size(), what, asked);
}

template <class T>
std::vector<T> slice(const std::vector<T>& list, std::size_t from) {
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(kMaxHashesPerCall, list.size() - from);
    return std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

Task<void> collect(Ledger& ledger, std::vector<Hash> hashes, ByHash& known) {
    PEGASUS_CO_TRY(auto found, co_await fetchTransactions(ledger, std::move(hashes)));
    for (auto& transaction : found) {
        if (!transaction) continue;
        const Hash hash = transaction->hash;
        known.emplace(hash, std::move(*transaction));
    }
    co_return Result<void>();
}

/// What the bundle index knows, so that most bundles need one question instead of one for each transaction.
Task<void> collectByBundle(Ledger& ledger, Hash bundle, ByHash& known) {
    TransactionQuery query;
    query.bundles.push_back(bundle);
    auto found = co_await ledger.find(std::move(query));
    if (!found && found.error().code == ErrorCode::LimitExceeded) co_return Result<void>();
    if (!found) co_return fail(found.error());
    if (found->size() > kMaxHashesPerCall) co_return Result<void>();  // somebody floods this bundle hash: walk instead
    co_return co_await collect(ledger, std::move(*found), known);
}

Result<Attachments> assemble(const ByHash& known, const Hash& bundle, bool complete) {
    Attachments out;
    out.complete = complete;
    for (const auto& [hash, attached] : known) {
        if (attached.transaction.currentIndex != 0 || attached.transaction.bundle != bundle) continue;
        auto transactions = chain(known, hash);
        if (!isComplete(transactions) || !validate(transactions)) continue;
        out.list.push_back({hash, std::move(transactions)});
    }
    return out;
}

}  // namespace

Task<Attachment> fetchBundle(Ledger& ledger, Pool& pool, Hash tail) {
    ByHash known;
    const std::vector<Hash> first{tail};
    PEGASUS_CO_CHECK(co_await collect(ledger, first, known));
    const auto start = known.find(tail);
    if (start == known.end()) co_return fail(ErrorCode::NotFound, "transaction {} is not on the ledger", tail.view());
    const auto head = start->second.transaction;
    if (head.currentIndex != 0)
        co_return fail(ErrorCode::InvalidArgument, "transaction {} has index {}: not a tail", tail.view(),
                       head.currentIndex);
    if (head.lastIndex < 0 || head.lastIndex >= kMaxBundleLength)
        co_return fail(ErrorCode::LimitExceeded, "bundle {} ends at index {}, the limit is {}", head.bundle.view(),
                       head.lastIndex, kMaxBundleLength - 1);
    if (head.lastIndex > 0) PEGASUS_CO_CHECK(co_await collectByBundle(ledger, head.bundle, known));
    Attachment attachment{tail, chain(known, tail)};
    while (!isComplete(attachment.transactions)) {
        const Hash missing = attachment.transactions.back().transaction.trunkTransaction;
        if (known.contains(missing))
            co_return fail(ErrorCode::Corrupt, "bundle {} is not a chain", head.bundle.view());
        const std::vector<Hash> next{missing};
        PEGASUS_CO_CHECK(co_await collect(ledger, next, known));
        if (!known.contains(missing))
            co_return fail(ErrorCode::NotFound, "transaction {} of bundle {} is not on the ledger", missing.view(),
                           head.bundle.view());
        attachment.transactions = chain(known, tail);
    }
    auto job = [transactions = attachment.transactions] { return validate(transactions); };
    const auto valid = co_await compute(pool, std::move(job));
    if (!valid) co_return fail(ErrorCode::Corrupt, "bundle {}: {}", head.bundle.view(), valid.error().message);
    co_return attachment;
}

Task<Attachments> attachmentsOf(Ledger& ledger, Pool& pool, Hash bundle) {
    TransactionQuery query;
    query.bundles.push_back(bundle);
    PEGASUS_CO_TRY(auto hashes, co_await ledger.find(std::move(query)));
    const bool complete = hashes.size() <= kMaxAttachmentTransactions;
    if (!complete) hashes.resize(kMaxAttachmentTransactions);
    ByHash known;
    PEGASUS_CO_CHECK(co_await collect(ledger, std::move(hashes), known));
    auto job = [known = std::move(known), bundle, complete] { return assemble(known, bundle, complete); };
    co_return co_await compute(pool, std::move(job));
}

Task<std::vector<std::optional<AttachedTransaction>>> fetchTransactions(Ledger& ledger, std::vector<Hash> hashes) {
    std::vector<std::optional<AttachedTransaction>> out;
    out.reserve(hashes.size());
    for (std::size_t from = 0; from < hashes.size(); from += kMaxHashesPerCall) {
        const auto part = slice(hashes, from);
        PEGASUS_CO_TRY(auto answer, co_await ledger.transactions(part));
        PEGASUS_CO_CHECK(checkSize(answer, part.size(), "transactions"));
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (answer[i] && answer[i]->hash != part[i])
                co_return fail(ErrorCode::Corrupt, "the ledger answered transaction {}, asked for {}",
                               answer[i]->hash.view(), part[i].view());
            out.push_back(std::move(answer[i]));
        }
    }
    co_return out;
}

Task<std::vector<bool>> fetchInclusion(Ledger& ledger, std::vector<Hash> hashes) {
    std::vector<bool> out;
    for (std::size_t from = 0; from < hashes.size(); from += kMaxHashesPerCall) {
        const auto part = slice(hashes, from);
        PEGASUS_CO_TRY(const auto answer, co_await ledger.inclusionStates(part));
        PEGASUS_CO_CHECK(checkSize(answer, part.size(), "inclusion states"));
        out.insert(out.end(), answer.begin(), answer.end());
    }
    co_return out;
}

Task<std::vector<bool>> fetchSpent(Ledger& ledger, std::vector<Address> addresses) {
    std::vector<bool> out;
    for (std::size_t from = 0; from < addresses.size(); from += kMaxHashesPerCall) {
        const auto part = slice(addresses, from);
        PEGASUS_CO_TRY(const auto answer, co_await ledger.spentFrom(part));
        PEGASUS_CO_CHECK(checkSize(answer, part.size(), "spent states"));
        out.insert(out.end(), answer.begin(), answer.end());
    }
    co_return out;
}

Task<std::vector<Iotas>> fetchBalances(Ledger& ledger, std::vector<Address> addresses) {
    std::vector<Iotas> out;
    for (std::size_t from = 0; from < addresses.size(); from += kMaxHashesPerCall) {
        const auto part = slice(addresses, from);
        PEGASUS_CO_TRY(const auto answer, co_await ledger.balances(part));
        PEGASUS_CO_CHECK(checkSize(answer.balances, part.size(), "balances"));
        out.insert(out.end(), answer.balances.begin(), answer.balances.end());
    }
    co_return out;
}

}  // namespace pegasus::ledger
