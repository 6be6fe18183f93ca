// SPDX-License-Identifier: Apache-2.0
// EmbeddedLedger: checks in the pool, the tangle on the database thread, milestones and payments in
// one task.
#include "node/embedded_ledger.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "node/coordinator.hpp"
#include "node/core.hpp"
#include "node/faucet.hpp"
#include "node/milestone_pace.hpp"
#include "node/schema.hpp"

namespace pegasus::node {
namespace {

constexpr std::size_t kUncheckedAtOnce = 4;  // each up to some MB
constexpr std::size_t kPrunedAtOnce = 200;
// A message touches some dozens of pages, most of them again and again: small ones, brought into the file seldom, spare the disk.
constexpr int kPageBytes = 1024;
constexpr std::uint64_t kMostLog = 8'000'000;
constexpr std::uint64_t kLeastLog = 1'000'000;
constexpr std::uint64_t kLogShare = 128;  // of the room for the database
constexpr Duration kCleanUpInterval = 60s;
// A milestone that is due may be so late before the node is said to be ill.
constexpr Duration kLatePatience = 10s;
constexpr int kLateIntervals = 3;

Result<void> checkLength(std::size_t length, std::size_t limit) {
    if (length > limit)
        return fail(ErrorCode::LimitExceeded, "{} entries in one call, expected at most {}", length,
                    limit);
    return {};
}

Result<void> checkDepth(int depth) {
    if (depth < 0 || depth > kMaxDepth)
        return fail(ErrorCode::InvalidArgument, "Invalid depth input: {}, expected 0 to {}", depth,
                    kMaxDepth);
    return {};
}

struct Selected {
    ledger::Tips tips;
    TipView view;
};

struct Opened {
    Network network;
    std::unique_ptr<Tangle> tangle;
};

std::uint64_t seedFrom(Random& random) {
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
    random.fill(bytes);
    std::uint64_t seed = 0;
    std::memcpy(&seed, bytes.data(), sizeof seed);
    return seed;
}

Result<Opened> openTangle(store::Connection& connection, const NodeOptions& options,
                          const NodeServices& services) {
    PEGASUS_TRY(auto network, openNetwork(connection, options, services.vault, services.random));
    const auto coordinator = node::coordinatorAddress(network.secrets.coordinator.publicKey());
    PEGASUS_TRY(auto tangle, Tangle::open(connection, options, coordinator,
                                                seedFrom(services.random)));
    return Opened{std::move(network), std::move(tangle)};
}

using Verdicts = std::vector<std::pair<Id, Result<Attachment>>>;

}  // namespace

class EmbeddedLedger::Impl {
  public:
    Impl(NodeOptions options, NodeServices services, std::unique_ptr<store::Database> database,
         Opened opened)
        : options_(std::move(options)),
          services_(services),
          networkId_(opened.network.id),
          core_(std::move(database), std::move(opened.tangle)),
          secrets_(std::move(opened.network.secrets)),
          random_(seedFrom(services.random)),
          pace_(options_.milestoneInterval, services.clock.steady()),
          issued_(services.clock.steady()) {}

    /// The second half: parts that use the ledger themselves.
    void attach(EmbeddedLedger& owner) {
        owner_ = &owner;
        auto broadcast = [this](std::vector<model::TransactionTrytes> transactions) {
            return owner_->broadcast(std::move(transactions));
        };
        coordinator_.emplace(core_, options_, networkId_, std::move(secrets_.coordinator),
                             broadcast, services_.pool, services_.clock);
        faucet_.emplace(core_, owner, std::move(secrets_.treasury),
                        coordinator_->address(), options_.faucetLimits, services_.pool,
                        services_.clock);
    }

    [[nodiscard]] Moment now() const { return {services_.clock.now(), services_.clock.steady()}; }

    Task<void> broadcast(std::vector<model::TransactionTrytes> transactions, std::string peer);
    Task<void> checkBundles();
    Task<std::int64_t> issueMilestone();
    Task<ledger::Tips> tips(int depth, std::optional<model::Hash> reference);
    Async<void> run();
    Task<void> turn();
    void hurry();
    Async<void> earlyTurn();
    Task<void> cleanUp();
    void noteOutcome(const Result<void>& written);
    [[nodiscard]] std::string illness() const;

    NodeOptions options_;
    NodeServices services_;
    std::string networkId_;
    Core core_;
    NodeSecrets secrets_;
    EmbeddedLedger* owner_ = nullptr;
    std::optional<Coordinator> coordinator_;
    std::optional<Faucet> faucet_;
    AsyncMutex checking_;
    TipRandom random_;  ///< of the loop
    MilestonePace pace_;
    AsyncMutex turning_;
    bool running_ = false;
    bool hurrying_ = false;  ///< an early milestone is under way
    std::optional<SteadyTime> cleaned_;
    std::string trouble_;  ///< why the last milestone failed
    std::string full_;     ///< why the last write failed, if the disk was full
    SteadyTime issued_;    ///< the last milestone, or the start
    std::optional<SteadyTime> dueSince_;  ///< a milestone is due, and has not come
};

Task<void> EmbeddedLedger::Impl::broadcast(std::vector<model::TransactionTrytes> transactions,
                                           std::string peer) {
    PEGASUS_CO_CHECK(checkLength(transactions.size(), ledger::kMaxTransactionsPerCall));
    if (transactions.empty()) co_return Result<void>();
    auto examine = [all = std::move(transactions),
                    rules = ArrivalRules{options_.minWeightMagnitude, services_.clock.now()}](
                       const std::stop_token& stop) { return examineArrivals(all, rules, stop); };
    PEGASUS_CO_TRY(auto batch, co_await compute(services_.pool, std::move(examine)));
    batch.peer = std::move(peer);
    auto store = [batch = std::move(batch), moment = now()](Tangle& tangle) {
        return tangle.store(batch, moment);
    };
    auto written = co_await core_.write(std::move(store));
    noteOutcome(written ? Result<void>() : fail(written.error()));
    PEGASUS_CO_TRY(const auto stored, std::move(written));
    // They are stored; an error here leaves bundles to be checked by the next call.
    if (stored.unchecked) (void)co_await checkBundles();
    if (stored.payment) hurry();
    if (!stored.fresh.empty()) owner_->stored.notify(stored.fresh);
    co_return Result<void>();
}

/// Validates the bundles that became complete over several calls.
Task<void> EmbeddedLedger::Impl::checkBundles() {
    const auto guard = co_await checking_.lock();
    for (;;) {
        auto next = [](Tangle& tangle) { return tangle.unchecked(kUncheckedAtOnce); };
        PEGASUS_CO_TRY(auto bundles, co_await core_.read(next));
        if (bundles.empty()) co_return Result<void>();
        auto examine = [bundles =
                            std::move(bundles)](const std::stop_token& stop) -> Result<Verdicts> {
            Verdicts verdicts;
            for (const auto& bundle : bundles) {
                if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopping");
                verdicts.emplace_back(bundle.tail, examineBundle(bundle.transactions));
            }
            return verdicts;
        };
        PEGASUS_CO_TRY(auto verdicts, co_await compute(services_.pool, std::move(examine)));
        auto note = [verdicts = std::move(verdicts),
                     moment = now()](Tangle& tangle) -> Result<bool> {
            bool payment = false;
            for (const auto& [tail, verdict] : verdicts) {
                PEGASUS_TRY(const bool one, tangle.checked(tail, verdict, moment));
                payment = payment || one;
            }
            return payment;
        };
        PEGASUS_CO_TRY(const bool payment, co_await core_.write(std::move(note)));
        if (payment) hurry();
    }
}

/// Uniform tips come from what the last write left, without waiting for those that are queued.
Task<ledger::Tips> EmbeddedLedger::Impl::tips(int depth, std::optional<model::Hash> reference) {
    PEGASUS_CO_CHECK(checkDepth(depth));
    const auto steady = services_.clock.steady();
    const bool uniform = options_.tipSelection == TipSelection::Uniform;
    if (uniform && !reference && core_.tips()) {
        if (const auto choice = core_.tips()->choose(random_, steady)) {
            ledger::Tips tips;
            PEGASUS_CO_TRY(tips.trunk, choice->first.unpack<model::Hash>());
            PEGASUS_CO_TRY(tips.branch, choice->second.unpack<model::Hash>());
            co_return tips;
        }
    }
    auto ask = [depth, reference, steady](Tangle& tangle) -> Result<Selected> {
        PEGASUS_TRY(const auto tips, tangle.tips(depth, reference, steady));
        return Selected{tips, tangle.tipView()};
    };
    PEGASUS_CO_TRY(auto selected, co_await core_.read(ask));
    core_.setTips(std::move(selected.view));
    co_return selected.tips;
}

Task<std::int64_t> EmbeddedLedger::Impl::issueMilestone() {
    const auto issued = co_await coordinator_->issue();
    trouble_ = issued ? "" : issued.error().message;
    noteOutcome(issued ? Result<void>() : fail(issued.error()));
    if (!issued) co_return fail(issued.error());
    issued_ = services_.clock.steady();
    dueSince_.reset();
    owner_->stored.notify({{issued->hash, coordinator_->address()}});
    owner_->milestones.notify(issued->index);
    co_return issued->index;
}

Async<void> EmbeddedLedger::Impl::run() {
    (void)co_await checkBundles();  // left by the last run
    while (!services_.scheduler.stopping()) {
        // An error is in the status, and the next turn tries again.
        if (services_.clock.steady() >= pace_.regular()) (void)co_await turn();
        const auto rest = std::chrono::ceil<Duration>(pace_.regular() - services_.clock.steady());
        const auto slept = co_await services_.scheduler.sleep(std::max(rest, Duration(1ms)));
        if (!slept) co_return;
    }
}

/// A payment has been accepted: the next milestone need not wait for its time.
void EmbeddedLedger::Impl::hurry() {
    if (!running_ || hurrying_ || !pace_.takeEarly(services_.clock.steady())) return;
    hurrying_ = true;
    services_.scheduler.spawn("early milestone", earlyTurn());
}

Async<void> EmbeddedLedger::Impl::earlyTurn() {
    for (;;) {
        const auto rest = std::chrono::ceil<Duration>(pace_.earliest() - services_.clock.steady());
        if (rest <= Duration(0)) break;
        const auto slept = co_await services_.scheduler.sleep(rest);
        if (!slept) co_return;
    }
    hurrying_ = false;  // what comes from now on may be too late for this one
    (void)co_await turn();
}

Task<void> EmbeddedLedger::Impl::turn() {
    const auto guard = co_await turning_.lock();
    pace_.turned(services_.clock.steady());
    PEGASUS_CO_TRY(const bool due, co_await coordinator_->due());
    if (due) {
        if (!dueSince_) dueSince_ = services_.clock.steady();
        PEGASUS_CO_CHECK(co_await issueMilestone());
    }
    if (options_.faucet) (void)co_await faucet_->pump();  // its requests are kept for the next turn
    co_return co_await cleanUp();
}

void EmbeddedLedger::Impl::noteOutcome(const Result<void>& written) {
    if (written) {
        full_.clear();
    } else if (written.error().code == ErrorCode::NoSpace) {
        full_ = written.error().message;
    }
}

/// Why nobody should count on this node; empty if all is well.
std::string EmbeddedLedger::Impl::illness() const {
    if (!full_.empty()) return "nothing can be stored: " + full_;
    if (!core_.damage().empty()) return "tangle.db is damaged: " + core_.damage();
    if (!running_) return {};
    const auto now = services_.clock.steady();
    const auto patience = std::max<Duration>(kLatePatience, kLateIntervals * options_.milestoneInterval);
    const bool late = dueSince_ && now - *dueSince_ > patience;
    if (!late && now - issued_ <= options_.heartbeat + patience) return {};
    const auto since = std::chrono::floor<std::chrono::seconds>(now - issued_).count();
    return fmt::format("no milestone for {} s{}{}", since, trouble_.empty() ? "" : ": ", trouble_);
}

Task<void> EmbeddedLedger::Impl::cleanUp() {
    auto look = [](Tangle& tangle) { return tangle.crowded(); };
    PEGASUS_CO_TRY(const bool crowded, co_await core_.read(look));
    if (!crowded && cleaned_ && services_.clock.steady() - *cleaned_ < kCleanUpInterval)
        co_return Result<void>();
    cleaned_ = services_.clock.steady();
    bool more = true;
    while (more && !services_.scheduler.stopping()) {
        auto clean = [moment = now()](Tangle& tangle) {
            return tangle.cleanUp(kPrunedAtOnce, moment);
        };
        PEGASUS_CO_TRY(more, co_await core_.write(clean));
    }
    co_return Result<void>();
}

Result<std::unique_ptr<EmbeddedLedger>> EmbeddedLedger::open(NodeOptions options,
                                                             NodeServices services) {
    store::DatabaseOptions where{.path = options.database,
                                 .durability = store::Durability::Batched,
                                 .pageBytes = kPageBytes,
                                 .logBytes = std::clamp(options.maxSize / kLogShare, kLeastLog, kMostLog),
                                 .expected = options.expected};
    PEGASUS_TRY(auto database, store::Database::open(where, migrations()));
    PEGASUS_TRY(auto opened, database->runNow([&](store::Connection& c) {
        return openTangle(c, options, services);
    }));
    auto impl = std::make_unique<Impl>(std::move(options), services, std::move(database),
                                       std::move(opened));
    std::unique_ptr<EmbeddedLedger> ledger(new EmbeddedLedger(std::move(impl)));
    ledger->impl_->attach(*ledger);
    return ledger;
}

EmbeddedLedger::EmbeddedLedger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EmbeddedLedger::~EmbeddedLedger() = default;

void EmbeddedLedger::start() {
    impl_->running_ = true;
    impl_->issued_ = impl_->services_.clock.steady();
    impl_->services_.scheduler.spawn("tangle", impl_->run());
}

Async<ledger::LedgerStatus> EmbeddedLedger::status() {
    auto ask = [](Tangle& tangle) { return tangle.status(); };
    auto status = co_await impl_->core_.read(ask);
    ledger::LedgerStatus answer;
    if (status) {
        answer = *std::move(status);
        answer.detail = impl_->illness();
        if (!answer.detail.empty()) answer.state = ledger::LedgerState::NotSynchronised;
    } else {
        answer.detail = status.error().message;
    }
    answer.appName = "pegasusd";
    answer.appVersion = impl_->options_.appVersion;
    answer.coordinatorAddress = impl_->coordinator_->address().str();
    answer.faucet = impl_->options_.faucet;
    co_return answer;
}

int EmbeddedLedger::minWeightMagnitude() const { return impl_->options_.minWeightMagnitude; }
const model::Address& EmbeddedLedger::coordinatorAddress() const {
    return impl_->coordinator_->address();
}
const std::string& EmbeddedLedger::networkId() const { return impl_->networkId_; }
Task<std::int64_t> EmbeddedLedger::issueMilestone() { return impl_->issueMilestone(); }

Task<ledger::Tips> EmbeddedLedger::tipsToApprove(int depth, std::optional<ledger::Hash> reference) {
    return impl_->tips(depth, reference);
}

Task<std::vector<ledger::Hash>> EmbeddedLedger::find(ledger::TransactionQuery query) {
    const auto length = std::max(
        {query.addresses.size(), query.bundles.size(), query.tags.size(), query.approvees.size()});
    PEGASUS_CO_CHECK(checkLength(length, ledger::kMaxHashesPerCall));
    if (length == 0) co_return fail(ErrorCode::InvalidArgument, "nothing to look for");
    auto ask = [query = std::move(query)](Tangle& tangle) { return tangle.find(query); };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<ledger::FoundPage> EmbeddedLedger::findNext(ledger::TransactionQuery query, std::string cursor, std::size_t limit) {
    const auto length = std::max({query.addresses.size(), query.bundles.size(), query.tags.size()});
    PEGASUS_CO_CHECK(checkLength(length, ledger::kMaxHashesPerCall));
    if (length == 0 || !query.approvees.empty() || limit == 0 || limit > ledger::kMaxHashesPerCall)
        co_return fail(ErrorCode::InvalidArgument, "addresses, bundles or tags are read in steps of 1 to {}", ledger::kMaxHashesPerCall);
    auto ask = [query = std::move(query), cursor = std::move(cursor), limit](Tangle& tangle) {
        return tangle.findNext(query, cursor, limit);
    };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<std::vector<std::optional<ledger::AttachedTransaction>>> EmbeddedLedger::transactions(
    std::vector<ledger::Hash> hashes) {
    PEGASUS_CO_CHECK(checkLength(hashes.size(), ledger::kMaxHashesPerCall));
    auto ask = [hashes = std::move(hashes)](Tangle& tangle) { return tangle.transactions(hashes); };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<void> EmbeddedLedger::broadcast(std::vector<ledger::TransactionTrytes> transactions,
                                     std::string peer) {
    return impl_->broadcast(std::move(transactions), std::move(peer));
}

Task<ledger::Balances> EmbeddedLedger::balances(std::vector<ledger::Address> addresses) {
    PEGASUS_CO_CHECK(checkLength(addresses.size(), ledger::kMaxHashesPerCall));
    auto ask = [addresses = std::move(addresses)](Tangle& tangle) {
        return tangle.balances(addresses);
    };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<std::vector<bool>> EmbeddedLedger::inclusionStates(std::vector<ledger::Hash> hashes) {
    PEGASUS_CO_CHECK(checkLength(hashes.size(), ledger::kMaxHashesPerCall));
    auto ask = [hashes = std::move(hashes)](Tangle& tangle) {
        return tangle.inclusionStates(hashes);
    };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<std::vector<bool>> EmbeddedLedger::spentFrom(std::vector<ledger::Address> addresses) {
    PEGASUS_CO_CHECK(checkLength(addresses.size(), ledger::kMaxHashesPerCall));
    auto ask = [addresses = std::move(addresses)](Tangle& tangle) {
        return tangle.spentFrom(addresses);
    };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<ledger::Consistency> EmbeddedLedger::checkConsistency(std::vector<ledger::Hash> tails) {
    PEGASUS_CO_CHECK(checkLength(tails.size(), ledger::kMaxHashesPerCall));
    auto ask = [tails = std::move(tails)](Tangle& tangle) {
        return tangle.checkConsistency(tails);
    };
    co_return co_await impl_->core_.read(std::move(ask));
}

Task<ledger::TailInfo> EmbeddedLedger::tailInfo(ledger::Hash tail) {
    auto ask = [tail](Tangle& tangle) { return tangle.tailInfo(tail); };
    co_return co_await impl_->core_.read(ask);
}

Task<ledger::FundsGrant> EmbeddedLedger::requestFunds(ledger::Address address, std::string peer) {
    if (!impl_->options_.faucet) co_return fail(ErrorCode::NotSupported, "this node has no faucet");
    co_return co_await impl_->faucet_->request(address, std::move(peer));
}

void EmbeddedLedger::setDoubt(std::string reason) {
    if (impl_->faucet_) impl_->faucet_->setDoubt(std::move(reason));
}

Task<Milestone> EmbeddedLedger::milestone(std::int64_t index) {
    auto ask = [index](Tangle& tangle) { return tangle.milestone(index); };
    PEGASUS_CO_TRY(const auto transaction, co_await impl_->core_.read(ask));
    co_return parseMilestone(transaction);
}

}  // namespace pegasus::node
