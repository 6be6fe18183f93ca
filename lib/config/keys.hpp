// SPDX-License-Identifier: Apache-2.0
// Which key goes where, with its bounds: the one list of all keys, walked by the reader (Section) and the writer (Values).
#pragma once

#include "config/config.hpp"

namespace pegasus::config {

inline constexpr std::int64_t kSupply = 2'779'530'283'277'761;
inline constexpr std::size_t kMostNodes = 16;
inline constexpr std::size_t kMostText = 64;

template <class V>
void visit(V& v, Gateway& gateway) {
    v.field("name", gateway.name, 0, kMostText);
    v.field("latitude", gateway.latitude, -90, 90);
    v.field("longitude", gateway.longitude, -180, 180);
}

template <class V>
void visit(V& v, Faucet& faucet) {
    v.field("enabled", faucet.enabled);
    v.field("amount", faucet.amount, 1, kSupply);
    v.field("per-address-per-day", faucet.perAddressPerDay, 1, kSupply);
    v.field("per-peer-per-day", faucet.perPeerPerDay, 1, kSupply);
    v.field("total-per-day", faucet.totalPerDay, 1, kSupply);
}

template <class V>
void visit(V& v, Embedded& embedded) {
    v.field("network-id", embedded.networkId, 1, kMostText);
    v.field("milestone-interval", embedded.milestoneInterval, 100ms, 1h);
    v.field("heartbeat-interval", embedded.heartbeatInterval, 1s, 24h);
    v.field("tip-selection", embedded.tipSelection, {{"uniform", TipSelection::Uniform}, {"walk", TipSelection::Walk}});
    v.field("alpha", embedded.alpha, 0, 100);
    v.field("retention", embedded.retention, 1min, std::chrono::days(3650));
    v.field("max-size", embedded.maxSize, 10, 100'000'000);
    v.section("faucet", [&](auto& below) { visit(below, embedded.faucet); });
}

template <class V>
void visit(V& v, Remote& remote) {
    v.field("nodes", remote.nodes, kMostNodes);
    v.field("ca-file", remote.caFile);
    v.field("poll-interval", remote.pollInterval, 100ms, 1h);
    v.field("request-timeout", remote.requestTimeout, 1s, 10min);
}

template <class V>
void visit(V& v, Api& api) {
    v.field("enabled", api.enabled);
    v.field("listen", api.listen, kMostNodes);
    v.field("max-connections", api.maxConnections, 1, 10'000);
    v.field("max-connections-per-peer", api.maxConnectionsPerPeer, 1, 10'000);
    v.field("max-body-bytes", api.maxBodyBytes, 10'000, 100'000'000);
    v.field("request-timeout", api.requestTimeout, 1s, 10min);
    v.field("remote-attach", api.remoteAttach);
    v.field("allowed-origins", api.allowedOrigins, kMostNodes);
}

template <class V>
void visit(V& v, Ledger& ledger) {
    v.field("mode", ledger.mode, {{"embedded", LedgerMode::Embedded}, {"remote", LedgerMode::Remote}});
    v.field("minimum-weight-magnitude", ledger.minWeightMagnitude, 0, 20);
    v.section("embedded", [&](auto& below) { visit(below, ledger.embedded); });
    v.section("remote", [&](auto& below) { visit(below, ledger.remote); });
    v.section("api", [&](auto& below) { visit(below, ledger.api); });
}

template <class V>
void visit(V& v, Wallet& wallet) {
    v.field("gap-limit", wallet.gapLimit, 1, 1000);
    v.field("auto-lock", wallet.autoLock, 0s, std::chrono::days(365));
}

template <class V>
void visit(V& v, Sensor& sensor) {
    v.field("type", sensor.type, 1, kMostText);
    v.field("interval", sensor.interval, defaults::kLeastSensorInterval, defaults::kMostSensorInterval);
    v.field("enabled", sensor.enabled);
    v.rest(sensor.parameters);
}

template <class V>
void visit(V& v, Streams& streams) {
    v.field("flush-interval", streams.flushInterval, 1s, 1h);
}

template <class V>
void visit(V& v, Market& market) {
    v.field("tag", market.tag, 0, kMostText);  // what fits, the market knows
    v.field("legacy-payments", market.legacyPayments, {{"hold", LegacyPayments::Hold}, {"serve", LegacyPayments::Serve}});
    v.field("address-grace", market.addressGrace, 0s, std::chrono::days(365));
    v.field("poll-interval", market.pollInterval, 100ms, 1h);
    v.field("withdraw-silent-after", market.withdrawSilentAfter, 1s, std::chrono::days(30));
    v.field("reply-timeout", market.replyTimeout, 10s, std::chrono::days(365));
    v.field("message-retention", market.messageRetention, 1h, std::chrono::days(36500));
}

template <class V>
void visit(V& v, Config& config) {
    v.section("gateway", [&](auto& below) { visit(below, config.gateway); });
    v.section("ledger", [&](auto& below) { visit(below, config.ledger); });
    v.section("wallet", [&](auto& below) { visit(below, config.wallet); });
    v.sensors("sensors", config.sensors, [&](auto& below, Sensor& sensor) { visit(below, sensor); });
    v.section("streams", [&](auto& below) { visit(below, config.streams); });
    v.section("market", [&](auto& below) { visit(below, config.market); });
    v.field("machine-key-file", config.machineKeyFile);
}

}  // namespace pegasus::config
