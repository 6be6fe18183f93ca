// SPDX-License-Identifier: Apache-2.0
// From the configuration to the options of every service. The start, the reload and --check-config all come through here,
// so what one of them refuses, each does.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "iri/client.hpp"
#include "iri/server.hpp"
#include "market/buyer.hpp"
#include "market/seller.hpp"
#include "node/options.hpp"
#include "sensor/registry.hpp"
#include "stream/stream_service.hpp"
#include "wallet/types.hpp"

namespace pegasus::daemon {

struct Plan {
    config::Config config;
    node::NodeOptions node;  ///< without the database's path
    iri::ClientOptions client;
    std::optional<iri::ServerOptions> server;  ///< absent: the API is not served
    wallet::WalletOptions wallet;
    stream::StreamLimits streams;
    market::SellerOptions seller;
    market::BuyerOptions buyer;
    std::map<std::string, sensor::SensorConfig> sensors;  ///< those that are enabled
    std::vector<std::string> warnings;                    ///< it works, but not as written
};

/// What of the machine the plan depends on.
struct Machine {
    const Clock& clock;
    std::size_t descriptors;  ///< that this process may have open
};

/// Config, with a line for each problem of `loaded` and of everything behind it: URLs, addresses, files, tag, sensors.
/// Reads the files that are named; opens no device, binds nothing, and knows nothing of the state.
[[nodiscard]] Result<Plan> makePlan(config::Loaded loaded, const Machine& machine);
/// The same from the main file and its drop-ins, for this process.
[[nodiscard]] Result<Plan> loadPlan(const std::filesystem::path& file, config::Absent absent, const Clock& clock);

}  // namespace pegasus::daemon
