// SPDX-License-Identifier: Apache-2.0
// Api: everything the daemon shows on the bus. Free of sdbus-c++.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scheduler.hpp"
#include "bus/value.hpp"
#include "daemon/gate.hpp"

namespace sdbus {
class IConnection;
}
namespace pegasus::ledger {
class Ledger;
}
namespace pegasus::market {
class Buyer;
class Seller;
}
namespace pegasus::sensor {
class Registry;
class Sampler;
}
namespace pegasus::stream {
class StreamService;
}
namespace pegasus::wallet {
class Wallet;
}

namespace pegasus::daemon {

/// What the objects stand on. Not owned; all outlive the Api and the calls in hand, which are tasks of the scheduler.
struct ApiServices {
    Scheduler& scheduler;
    const Clock& clock;
    ledger::Ledger& ledger;
    wallet::Wallet& wallet;
    const sensor::Registry& registry;
    sensor::Sampler& sampler;
    stream::StreamService& streams;
    market::Seller& seller;
    market::Buyer& buyer;
};

/// Of the gateway: what streams are called and where they are, if they do not say so themselves.
struct GatewayTerms {
    std::string name;
    std::optional<double> latitude;
    std::optional<double> longitude;
};

struct ApiOptions {
    std::string version;
    std::string network;                  ///< "embedded" or "remote"
    std::string configFile;               ///< absolute
    std::function<GatewayTerms()> gateway;  ///< as configured now
    /// Reads the configuration again; the keys that differ from what runs and need a restart.
    std::function<Result<std::vector<std::string>>()> reload;
    std::function<Task<void>()> acceptCopy;  ///< see Services
};

/// Loop thread only. Made after the services have started and before the bus name is taken.
class Api {
public:
    /// `kick`: BusPump::kick of the connection. Fails when an object cannot be exported.
    [[nodiscard]] static Result<std::unique_ptr<Api>> create(sdbus::IConnection& connection,
                                                             std::function<void()> kick, Gate& gate,
                                                             ApiServices services, ApiOptions options);
    virtual ~Api() = default;

    /// Manager.State and Manager.StatusText: "starting", "running", "degraded", "stopping".
    virtual void setState(std::string state, std::string text) = 0;
    /// What needs attention, shown by Manager.ListErrors until it is taken back by an empty message. `subject`: an object
    /// path or empty; with `key` it names the problem.
    virtual void setProblem(std::string key, std::string subject, std::string message) = 0;
};

}  // namespace pegasus::daemon
