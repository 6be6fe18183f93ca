// SPDX-License-Identifier: Apache-2.0
// The groups of objects that Api is made of. Each exports its objects when it is made and follows its service.
#pragma once

#include <memory>
#include <string>

#include "daemon/objects/api.hpp"
#include "daemon/objects/jobs.hpp"

namespace pegasus::daemon {

class Desk;

/// Keeps a group of objects on the bus.
class Part {
public:
    virtual ~Part() = default;
};

/// The one that Api talks to.
class ManagerPart : public Part {
public:
    virtual void setState(std::string state, std::string text) = 0;
    virtual void setProblem(std::string key, std::string subject, std::string message) = 0;
};

// All of them: may throw sdbus::Error when an object cannot be exported.
[[nodiscard]] std::unique_ptr<ManagerPart> makeManager(Desk& desk, const ApiServices& services, ApiOptions options);
[[nodiscard]] std::unique_ptr<Part> makeNode(Desk& desk, const ApiServices& services);
[[nodiscard]] std::unique_ptr<Part> makeWallet(Desk& desk, const ApiServices& services);
[[nodiscard]] std::unique_ptr<Part> makeSensors(Desk& desk, const ApiServices& services);
[[nodiscard]] std::unique_ptr<Part> makeStreams(Desk& desk, const ApiServices& services);
[[nodiscard]] std::unique_ptr<JobBoard> makeJobs(Desk& desk);
[[nodiscard]] std::unique_ptr<Part> makeMarket(Desk& desk, const ApiServices& services, JobBoard& jobs);
[[nodiscard]] std::unique_ptr<Part> makeOffers(Desk& desk, const ApiServices& services);
[[nodiscard]] std::unique_ptr<Part> makeOrders(Desk& desk, const ApiServices& services);
[[nodiscard]] std::unique_ptr<Part> makeSubscriptions(Desk& desk, const ApiServices& services);

}  // namespace pegasus::daemon
