// SPDX-License-Identifier: Apache-2.0
// The configuration as typed values with their defaults; config/pegasusd.yaml says what each means.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace pegasus::config {

enum class LedgerMode : std::uint8_t { Embedded, Remote };
enum class TipSelection : std::uint8_t { Uniform, Walk };
enum class LegacyPayments : std::uint8_t { Hold, Serve };

struct Gateway {
    std::string name;
    std::optional<double> latitude;
    std::optional<double> longitude;

    bool operator==(const Gateway&) const = default;
};

struct Faucet {
    bool enabled = true;
    std::int64_t amount = 10'000;                ///< iotas a request
    std::int64_t perAddressPerDay = 50'000;      ///< iotas
    std::int64_t perPeerPerDay = 200'000;        ///< iotas
    std::int64_t totalPerDay = 10'000'000;       ///< iotas

    bool operator==(const Faucet&) const = default;
};

struct Embedded {
    std::string networkId = "pegasus-private";
    Duration milestoneInterval = 10s;
    Duration heartbeatInterval = 60s;
    TipSelection tipSelection = TipSelection::Uniform;
    double alpha = 0.001;
    Duration retention = std::chrono::days(30);
    Faucet faucet;

    bool operator==(const Embedded&) const = default;
};

struct Api {
    std::optional<bool> enabled;  ///< absent: with the embedded ledger only
    std::vector<std::string> listen{"127.0.0.1:14265"};
    std::size_t maxConnections = 256;
    std::size_t maxConnectionsPerPeer = 64;
    std::size_t maxBodyBytes = 1'000'000;
    Duration requestTimeout = 30s;
    bool remoteAttach = false;  ///< attachToTangle for peers other than this machine

    bool operator==(const Api&) const = default;
};

struct Remote {
    std::vector<std::string> nodes;
    std::filesystem::path caFile;
    Duration pollInterval = 2s;
    Duration requestTimeout = 20s;

    bool operator==(const Remote&) const = default;
};

struct Ledger {
    LedgerMode mode = LedgerMode::Embedded;
    int minWeightMagnitude = 9;
    Embedded embedded;
    Remote remote;
    Api api;

    bool operator==(const Ledger&) const = default;
};

struct Wallet {
    int gapLimit = 50;
    Duration autoLock{0};  ///< 0: never

    bool operator==(const Wallet&) const = default;
};

struct Sensor {
    std::string type;
    Duration interval = 20s;
    bool enabled = true;
    std::map<std::string, std::string> parameters;

    bool operator==(const Sensor&) const = default;
};

struct Streams {
    Duration flushInterval = 180s;  ///< readings of a message that is not full are in memory for at most so long

    bool operator==(const Streams&) const = default;
};

struct Market {
    std::string tag = "pegasus";
    LegacyPayments legacyPayments = LegacyPayments::Hold;
    Duration addressGrace = 24h;
    Duration pollInterval = 10s;
    Duration replyTimeout = 1h;
    Duration messageRetention = std::chrono::days(365);

    bool operator==(const Market&) const = default;
};

struct Config {
    Gateway gateway;
    Ledger ledger;
    Wallet wallet;
    std::map<std::string, Sensor> sensors;
    Streams streams;
    Market market;
    std::filesystem::path machineKeyFile;  ///< empty: machine.key in the state directory
};

/// Reads `file` (which may be absent: all defaults) and then `file`.d/*.yaml in the order of their names; a later value
/// replaces an earlier one, maps are merged. Config error: one line `file:line:column: text` for each problem found.
[[nodiscard]] Result<Config> load(const std::filesystem::path& file);

/// The same from one text; `name` stands for the file in errors. For tests.
[[nodiscard]] Result<Config> parse(std::string_view text, std::string_view name = "config");

}  // namespace pegasus::config
