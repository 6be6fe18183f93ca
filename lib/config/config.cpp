// SPDX-License-Identifier: Apache-2.0
// Which key of the YAML goes where, with its bounds.
#include "config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "config/reader.hpp"

namespace pegasus::config {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 1 << 20;
constexpr std::int64_t kSupply = 2'779'530'283'277'761;
constexpr std::size_t kMaxSensors = 256;

void readGateway(Section& s, Gateway& gateway) {
    s.field("name", gateway.name);
    s.field("latitude", gateway.latitude, -90, 90);
    s.field("longitude", gateway.longitude, -180, 180);
}

void readFaucet(Section& s, Faucet& faucet) {
    s.field("enabled", faucet.enabled);
    s.field("amount", faucet.amount, 1, kSupply);
    s.field("per-address-per-day", faucet.perAddressPerDay, 1, kSupply);
    s.field("per-peer-per-day", faucet.perPeerPerDay, 1, kSupply);
    s.field("total-per-day", faucet.totalPerDay, 1, kSupply);
}

void readEmbedded(Section& s, Embedded& embedded) {
    s.field("network-id", embedded.networkId);
    s.field("milestone-interval", embedded.milestoneInterval, 100ms, 1h);
    s.field("heartbeat-interval", embedded.heartbeatInterval, 1s, 24h);
    s.field("tip-selection", embedded.tipSelection, {{"uniform", TipSelection::Uniform}, {"walk", TipSelection::Walk}});
    s.field("alpha", embedded.alpha, 0, 100);
    s.field("retention", embedded.retention, 1min, std::chrono::days(3650));
    s.section("faucet", [&](Section& below) { readFaucet(below, embedded.faucet); });
}

void readRemote(Section& s, Remote& remote) {
    s.field("nodes", remote.nodes, 16);
    s.field("ca-file", remote.caFile);
    s.field("poll-interval", remote.pollInterval, 100ms, 1h);
    s.field("request-timeout", remote.requestTimeout, 1s, 10min);
}

void readApi(Section& s, Api& api) {
    bool enabled = api.enabled.value_or(false);
    if (s.has("enabled")) {
        s.field("enabled", enabled);
        api.enabled = enabled;
    }
    s.field("listen", api.listen, 16);
    s.field("max-connections", api.maxConnections, 1, 10'000);
    s.field("max-connections-per-peer", api.maxConnectionsPerPeer, 1, 10'000);
    s.field("max-body-bytes", api.maxBodyBytes, 10'000, 100'000'000);
    s.field("request-timeout", api.requestTimeout, 1s, 10min);
    s.field("remote-attach", api.remoteAttach);
}

void readLedger(Section& s, Ledger& ledger) {
    s.field("mode", ledger.mode, {{"embedded", LedgerMode::Embedded}, {"remote", LedgerMode::Remote}});
    s.field("minimum-weight-magnitude", ledger.minWeightMagnitude, 0, 20);
    s.section("embedded", [&](Section& below) { readEmbedded(below, ledger.embedded); });
    s.section("remote", [&](Section& below) { readRemote(below, ledger.remote); });
    s.section("api", [&](Section& below) { readApi(below, ledger.api); });
}

void readSensor(const std::string& id, Section& s, Config& config) {
    auto& sensor = config.sensors[id];
    s.field("type", sensor.type);
    s.field("interval", sensor.interval, 100ms, 24h);
    s.field("enabled", sensor.enabled);
    s.rest(sensor.parameters);
    if (sensor.type.empty()) s.complain(s.node(), fmt::format("sensors.{} has no type", id));
    if (config.sensors.size() > kMaxSensors) s.complain(s.node(), fmt::format("more than {} sensors", kMaxSensors));
}

void readMarket(Section& s, Market& market) {
    s.field("tag", market.tag);
    s.field("legacy-payments", market.legacyPayments,
            {{"hold", LegacyPayments::Hold}, {"serve", LegacyPayments::Serve}});
    s.field("address-grace", market.addressGrace, 0s, std::chrono::days(365));
    s.field("poll-interval", market.pollInterval, 100ms, 1h);
    s.field("reply-timeout", market.replyTimeout, 10s, std::chrono::days(365));
    s.field("message-retention", market.messageRetention, 1h, std::chrono::days(36500));
}

void readDocument(Section& s, Config& config) {
    s.section("gateway", [&](Section& below) { readGateway(below, config.gateway); });
    s.section("ledger", [&](Section& below) { readLedger(below, config.ledger); });
    s.section("wallet", [&](Section& below) {
        below.field("gap-limit", config.wallet.gapLimit, 1, 1000);
        below.field("auto-lock", config.wallet.autoLock, 0s, std::chrono::days(365));
    });
    s.entries("sensors", [&](const std::string& id, Section& below) { readSensor(id, below, config); });
    s.section("streams", [&](Section& below) { below.field("flush-interval", config.streams.flushInterval, 1s, 1h); });
    s.section("market", [&](Section& below) { readMarket(below, config.market); });
    s.field("machine-key-file", config.machineKeyFile);
}

void apply(Config& config, const std::string& text, const std::string& name, Problems& problems) {
    try {
        Section document(YAML::Load(text), name, "", problems);
        readDocument(document, config);
        document.finish();
    } catch (const YAML::Exception& e) {
        problems.push_back(fmt::format("{}:{}:{}: {}", name, e.mark.line + 1, e.mark.column + 1, e.msg));
    }
}

void applyFile(Config& config, const std::filesystem::path& file, Problems& problems) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error || size > kMaxFileBytes) {
        problems.push_back(fmt::format("{}: {}", file.string(), error ? error.message() : "larger than 1 MiB"));
        return;
    }
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
        problems.push_back(fmt::format("{}: cannot be read", file.string()));
        return;
    }
    apply(config, text.str(), file.string(), problems);
}

std::vector<std::filesystem::path> dropIns(const std::filesystem::path& file) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(file.string() + ".d", error))
        if (entry.path().extension() == ".yaml") found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

/// What no single key can tell.
void checkWhole(const Config& config, const std::string& name, Problems& problems) {
    if (config.ledger.mode == LedgerMode::Remote && config.ledger.remote.nodes.empty())
        problems.push_back(name + ": ledger.mode is remote, but ledger.remote.nodes names no node");
    if (config.gateway.latitude.has_value() != config.gateway.longitude.has_value())
        problems.push_back(name + ": gateway.latitude and gateway.longitude go together");
}

Result<Config> finish(Config config, const std::string& name, Problems problems) {
    if (problems.empty()) checkWhole(config, name, problems);
    if (problems.empty()) return config;
    std::string all;
    for (const auto& problem : problems) all += (all.empty() ? "" : "\n") + problem;
    return fail(ErrorCode::Config, "{}", all);
}

}  // namespace

Result<Config> load(const std::filesystem::path& file) {
    Config config;
    Problems problems;
    if (std::filesystem::exists(file)) applyFile(config, file, problems);
    for (const auto& dropIn : dropIns(file)) applyFile(config, dropIn, problems);
    return finish(std::move(config), file.string(), std::move(problems));
}

Result<Config> parse(std::string_view text, std::string_view name) {
    Config config;
    Problems problems;
    apply(config, std::string(text), std::string(name), problems);
    return finish(std::move(config), std::string(name), std::move(problems));
}

}  // namespace pegasus::config
