// SPDX-License-Identifier: Apache-2.0
// App: start in the order state, services, objects, name, ready; stop in the reverse.
#include "daemon/app.hpp"

#include <fmt/format.h>
#include <sdbus-c++/sdbus-c++.h>
#include <unistd.h>

#include <csignal>

#include "daemon/descriptor_guard.hpp"
#include "daemon/event_log.hpp"
#include "daemon/journal.hpp"
#include "daemon/notify.hpp"
#include "daemon/process.hpp"
#include "version.hpp"

namespace pegasus::daemon {
namespace {

constexpr Duration kStatusInterval = 2s;

bus::BusChoice busOf(const Options& options) {
    if (!options.busAddress.empty()) return {bus::BusKind::Address, options.busAddress};
    return {options.user ? bus::BusKind::User : bus::BusKind::System, {}};
}

}  // namespace

Result<std::unique_ptr<App>> App::open(const Options& options, Plan plan) {
    PEGASUS_CHECK(prepareStateDir(options.stateDir));
    std::unique_ptr<App> app(new App(options));
    app->warnings_ = plan.warnings;
    PEGASUS_TRY(app->services_, Services::open(app->loop_, std::move(plan), options.stateDir));
    PEGASUS_CHECK(app->openBus());
    return app;
}

App::~App() = default;

Result<void> App::openBus() {
    guardReceivedDescriptors();
    PEGASUS_TRY(auto connection, bus::connect(busOf(options_)));
    connection_ = connection.get();
    connectionOwner_ = std::move(connection);
    auto closed = [this] {
        Error lost{ErrorCode::Unreachable, "the connection to the bus was lost"};
        stop(&lost);
    };
    PEGASUS_TRY(pump_, bus::BusPump::start(loop_.context(), *connection_, closed));
    auto kick = [this] { pump_->kick(); };
    authority_ = makeBusAuthority(*connection_, kick);
    // On a session bus there is no polkit for us: root and the own user pass.
    const GateOptions gate{.ownUid = geteuid(), .askPolkit = !options_.user};
    gate_ = std::make_unique<Gate>(*authority_, gate);
    return {};
}

Result<void> App::run() {
    signals_ = std::make_unique<boost::asio::signal_set>(loop_.context(), SIGTERM, SIGINT, SIGHUP);
    awaitSignal();
    loop_.spawn("start", start());
    if (!loop_.run()) {
        for (const auto& name : loop_.running()) log(Level::Warning, "still busy when stopping: " + name);
        _exit(failed_ ? errorInfo(failure_.code).exitStatus : 0);
    }
    if (failed_) return fail(failure_);
    return {};
}

void App::awaitSignal() {
    signals_->async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            (void)reload();  // it has been logged and shown
        } else {
            log(Level::Info, "stopping");
            stop(nullptr);
        }
        awaitSignal();
    });
}

void App::stop(Error* failure) {
    if (failure != nullptr && !failed_) {
        failed_ = true;
        failure_ = *failure;
    }
    if (loop_.stopping()) return;
    notifyStopping();
    if (api_) api_->setState("stopping", "stopping");
    signals_->cancel();
    loop_.stop();
}

Async<void> App::start() {
    const auto up = co_await bringUp();
    if (!up && !loop_.stopping()) {
        Error failure = up.error();
        stop(&failure);
    }
}

Task<void> App::bringUp() {
    PEGASUS_CO_CHECK(co_await services_->start());
    auto kick = [this] { pump_->kick(); };
    const ApiServices services{loop_,
                               loop_.clock(),
                               services_->ledger(),
                               services_->wallet(),
                               services_->registry(),
                               services_->sampler(),
                               services_->streams(),
                               services_->seller(),
                               services_->buyer()};
    ApiOptions options;
    options.version = kVersion;
    options.network = services_->config().ledger.mode == config::LedgerMode::Embedded ? "embedded" : "remote";
    options.configFile = std::filesystem::absolute(options_.config).string();
    options.gateway = [this] {
        const auto& gateway = services_->config().gateway;
        return GatewayTerms{gateway.name, gateway.latitude, gateway.longitude};
    };
    options.reload = [this] { return reload(); };
    options.acceptCopy = [this] { return acceptCopy(); };
    PEGASUS_CO_TRY(api_, Api::create(*connection_, kick, *gate_, services, options));
    eventLog_ = logEvents(*services_);
    api_->setProblem("copy", "", services_->doubt());
    PEGASUS_CO_CHECK(bus::takeName(*connection_));
    pump_->kick();
    loop_.spawn("status", watchStatus());
    loop_.spawn("watchdog", feedWatchdog(loop_, [this] { return services_->sampler().heartbeat(); }));
    showStatus("running");
    showPlan({});
    notifyReady();
    std::string ports;
    for (const auto port : services_->apiPorts()) ports += fmt::format("{}{}", ports.empty() ? " on port " : ", ", port);
    log(Level::Info, fmt::format("pegasusd {} is ready{}", kVersion, ports.empty() ? "" : ", serving the node API" + ports));
    co_return Result<void>();
}

Task<void> App::acceptCopy() {
    PEGASUS_CO_CHECK(co_await services_->acceptCopy());
    api_->setProblem("copy", "", "");
    showStatus(services_->ledgerStatus().state == ledger::LedgerState::Ready ? "running" : "degraded");
    co_return Result<void>();
}

void App::showStatus(const std::string& state) {
    const auto text = services_->statusText();
    notifyStatus(text);
    api_->setState(state, text);
}

Async<void> App::watchStatus() {
    for (;;) {
        const auto slept = co_await loop_.sleep(kStatusInterval);
        if (!slept) co_return;
        co_await services_->refreshLedgerStatus();
        if (loop_.stopping()) co_return;
        const bool ready = services_->ledgerStatus().state == ledger::LedgerState::Ready;
        showStatus(ready ? "running" : "degraded");
    }
}

/// What a start does with the configuration, as far as it can be done while running.
Result<std::vector<std::string>> App::applyConfig() {
    // A file that was read before and is gone is a mistake, not a wish for the defaults.
    const bool needed = options_.configNamed || services_->config().fileRead;
    PEGASUS_TRY(auto plan, loadPlan(options_.config, needed ? config::Absent::Error : config::Absent::AllDefaults, loop_.clock()));
    auto warnings = plan.warnings;
    PEGASUS_TRY(auto restart, services_->reload(std::move(plan)));
    warnings_ = std::move(warnings);
    return restart;
}

Result<std::vector<std::string>> App::reload() {
    if (!api_) return fail(ErrorCode::InvalidState, "the daemon is still starting");
    notifyReloading(loop_.clock());
    auto applied = applyConfig();
    if (applied) {
        log(Level::Info, "the configuration was reloaded");
        showPlan(*applied);
    } else {
        log(Level::Error, "the configuration was not reloaded, the old one stays");
        logLines(Level::Error, applied.error().message);
        api_->setProblem("config", "", applied.error().message);
    }
    notifyReady();
    return applied;
}

/// Says what of the configuration is not in force.
void App::showPlan(const std::vector<std::string>& restart) {
    std::string text;
    for (const auto& warning : warnings_) {
        log(Level::Warning, warning);
        text += (text.empty() ? "" : "\n") + warning;
    }
    if (!restart.empty()) {
        const auto waiting = fmt::format("changed, and needs a restart: {}", fmt::join(restart, ", "));
        log(Level::Warning, waiting);
        text += (text.empty() ? "" : "\n") + waiting;
    }
    api_->setProblem("config", "", text);
}

}  // namespace pegasus::daemon
