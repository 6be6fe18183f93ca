// SPDX-License-Identifier: Apache-2.0
// pegasusd.
#include <cstdio>
#include <exception>

#include "daemon/app.hpp"
#include "daemon/journal.hpp"
#include "daemon/notify.hpp"
#include "daemon/options.hpp"
#include "daemon/plan.hpp"
#include "daemon/process.hpp"
#include "version.hpp"

namespace pegasus::daemon {
namespace {

config::Absent absentOf(const Options& options) {
    return options.configNamed ? config::Absent::Error : config::Absent::AllDefaults;
}

int report(const Error& error) {
    logLines(Level::Error, error.message);
    notifyStatus(error.message);
    return errorInfo(error.code).exitStatus;
}

int checkConfig(const Options& options) {
    const loop::SystemClock clock;
    // The files of the system's configuration must be readable for the user that the service runs as.
    const bool ofService = !options.user && options.busAddress.empty();
    if (!options.configNamed && ofService) becomeServiceUser();
    auto loaded = config::read(options.config, absentOf(options));
    if (ofService) becomeServiceUser();
    const auto plan = makePlan(std::move(loaded), {clock, descriptorLimit()});
    if (!plan) {
        (void)std::fprintf(stderr, "%s\n", plan.error().message.c_str());
        return errorInfo(plan.error().code).exitStatus;
    }
    for (const auto& warning : plan->warnings) (void)std::fprintf(stderr, "warning: %s\n", warning.c_str());
    return 0;
}

int serve(const Options& options) {
    hardenProcess();
    raiseDescriptorLimit();
    const loop::SystemClock clock;
    auto plan = loadPlan(options.config, absentOf(options), clock);
    if (!plan) return report(plan.error());
    auto app = App::open(options, std::move(*plan));
    if (!app) return report(app.error());
    const auto ended = (*app)->run();
    return ended ? 0 : report(ended.error());
}

int run(int argc, char** argv) {
    const auto options = parseOptions(argc, argv);
    if (!options) {
        (void)std::fprintf(stderr, "pegasusd: %s\n%s", options.error().message.c_str(), helpText().c_str());
        return errorInfo(options.error().code).exitStatus;
    }
    switch (options->action) {
        case Action::Help: (void)std::fputs(helpText().c_str(), stdout); return 0;
        case Action::Version: (void)std::printf("pegasusd %s\n", kVersion); return 0;
        case Action::CheckConfig: return checkConfig(*options);
        case Action::Run: return serve(*options);
    }
    return 1;
}

}  // namespace
}  // namespace pegasus::daemon

int main(int argc, char** argv) {
    try {
        return pegasus::daemon::run(argc, argv);
    } catch (const std::exception& error) {
        pegasus::daemon::log(pegasus::daemon::Level::Error, error.what());
        return 1;
    }
}
