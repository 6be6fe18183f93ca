// SPDX-License-Identifier: Apache-2.0
// The configuration as typed values with their defaults; config/pegasusd.yaml says what each means.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/given.hpp"
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
    std::int64_t amount = defaults::kFaucetAmount;               ///< iotas a request
    std::int64_t perAddressPerDay = defaults::kFaucetPerAddress;  ///< iotas
    std::int64_t perPeerPerDay = defaults::kFaucetPerPeer;        ///< iotas
    std::int64_t totalPerDay = defaults::kFaucetTotal;            ///< iotas

    bool operator==(const Faucet&) const = default;
};

struct Embedded {
    std::string networkId = defaults::kNetworkId;
    Duration milestoneInterval = defaults::kMilestoneInterval;
    Duration heartbeatInterval = defaults::kHeartbeatInterval;
    TipSelection tipSelection = TipSelection::Uniform;
    double alpha = defaults::kAlpha;
    Duration retention = defaults::kRetention;
    std::int64_t maxSize = static_cast<std::int64_t>(defaults::kMaxTangleBytes / 1'000'000);  ///< megabytes
    Faucet faucet;

    bool operator==(const Embedded&) const = default;
};

struct Api {
    std::optional<bool> enabled;  ///< absent: with the embedded ledger only
    std::vector<std::string> listen{std::string(defaults::kListenAddress) + ":" + std::to_string(defaults::kListenPort)};
    std::size_t maxConnections = defaults::kConnections;
    std::size_t maxConnectionsPerPeer = defaults::kConnectionsPerPeer;
    std::size_t maxBodyBytes = defaults::kBodyBytes;
    Duration requestTimeout = defaults::kRequestTime;
    bool remoteAttach = false;  ///< attachToTangle for peers other than this machine
    std::vector<std::string> allowedOrigins;  ///< of web pages that may change something

    bool operator==(const Api&) const = default;
};

struct Remote {
    std::vector<std::string> nodes;
    std::filesystem::path caFile;
    Duration pollInterval = defaults::kNodePoll;
    Duration requestTimeout = defaults::kNodeRequestTime;

    bool operator==(const Remote&) const = default;
};

struct Ledger {
    LedgerMode mode = LedgerMode::Embedded;
    int minWeightMagnitude = defaults::kMinWeightMagnitude;
    Embedded embedded;
    Remote remote;
    Api api;

    bool operator==(const Ledger&) const = default;
};

struct Wallet {
    std::size_t gapLimit = defaults::kGapLimit;
    Duration autoLock = defaults::kAutoLock;  ///< 0: never

    bool operator==(const Wallet&) const = default;
};

struct Sensor {
    std::string type;
    Duration interval = defaults::kSensorInterval;
    bool enabled = true;
    std::map<std::string, Given> parameters;  ///< those of maps by "channels.temperature.offset"

    bool operator==(const Sensor&) const = default;
};

struct Streams {
    Duration flushInterval = defaults::kFlushInterval;  ///< readings of a message that is not full are in memory for at most so long

    bool operator==(const Streams&) const = default;
};

struct Market {
    std::string tag = defaults::kTagWord;
    LegacyPayments legacyPayments = LegacyPayments::Hold;
    Duration addressGrace = defaults::kAddressGrace;
    Duration pollInterval = defaults::kMarketPoll;
    Duration replyTimeout = defaults::kReplyTimeout;
    Duration withdrawSilentAfter = defaults::kWithdrawSilentAfter;
    Duration messageRetention = defaults::kMessageRetention;

    bool operator==(const Market&) const = default;
};

/// Where a key was given, as file:line:column, by its full name: "ledger.api.listen", "sensors.roof.type", and
/// "ledger.remote.nodes[0]" for an entry of a list. Keys that no file gives are not there.
using Places = std::map<std::string, std::string>;
/// What is wrong, one line each, in the order found: "file:line:column: text".
using Problems = std::vector<std::string>;

struct Config {
    Gateway gateway;
    Ledger ledger;
    Wallet wallet;
    std::map<std::string, Sensor> sensors;
    Streams streams;
    Market market;
    std::filesystem::path machineKeyFile;  ///< empty: machine.key in the state directory

    Places places;
    std::filesystem::path file;  ///< the main file
    bool fileRead = false;       ///< false: it was not there
};

/// A configuration, and what is wrong with it: what could not be read has its default.
struct Loaded {
    Config config;
    Problems problems;
};

/// What it means that the main file is not there.
enum class Absent : std::uint8_t { AllDefaults, Error };

/// Reads `file` and then `file`.d/*.yaml and *.yml in the order of their names; a later value replaces an earlier one, maps
/// are merged. Names that begin with a dot or end in ~ are an editor's and are passed over.
[[nodiscard]] Loaded read(const std::filesystem::path& file, Absent absent = Absent::AllDefaults);
/// The same from one text; `name` stands for the file in errors. For tests.
[[nodiscard]] Loaded readText(std::string_view text, std::string_view name = "config");

/// read() and readText(), with all problems as one Config error.
[[nodiscard]] Result<Config> load(const std::filesystem::path& file, Absent absent = Absent::AllDefaults);
[[nodiscard]] Result<Config> parse(std::string_view text, std::string_view name = "config");
/// One Config error with a line for each problem; there is at least one.
[[nodiscard]] Error errorOf(const Problems& problems);

/// The place of `key`, or of the nearest map around it that a file gives; else the main file. Begins an error's line.
[[nodiscard]] std::string placeOf(const Config& config, std::string key);

/// Every key and its value as the file would say it, by its full name; "" for one that has no value. Passwords in URLs too:
/// for comparing, not for showing.
[[nodiscard]] std::map<std::string, std::string> values(const Config& config);
/// The full names of the keys whose values differ.
[[nodiscard]] std::vector<std::string> changedKeys(const Config& before, const Config& after);

}  // namespace pegasus::config
