// SPDX-License-Identifier: Apache-2.0
// pegasusd.
#include <cstdio>
#include <exception>

#include "daemon/app.hpp"
#include "daemon/journal.hpp"
#include "daemon/options.hpp"
#include "daemon/process.hpp"
#include "version.hpp"

namespace pegasus::daemon {
namespace {

int report(const Error& error) {
    log(Level::Error, error.message);
    return errorInfo(error.code).exitStatus;
}

int checkConfig(const Options& options) {
    const loop::SystemClock clock;
    const auto config = config::load(options.config);
    const auto checked = config ? checkSensors(*config, clock) : Result<void>(fail(config.error()));
    if (checked) return 0;
    (void)std::fprintf(stderr, "%s\n", checked.error().message.c_str());
    return errorInfo(checked.error().code).exitStatus;
}

int serve(const Options& options) {
    hardenProcess();
    const auto config = config::load(options.config);
    if (!config) return report(config.error());
    auto app = App::open(options, *config);
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
