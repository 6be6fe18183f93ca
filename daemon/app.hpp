// SPDX-License-Identifier: Apache-2.0
// The running daemon: services, bus, signals, systemd.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <vector>

#include "bus/connect.hpp"
#include "bus/pump.hpp"
#include "daemon/bus_authority.hpp"
#include "daemon/gate.hpp"
#include "daemon/objects/api.hpp"
#include "daemon/options.hpp"
#include "daemon/services.hpp"

namespace pegasus::daemon {

/// Made once, on the thread that becomes the loop thread.
class App {
public:
    /// Opens the state and connects to the bus; nothing runs yet.
    [[nodiscard]] static Result<std::unique_ptr<App>> open(const Options& options, Plan plan);
    ~App();

    /// Until a signal or a failure ends it; the failure that did. When tasks did not end in time the process is left at
    /// once, since they still use what the App owns.
    [[nodiscard]] Result<void> run();

private:
    explicit App(Options options) : options_(std::move(options)) {}

    [[nodiscard]] Result<void> openBus();
    Async<void> start();
    Task<void> bringUp();
    Task<void> acceptCopy();
    Async<void> watchStatus();
    Result<std::vector<std::string>> reload();
    Result<std::vector<std::string>> applyConfig();
    void showPlan(const std::vector<std::string>& restart);
    void showStatus(const std::string& state);
    void awaitSignal();
    void stop(Error* failure);

    Options options_;
    loop::Loop loop_;
    std::unique_ptr<boost::asio::signal_set> signals_;
    std::unique_ptr<Services> services_;
    std::shared_ptr<void> connectionOwner_;  // the connection, whose type is complete in app.cpp only
    sdbus::IConnection* connection_ = nullptr;
    std::unique_ptr<bus::BusPump> pump_;
    std::unique_ptr<Authority> authority_;
    std::unique_ptr<Gate> gate_;
    std::vector<Subscription> eventLog_;
    std::unique_ptr<Api> api_;
    std::vector<std::string> warnings_;  // of the configuration in force
    Error failure_;
    bool failed_ = false;
};

}  // namespace pegasus::daemon
