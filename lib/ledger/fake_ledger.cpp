// SPDX-License-Identifier: Apache-2.0
// FakeLedger: maps in memory; white-flag order is the order of arrival.
#include "ledger/fake_ledger.hpp"

#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"

namespace pegasus::ledger {
namespace {

template <class T>
void shorten(std::vector<T>& answer, bool lie) {
    if (lie && !answer.empty()) answer.pop_back();
}

template <class T>
bool among(const std::vector<T>& list, const T& value) {
    return std::ranges::find(list, value) != list.end();
}

bool matches(const TransactionQuery& query, const model::Transaction& t) {
    if (!query.addresses.empty() && !among(query.addresses, t.address)) return false;
    if (!query.bundles.empty() && !among(query.bundles, t.bundle)) return false;
    if (!query.tags.empty() && !among(query.tags, t.tag)) return false;
    return query.approvees.empty() || among(query.approvees, t.trunkTransaction) ||
           among(query.approvees, t.branchTransaction);
}

std::map<Address, std::int64_t> changesOf(const std::vector<const AttachedTransaction*>& bundle) {
    std::map<Address, std::int64_t> changes;
    for (const auto* attached : bundle) changes[attached->transaction.address] += attached->transaction.value;
    std::erase_if(changes, [](const auto& change) { return change.second == 0; });
    return changes;
}

}  // namespace

void FakeLedger::fund(const Address& address, Iotas amount) {
    auto& balance = balances_[address];
    balance = Iotas(balance.count() + amount.count());
}

void FakeLedger::milestone(const std::set<Hash>& only) {
    for (const auto& hash : arrivals_) {
        const auto tail = tails_.find(hash);
        if (tail == tails_.end() || tail->second != State::Pending) continue;
        const auto bundle = bundleOf(hash);
        if (!bundle || (!only.empty() && !only.contains(bundle->front()->transaction.bundle))) continue;
        if (funded(*bundle)) {
            apply(hash, *bundle);
        } else {
            tail->second = State::Conflicting;
        }
    }
    milestones.notify(++index_);
}

void FakeLedger::forget(const Hash& bundle) {
    std::erase_if(arrivals_, [&](const Hash& hash) {
        const auto it = transactions_.find(hash);
        if (it->second.transaction.bundle != bundle) return false;
        transactions_.erase(it);
        tails_.erase(hash);
        included_.erase(hash);
        return true;
    });
}

void FakeLedger::inject(const TransactionTrytes& trytes) {
    if (auto attached = AttachedTransaction::fromTrytes(trytes)) store(std::move(*attached));
}

Iotas FakeLedger::balanceOf(const Address& address) const {
    const auto it = balances_.find(address);
    return it == balances_.end() ? Iotas() : it->second;
}

std::vector<Hash> FakeLedger::broadcastBundles() const {
    std::vector<Hash> out;
    for (const auto& hash : arrivals_) {
        const auto& transaction = transactions_.at(hash).transaction;
        if (transaction.currentIndex == 0) out.push_back(transaction.bundle);
    }
    return out;
}

std::vector<Hash> FakeLedger::tailsOf(const Hash& bundle) const {
    std::vector<Hash> out;
    for (const auto& hash : arrivals_) {
        const auto& transaction = transactions_.at(hash).transaction;
        if (transaction.currentIndex == 0 && transaction.bundle == bundle) out.push_back(hash);
    }
    return out;
}

Async<LedgerStatus> FakeLedger::status() {
    LedgerStatus status;
    status.appName = "fake";
    if (knobs.tellsCoordinator && !knobs.refused.empty()) status.coordinatorAddress = knobs.refused.begin()->str();
    status.latestMilestoneIndex = status.latestSolidMilestoneIndex = index_;
    status.transactionCount = transactions_.size();
    status.state = knobs.unreachable       ? LedgerState::Unreachable
                   : knobs.notSynchronised ? LedgerState::NotSynchronised
                                           : LedgerState::Ready;
    co_return status;
}

Task<void> FakeLedger::enter(bool needsSync) {
    if (knobs.delay.count() > 0) PEGASUS_CO_CHECK(co_await scheduler_.sleep(knobs.delay));
    if (knobs.unreachable) co_return fail(ErrorCode::Unreachable, "no node answers");
    if (needsSync && knobs.notSynchronised) co_return fail(ErrorCode::NotSynchronised, "the node is behind");
    co_return Result<void>();
}

Task<Tips> FakeLedger::tipsToApprove(int depth, std::optional<Hash> reference) {
    PEGASUS_CO_CHECK(co_await enter(true));
    if (depth < 0 || depth > 15) co_return fail(ErrorCode::InvalidArgument, "depth {}, expected 0 to 15", depth);
    if (reference && !tails_.contains(*reference))
        co_return fail(ErrorCode::NotFound, "reference {} is unknown", reference->view());
    Tips tips;
    for (const auto& hash : arrivals_) {
        if (!tails_.contains(hash)) continue;
        tips.branch = tips.trunk;
        tips.trunk = hash;
    }
    if (reference) tips.branch = *reference;
    co_return tips;
}

Task<std::vector<Hash>> FakeLedger::find(TransactionQuery query) {
    ++findCalls_;
    PEGASUS_CO_CHECK(co_await enter(false));
    if (query.addresses.empty() && query.bundles.empty() && query.tags.empty() && query.approvees.empty())
        co_return fail(ErrorCode::InvalidArgument, "nothing was asked for");
    std::vector<Hash> out;
    for (const auto& hash : arrivals_)
        if (matches(query, transactions_.at(hash).transaction)) out.push_back(hash);
    co_return out;
}

/// A cursor is the place in arrivals_, "n" before it if it was made by kFromNow.
Task<FoundPage> FakeLedger::findNext(TransactionQuery query, std::string cursor, std::size_t limit) {
    ++findCalls_;
    PEGASUS_CO_CHECK(co_await enter(false));
    FoundPage page;
    if (cursor == kFromNow && !knobs.noCursors) co_return FoundPage{.cursor = fmt::format("n{}", arrivals_.size())};
    const bool news = cursor.starts_with('n');
    if (news && knobs.forgetsCursors) co_return FoundPage{.cursor = fmt::format("n{}", arrivals_.size()), .restarted = true};
    std::size_t at = cursor.empty() || knobs.noCursors ? 0 : std::stoul(cursor.substr(news ? 1 : 0));
    const auto most = knobs.noCursors ? knobs.showsAtMost : limit;
    for (; at < arrivals_.size() && page.hashes.size() < most; ++at) {
        const auto& t = transactions_.at(arrivals_[at]).transaction;
        if (matches(query, t) && (!query.valueOnly || t.value != 0)) page.hashes.push_back(arrivals_[at]);
    }
    if (knobs.noCursors) {
        page.cut = at < arrivals_.size();
    } else {
        page.more = at < arrivals_.size();
        page.cursor = fmt::format("{}{}", news ? "n" : "", at);
    }
    co_return page;
}

Task<std::vector<std::optional<AttachedTransaction>>> FakeLedger::transactions(std::vector<Hash> hashes) {
    PEGASUS_CO_CHECK(co_await enter(false));
    if (knobs.failTransactions) co_return fail(ErrorCode::Timeout, "it took too long");
    given_ += hashes.size();
    if (hashes.size() > kMaxHashesPerCall) co_return fail(ErrorCode::LimitExceeded, "{} hashes", hashes.size());
    std::vector<std::optional<AttachedTransaction>> out;
    for (const auto& hash : hashes) {
        const auto it = transactions_.find(hash);
        if (it == transactions_.end() || knobs.hidesTransactions) {
            out.emplace_back();
        } else if (knobs.wrongTransactions) {
            out.emplace_back(transactions_.at(arrivals_.front() == hash ? arrivals_.back() : arrivals_.front()));
        } else {
            out.emplace_back(it->second);
        }
    }
    shorten(out, knobs.shortAnswers);
    co_return out;
}

Result<AttachedTransaction> FakeLedger::accept(const TransactionTrytes& trytes) const {
    PEGASUS_TRY(auto attached, AttachedTransaction::fromTrytes(trytes));
    PEGASUS_CHECK(model::validateTransaction(attached, minWeightMagnitude(), clock_.now(), fromMicros(0)));
    return attached;
}

void FakeLedger::store(AttachedTransaction transaction) {
    const Hash hash = transaction.hash;
    if (transactions_.emplace(hash, std::move(transaction)).second) arrivals_.push_back(hash);
}

Task<void> FakeLedger::broadcast(std::vector<TransactionTrytes> transactions, std::string) {
    PEGASUS_CO_CHECK(co_await enter(false));
    if (onBroadcast) onBroadcast(transactions);
    ++broadcastCalls_;
    if (knobs.dropBroadcasts) co_return Result<void>();
    std::vector<AttachedTransaction> accepted;
    for (const auto& trytes : transactions) {
        PEGASUS_CO_TRY(accepted.emplace_back(), accept(trytes));
        if (knobs.refused.contains(accepted.back().transaction.address)) co_return fail(knobs.refusal, "not to that address");
    }
    std::vector<StoredTransaction> fresh;
    for (auto& transaction : accepted) {
        fresh.push_back({transaction.hash, transaction.transaction.address});
        store(std::move(transaction));
    }
    registerTails();
    stored.notify(fresh);
    if (knobs.failBroadcasts > 0) {
        --knobs.failBroadcasts;
        co_return fail(ErrorCode::Unreachable, "the connection broke before the answer");
    }
    co_return Result<void>();
}

Task<Balances> FakeLedger::balances(std::vector<Address> addresses) {
    PEGASUS_CO_CHECK(co_await enter(true));
    Balances out;
    out.milestoneIndex = index_;
    for (const auto& address : addresses) out.balances.push_back(knobs.everyBalance.value_or(balanceOf(address)));
    shorten(out.balances, knobs.shortAnswers);
    co_return out;
}

Task<std::vector<bool>> FakeLedger::inclusionStates(std::vector<Hash> hashes) {
    PEGASUS_CO_CHECK(co_await enter(true));
    std::vector<bool> out;
    for (const auto& hash : hashes) out.push_back(!knobs.forgetConfirmed && included_.contains(hash));
    shorten(out, knobs.shortAnswers);
    co_return out;
}

Task<std::vector<bool>> FakeLedger::spentFrom(std::vector<Address> addresses) {
    PEGASUS_CO_CHECK(co_await enter(true));
    std::vector<bool> out;
    for (const auto& address : addresses) out.push_back((knobs.hidesPendingSpends ? spentForGood_ : spent_).contains(address));
    shorten(out, knobs.shortAnswers);
    co_return out;
}

Task<Consistency> FakeLedger::checkConsistency(std::vector<Hash> tails) {
    PEGASUS_CO_CHECK(co_await enter(true));
    for (const auto& hash : tails) {
        const auto it = tails_.find(hash);
        if (it == tails_.end()) co_return fail(ErrorCode::NotFound, "tail {} is unknown", hash.view());
        if (it->second == State::Conflicting) co_return Consistency{false, "the bundle is conflicting"};
        const auto bundle = bundleOf(hash);
        if (it->second == State::Pending && (!bundle || !funded(*bundle)))
            co_return Consistency{false, "would lead to inconsistent ledger state"};
    }
    co_return Consistency{true, std::string()};
}

Task<TailInfo> FakeLedger::tailInfo(Hash tail) {
    PEGASUS_CO_CHECK(co_await enter(true));
    const auto it = tails_.find(tail);
    if (it == tails_.end()) co_return fail(ErrorCode::NotFound, "tail {} is unknown", tail.view());
    TailInfo info;
    info.confirmed = it->second == State::Included;
    info.conflicting = it->second == State::Conflicting;
    const bool pending = it->second == State::Pending;
    info.shouldPromote = pending && knobs.wantsPromotion;
    info.shouldReattach = pending && knobs.wantsReattachment;
    co_return info;
}

Task<FundsGrant> FakeLedger::requestFunds(Address, std::string peer) {
    fundsPeer = std::move(peer);
    co_return fail(ErrorCode::NotSupported, "this ledger has no faucet");
}

std::optional<FakeLedger::Bundle> FakeLedger::bundleOf(const Hash& tail) const {
    Bundle bundle;
    Hash next = tail;
    for (std::int64_t i = 0; i < kMaxBundleLength; ++i) {
        const auto it = transactions_.find(next);
        if (it == transactions_.end() || it->second.transaction.currentIndex != i) return std::nullopt;
        bundle.push_back(&it->second);
        if (i == bundle.front()->transaction.lastIndex) return bundle;
        next = it->second.transaction.trunkTransaction;
    }
    return std::nullopt;
}

bool FakeLedger::funded(const Bundle& bundle) const {
    for (const auto& [address, change] : changesOf(bundle))
        if (balanceOf(address).count() + change < 0) return false;
    return true;
}

void FakeLedger::apply(const Hash& tail, const Bundle& bundle) {
    for (const auto& [address, change] : changesOf(bundle)) {
        balances_[address] = Iotas(balanceOf(address).count() + change);
        if (change < 0) spentForGood_.insert(address);
    }
    for (const auto* attached : bundle) included_.insert(attached->hash);
    tails_[tail] = State::Included;
}

void FakeLedger::registerTails() {
    for (const auto& hash : arrivals_) {
        if (tails_.contains(hash)) continue;
        const auto bundle = bundleOf(hash);
        if (!bundle) continue;
        std::vector<model::Transaction> plain;
        for (const auto* attached : *bundle) plain.push_back(attached->transaction);
        if (!model::validateBundle(plain)) continue;
        tails_.emplace(hash, State::Pending);
        for (const auto& [address, change] : changesOf(*bundle))
            if (change < 0) spent_.insert(address);
    }
}

}  // namespace pegasus::ledger
