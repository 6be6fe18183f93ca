// SPDX-License-Identifier: Apache-2.0
// Job objects.
#include "daemon/objects/jobs.hpp"

#include <map>
#include <set>

#include "bus/error_names.hpp"
#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/parts.hpp"
#include "job_adaptor.hpp"

namespace pegasus::daemon {
namespace {

constexpr Duration kShownAfterEnd = std::chrono::minutes(1);

struct Job {
    std::string kind;
    std::string state = "running";
    std::string error;
    std::string message;
};
struct Jobs {
    std::map<std::string, Job> all;
    std::function<void(const std::string&)> changed;
};

class JobObject final : public Exported<io::github::pegasusd::Pegasus1::Job_adaptor> {
public:
    JobObject(Desk& desk, Jobs& jobs, std::string id)
        : Exported(desk, bus::objectPath(bus::kJobFolder, id)), jobs_(jobs), id_(std::move(id)) {
        registerAdaptor();
    }
    ~JobObject() { unregisterAdaptor(); }

private:
    void Cancel(sdbus::Result<>&& reply) override {
        serve("Cancel", std::move(reply), [&jobs = jobs_, id = id_]() -> Task<void> {
            const auto it = jobs.all.find(id);
            if (it == jobs.all.end() || it->second.state != "running")
                co_return fail(ErrorCode::InvalidState, "the job has ended");
            it->second.state = "cancelled";
            jobs.changed(id);
            co_return Result<void>();
        });
    }
    std::string Kind() override { return job().kind; }
    std::string State() override { return job().state; }
    std::uint32_t Progress() override { return job().state == "running" ? 0 : 100; }
    std::string Error() override { return job().error; }
    std::string ErrorMessage() override { return job().message; }
    bus::Dict changing() override {
        return {{"State", State()}, {"Progress", Progress()}, {"Error", Error()}, {"ErrorMessage", ErrorMessage()}};
    }

    [[nodiscard]] Job job() const {
        const auto it = jobs_.all.find(id_);
        return it != jobs_.all.end() ? it->second : Job();
    }

    Jobs& jobs_;
    std::string id_;
};

class Board final : public JobBoard {
public:
    explicit Board(Desk& desk) : desk_(desk) {
        jobs_.changed = [this](const std::string& id) {
            if (auto* object = folder_.find(id)) object->tell();
        };
    }

    Result<std::string> start(std::string kind, std::function<Task<void>()> work) override {
        if (jobs_.all.size() >= kMaxJobs)
            return fail(ErrorCode::LimitExceeded, "{} jobs already: wait", jobs_.all.size());
        const auto id = std::to_string(++last_);
        jobs_.all.emplace(id, Job{.kind = kind, .state = "running", .error = {}, .message = {}});
        sync();
        desk_.scheduler().spawn("job " + kind, run(id, std::move(work)));
        return bus::objectPath(bus::kJobFolder, id);
    }

private:
    Async<void> run(std::string id, std::function<Task<void>()> work) {
        const auto outcome = co_await work();
        finish(id, outcome);
        // Cancelled when the program stops: then it goes at once.
        (void)co_await desk_.scheduler().sleep(kShownAfterEnd);
        jobs_.all.erase(id);
        sync();
    }

    void finish(const std::string& id, const Result<void>& outcome) {
        auto& job = jobs_.all.at(id);
        if (job.state == "running") {
            job.state = outcome ? "done" : "failed";
            if (!outcome) {
                job.error = bus::nameOnBus(outcome.error().code);
                job.message = outcome.error().message;
            }
        }
        jobs_.changed(id);
    }

    void sync() {
        std::set<std::string> ids;
        for (const auto& [id, job] : jobs_.all) ids.insert(id);
        folder_.sync(ids, [this](const std::string& id) { return std::make_unique<JobObject>(desk_, jobs_, id); });
    }

    Desk& desk_;
    Jobs jobs_;
    std::uint64_t last_ = 0;
    Folder<JobObject> folder_;
};

}  // namespace

std::unique_ptr<JobBoard> makeJobs(Desk& desk) { return std::make_unique<Board>(desk); }

}  // namespace pegasus::daemon
