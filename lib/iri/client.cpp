// SPDX-License-Identifier: Apache-2.0
// The ledger over HTTP: making it, its state, and the way from Ledger to the commands of the API.
#include "iri/client_impl.hpp"

namespace pegasus::iri {

using ledger::LedgerState;
using ledger::LedgerStatus;

namespace {

/// No network has milestones so far apart.
constexpr std::chrono::minutes kSilentCoordinator{10};
/// A node that denied something is said to do so for so long after.
constexpr std::chrono::minutes kRefusalTold{10};

std::string problemOf(const Node& node, SteadyTime now) {
    const bool refuses = !node.refusal.empty() && now - node.refusedAt < kRefusalTold;
    return node.problem.empty() && refuses ? node.refusal : node.problem;
}

}  // namespace

std::vector<ledger::NodeHealth> RemoteLedger::Impl::healthOfNodes() const {
    std::vector<ledger::NodeHealth> list;
    for (const auto& node : nodes_.nodes()) {
        ledger::NodeHealth health;
        health.url = node.url.text();
        health.detail = problemOf(node, clock_.steady());
        health.asked = node.asked;
        health.inUse = &node == nodes_.current();
        if (node.info) health.milestoneIndex = node.info->latestSolidSubtangleMilestoneIndex;
        if (node.info && node.failures == 0) health.state = node.synced ? LedgerState::Ready : LedgerState::NotSynchronised;
        list.push_back(std::move(health));
    }
    return list;
}

LedgerStatus RemoteLedger::Impl::describe() const {
    LedgerStatus status;
    status.nodes = healthOfNodes();
    const auto* node = nodes_.current();
    if (node == nullptr) {
        for (const auto& one : nodes_.nodes()) {
            if (!status.detail.empty() && !one.problem.empty()) status.detail += "; ";
            status.detail += one.problem;
        }
        status.url = nodes_.nodes().front().url.text();
        return status;
    }
    const auto& info = *node->info;
    const auto unsignedOf = [](std::int64_t v) { return static_cast<std::uint64_t>(std::max<std::int64_t>(v, 0)); };
    status.state = node->synced ? LedgerState::Ready : LedgerState::NotSynchronised;
    status.detail = problemOf(*node, clock_.steady());
    if (status.detail.empty() && info.minWeightMagnitude > options_.minWeightMagnitude)
        status.detail = fmt::format("{} wants proof of work of weight {}, {} is configured", node->url.text(),
                                    info.minWeightMagnitude, options_.minWeightMagnitude);
    const auto silence = std::chrono::floor<std::chrono::minutes>(clock_.steady() - milestoneAt_);
    if (node->synced && milestoneAt_ != SteadyTime() && silence >= kSilentCoordinator) {
        status.state = LedgerState::NotSynchronised;
        status.detail = fmt::format("{} has had no new milestone for {} min: the coordinator of its network may be away", node->url.text(),
                                    silence.count());
    }
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
    milestoneAt_ = clock_.steady();
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
Task<ledger::FoundPage> RemoteLedger::findNext(ledger::TransactionQuery query, std::string cursor, std::size_t limit) {
    return impl_->findNext(std::move(query), std::move(cursor), limit);
}
Task<Fetched> RemoteLedger::transactions(std::vector<Hash> hashes) { return impl_->transactions(std::move(hashes)); }
Task<void> RemoteLedger::broadcast(std::vector<TransactionTrytes> transactions, std::string) {
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
