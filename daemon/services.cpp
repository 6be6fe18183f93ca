// SPDX-License-Identifier: Apache-2.0
// From configuration to running services.
#include "daemon/services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "daemon/journal.hpp"
#include "daemon/state_schema.hpp"
#include "drivers/all.hpp"
#include "version.hpp"

namespace pegasus::daemon {
namespace {

constexpr int kStatePage = 1024;  // a small transaction of state.db touches about ten pages

/// "127.0.0.1:14265" or "[::1]:14265".
Result<iri::BindAddress> parseBind(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return fail(ErrorCode::Config, "ledger.api.listen '{}' is not address:port", text);
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    iri::BindAddress bind{.address = host, .port = 0};
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, bind.port);
    if (error != std::errc() || stop != end || host.empty())
        return fail(ErrorCode::Config, "ledger.api.listen '{}' is not address:port", text);
    return bind;
}

node::NodeOptions nodeOptions(const config::Ledger& ledger, const std::filesystem::path& stateDir) {
    const auto& embedded = ledger.embedded;
    node::NodeOptions options;
    options.database = stateDir / "tangle.db";
    options.networkId = embedded.networkId;
    options.appVersion = kVersion;
    options.minWeightMagnitude = ledger.minWeightMagnitude;
    options.milestoneInterval = embedded.milestoneInterval;
    options.heartbeat = embedded.heartbeatInterval;
    options.tipSelection = embedded.tipSelection == config::TipSelection::Walk ? node::TipSelection::Walk
                                                                               : node::TipSelection::Uniform;
    options.alpha = embedded.alpha;
    options.retention = embedded.retention;
    options.faucet = embedded.faucet.enabled;
    options.faucetLimits.perRequest = model::Iotas(embedded.faucet.amount);
    options.faucetLimits.perAddress = model::Iotas(embedded.faucet.perAddressPerDay);
    options.faucetLimits.perPeer = model::Iotas(embedded.faucet.perPeerPerDay);
    options.faucetLimits.total = model::Iotas(embedded.faucet.totalPerDay);
    return options;
}

iri::ClientOptions clientOptions(const config::Ledger& ledger) {
    iri::ClientOptions options;
    options.urls = ledger.remote.nodes;
    options.caFile = ledger.remote.caFile;
    options.minWeightMagnitude = ledger.minWeightMagnitude;
    options.pollInterval = ledger.remote.pollInterval;
    options.requestTime = ledger.remote.requestTimeout;
    return options;
}

sensor::SensorConfig sensorConfig(const std::string& id, const config::Sensor& sensor) {
    return {.id = id, .type = sensor.type, .name = id, .interval = sensor.interval, .parameters = sensor.parameters};
}

Result<std::unique_ptr<keys::MachineVault>> openVault(const config::Config& config,
                                                      const std::filesystem::path& stateDir, Random& random) {
    auto vault = config.machineKeyFile.empty() ? keys::MachineVault::open(stateDir / "machine.key", random)
                                               : keys::MachineVault::fromCredential(config.machineKeyFile, random);
    if (!vault) return fail(vault.error());
    return std::make_unique<keys::MachineVault>(std::move(*vault));
}

}  // namespace

Result<void> checkSensors(const config::Config& config, const Clock& clock) {
    sensor::Registry registry;
    drivers::registerAll(registry, clock);
    for (const auto& [id, sensor] : config.sensors) PEGASUS_CHECK(registry.create(sensorConfig(id, sensor)));
    return {};
}

Result<std::unique_ptr<Services>> Services::open(loop::Loop& loop, const config::Config& config,
                                                 const std::filesystem::path& stateDir) {
    std::unique_ptr<Services> services(new Services(loop, config));
    // state.db first: its lock keeps a second daemon from everything else.
    const auto& steps = stateMigrations();
    PEGASUS_TRY(services->state_, store::Database::open({.path = stateDir / "state.db", .pageBytes = kStatePage},
                                                        std::vector<store::Migration>(steps.begin(), steps.end())));
    PEGASUS_TRY(services->vault_, openVault(config, stateDir, services->random_));
    PEGASUS_CHECK(services->openLedger(stateDir));
    services->attacher_ = std::make_unique<ledger::Attacher>(*services->ledger_, loop.pool(), loop.clock());
    drivers::registerAll(services->registry_, loop.clock());
    auto makeReader = [&loop](std::unique_ptr<sensor::Driver> driver) {
        return sensor::makeThreadReader(loop, std::move(driver));
    };
    services->sampler_ = std::make_unique<sensor::Sampler>(loop, loop.clock(), makeReader);
    for (const auto& [id, sensor] : config.sensors)
        if (sensor.enabled) PEGASUS_CHECK(services->addSensor(id, sensor));
    PEGASUS_CHECK(services->makeServer());
    return services;
}

Result<void> Services::openLedger(const std::filesystem::path& stateDir) {
    if (config_.ledger.mode == config::LedgerMode::Embedded) {
        PEGASUS_TRY(auto embedded, node::EmbeddedLedger::open(nodeOptions(config_.ledger, stateDir),
                                                              {loop_, loop_.pool(), loop_.clock(), random_, *vault_}));
        embedded_ = embedded.get();
        ledger_ = std::move(embedded);
    } else {
        PEGASUS_TRY(auto remote, iri::RemoteLedger::create(loop_.context(), loop_, loop_.pool(), loop_.clock(), *state_,
                                                           clientOptions(config_.ledger)));
        remote_ = remote.get();
        ledger_ = std::move(remote);
    }
    return {};
}

Result<void> Services::addSensor(const std::string& id, const config::Sensor& sensor) {
    const auto wanted = sensorConfig(id, sensor);
    PEGASUS_TRY(auto driver, registry_.create(wanted));
    return sampler_->add(wanted, std::move(driver));
}

Result<void> Services::makeServer() {
    const auto& api = config_.ledger.api;
    if (!api.enabled.value_or(config_.ledger.mode == config::LedgerMode::Embedded)) return {};
    iri::ServerOptions options;
    options.appVersion = kVersion;
    options.maxBodyLength = api.maxBodyBytes;
    options.maxConnections = api.maxConnections;
    options.maxConnectionsPerPeer = api.maxConnectionsPerPeer;
    options.bodyTime = api.requestTimeout;
    if (api.remoteAttach) std::erase(options.limitedCommands, "attachToTangle");
    options.binds.clear();
    for (const auto& text : api.listen) {
        PEGASUS_TRY(auto bind, parseBind(text));
        options.binds.push_back(std::move(bind));
    }
    server_ = std::make_unique<iri::Server>(loop_.context(), *ledger_, loop_, loop_.pool(), loop_.clock(), options);
    return {};
}

Task<void> Services::openWallet() {
    wallet::WalletOptions options;
    options.gapLimit = static_cast<std::size_t>(config_.wallet.gapLimit);
    options.autoLock = config_.wallet.autoLock;
    options.poll = config_.market.pollInterval;
    const wallet::WalletServices services{loop_, loop_.pool(), loop_.clock(), random_, *state_, *ledger_};
    PEGASUS_CO_TRY(wallet_, co_await wallet::Wallet::open(services, options));
    co_return Result<void>();
}

Task<void> Services::start() {
    if (embedded_ != nullptr) embedded_->start();
    if (remote_ != nullptr) remote_->start();
    PEGASUS_CO_CHECK(co_await openWallet());
    const stream::StreamServices streamServices{loop_, loop_.pool(), loop_.clock(), random_, *state_,
                                                *vault_, *ledger_, *attacher_, *sampler_};
    stream::StreamLimits streamLimits;
    streamLimits.flushInterval = config_.streams.flushInterval;
    streams_ = stream::StreamService::create(streamServices, streamLimits);
    const market::MarketServices marketServices{loop_, loop_.pool(), loop_.clock(), random_,
                                                *ledger_, *state_, *vault_, *wallet_};
    market::SellerOptions selling;
    selling.tagWord = config_.market.tag;
    selling.legacy = config_.market.legacyPayments == config::LegacyPayments::Serve ? market::LegacyPolicy::Serve
                                                                                   : market::LegacyPolicy::Hold;
    selling.retention = config_.ledger.embedded.retention;
    selling.grace = config_.market.addressGrace;
    selling.poll = config_.market.pollInterval;
    seller_ = market::Seller::create(marketServices, *streams_, selling);
    market::BuyerOptions buying;
    buying.tagWords = {config_.market.tag};
    buying.poll = config_.market.pollInterval;
    buying.replyTimeout = config_.market.replyTimeout;
    // Sellers announce again at half of the retention: an offer must not be forgotten before that.
    buying.offerLifetime = std::max<Duration>(buying.offerLifetime, config_.ledger.embedded.retention);
    buyer_ = market::Buyer::create(marketServices, buying);

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
    for (const auto& stream : streams) queued += stream.queued + stream.pending;
    const auto& status = ledgerStatus_;
    const auto ledger = status.state == ledger::LedgerState::Ready
                            ? fmt::format("ledger at milestone {}", status.latestSolidMilestoneIndex)
                            : fmt::format("ledger not ready ({})", status.detail);
    return fmt::format("{} streams, {} subscriptions, queue {}, {}{}", streams.size(), buyer_->subscriptions().size(),
                       queued, ledger, failingSensors());
}

Result<std::string> Services::reload(const config::Config& config) {
    // All drivers are made before anything changes: a wrong parameter leaves everything as it was.
    std::set<std::string> changed;
    for (const auto& [id, sensor] : config.sensors) {
        if (!sensor.enabled) continue;
        const auto present = sampler_->info(id);
        if (present && present->config == sensorConfig(id, sensor)) continue;
        PEGASUS_TRY(const auto checked, registry_.create(sensorConfig(id, sensor)));
        changed.insert(id);
    }
    for (const auto& info : sampler_->list()) {
        const auto wanted = config.sensors.find(info.config.id);
        const bool gone = wanted == config.sensors.end() || !wanted->second.enabled;
        if (gone || changed.contains(info.config.id)) PEGASUS_CHECK(sampler_->remove(info.config.id));
    }
    for (const auto& id : changed) PEGASUS_CHECK(addSensor(id, config.sensors.at(id)));
    loop_.spawn("stream queue", flushStreams());
    const bool restart = !(config.ledger == config_.ledger && config.wallet == config_.wallet &&
                           config.market == config_.market && config.streams == config_.streams &&
                           config.machineKeyFile == config_.machineKeyFile);
    config_.sensors = config.sensors;
    config_.gateway = config.gateway;
    return restart ? "changes of ledger, wallet, market, streams and machine-key-file need a restart" : "";
}

}  // namespace pegasus::daemon
