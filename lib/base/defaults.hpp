// SPDX-License-Identifier: Apache-2.0
// What a gateway does unless its configuration says otherwise: the one place of each default and of each bound that the
// configuration and a library share. config/pegasusd.yaml and pegasusd.yaml(5) show them; a test compares.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace pegasus::defaults {

inline constexpr int kMinWeightMagnitude = 9;

// ---- embedded ledger ----
inline constexpr const char* kNetworkId = "pegasus-private";
inline constexpr Duration kMilestoneInterval = 10s;
inline constexpr Duration kHeartbeatInterval = 60s;
inline constexpr double kAlpha = 0.001;
inline constexpr Duration kRetention = std::chrono::days(30);
inline constexpr std::uint64_t kMaxTangleBytes = 8'000'000'000;
inline constexpr std::int64_t kFaucetAmount = 10'000;  // iotas, as all of the faucet
inline constexpr std::int64_t kFaucetPerAddress = 50'000;
inline constexpr std::int64_t kFaucetPerPeer = 200'000;
inline constexpr std::int64_t kFaucetTotal = 10'000'000;

// ---- remote ledger ----
inline constexpr Duration kNodePoll = 2s;
inline constexpr Duration kNodeRequestTime = 20s;

// ---- HTTP API ----
inline constexpr const char* kListenAddress = "127.0.0.1";
inline constexpr std::uint16_t kListenPort = 14265;
inline constexpr std::size_t kConnections = 256;
inline constexpr std::size_t kConnectionsPerPeer = 64;
inline constexpr std::size_t kBodyBytes = 1'000'000;
inline constexpr Duration kRequestTime = 30s;

// ---- wallet ----
/// Enough for the addresses of all streams that may exist (kMostStreams), one for each, and some of one's own.
inline constexpr std::size_t kGapLimit = 300;
inline constexpr Duration kAutoLock{0};

// ---- sensors and streams ----
inline constexpr Duration kSensorInterval = 20s;
inline constexpr Duration kLeastSensorInterval = 100ms;
inline constexpr Duration kMostSensorInterval = 24h;
inline constexpr std::size_t kMostSensors = 256;
inline constexpr std::size_t kMostStreams = 256;
inline constexpr Duration kFlushInterval = 180s;

// ---- market ----
inline constexpr const char* kTagWord = "pegasus";
inline constexpr Duration kAddressGrace = 24h;
inline constexpr Duration kMarketPoll = 10s;
inline constexpr Duration kReplyTimeout = 1h;
inline constexpr Duration kWithdrawSilentAfter = 15min;
inline constexpr Duration kMessageRetention = std::chrono::days(365);

}  // namespace pegasus::defaults
