// SPDX-License-Identifier: Apache-2.0
// The Manager object at the root.
#include <map>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/text.hpp"
#include "daemon/objects/driver_rows.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "daemon/objects/side_threads.hpp"
#include "daemon/objects/stream_terms.hpp"
#include "manager_adaptor.hpp"
#include "market/buyer.hpp"
#include "market/seller.hpp"
#include "sensor/sampler.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

struct Problem {
    std::string subject;
    std::string message;
    Timestamp since;
};
/// Shared with calls in hand.
struct Shared {
    ApiServices services;
    ApiOptions options;
    std::map<std::string, Problem> problems;
    std::shared_ptr<SideThreads> threads = makeSideThreads();  // for scans
    bool scanning = false;
};

constexpr Duration kLongestScan = 20s;

constexpr std::size_t kMaxProblems = 256;

/// NotFound, naming those there are.
Result<void> checkSensor(const sensor::Sampler& sampler, const std::string& id) {
    std::string known;
    for (const auto& info : sampler.list()) {
        if (info.config.id == id) return {};
        known += (known.empty() ? "" : ", ") + info.config.id;
    }
    return fail(ErrorCode::NotFound, "there is no sensor '{}'; {}", id.substr(0, 80),
                known.empty() ? "the configuration has none" : "there are " + known);
}

Task<sdbus::ObjectPath> createStream(std::shared_ptr<Shared> shared, std::string id, std::string sensor,
                                     bus::Dict options) {
    auto& services = shared->services;
    PEGASUS_CO_CHECK(checkSensor(services.sampler, sensor));
    const auto gateway = shared->options.gateway();
    PEGASUS_CO_TRY(auto wish, newStream(id, std::move(sensor), std::move(options), gateway));
    PEGASUS_CO_CHECK(co_await services.streams.add(std::move(wish.spec)));
    if (wish.paused) PEGASUS_CO_CHECK(co_await services.streams.pause(id));
    // Its object is made by work that was posted before this: the caller must find it.
    auto later = [](auto resume) { resume(true); };
    (void)co_await suspend<bool, WaitsFor::Loop>(later);
    co_return sdbus::ObjectPath(bus::objectPath(bus::kStreamFolder, id));
}

Task<void> removeStream(std::shared_ptr<Shared> shared, std::string path, bus::Dict options) {
    auto& services = shared->services;
    PEGASUS_CO_CHECK(bus::Options(std::move(options)).done());
    const auto id = bus::idOf(bus::kStreamFolder, path);
    if (!id) co_return fail(ErrorCode::NotFound, "{} is no stream", path);
    PEGASUS_CO_CHECK(services.streams.info(*id));
    for (const auto& listing : services.seller.listings()) {
        if (listing.streamId != *id || listing.state == market::ListingState::Closed) continue;
        PEGASUS_CO_CHECK(co_await services.seller.withdraw(*id));
    }
    co_return co_await services.streams.remove(*id);
}

/// The scans of all types, one after another, away from the loop: a bus may be slow.
struct Scan {
    std::vector<std::function<std::vector<sensor::Discovery>(std::stop_token)>> scans;
    std::stop_source stop;
    std::vector<sensor::Discovery> found;
};

Task<bus::Dicts> scanSensors(std::shared_ptr<Shared> shared) {
    if (shared->scanning) co_return fail(ErrorCode::InvalidState, "a scan is under way: try again when it is over");
    auto scan = std::make_shared<Scan>();
    for (const auto* type : shared->services.registry.types())
        if (type->scan) scan->scans.push_back(type->scan);
    std::function<Result<bool>()> work = [scan]() -> Result<bool> {
        for (const auto& one : scan->scans)
            for (auto& found : one(scan->stop.get_token())) scan->found.push_back(std::move(found));
        return true;
    };
    shared->scanning = true;
    Aside aside(shared->services.scheduler, shared->threads, kLongestScan);
    const auto done = co_await aside.run(std::move(work));
    shared->scanning = false;
    scan->stop.request_stop();
    if (!done) co_return fail(done.error());
    const auto configured = shared->services.sampler.list();
    bus::Dicts rows;
    for (const auto& found : scan->found) rows.push_back(rowOf(found, configured));
    co_return rows;
}

void set(Shared& shared, std::string key, std::string subject, std::string message) {
    auto& problems = shared.problems;
    if (message.empty()) {
        problems.erase(key);
        return;
    }
    if (!problems.contains(key) && problems.size() >= kMaxProblems) return;
    auto& problem = problems[key];
    if (problem.message.empty()) problem.since = shared.services.clock.now();
    problem.subject = std::move(subject);
    problem.message = std::move(message);
}

/// Where somebody has filled what the market reads, and the node does not show all of it.
void noteHidden(Shared& shared) {
    const auto say = [&](const char* key, bool hidden, std::string_view what) {
        set(shared, key, bus::kMarketPath,
            hidden ? fmt::format("the ledger node shows only a part of {}. Use one that reads on, such as pegasusd, or raise its limit "
                                 "(Hornet: restAPI.limits.maxResults, IRI: MAX_FIND_TRANSACTIONS)",
                                 what)
                   : std::string());
    };
    say("hidden payments", shared.services.seller.counters().paymentsIncomplete,
        "what came to the addresses of this gateway's listings, so payments may be missed");
    say("hidden offers", shared.services.buyer.counters().offersIncomplete, "what is under the market's tag, so offers may be missed");
}

bus::Dicts problemRows(const std::map<std::string, Problem>& problems) {
    bus::Dicts rows;
    for (const auto& [key, problem] : problems)
        rows.push_back({{"subject", problem.subject},
                        {"message", bus::validUtf8(problem.message)},
                        {"time", static_cast<std::uint64_t>(toMicros(problem.since))}});
    return rows;
}

/// Sensors that give nothing.
void addFailing(bus::Dicts& rows, const sensor::Sampler& sampler) {
    for (const auto& info : sampler.list()) {
        if (info.state != sensor::SensorState::Failing && info.state != sensor::SensorState::Blocked) continue;
        rows.push_back({{"subject", bus::objectPath(bus::kSensorFolder, info.config.id)},
                        {"message", bus::validUtf8(info.lastError)},
                        {"time", static_cast<std::uint64_t>(toMicros(info.since))}});
    }
}

class ManagerObject final : public Exported<io::github::pegasusd::Pegasus1::Manager_adaptor>, public ManagerPart {
public:
    ManagerObject(Desk& desk, const ApiServices& services, ApiOptions options)
        : Exported(desk, bus::kRootPath),
          shared_(std::make_shared<Shared>(Shared{services, std::move(options), {}, makeSideThreads(), false})),
          start_(static_cast<std::uint64_t>(toMicros(services.clock.now()))) {
        bus::addObjectManager(desk.connection(), bus::kRootPath);
        registerAdaptor();
        announce();
        for (const auto& stream : services.streams.list()) showSilence(stream.spec.id);
        const auto look = [this](const std::string& id) { showSilence(id); };
        streams_.push_back(services.streams.sourceChanged.add(look));
        streams_.push_back(services.streams.changed.add(look));
    }
    ~ManagerObject() override { unregisterAdaptor(); }

    void setState(std::string state, std::string text) override {
        text = bus::validUtf8(text);
        state_ = std::move(state);
        text_ = std::move(text);
        tell();
    }
    void setProblem(std::string key, std::string subject, std::string message) override {
        set(*shared_, std::move(key), std::move(subject), std::move(message));
    }

private:
    void Reload(sdbus::Result<std::vector<std::string>>&& reply) override {
        serve("Reload", std::move(reply),
              [shared = shared_]() -> Task<std::vector<std::string>> { co_return shared->options.reload(); });
    }
    void ListDrivers(sdbus::Result<std::vector<Variants>>&& reply) override {
        serve("ListDrivers", std::move(reply), [shared = shared_]() -> Task<bus::Dicts> { co_return driverRows(shared->services.registry); });
    }
    void ScanSensors(sdbus::Result<std::vector<Variants>>&& reply, Variants options) override {
        serve("ScanSensors", std::move(reply), [shared = shared_, options = std::move(options)]() -> Task<bus::Dicts> {
            PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
            PEGASUS_CO_CHECK(bus::Options(std::move(dict)).done());
            co_return co_await scanSensors(shared);
        });
    }
    void AcceptCopy(sdbus::Result<>&& reply) override {
        serve("AcceptCopy", std::move(reply), [shared = shared_] { return shared->options.acceptCopy(); });
    }
    void ListErrors(sdbus::Result<std::vector<Variants>>&& reply) override {
        serve("ListErrors", std::move(reply),
              [shared = shared_]() -> Task<bus::Dicts> {
                  noteHidden(*shared);
                  auto rows = problemRows(shared->problems);
                  addFailing(rows, shared->services.sampler);
                  co_return rows;
              });
    }
    void CreateStream(sdbus::Result<sdbus::ObjectPath>&& reply, std::string id, std::string sensor,
                      Variants options) override {
        serve("CreateStream", std::move(reply),
              [shared = shared_, id = std::move(id), sensor = std::move(sensor),
               options = std::move(options)]() -> Task<sdbus::ObjectPath> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  co_return co_await createStream(shared, id, sensor, std::move(dict));
              });
    }
    void RemoveStream(sdbus::Result<>&& reply, sdbus::ObjectPath stream, Variants options) override {
        serve("RemoveStream", std::move(reply),
              [shared = shared_, path = std::string(stream), options = std::move(options)]() -> Task<void> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  co_return co_await removeStream(shared, path, std::move(dict));
              });
    }

    void showSilence(const std::string& id) {
        const auto info = shared_->services.streams.info(id);
        const bool silent = info && stateOf(*info) == "silent";
        setProblem("silence of " + id, bus::objectPath(bus::kStreamFolder, id), silent ? problemOf(*info) : "");
    }

    std::string Version() override { return shared_->options.version; }
    std::string State() override { return state_; }
    std::string StatusText() override { return text_; }
    std::uint64_t StartTime() override { return start_; }
    std::string Network() override { return shared_->options.network; }
    std::string ConfigFile() override { return shared_->options.configFile; }
    bus::Dict changing() override { return {{"State", State()}, {"StatusText", StatusText()}}; }

    std::shared_ptr<Shared> shared_;
    std::uint64_t start_;
    std::string state_ = "starting";
    std::string text_;
    std::vector<Subscription> streams_;
};

}  // namespace

std::unique_ptr<ManagerPart> makeManager(Desk& desk, const ApiServices& services, ApiOptions options) {
    return std::make_unique<ManagerObject>(desk, services, std::move(options));
}

}  // namespace pegasus::daemon
