// SPDX-License-Identifier: Apache-2.0
// All objects together.
#include "daemon/objects/api.hpp"

#include <vector>

#include "daemon/objects/desk.hpp"
#include "daemon/objects/parts.hpp"

namespace pegasus::daemon {
namespace {

class ExportedApi final : public Api {
public:
    ExportedApi(sdbus::IConnection& connection, std::function<void()> kick, Gate& gate, const ApiServices& services,
                ApiOptions options)
        : desk_(services.scheduler, gate, connection, std::move(kick)),
          manager_(makeManager(desk_, services, std::move(options))),
          jobs_(makeJobs(desk_)) {
        parts_.push_back(makeNode(desk_, services));
        parts_.push_back(makeWallet(desk_, services));
        parts_.push_back(makeSensors(desk_, services));
        parts_.push_back(makeStreams(desk_, services));
        parts_.push_back(makeOffers(desk_, services));
        parts_.push_back(makeOrders(desk_, services));
        parts_.push_back(makeSubscriptions(desk_, services));
        parts_.push_back(makeMarket(desk_, services, *jobs_));
    }

    void setState(std::string state, std::string text) override {
        manager_->setState(std::move(state), std::move(text));
    }
    void setProblem(std::string key, std::string subject, std::string message) override {
        manager_->setProblem(std::move(key), std::move(subject), std::move(message));
    }

private:
    Desk desk_;
    std::unique_ptr<ManagerPart> manager_;
    std::unique_ptr<JobBoard> jobs_;
    std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace

Result<std::unique_ptr<Api>> Api::create(sdbus::IConnection& connection, std::function<void()> kick, Gate& gate,
                                         ApiServices services, ApiOptions options) {
    return bus::attempt([&]() -> std::unique_ptr<Api> {
        return std::make_unique<ExportedApi>(connection, std::move(kick), gate, services, std::move(options));
    });
}

}  // namespace pegasus::daemon
