// SPDX-License-Identifier: Apache-2.0
// Command line and default folders.
#include "daemon/options.hpp"

#include <getopt.h>

#include <cstdlib>

#include "version.hpp"

namespace pegasus::daemon {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// $VARIABLE/pegasus, or ~/fallback/pegasus.
fs::path userFolder(const char* variable, const char* fallback) {
    const auto base = environment(variable);
    return (base.empty() ? fs::path(environment("HOME")) / fallback : fs::path(base)) / "pegasus";
}

void fillDefaults(Options& options) {
    options.configNamed = !options.config.empty();
    if (!options.configNamed)
        options.config = (options.user ? userFolder("XDG_CONFIG_HOME", ".config") : fs::path(PEGASUS_CONFIG_DIR)) / "pegasusd.yaml";
    if (!options.stateDir.empty()) return;
    // systemd may hand over several folders, separated by colons: ours is the first.
    const auto given = environment("STATE_DIRECTORY");
    if (!given.empty()) {
        options.stateDir = given.substr(0, given.find(':'));
    } else {
        options.stateDir = options.user ? userFolder("XDG_STATE_HOME", ".local/state") : fs::path(PEGASUS_STATE_DIR);
    }
}

enum Long : int { kConfig = 256, kCheck, kUser, kBus, kState };

}  // namespace

std::string helpText() {
    return "pegasusd - sell and buy sensor data, machine to machine\n"
           "usage: pegasusd [options]\n"
           "  --config FILE         configuration (default " PEGASUS_CONFIG_DIR "/pegasusd.yaml, if it is there), then FILE.d/*.yaml\n"
           "  --check-config [FILE] say what is wrong with the configuration, and end (status 78 if anything is)\n"
           "  --state-dir DIR       durable state (default $STATE_DIRECTORY or " PEGASUS_STATE_DIR ")\n"
           "  --user                on the session bus, with the configuration and state of the user\n"
           "  --bus ADDRESS         on another D-Bus, such as unix:path=/run/test/bus\n"
           "  --version, --help\n"
           "Usually started by systemd: systemctl enable --now pegasusd. Talk to it with pegasusctl.\n";
}

Result<Options> parseOptions(int argc, const char* const* argv) {
    static const option kLong[] = {{"config", required_argument, nullptr, kConfig},
                                   {"check-config", optional_argument, nullptr, kCheck},
                                   {"state-dir", required_argument, nullptr, kState},
                                   {"user", no_argument, nullptr, kUser},
                                   {"bus", required_argument, nullptr, kBus},
                                   {"help", no_argument, nullptr, 'h'},
                                   {"version", no_argument, nullptr, 'V'},
                                   {nullptr, 0, nullptr, 0}};
    Options options;
    optind = 0;
    opterr = 0;
    auto* const* args = const_cast<char* const*>(argv);  // getopt only permutes the pointers
    for (int c = 0; (c = getopt_long(argc, args, "hV", kLong, nullptr)) != -1;) {
        switch (c) {
            case kConfig: options.config = optarg; break;
            case kCheck:
                options.action = Action::CheckConfig;
                if (optarg != nullptr) options.config = optarg;
                break;
            case kState: options.stateDir = optarg; break;
            case kUser: options.user = true; break;
            case kBus: options.busAddress = optarg; break;
            case 'h': options.action = Action::Help; break;
            case 'V': options.action = Action::Version; break;
            default: return fail(ErrorCode::InvalidArgument, "unknown or incomplete option '{}'", args[optind - 1]);
        }
    }
    if (optind < argc && options.action == Action::CheckConfig && options.config.empty()) options.config = args[optind++];
    if (optind < argc) return fail(ErrorCode::InvalidArgument, "unexpected argument '{}'", args[optind]);
    fillDefaults(options);
    return options;
}

}  // namespace pegasus::daemon
