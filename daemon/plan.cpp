// SPDX-License-Identifier: Apache-2.0
// From the configuration to the options of every service.
#include "daemon/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/random.hpp"
#include "daemon/endpoints.hpp"
#include "daemon/process.hpp"
#include "drivers/all.hpp"
#include "iri/authorities.hpp"
#include "keys/machine_vault.hpp"
#include "market/tags.hpp"
#include "version.hpp"

namespace pegasus::daemon {
namespace {

/// Descriptors beside those of connections and sensors: the bus, the databases, the loop (some 40), and the ends of 64 watchers.
constexpr std::size_t kOwnDescriptors = 128;
constexpr std::size_t kFewestConnections = 4;
constexpr Duration kMostHeaderTime = 10s;
constexpr Duration kLeastCallTime = 60s;
constexpr std::size_t kLeastBuffered = 32'000'000;
constexpr int kMostAttachWeight = 14;

class Planner {
public:
    Planner(config::Loaded loaded, const Machine& machine) : machine_(machine), problems_(std::move(loaded.problems)) {
        plan_.config = std::move(loaded.config);
    }

    Result<Plan> make() {
        planNode();
        planClient();
        planServer();
        planMarket();
        planSensors();
        plan_.wallet.gapLimit = config().wallet.gapLimit;
        plan_.wallet.autoLock = config().wallet.autoLock;
        plan_.wallet.poll = config().market.pollInterval;
        plan_.streams.flushInterval = config().streams.flushInterval;
        checkKeyFile();
        checkDescriptors();
        if (!problems_.empty()) return fail(config::errorOf(problems_));
        return std::move(plan_);
    }

private:
    [[nodiscard]] const config::Config& config() const { return plan_.config; }
    void complain(const std::string& key, std::string_view text) {
        problems_.push_back(fmt::format("{}: {}", config::placeOf(config(), key), text));
    }
    void check(const std::string& key, const Result<void>& outcome) {
        if (!outcome) complain(key, fmt::format("{}: {}", key, outcome.error().message));
    }

    void planNode();
    void planClient();
    void planServer();
    void planMarket();
    void planSensors();
    void checkKeyFile();
    void checkDescriptors();

    const Machine& machine_;
    config::Problems problems_;
    Plan plan_;
};

void Planner::planNode() {
    const auto& ledger = config().ledger;
    const auto& embedded = ledger.embedded;
    auto& node = plan_.node;
    node.networkId = embedded.networkId;
    node.appVersion = kVersion;
    node.minWeightMagnitude = ledger.minWeightMagnitude;
    node.milestoneInterval = embedded.milestoneInterval;
    node.heartbeat = embedded.heartbeatInterval;
    node.tipSelection = embedded.tipSelection == config::TipSelection::Walk ? node::TipSelection::Walk
                                                                            : node::TipSelection::Uniform;
    node.alpha = embedded.alpha;
    node.retention = embedded.retention;
    node.maxSize = static_cast<std::uint64_t>(embedded.maxSize) * 1'000'000;
    node.faucet = embedded.faucet.enabled;
    node.faucetLimits.perRequest = model::Iotas(embedded.faucet.amount);
    node.faucetLimits.perAddress = model::Iotas(embedded.faucet.perAddressPerDay);
    node.faucetLimits.perPeer = model::Iotas(embedded.faucet.perPeerPerDay);
    node.faucetLimits.total = model::Iotas(embedded.faucet.totalPerDay);
}

void Planner::planClient() {
    const auto& ledger = config().ledger;
    auto& client = plan_.client;
    client.urls = ledger.remote.nodes;
    client.caFile = ledger.remote.caFile;
    client.minWeightMagnitude = ledger.minWeightMagnitude;
    client.pollInterval = ledger.remote.pollInterval;
    client.requestTime = ledger.remote.requestTimeout;
    client.callTime = std::max<Duration>(kLeastCallTime, 3 * ledger.remote.requestTimeout);
    for (std::size_t i = 0; i < client.urls.size(); ++i)
        check(fmt::format("ledger.remote.nodes[{}]", i), checkNode(client.urls[i]));
    if (ledger.mode == config::LedgerMode::Remote && !client.caFile.empty())
        check("ledger.remote.ca-file", iri::checkAuthorityFile(client.caFile));
}

void Planner::planServer() {
    const auto& ledger = config().ledger;
    const auto& api = ledger.api;
    const bool remote = ledger.mode == config::LedgerMode::Remote;
    iri::ServerOptions server;
    server.appVersion = kVersion;
    server.maxBodyLength = api.maxBodyBytes;
    server.maxBufferedBytes = std::max(kLeastBuffered, 2 * api.maxBodyBytes);
    server.maxConnections = api.maxConnections;
    server.maxConnectionsPerPeer = api.maxConnectionsPerPeer;
    server.headerTime = std::min(kMostHeaderTime, api.requestTimeout);
    server.bodyTime = api.requestTimeout;
    server.writeTime = api.requestTimeout;
    server.maxMinWeightMagnitude = std::max(kMostAttachWeight, ledger.minWeightMagnitude);
    server.allowedOrigins = api.allowedOrigins;
    if (api.remoteAttach) std::erase(server.limitedCommands, "attachToTangle");
    server.binds.clear();
    for (std::size_t i = 0; i < api.listen.size(); ++i) {
        const auto key = fmt::format("ledger.api.listen[{}]", i);
        const auto bind = parseBind(api.listen[i]);
        if (!bind) {
            complain(key, fmt::format("{}: {}", key, bind.error().message));
            continue;
        }
        server.binds.push_back(*bind);
    }
    if (!api.enabled.value_or(!remote)) return;
    if (api.listen.empty()) complain("ledger.api.listen", "ledger.api.listen names no address; to serve nothing, set ledger.api.enabled to false");
    for (std::size_t i = 0; remote && i < ledger.remote.nodes.size(); ++i)
        if (isServedHere(ledger.remote.nodes[i], server.binds))
            complain(fmt::format("ledger.remote.nodes[{}]", i),
                     fmt::format("ledger.remote.nodes[{}] is this daemon itself: it serves there (ledger.api.listen)", i));
    plan_.server = std::move(server);
}

void Planner::planMarket() {
    const auto& market = config().market;
    check("market.tag", market::checkTagWord(market.tag));
    auto& seller = plan_.seller;
    seller.tagWord = market.tag;
    seller.legacy = market.legacyPayments == config::LegacyPayments::Serve ? market::LegacyPolicy::Serve
                                                                          : market::LegacyPolicy::Hold;
    seller.retention = config().ledger.embedded.retention;
    seller.grace = market.addressGrace;
    seller.poll = market.pollInterval;
    seller.withdrawSilentAfter = market.withdrawSilentAfter;
    auto& buyer = plan_.buyer;
    buyer.tagWords = {market.tag};
    buyer.poll = market.pollInterval;
    buyer.replyTimeout = market.replyTimeout;
    buyer.messageRetention = market.messageRetention;
    // Sellers announce again at half of the retention: an offer must not be forgotten before that.
    buyer.offerLifetime = std::max<Duration>(buyer.offerLifetime, config().ledger.embedded.retention);
}

/// Disabled ones are checked too: they are meant to be enabled again; but they use nothing.
void Planner::planSensors() {
    sensor::Registry registry(machine_.clock);
    drivers::registerAll(registry, drivers::thisMachine(machine_.clock, {}));
    std::map<std::string, std::string> owners;  // of what only one sensor can use
    for (const auto& [id, given] : config().sensors) {
        if (given.type.empty()) continue;  // the reader has said so
        sensor::SensorConfig wanted;
        wanted.id = id;
        wanted.type = given.type;
        wanted.name = id;
        wanted.interval = given.interval;
        wanted.parameters = given.parameters;
        const auto key = "sensors." + id;
        const auto complainOf = [&](const std::string& parameter, std::string_view text) {
            complain(parameter.empty() ? key : key + "." + parameter, fmt::format("sensor '{}': {}", id, text));
        };
        const auto checked = registry.check(wanted);
        for (const auto& problem : checked.problems) complainOf(problem.parameter, problem.text);
        for (const auto& claim : checked.claims) {
            if (!given.enabled) continue;
            const auto [owner, first] = owners.emplace(claim.resource, id);
            if (!first) complainOf(claim.parameter, fmt::format("{} is used by the sensor '{}' already", claim.resource, owner->second));
        }
        if (given.enabled) plan_.sensors.emplace(id, std::move(wanted));
    }
}

void Planner::checkKeyFile() {
    if (config().machineKeyFile.empty()) return;
    crypto::SystemRandom random;
    const auto vault = keys::MachineVault::fromCredential(config().machineKeyFile, random);
    if (!vault) complain("machine-key-file", "machine-key-file: " + vault.error().message);
}

/// Every connection that may be open needs a descriptor, and the rest of the daemon some that no flood of peers can take.
void Planner::checkDescriptors() {
    const bool remote = config().ledger.mode == config::LedgerMode::Remote;
    const auto ofNodes = remote ? plan_.client.urls.size() * (plan_.client.maxParallel + plan_.client.maxIdle) : 0;
    const auto own = kOwnDescriptors + plan_.sensors.size() + ofNodes;
    if (machine_.descriptors < own + kFewestConnections) {
        problems_.push_back(fmt::format("{}: this configuration needs {} open files, and the process may have {}: raise the limit "
                                        "(LimitNOFILE of the unit, ulimit -n)", config().file.string(), own + kFewestConnections, machine_.descriptors));
        return;
    }
    const auto most = machine_.descriptors - own;
    if (!plan_.server || plan_.server->maxConnections <= most) return;
    plan_.warnings.push_back(fmt::format("{}: ledger.api.max-connections is {}, and the limit of {} open files leaves {}: no more are "
                                         "taken (LimitNOFILE of the unit, ulimit -n)",
                                         config::placeOf(config(), "ledger.api.max-connections"), plan_.server->maxConnections, machine_.descriptors, most));
    plan_.server->maxConnections = most;
}

}  // namespace

Result<Plan> makePlan(config::Loaded loaded, const Machine& machine) { return Planner(std::move(loaded), machine).make(); }

Result<Plan> loadPlan(const std::filesystem::path& file, config::Absent absent, const Clock& clock) {
    return makePlan(config::read(file, absent), {clock, descriptorLimit()});
}

}  // namespace pegasus::daemon
