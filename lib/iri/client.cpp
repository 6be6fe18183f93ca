// SPDX-License-Identifier: Apache-2.0
// The ledger over HTTP: each call of Ledger as commands of the API, with the differences of the nodes (tangle.md 6, 9).
#include "iri/client.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "iri/confirmed_memory.hpp"
#include "iri/node_pool.hpp"

namespace pegasus::iri {

using ledger::LedgerState;
using ledger::LedgerStatus;
using model::AttachedTransaction;

namespace {

constexpr int kMaxDepth = 15;
constexpr std::size_t kMaxFound = 100'000;     // IRI's default, and ours
constexpr std::size_t kHornetFoundLimit = 1000;  // where Hornet cuts in silence
constexpr std::size_t kSmallEntry = 128;       // bytes of a hash, an amount or a state in JSON, generously
constexpr std::size_t kTrytesEntry = TransactionTrytes::kTrytes + 16;
constexpr int kTipsTries = 3;
// iota.js: a tail attached with depth 6 can be promoted for 6 * 2 minutes - 1 minute.
constexpr auto kPromotable = std::chrono::minutes(11);
// Hornet stores after it has answered.
constexpr auto kStorePoll = 100ms;
constexpr auto kStoreTime = 10s;

template <class T>
std::vector<std::vector<T>> splitAt(const std::vector<T>& list, std::size_t most) {
    std::vector<std::vector<T>> parts;
    for (std::size_t i = 0; i < list.size(); i += most) {
        const auto end = std::min(list.size(), i + most);
        parts.emplace_back(list.begin() + static_cast<std::ptrdiff_t>(i),
                           list.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return parts;
}

using Fetched = std::vector<std::optional<AttachedTransaction>>;

/// Decodes getTrytes and proves that each transaction is the one asked for. For the pool.
Result<Fetched> decodeTransactions(const std::string& body, const std::vector<Hash>& asked, std::size_t maxAnswer) {
    CodecLimits limits;
    limits.bodyLength = maxAnswer;
    limits.listLength = asked.size();
    PEGASUS_TRY(const auto answer, decodeAnswer<TrytesAnswer>(body, limits));
    if (answer.trytes.size() != asked.size())
        return fail(ErrorCode::Corrupt, "{} transactions for {} hashes", answer.trytes.size(), asked.size());
    Fetched result;
    result.reserve(asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (answer.trytes[i].isNull()) {
            result.emplace_back();
            continue;
        }
        PEGASUS_TRY(auto attached, AttachedTransaction::fromTrytes(answer.trytes[i]));
        if (attached.hash != asked[i])
            return fail(ErrorCode::Corrupt, "transaction {} where {} was asked for", attached.hash.view(),
                        asked[i].view());
        result.emplace_back(std::move(attached));
    }
    return result;
}

std::size_t listsIn(const ledger::TransactionQuery& q) {
    return static_cast<std::size_t>(!q.addresses.empty()) + static_cast<std::size_t>(!q.bundles.empty()) +
           static_cast<std::size_t>(!q.tags.empty()) + static_cast<std::size_t>(!q.approvees.empty());
}
std::size_t longestIn(const ledger::TransactionQuery& q) {
    return std::max({q.addresses.size(), q.bundles.size(), q.tags.size(), q.approvees.size()});
}

/// The only list of `q`, in parts of at most `most`.
std::vector<ledger::TransactionQuery> narrower(const ledger::TransactionQuery& q, std::size_t most) {
    std::vector<ledger::TransactionQuery> parts;
    const auto add = [&](auto member) {
        for (auto& part : splitAt(q.*member, most)) {
            parts.emplace_back();
            parts.back().*member = std::move(part);
        }
    };
    add(&ledger::TransactionQuery::addresses);
    add(&ledger::TransactionQuery::bundles);
    add(&ledger::TransactionQuery::tags);
    add(&ledger::TransactionQuery::approvees);
    return parts;
}

FindTransactions findRequest(ledger::TransactionQuery q) {
    FindTransactions r;
    if (!q.addresses.empty()) r.addresses = std::move(q.addresses);
    if (!q.bundles.empty()) r.bundles = std::move(q.bundles);
    if (!q.tags.empty()) r.tags = std::move(q.tags);
    if (!q.approvees.empty()) r.approvees = std::move(q.approvees);
    return r;
}

bool hasNull(const ledger::TransactionQuery& q) {
    const auto isNull = [](const auto& item) { return item.isNull(); };
    return std::ranges::any_of(q.addresses, isNull) || std::ranges::any_of(q.bundles, isNull) ||
           std::ranges::any_of(q.tags, isNull) || std::ranges::any_of(q.approvees, isNull);
}

}  // namespace

class RemoteLedger::Impl {
public:
    Impl(Scheduler& scheduler, Pool& pool, const Clock& clock, store::Database& database, ClientOptions given,
         std::vector<Url> urls, std::unique_ptr<HttpClient> http)
        : scheduler_(scheduler),
          pool_(pool),
          clock_(clock),
          options_(std::move(given)),
          memory_(database, options_.maxRemembered),
          nodes_(clock, options_, std::move(urls), std::move(http)) {}

    void startPolling(RemoteLedger& owner) { scheduler_.spawn("ledger poll", poll(owner)); }
    void stop() {
        stopped_ = true;
        nodes_.stop();
    }
    Async<LedgerStatus> status(RemoteLedger& owner);
    [[nodiscard]] const ClientOptions& options() const { return options_; }

    Task<ledger::Tips> tips(int depth, std::optional<Hash> reference);
    Task<std::vector<Hash>> find(ledger::TransactionQuery query);
    Task<Fetched> transactions(std::vector<Hash> hashes);
    Task<void> broadcast(std::vector<TransactionTrytes> transactions);
    Task<ledger::Balances> balances(std::vector<Address> addresses);
    Task<std::vector<bool>> inclusionStates(std::vector<Hash> hashes);
    Task<std::vector<bool>> spentFrom(std::vector<Address> addresses);
    Task<ledger::Consistency> checkConsistency(std::vector<Hash> tails);
    Task<ledger::TailInfo> tailInfo(Hash tail);
    Task<ledger::FundsGrant> requestFunds(Address address);

private:
    template <class T>
    using Attempt = std::function<Task<T>(Node&, SteadyTime)>;

    Async<void> poll(RemoteLedger& owner);
    Async<void> refresh(RemoteLedger& owner, Duration freshEnough);
    [[nodiscard]] LedgerStatus describe() const;

    Task<std::vector<Hash>> findOn(Node& node, const FindTransactions& request, SteadyTime deadline);
    Task<std::vector<Hash>> findPart(ledger::TransactionQuery query);
    Task<std::vector<Hash>> findParts(std::vector<ledger::TransactionQuery> parts);
    Task<Fetched> fetchOn(Node& node, const std::vector<Hash>& hashes, SteadyTime deadline);
    Task<void> broadcastOn(Node& node, const std::vector<TransactionTrytes>& part, SteadyTime deadline);
    Task<void> awaitStored(Node& node, const std::vector<TransactionTrytes>& part, SteadyTime deadline);
    Task<std::vector<bool>> statesOn(Node& node, const Request& request, std::size_t count, SteadyTime deadline);
    Task<std::vector<bool>> states(const Request& request, std::size_t count);
    Task<ledger::Consistency> consistencyOn(Node& node, const std::vector<Hash>& tails, SteadyTime deadline);
    Task<ledger::TailInfo> tipInfoOn(Node& node, Hash tail, SteadyTime deadline);
    Task<ledger::TailInfo> judgeTailOn(Node& node, Hash tail, SteadyTime deadline);

    Scheduler& scheduler_;
    Pool& pool_;
    const Clock& clock_;
    ClientOptions options_;
    ConfirmedMemory memory_;
    NodePool nodes_;
    AsyncMutex refreshing_;
    std::optional<SteadyTime> refreshedAt_;
    std::int64_t lastMilestone_ = -1;
    bool stopped_ = false;
};

// ---- status ----

LedgerStatus RemoteLedger::Impl::describe() const {
    LedgerStatus status;
    const auto* node = nodes_.current();
    if (node == nullptr) {
        for (const auto& one : nodes_.nodes()) {
            if (!status.detail.empty()) status.detail += "; ";
            status.detail += one.problem;
        }
        status.url = nodes_.nodes().front().url.text();
        return status;
    }
    const auto& info = *node->info;
    const auto unsignedOf = [](std::int64_t v) { return static_cast<std::uint64_t>(std::max<std::int64_t>(v, 0)); };
    status.state = node->synced ? LedgerState::Ready : LedgerState::NotSynchronised;
    status.detail = node->problem;
    if (status.detail.empty() && info.minWeightMagnitude > options_.minWeightMagnitude)
        status.detail = fmt::format("{} wants proof of work of weight {}, {} is configured", node->url.text(),
                                    info.minWeightMagnitude, options_.minWeightMagnitude);
    status.url = node->url.text();
    status.appName = info.appName;
    status.appVersion = info.appVersion;
    status.latestMilestone = info.latestMilestone;
    status.latestSolidMilestone = info.latestSolidSubtangleMilestone;
    status.latestMilestoneIndex = info.latestMilestoneIndex;
    status.latestSolidMilestoneIndex = info.latestSolidSubtangleMilestoneIndex;
    status.snapshotIndex = info.lastSnapshottedMilestoneIndex;
    status.tips = unsignedOf(info.tips);
    status.transactionsToRequest = unsignedOf(info.transactionsToRequest);
    status.transactionCount = unsignedOf(info.transactionCount);
    status.databaseBytes = unsignedOf(info.dbSizeInBytes);
    status.coordinatorAddress = info.coordinatorAddress;
    status.faucet = std::ranges::find(info.features, "Faucet") != info.features.end();
    return status;
}

/// Asks anew unless somebody did so `freshEnough` ago.
Async<void> RemoteLedger::Impl::refresh(RemoteLedger& owner, Duration freshEnough) {
    const auto guard = co_await refreshing_.lock();
    if (stopped_ || (refreshedAt_ && clock_.steady() - *refreshedAt_ < freshEnough)) co_return;
    co_await nodes_.refresh(options_.statusTime);
    refreshedAt_ = clock_.steady();
    const auto* node = nodes_.current();
    if (node == nullptr || node->info->latestSolidSubtangleMilestoneIndex <= lastMilestone_) co_return;
    lastMilestone_ = node->info->latestSolidSubtangleMilestoneIndex;
    owner.milestones.notify(lastMilestone_);
}

Async<void> RemoteLedger::Impl::poll(RemoteLedger& owner) {
    while (!stopped_) {
        const Duration now = Duration::zero();
        co_await refresh(owner, now);
        const auto slept = co_await scheduler_.sleep(options_.pollInterval);
        if (!slept) stop();
    }
}

Async<LedgerStatus> RemoteLedger::Impl::status(RemoteLedger& owner) {
    const bool fresh = refreshedAt_ && clock_.steady() - *refreshedAt_ < options_.pollInterval + options_.statusTime;
    if (!fresh) co_await refresh(owner, options_.pollInterval);
    co_return describe();
}

// ---- reading ----

Task<ledger::Tips> RemoteLedger::Impl::tips(int depth, std::optional<Hash> reference) {
    if (depth < 0 || depth > kMaxDepth)
        co_return fail(ErrorCode::InvalidArgument, "depth {} is not in 0..{}", depth, kMaxDepth);
    GetTransactionsToApprove r;
    r.depth = depth;
    r.reference = reference;
    const Request request = r;
    const Attempt<TipsAnswer> attempt = [&](Node& node, SteadyTime deadline) {
        return nodes_.ask<TipsAnswer>(node, request, deadline, 2, kSmallEntry);
    };
    for (int tries = 1;; ++tries) {
        const auto answer = co_await nodes_.each<TipsAnswer>(attempt);
        if (answer) {
            ledger::Tips tips;
            tips.trunk = answer->trunkTransaction;
            tips.branch = answer->branchTransaction;
            co_return tips;
        }
        // IRI's two walks may end on tips that contradict each other; another pair may not.
        const bool unlucky = answer.error().message.find("inconsistent tips pair") != std::string::npos;
        if (!unlucky || tries == kTipsTries) co_return fail(answer.error());
        PEGASUS_CO_CHECK(co_await scheduler_.sleep(options_.backoffFirst));
    }
}

Task<std::vector<Hash>> RemoteLedger::Impl::findOn(Node& node, const FindTransactions& find, SteadyTime deadline) {
    const Request request = find;
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<HashesAnswer>(node, request, deadline, kMaxFound, kSmallEntry));
    if (node.kind == NodeKind::Hornet && answer.hashes.size() >= kHornetFoundLimit)
        co_return fail(ErrorCode::LimitExceeded, "{} has {} transactions or more of these, and shows no others",
                       node.url.text(), kHornetFoundLimit);
    co_return std::move(answer.hashes);
}

Task<std::vector<Hash>> RemoteLedger::Impl::findPart(ledger::TransactionQuery query) {
    const auto request = findRequest(query);
    const Attempt<std::vector<Hash>> attempt = [&](Node& node, SteadyTime deadline) {
        return findOn(node, request, deadline);
    };
    auto found = co_await nodes_.each<std::vector<Hash>>(attempt);
    const bool cut = !found && found.error().code == ErrorCode::LimitExceeded;
    if (!cut || listsIn(query) != 1 || longestIn(query) < 2) co_return found;
    auto halves = narrower(query, (longestIn(query) + 1) / 2);
    co_return co_await findParts(std::move(halves));
}

Task<std::vector<Hash>> RemoteLedger::Impl::findParts(std::vector<ledger::TransactionQuery> parts) {
    std::unordered_set<Hash> all;
    for (auto& part : parts) {
        PEGASUS_CO_TRY(const auto found, co_await findPart(std::move(part)));
        all.insert(found.begin(), found.end());
    }
    co_return std::vector<Hash>(all.begin(), all.end());
}

Task<std::vector<Hash>> RemoteLedger::Impl::find(ledger::TransactionQuery query) {
    if (listsIn(query) == 0) co_return fail(ErrorCode::InvalidArgument, "a query needs at least one list");
    if (hasNull(query)) co_return fail(ErrorCode::InvalidArgument, "all 9s cannot be searched for");
    std::vector<ledger::TransactionQuery> parts;
    if (longestIn(query) <= ledger::kMaxHashesPerCall) {
        parts.push_back(std::move(query));
    } else if (listsIn(query) == 1) {
        parts = narrower(query, ledger::kMaxHashesPerCall);
    } else {
        co_return fail(ErrorCode::LimitExceeded, "a list of {} entries in a query of several lists, at most {}",
                       longestIn(query), ledger::kMaxHashesPerCall);
    }
    co_return co_await findParts(std::move(parts));
}

Task<Fetched> RemoteLedger::Impl::fetchOn(Node& node, const std::vector<Hash>& hashes, SteadyTime deadline) {
    GetTrytes r;
    r.hashes = hashes;
    HttpCall call;
    call.body = encodeRequest(r);
    call.maxAnswer = 4096 + hashes.size() * kTrytesEntry;
    const auto maxAnswer = call.maxAnswer;
    PEGASUS_CO_TRY(auto body, co_await nodes_.exchange(node, std::move(call), deadline));
    auto decode = [text = std::move(body), hashes, maxAnswer] { return decodeTransactions(text, hashes, maxAnswer); };
    auto fetched = co_await compute(pool_, std::move(decode));
    if (!fetched) co_return fail(nodes_.distrust(node, fetched.error().message));
    co_return fetched;
}

Task<Fetched> RemoteLedger::Impl::transactions(std::vector<Hash> hashes) {
    Fetched result;
    const auto parts = splitAt(hashes, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        const Attempt<Fetched> attempt = [&](Node& node, SteadyTime deadline) {
            return fetchOn(node, part, deadline);
        };
        PEGASUS_CO_TRY(auto fetched, co_await nodes_.each<Fetched>(attempt));
        std::ranges::move(fetched, std::back_inserter(result));
    }
    co_return result;
}

Task<ledger::Balances> RemoteLedger::Impl::balances(std::vector<Address> addresses) {
    ledger::Balances result;
    const auto parts = splitAt(addresses, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        GetBalances r;
        r.addresses = part;
        const Request request = r;
        const Attempt<BalancesAnswer> attempt = [&](Node& node, SteadyTime deadline) -> Task<BalancesAnswer> {
            PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<BalancesAnswer>(node, request, deadline, part.size() + 1,
                                                                           kSmallEntry));
            if (answer.balances.size() != part.size())
                co_return fail(nodes_.distrust(node, fmt::format("{} balances for {} addresses",
                                                                 answer.balances.size(), part.size())));
            co_return answer;
        };
        PEGASUS_CO_TRY(auto answer, co_await nodes_.each<BalancesAnswer>(attempt));
        std::ranges::copy(answer.balances, std::back_inserter(result.balances));
        result.references = std::move(answer.references);
        result.milestoneIndex = answer.milestoneIndex;
    }
    co_return result;
}

Task<std::vector<bool>> RemoteLedger::Impl::statesOn(Node& node, const Request& request, std::size_t count,
                                                     SteadyTime deadline) {
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<StatesAnswer>(node, request, deadline, count, kSmallEntry));
    if (answer.states.size() != count)
        co_return fail(
            nodes_.distrust(node, fmt::format("{} states where {} were asked for", answer.states.size(), count)));
    co_return std::move(answer.states);
}

Task<std::vector<bool>> RemoteLedger::Impl::states(const Request& request, std::size_t count) {
    const Attempt<std::vector<bool>> attempt = [&](Node& node, SteadyTime deadline) {
        return statesOn(node, request, count, deadline);
    };
    co_return co_await nodes_.each<std::vector<bool>>(attempt);
}

Task<std::vector<bool>> RemoteLedger::Impl::spentFrom(std::vector<Address> addresses) {
    std::vector<bool> result;
    const auto parts = splitAt(addresses, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        WereAddressesSpentFrom r;
        r.addresses = part;
        const Request request = r;
        PEGASUS_CO_TRY(const auto some, co_await states(request, part.size()));
        result.insert(result.end(), some.begin(), some.end());
    }
    co_return result;
}

Task<std::vector<bool>> RemoteLedger::Impl::inclusionStates(std::vector<Hash> hashes) {
    PEGASUS_CO_TRY(auto result, co_await memory_.recall(hashes));
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < hashes.size(); ++i)
        if (!result[i]) open.push_back(i);
    std::vector<Hash> confirmed;
    const auto parts = splitAt(open, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        GetInclusionStates r;
        for (const auto i : part) r.transactions.push_back(hashes[i]);
        const Request request = r;
        PEGASUS_CO_TRY(const auto some, co_await states(request, part.size()));
        for (std::size_t k = 0; k < part.size(); ++k) {
            if (!some[k]) continue;
            result[part[k]] = true;
            confirmed.push_back(hashes[part[k]]);
        }
    }
    PEGASUS_CO_CHECK(co_await memory_.remember(std::move(confirmed)));
    co_return result;
}

// ---- writing ----

Task<void> RemoteLedger::Impl::broadcast(std::vector<TransactionTrytes> transactions) {
    const auto parts = splitAt(transactions, ledger::kMaxTransactionsPerCall);
    for (const auto& part : parts) {
        const Attempt<void> attempt = [&](Node& node, SteadyTime deadline) {
            return broadcastOn(node, part, deadline);
        };
        PEGASUS_CO_CHECK(co_await nodes_.each<void>(attempt));
    }
    co_return Result<void>();
}

Task<void> RemoteLedger::Impl::broadcastOn(Node& node, const std::vector<TransactionTrytes>& part,
                                           SteadyTime deadline) {
    // IRI's broadcast hides what is wrong, its store says it; on the others the two are the same.
    if (node.kind == NodeKind::Iri) {
        StoreTransactions store;
        store.trytes = part;
        const Request request = std::move(store);
        PEGASUS_CO_TRY(const auto stored, co_await nodes_.ask<EmptyAnswer>(node, request, deadline, 0, 0));
        (void)stored;
    }
    BroadcastTransactions publish;
    publish.trytes = part;
    const Request request = std::move(publish);
    PEGASUS_CO_TRY(const auto published, co_await nodes_.ask<EmptyAnswer>(node, request, deadline, 0, 0));
    (void)published;
    if (node.kind != NodeKind::Hornet) co_return Result<void>();
    co_return co_await awaitStored(node, part, deadline);
}

Task<void> RemoteLedger::Impl::awaitStored(Node& node, const std::vector<TransactionTrytes>& part,
                                           SteadyTime deadline) {
    auto hashAll = [part] {
        std::vector<Hash> hashes;
        for (const auto& trytes : part) hashes.push_back(model::transactionHash(trytes));
        return hashes;
    };
    const auto hashes = co_await compute(pool_, std::move(hashAll));
    const auto until = std::min(deadline, clock_.steady() + kStoreTime);
    for (;;) {
        PEGASUS_CO_TRY(const auto found, co_await fetchOn(node, hashes, deadline));
        if (std::ranges::all_of(found, [](const auto& one) { return one.has_value(); })) co_return Result<void>();
        if (clock_.steady() >= until)
            co_return fail(ErrorCode::Timeout, "{} took the transactions and does not show them", node.url.text());
        const Duration pause = kStorePoll;
        PEGASUS_CO_CHECK(co_await scheduler_.sleep(pause));
    }
}

// ---- tails ----

Task<ledger::TailInfo> RemoteLedger::Impl::tipInfoOn(Node& node, Hash tail, SteadyTime deadline) {
    GetTipInfo r;
    r.tailTransaction = tail;
    const Request request = r;
    ledger::TailInfo info;
    const auto answer = co_await nodes_.ask<TipInfoAnswer>(node, request, deadline, 4, kSmallEntry);
    // Not solid yet: nothing to do but to wait.
    if (!answer && answer.error().code == ErrorCode::InvalidState) co_return info;
    if (!answer) co_return fail(answer.error());
    info.confirmed = answer->confirmed;
    info.conflicting = answer->conflicting && !answer->confirmed;
    info.shouldPromote = answer->shouldPromote;
    info.shouldReattach = answer->shouldReattach;
    co_return info;
}

/// Where getTipInfo does not exist: consistent and young tails may be promoted, others are attached again.
Task<ledger::TailInfo> RemoteLedger::Impl::judgeTailOn(Node& node, Hash tail, SteadyTime deadline) {
    ledger::TailInfo info;
    std::vector<Hash> one;
    one.push_back(tail);
    GetInclusionStates inclusion;
    inclusion.transactions = one;
    const Request request = inclusion;
    PEGASUS_CO_TRY(const auto included, co_await statesOn(node, request, 1, deadline));
    info.confirmed = included[0];
    if (info.confirmed) co_return info;
    PEGASUS_CO_TRY(const auto fetched, co_await fetchOn(node, one, deadline));
    if (!fetched[0]) co_return fail(ErrorCode::NotFound, "the tail {} is not on the ledger", tail.view());
    const std::chrono::milliseconds attached(fetched[0]->transaction.attachmentTimestamp);
    const bool young = clock_.now().time_since_epoch() - attached < kPromotable;
    CheckConsistency check;
    check.tails = one;
    const Request checkRequest = check;
    PEGASUS_CO_TRY(const auto consistency,
                   co_await nodes_.ask<ConsistencyAnswer>(node, checkRequest, deadline, 4, kSmallEntry));
    if (!consistency.state && consistency.info.find("not solid") != std::string::npos) co_return info;
    info.shouldPromote = consistency.state && young;
    info.shouldReattach = !info.shouldPromote;
    co_return info;
}

Task<ledger::TailInfo> RemoteLedger::Impl::tailInfo(Hash tail) {
    std::vector<Hash> one;
    one.push_back(tail);
    PEGASUS_CO_TRY(const auto known, co_await memory_.recall(one));
    ledger::TailInfo info;
    info.confirmed = known[0];
    if (info.confirmed) co_return info;
    const Attempt<ledger::TailInfo> attempt = [&](Node& node, SteadyTime deadline) -> Task<ledger::TailInfo> {
        if (node.kind != NodeKind::Iri) {
            auto answer = co_await tipInfoOn(node, tail, deadline);
            if (answer || answer.error().code != ErrorCode::NotSupported) co_return answer;
        }
        co_return co_await judgeTailOn(node, tail, deadline);
    };
    PEGASUS_CO_TRY(info, co_await nodes_.each<ledger::TailInfo>(attempt));
    if (info.confirmed) {
        PEGASUS_CO_CHECK(co_await memory_.remember(std::move(one)));
    }
    co_return info;
}

Task<ledger::Consistency> RemoteLedger::Impl::consistencyOn(Node& node, const std::vector<Hash>& tails,
                                                            SteadyTime deadline) {
    ledger::Consistency result;
    // Hornet's checkConsistency says yes to everything; what it knows is in getTipInfo.
    if (node.kind == NodeKind::Hornet) {
        for (const auto& tail : tails) {
            const auto info = co_await tipInfoOn(node, tail, deadline);
            if (!info && info.error().code == ErrorCode::NotSupported) break;
            if (!info) co_return fail(info.error());
            if (!info->conflicting && !info->shouldReattach) continue;
            result.info = info->conflicting ? "the bundle conflicts with the ledger" : "below max depth";
            co_return result;
        }
    }
    CheckConsistency r;
    r.tails = tails;
    const Request request = r;
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<ConsistencyAnswer>(node, request, deadline, 4, kSmallEntry));
    result.consistent = answer.state;
    result.info = std::move(answer.info);
    co_return result;
}

Task<ledger::Consistency> RemoteLedger::Impl::checkConsistency(std::vector<Hash> tails) {
    if (tails.size() > ledger::kMaxHashesPerCall)
        co_return fail(ErrorCode::LimitExceeded, "{} tails, at most {}", tails.size(), ledger::kMaxHashesPerCall);
    const Attempt<ledger::Consistency> attempt = [&](Node& node, SteadyTime deadline) {
        return consistencyOn(node, tails, deadline);
    };
    co_return co_await nodes_.each<ledger::Consistency>(attempt);
}

Task<ledger::FundsGrant> RemoteLedger::Impl::requestFunds(Address address) {
    FaucetRequest r;
    r.address = address;
    const Request request = r;
    bool asked = false;  // asking twice may pay twice
    const Attempt<FaucetAnswer> attempt = [&](Node& node, SteadyTime deadline) -> Task<FaucetAnswer> {
        if (asked)
            co_return fail(ErrorCode::Timeout, "the faucet was asked, and its answer did not come");
        if (node.kind != NodeKind::Pegasus)
            co_return fail(ErrorCode::NotSupported, "{} has no faucet", node.url.text());
        asked = true;
        co_return co_await nodes_.ask<FaucetAnswer>(node, request, deadline, 2, kSmallEntry);
    };
    PEGASUS_CO_TRY(const auto answer, co_await nodes_.each<FaucetAnswer>(attempt));
    ledger::FundsGrant grant;
    grant.bundle = answer.bundle;
    grant.amount = answer.amount;
    co_return grant;
}

// ---- RemoteLedger ----

RemoteLedger::RemoteLedger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RemoteLedger::~RemoteLedger() = default;

Result<std::unique_ptr<RemoteLedger>> RemoteLedger::create(boost::asio::io_context& context, Scheduler& scheduler,
                                                           Pool& pool, const Clock& clock,
                                                           store::Database& database, ClientOptions options) {
    if (options.urls.empty()) return fail(ErrorCode::InvalidArgument, "no node URL is given");
    std::vector<Url> urls;
    for (const auto& text : options.urls) {
        PEGASUS_TRY(auto url, parseUrl(text));
        urls.push_back(std::move(url));
    }
    HttpClientOptions http;
    http.caFile = options.caFile;
    http.connectTime = options.connectTime;
    http.maxParallel = options.maxParallel;
    http.maxIdle = options.maxIdle;
    PEGASUS_TRY(auto client, HttpClient::create(context, std::move(http)));
    auto impl = std::make_unique<Impl>(scheduler, pool, clock, database, std::move(options), std::move(urls),
                                       std::move(client));
    return std::unique_ptr<RemoteLedger>(new RemoteLedger(std::move(impl)));
}

void RemoteLedger::start() { impl_->startPolling(*this); }
void RemoteLedger::stop() { impl_->stop(); }
Async<LedgerStatus> RemoteLedger::status() { return impl_->status(*this); }
int RemoteLedger::minWeightMagnitude() const { return impl_->options().minWeightMagnitude; }
Task<ledger::Tips> RemoteLedger::tipsToApprove(int depth, std::optional<Hash> reference) {
    return impl_->tips(depth, reference);
}
Task<std::vector<Hash>> RemoteLedger::find(ledger::TransactionQuery query) { return impl_->find(std::move(query)); }
Task<Fetched> RemoteLedger::transactions(std::vector<Hash> hashes) { return impl_->transactions(std::move(hashes)); }
Task<void> RemoteLedger::broadcast(std::vector<TransactionTrytes> transactions) {
    return impl_->broadcast(std::move(transactions));
}
Task<ledger::Balances> RemoteLedger::balances(std::vector<Address> addresses) {
    return impl_->balances(std::move(addresses));
}
Task<std::vector<bool>> RemoteLedger::inclusionStates(std::vector<Hash> hashes) {
    return impl_->inclusionStates(std::move(hashes));
}
Task<std::vector<bool>> RemoteLedger::spentFrom(std::vector<Address> addresses) {
    return impl_->spentFrom(std::move(addresses));
}
Task<ledger::Consistency> RemoteLedger::checkConsistency(std::vector<Hash> tails) {
    return impl_->checkConsistency(std::move(tails));
}
Task<ledger::TailInfo> RemoteLedger::tailInfo(Hash tail) { return impl_->tailInfo(tail); }
Task<ledger::FundsGrant> RemoteLedger::requestFunds(Address address, std::string) {
    return impl_->requestFunds(address);
}

}  // namespace pegasus::iri
