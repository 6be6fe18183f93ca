// SPDX-License-Identifier: Apache-2.0
// What each command of the IRI API does with the ledger. Texts of errors are IRI's where IRI has one.
#include "iri/handler.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace pegasus::iri {

namespace {

constexpr std::int64_t kMaxDepthInput = 15;
constexpr std::int64_t kMaxFindTransactions = 100'000;

Unexpected<ApiError> refuse(int status, std::string text) {
    return Unexpected<ApiError>(ApiError{status, std::move(text), {}});
}
Unexpected<ApiError> refuse(const Error& error) { return Unexpected<ApiError>(apiErrorFrom(error)); }

std::int64_t pages(int name) {
    return std::max(0L, sysconf(name)) * std::max(0L, sysconf(_SC_PAGESIZE));
}

std::int64_t count(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// Puts IRI's words for a transaction that breaks a rule before those of the ledger.
Error inIrisWords(Error error) {
    struct Words {
        std::string_view ours;
        std::string_view iris;
    };
    static constexpr Words kWords[] = {{"zero trits", "Invalid transaction hash"},
                                       {"timestamp", "Invalid transaction timestamp."},
                                       {"last trit of the address", "Invalid transaction address"},
                                       {"transaction value", "Invalid transaction value"}};
    for (const auto& words : kWords) {
        if (error.code != ErrorCode::InvalidArgument || error.message.find(words.ours) == std::string::npos) continue;
        error.message = fmt::format("{} ({})", words.iris, error.message);
        break;
    }
    return error;
}

template <class T>
std::vector<T> given(std::optional<std::vector<T>>& list) {
    return list ? std::move(*list) : std::vector<T>();
}

}  // namespace

ApiError apiErrorFrom(const Error& error) {
    const auto code = std::string(errorInfo(error.code).name);
    switch (error.code) {
        case ErrorCode::NotSynchronised:
            return {400, "This operation cannot be executed: The subtangle has not been updated yet.", code};
        case ErrorCode::Unreachable:
        case ErrorCode::Timeout:
        case ErrorCode::Cancelled:
        case ErrorCode::NoSpace:
            return {503, error.message, code};
        case ErrorCode::Internal:
        case ErrorCode::Corrupt:
            return {500, error.message, code};
        default:
            return {400, error.message, code};
    }
}

Async<Reply> Handler::handle(Request request, std::string peer, std::stop_token gone) {
    return std::visit(
        [&](auto& r) -> Async<Reply> {
            if constexpr (std::is_same_v<std::decay_t<decltype(r)>, AttachToTangle>) {
                return attach(std::move(r), std::move(peer), std::move(gone));
            } else if constexpr (requires { run(std::move(r), std::move(peer)); }) {
                return run(std::move(r), std::move(peer));
            } else {
                return run(std::move(r));
            }
        },
        request);
}

Async<std::string> Handler::illness() {
    auto status = co_await ledger_.status();
    if (status.state == ledger::LedgerState::Ready) co_return std::string();
    co_return status.detail.empty() ? std::string("the ledger is not synchronised") : std::move(status.detail);
}

Async<Reply> Handler::run(GetNodeInfo) {
    const auto status = co_await ledger_.status();
    const bool ready = status.state == ledger::LedgerState::Ready;
    NodeInfo info;
    info.appName = options_.appName;
    info.appVersion = options_.appVersion;
    info.jreAvailableProcessors = std::max(1U, std::thread::hardware_concurrency());
    info.jreFreeMemory = pages(_SC_AVPHYS_PAGES);
    info.jreVersion = "none";
    info.jreMaxMemory = info.jreTotalMemory = pages(_SC_PHYS_PAGES);
    info.latestMilestone = status.latestMilestone;
    info.latestMilestoneIndex = status.latestMilestoneIndex;
    info.latestSolidSubtangleMilestone = status.latestSolidMilestone;
    info.latestSolidSubtangleMilestoneIndex = status.latestSolidMilestoneIndex;
    info.milestoneStartIndex = status.snapshotIndex;
    info.lastSnapshottedMilestoneIndex = status.snapshotIndex;
    info.time = toMillis(clock_.now());
    info.tips = count(status.tips);
    info.transactionsToRequest = count(status.transactionsToRequest);
    const auto& limited = options_.limitedCommands;
    if (std::ranges::find(limited, "attachToTangle") == limited.end()) info.features.emplace_back("RemotePOW");
    info.features.emplace_back("WereAddressesSpentFrom");
    info.features.emplace_back(kReadingOn);
    if (status.faucet) info.features.emplace_back("Faucet");
    info.coordinatorAddress = status.coordinatorAddress;
    info.dbSizeInBytes = count(status.databaseBytes);
    info.isSynced = ready;
    info.isHealthy = ready;
    info.minWeightMagnitude = ledger_.minWeightMagnitude();
    info.transactionCount = count(status.transactionCount);
    co_return Reply(std::move(info));
}

Async<Reply> Handler::run(GetNodeApiConfiguration) {
    const auto status = co_await ledger_.status();
    NodeApiConfiguration c;
    c.maxFindTransactions = kMaxFindTransactions;
    c.maxRequestsList = count(options_.maxListLength);
    c.maxGetTrytes = count(options_.maxListLength);
    c.maxBodyLength = count(options_.maxBodyLength);
    c.testNet = true;
    c.milestoneStartIndex = status.snapshotIndex;
    co_return Reply(c);
}

Async<Reply> Handler::run(GetTransactionsToApprove r) {
    if (r.depth < 0 || r.depth > kMaxDepthInput) co_return refuse(400, "Invalid depth input");
    const auto tips = co_await ledger_.tipsToApprove(static_cast<int>(r.depth), r.reference);
    if (!tips) {
        auto error = apiErrorFrom(tips.error());
        if (error.text.starts_with("reference transaction is")) error.text.insert(0, "java.security.InvalidAlgorithmParameterException: ");
        co_return Unexpected<ApiError>(std::move(error));
    }
    TipsAnswer answer;
    answer.trunkTransaction = tips->trunk;
    answer.branchTransaction = tips->branch;
    co_return Reply(answer);
}

Async<Reply> Handler::attach(AttachToTangle r, std::string peer, std::stop_token gone) {
    if (r.minWeightMagnitude > options_.maxMinWeightMagnitude)
        co_return refuse(400, fmt::format("minWeightMagnitude {} is too high: this node works up to {}",
                                          r.minWeightMagnitude, options_.maxMinWeightMagnitude));
    // IRI does the work first and then answers this; the outcome is the same.
    if (r.minWeightMagnitude < ledger_.minWeightMagnitude()) co_return refuse(500, "Invalid transaction hash");
    WorkOrder order;
    order.trunk = r.trunkTransaction;
    order.branch = r.branchTransaction;
    order.minWeightMagnitude = static_cast<int>(r.minWeightMagnitude);
    order.trytes = std::move(r.trytes);
    TrytesAnswer answer;
    if (order.trytes.empty()) co_return Reply(std::move(answer));
    auto attached = co_await work_.attach(std::move(order), std::move(peer), std::move(gone));
    if (attached) answer.trytes = std::move(*attached);
    // Interrupted: an empty list, as IRI.
    if (attached || attached.error().code == ErrorCode::Cancelled) co_return Reply(std::move(answer));
    if (attached.error().code == ErrorCode::LimitExceeded) co_return refuse(503, attached.error().message);
    co_return refuse(500, attached.error().message);
}

Async<Reply> Handler::run(InterruptAttachingToTangle, std::string peer) {
    work_.interrupt(peer);
    co_return Reply(EmptyAnswer());
}

/// A full body holds a few more transactions than one call of the ledger takes.
Task<void> Handler::broadcast(std::vector<TransactionTrytes> trytes, std::string peer) {
    for (std::size_t begin = 0; begin < trytes.size(); begin += ledger::kMaxTransactionsPerCall) {
        const auto end = std::min(trytes.size(), begin + ledger::kMaxTransactionsPerCall);
        std::vector<TransactionTrytes> part(trytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                            trytes.begin() + static_cast<std::ptrdiff_t>(end));
        auto stored = co_await ledger_.broadcast(std::move(part), peer);
        if (!stored) co_return fail(inIrisWords(std::move(stored).error()));
    }
    co_return Result<void>();
}

Async<Reply> Handler::run(StoreTransactions r, std::string peer) {
    const auto stored = co_await broadcast(std::move(r.trytes), std::move(peer));
    if (stored) co_return Reply(EmptyAnswer());
    auto error = apiErrorFrom(stored.error());
    if (error.status == 400 && stored.error().code != ErrorCode::NotSynchronised)
        error.text = "Error: " + error.text;
    co_return Unexpected<ApiError>(std::move(error));
}

Async<Reply> Handler::run(BroadcastTransactions r, std::string peer) {
    const auto stored = co_await broadcast(std::move(r.trytes), std::move(peer));
    if (!stored) co_return refuse(stored.error());
    co_return Reply(EmptyAnswer());
}

Async<Reply> Handler::run(FindTransactions r) {
    const auto isEmpty = [](const auto& list) { return list && list->empty(); };
    HashesAnswer answer;
    if (isEmpty(r.bundles) || isEmpty(r.addresses) || isEmpty(r.tags) || isEmpty(r.approvees))
        co_return Reply(std::move(answer));
    ledger::TransactionQuery query;
    query.bundles = given(r.bundles);
    query.addresses = given(r.addresses);
    query.tags = given(r.tags);
    query.approvees = given(r.approvees);
    if (r.after) co_return co_await readOn(std::move(query), std::move(r));
    auto found = co_await ledger_.find(std::move(query));
    if (!found && found.error().code == ErrorCode::LimitExceeded) co_return refuse(400, "Could not complete request");
    if (!found) co_return refuse(found.error());
    answer.hashes = std::move(*found);
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::readOn(ledger::TransactionQuery query, FindTransactions r) {
    query.valueOnly = r.valueOnly;
    const auto most = static_cast<std::int64_t>(ledger::kMaxHashesPerCall);
    const auto limit = static_cast<std::size_t>(r.limit == 0 ? most : std::min(r.limit, most));
    auto page = co_await ledger_.findNext(std::move(query), *std::move(r.after), limit);
    if (!page) co_return refuse(page.error());
    HashesAnswer answer;
    answer.hashes = std::move(page->hashes);
    answer.cursor = std::move(page->cursor);
    answer.more = page->more;
    answer.restarted = page->restarted;
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::run(GetTrytes r) {
    TrytesAnswer answer;
    if (r.hashes.empty()) co_return Reply(std::move(answer));
    const auto found = co_await ledger_.transactions(std::move(r.hashes));
    if (!found) co_return refuse(found.error());
    answer.trytes.reserve(found->size());
    for (const auto& one : *found) answer.trytes.push_back(one ? one->trytes : TransactionTrytes());
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::run(GetBalances r) {
    BalancesAnswer answer;
    if (!r.tips.empty()) {
        const auto known = co_await ledger_.transactions(r.tips);
        if (!known) co_return refuse(known.error());
        for (std::size_t i = 0; i < known->size(); ++i)
            if (!(*known)[i]) co_return refuse(400, "Tip not found: " + r.tips[i].str());
    }
    if (r.addresses.empty()) {
        const auto status = co_await ledger_.status();
        answer.references.push_back(status.latestSolidMilestone);
        answer.milestoneIndex = status.latestSolidMilestoneIndex;
        co_return Reply(std::move(answer));
    }
    auto balances = co_await ledger_.balances(std::move(r.addresses));
    if (!balances) co_return refuse(balances.error());
    answer.balances = std::move(balances->balances);
    answer.references = std::move(balances->references);
    answer.milestoneIndex = balances->milestoneIndex;
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::run(GetInclusionStates r) {
    StatesAnswer answer;
    if (r.transactions.empty()) co_return Reply(std::move(answer));
    auto states = co_await ledger_.inclusionStates(std::move(r.transactions));
    if (!states) co_return refuse(states.error());
    answer.states = std::move(*states);
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::run(WereAddressesSpentFrom r) {
    StatesAnswer answer;
    if (r.addresses.empty()) co_return Reply(std::move(answer));
    auto states = co_await ledger_.spentFrom(std::move(r.addresses));
    if (!states) co_return refuse(states.error());
    answer.states = std::move(*states);
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::run(CheckConsistency r) {
    ConsistencyAnswer answer;
    answer.state = true;
    if (r.tails.empty()) co_return Reply(std::move(answer));
    const auto found = co_await ledger_.transactions(r.tails);
    if (!found) co_return refuse(found.error());
    for (std::size_t i = 0; i < found->size(); ++i) {
        const auto& one = (*found)[i];
        if (!one) co_return refuse(400, "Invalid transaction, missing: " + r.tails[i].str());
        if (one->transaction.currentIndex != 0)
            co_return refuse(400, "Invalid transaction, not a tail: " + r.tails[i].str());
    }
    auto consistency = co_await ledger_.checkConsistency(std::move(r.tails));
    if (!consistency) co_return refuse(consistency.error());
    answer.state = consistency->consistent;
    answer.info = std::move(consistency->info);
    co_return Reply(std::move(answer));
}

Async<Reply> Handler::run(GetTipInfo r) {
    const auto info = co_await ledger_.tailInfo(r.tailTransaction);
    if (!info) co_return refuse(info.error());
    TipInfoAnswer answer;
    answer.confirmed = info->confirmed;
    answer.conflicting = info->conflicting;
    answer.shouldPromote = info->shouldPromote;
    answer.shouldReattach = info->shouldReattach;
    co_return Reply(answer);
}

Async<Reply> Handler::run(GetMissingTransactions) { co_return Reply(HashesAnswer()); }
Async<Reply> Handler::run(GetTips) { co_return Reply(HashesAnswer()); }
// This node has no gossip: it has no neighbours and takes none.
Async<Reply> Handler::run(GetNeighbors) { co_return Reply(NeighborsAnswer()); }
Async<Reply> Handler::run(AddNeighbors) { co_return Reply(AddedNeighborsAnswer()); }
Async<Reply> Handler::run(RemoveNeighbors) { co_return Reply(RemovedNeighborsAnswer()); }

Async<Reply> Handler::run(FaucetRequest r, std::string peer) {
    const auto grant = co_await ledger_.requestFunds(r.address, std::move(peer));
    if (!grant) co_return refuse(grant.error());
    FaucetAnswer answer;
    answer.bundle = grant->bundle;
    answer.amount = grant->amount;
    co_return Reply(answer);
}

}  // namespace pegasus::iri
