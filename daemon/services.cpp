// SPDX-License-Identifier: Apache-2.0
// From configuration to running services.
#include "daemon/services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/journal.hpp"
#include "daemon/state_files.hpp"
#include "daemon/state_schema.hpp"
#include "store/lineage.hpp"
#include "drivers/all.hpp"

namespace pegasus::daemon {
namespace {

constexpr int kStatePage = 1024;  // a small transaction of state.db touches about ten pages

Result<std::unique_ptr<keys::MachineVault>> openVault(const config::Config& config,
                                                      const std::filesystem::path& stateDir, Random& random) {
    auto vault = config.machineKeyFile.empty() ? keys::MachineVault::open(stateDir / "machine.key", random)
                                               : keys::MachineVault::fromCredential(config.machineKeyFile, random);
    if (!vault) return fail(vault.error());
    return std::make_unique<keys::MachineVault>(std::move(*vault));
}

/// Its operator does not know it.
bool isSilent(const stream::StreamInfo& stream) {
    return !stream.paused && stream.source.state == stream::SourceState::Silent;
}

std::ptrdiff_t ordersThatWait(const market::Buyer& buyer, market::OrderWait reason) {
    return std::ranges::count(buyer.orders(), reason, &market::Order::waits);
}

}  // namespace

Result<std::unique_ptr<Services>> Services::open(loop::Loop& loop, Plan plan, const std::filesystem::path& stateDir) {
    std::unique_ptr<Services> services(new Services(loop, std::move(plan)));
    PEGASUS_CHECK(services->openState(stateDir));
    PEGASUS_CHECK(services->openLedger(stateDir));
    services->attacher_ = std::make_unique<ledger::Attacher>(*services->ledger_, loop.pool(), loop.clock());
    drivers::registerAll(services->registry_, drivers::thisMachine(loop.clock(), stateDir));
    auto makeReader = [&loop](std::unique_ptr<sensor::Driver> driver) {
        return sensor::makeThreadReader(loop, std::move(driver));
    };
    services->sampler_ = std::make_unique<sensor::Sampler>(loop, loop.clock(), makeReader);
    for (const auto& [id, sensor] : services->plan_.sensors) PEGASUS_CHECK(services->addSensor(sensor));
    services->makeServer();
    return services;
}

/// state.db first: its lock keeps a second daemon from everything else.
Result<void> Services::openState(const std::filesystem::path& stateDir) {
    const StateFiles files(stateDir);
    const auto& steps = stateMigrations();
    auto state = store::Database::open({.path = stateDir / "state.db", .pageBytes = kStatePage, .expected = files.expectsState()},
                                       std::vector<store::Migration>(steps.begin(), steps.end()));
    if (!state) return fail(state.error().code == ErrorCode::NotFound ? files.lostState() : state.error());
    state_ = std::move(*state);
    PEGASUS_TRY(copies_, store::countCopies(*state_, stateDir));
    files.stateOpened();
    const bool ofFolder = config().machineKeyFile.empty();
    if (ofFolder) PEGASUS_CHECK(files.checkKey(*state_));
    PEGASUS_TRY(vault_, openVault(config(), stateDir, random_));
    if (ofFolder) PEGASUS_CHECK(files.keyOpened(*state_));
    return {};
}

Result<void> Services::openTangle(const std::filesystem::path& stateDir) {
    const StateFiles files(stateDir);
    auto options = plan_.node;
    options.database = stateDir / "tangle.db";
    PEGASUS_TRY(options.expected, files.expectsTangle(*state_));
    auto embedded = node::EmbeddedLedger::open(std::move(options), {loop_, loop_.pool(), loop_.clock(), random_, *vault_});
    if (!embedded) return fail(embedded.error().code == ErrorCode::NotFound ? files.lostTangle() : embedded.error());
    PEGASUS_CHECK(files.tangleOpened(*state_));
    embedded_ = embedded->get();
    ledger_ = std::move(*embedded);
    return {};
}

Result<void> Services::openLedger(const std::filesystem::path& stateDir) {
    if (config().ledger.mode == config::LedgerMode::Embedded) {
        return openTangle(stateDir);
    }
    PEGASUS_TRY(auto remote, iri::RemoteLedger::create(loop_.context(), loop_, loop_.pool(), loop_.clock(), *state_, plan_.client));
    remote_ = remote.get();
    ledger_ = std::move(remote);
    return {};
}

Result<void> Services::addSensor(const sensor::SensorConfig& wanted) {
    PEGASUS_TRY(auto driver, registry_.create(wanted));
    return sampler_->add(wanted, std::move(driver));
}

void Services::makeServer() {
    if (!plan_.server) return;
    server_ = std::make_unique<iri::Server>(loop_.context(), *ledger_, loop_, loop_.pool(), loop_.clock(), *plan_.server);
}

Task<void> Services::openWallet() {
    const wallet::WalletServices services{loop_, loop_.pool(), loop_.clock(), random_, *state_, *ledger_};
    PEGASUS_CO_TRY(wallet_, co_await wallet::Wallet::open(services, plan_.wallet));
    co_return Result<void>();
}

Task<void> Services::start() {
    if (embedded_ != nullptr) embedded_->start();
    if (remote_ != nullptr) remote_->start();
    PEGASUS_CO_CHECK(co_await openWallet());
    PEGASUS_CO_CHECK(co_await judgeCopy());
    const stream::StreamServices streamServices{loop_, loop_.pool(), loop_.clock(), random_, *state_,
                                                *vault_, *ledger_, *attacher_, *sampler_, copies_, embedded_ != nullptr};
    streams_ = stream::StreamService::create(streamServices, plan_.streams);
    const market::MarketServices marketServices{loop_, loop_.pool(), loop_.clock(), random_,
                                                *ledger_, *state_, *vault_, *wallet_};
    seller_ = market::Seller::create(marketServices, *streams_, plan_.seller);
    buyer_ = market::Buyer::create(marketServices, plan_.buyer);

    PEGASUS_CO_CHECK(co_await streams_->start());
    onRestored_ = wallet_->restored.add([this](std::uint64_t) { loop_.spawn("after restore", afterRestore()); });
    PEGASUS_CO_CHECK(co_await followRestore());
    wallet_->start();
    PEGASUS_CO_CHECK(co_await seller_->start());
    PEGASUS_CO_CHECK(co_await buyer_->start());
    sampler_->start();
    co_await refreshLedgerStatus();
    if (server_) PEGASUS_CO_CHECK(server_->start());
    co_return Result<void>();
}

/// A remote ledger tells which keys of a copy have signed since. The embedded one was put back together with the state, so what was signed
/// since is known to nobody here: streams begin new channels, but money has one address only, and a person must decide.
Task<void> Services::judgeCopy() {
    auto compare = [copies = static_cast<std::int64_t>(copies_)](store::Connection& c) -> Result<std::pair<bool, bool>> {
        SQLite::Statement told(c, "SELECT value FROM daemon_value WHERE name = 'copies-told'");
        SQLite::Statement accepted(c, "SELECT value FROM daemon_value WHERE name = 'copies-accepted'");
        const bool fresh = (told.executeStep() ? told.getColumn(0).getInt64() : 0) != copies;
        const bool open = (accepted.executeStep() ? accepted.getColumn(0).getInt64() : 0) != copies;
        SQLite::Statement tell(c, "INSERT OR REPLACE INTO daemon_value VALUES ('copies-told', ?)");
        tell.bind(1, copies);
        tell.exec();
        return std::pair(fresh, open);
    };
    PEGASUS_CO_TRY(const auto outcome, co_await state_->write(compare));
    const auto [fresh, open] = outcome;
    if (fresh)
        log(Level::Notice, "this state folder is a copy: no key signs before it is known that the original did not use it");
    if (open && embedded_ != nullptr) {
        setDoubt("this state folder is a copy, and its ledger with it: keys of the wallet and of the faucet may have signed since in the original, "
                 "and signing again would give their money away. If the original runs no more: pegasusctl wallet accept-copy");
        log(Level::Warning, doubt_);
    }
    co_return Result<void>();
}

void Services::setDoubt(std::string reason) {
    doubt_ = std::move(reason);
    wallet_->setDoubt(doubt_);
    if (embedded_ != nullptr) embedded_->setDoubt(doubt_);
}

Task<void> Services::acceptCopy() {
    if (doubt_.empty()) co_return fail(ErrorCode::InvalidState, "this state folder is no copy, or it was accepted before");
    auto accept = [copies = static_cast<std::int64_t>(copies_)](store::Connection& c) -> Result<void> {
        SQLite::Statement insert(c, "INSERT OR REPLACE INTO daemon_value VALUES ('copies-accepted', ?)");
        insert.bind(1, copies);
        insert.exec();
        return {};
    };
    PEGASUS_CO_CHECK(co_await state_->write(accept));
    setDoubt({});
    log(Level::Notice, "the copy of the state was accepted: its keys sign again");
    co_return Result<void>();
}

/// A restored wallet means that this state may be an old copy: streams go on with new channels, once for each restore.
Task<void> Services::followRestore() {
    const auto restores = static_cast<std::int64_t>(wallet_->status().restoreCount);
    auto remembered = [](store::Connection& c) -> Result<std::int64_t> {
        SQLite::Statement query(c, "SELECT value FROM daemon_value WHERE name = 'restores'");
        return query.executeStep() ? query.getColumn(0).getInt64() : 0;
    };
    PEGASUS_CO_TRY(const std::int64_t known, co_await state_->read(remembered));
    if (known == restores) co_return Result<void>();
    PEGASUS_CO_TRY(const std::size_t streams, co_await streams_->onWalletRestored());
    auto remember = [restores](store::Connection& c) -> Result<void> {
        SQLite::Statement insert(c, "INSERT OR REPLACE INTO daemon_value VALUES ('restores', ?)");
        insert.bind(1, restores);
        insert.exec();
        return {};
    };
    PEGASUS_CO_CHECK(co_await state_->write(remember));
    log(Level::Notice, fmt::format("the wallet was restored: {} streams go on with new channels", streams));
    co_return Result<void>();
}

Async<void> Services::afterRestore() {
    const auto done = co_await followRestore();
    if (!done) log(Level::Error, "streams keep their channels after the restore: " + done.error().message);
}

Async<void> Services::flushStreams() {
    if (const auto flushed = co_await streams_->flush(); !flushed)
        log(Level::Warning, "readings stay in memory for now: " + flushed.error().message);
}

Async<void> Services::refreshLedgerStatus() { ledgerStatus_ = co_await ledger_->status(); }

std::vector<std::uint16_t> Services::apiPorts() const {
    return server_ ? server_->ports() : std::vector<std::uint16_t>();
}

/// ", sensor a fails", ", sensors a, b fail", or empty.
std::string Services::failingSensors() const {
    std::vector<std::string> failing;
    for (const auto& info : sampler_->list())
        if (info.state == sensor::SensorState::Failing || info.state == sensor::SensorState::Blocked)
            failing.push_back(info.config.id);
    if (failing.empty()) return {};
    if (failing.size() > 3) return fmt::format(", {} sensors fail", failing.size());
    if (failing.size() == 1) return fmt::format(", sensor {} fails", failing.front());
    return fmt::format(", sensors {} fail", sensor::listed(failing));
}

std::string Services::statusText() const {
    std::uint64_t queued = 0;
    const auto streams = streams_->list();
    std::string silent;
    for (const auto& stream : streams) {
        queued += stream.queued + stream.pending;
        if (isSilent(stream)) silent += (silent.empty() ? " (silent: " : ", ") + stream.spec.id;
    }
    if (!silent.empty()) silent += ")";
    const auto locked = ordersThatWait(*buyer_, market::OrderWait::Unlock);
    const auto& status = ledgerStatus_;
    const auto ledger = status.state == ledger::LedgerState::Ready
                            ? fmt::format("ledger at milestone {}", status.latestSolidMilestoneIndex)
                            : fmt::format("ledger not ready ({})", status.detail);
    const auto doubt = doubt_.empty() ? "" : "; a copy of the state: nothing is spent before pegasusctl wallet accept-copy";
    const auto orders = locked == 1 ? std::string("1 order waits") : fmt::format("{} orders wait", locked);
    return fmt::format("{} streams{}, {} subscriptions, queue {}, {}{}{}{}", streams.size(), silent, buyer_->subscriptions().size(),
                       queued, ledger, failingSensors(), locked == 0 ? "" : ", " + orders + " for the wallet to be unlocked", doubt);
}

Result<std::vector<std::string>> Services::reload(Plan plan) {
    if (embedded_ != nullptr && plan.config.ledger.mode == config::LedgerMode::Embedded && plan.node.networkId != embedded_->networkId())
        return fail(ErrorCode::Config, "{}: ledger.embedded.network-id is '{}', and this tangle was made as '{}': it cannot change",
                    config::placeOf(plan.config, "ledger.embedded.network-id"), plan.node.networkId, embedded_->networkId());
    std::set<std::string> changed;
    for (const auto& [id, wanted] : plan.sensors) {
        const auto present = sampler_->info(id);
        if (!present || present->config != wanted) changed.insert(id);
    }
    for (const auto& info : sampler_->list()) {
        const auto& id = info.config.id;
        if (!plan.sensors.contains(id) || changed.contains(id)) PEGASUS_CHECK(sampler_->remove(id));
    }
    for (const auto& id : changed) PEGASUS_CHECK(addSensor(plan.sensors.at(id)));
    loop_.spawn("stream queue", flushStreams());
    plan_.sensors = std::move(plan.sensors);
    plan_.config.sensors = plan.config.sensors;
    plan_.config.gateway = plan.config.gateway;
    plan_.config.places = plan.config.places;
    plan_.config.fileRead = plan.config.fileRead;
    // What is left differs from what runs, until a restart.
    return config::changedKeys(plan_.config, plan.config);
}

}  // namespace pegasus::daemon
