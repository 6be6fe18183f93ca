// SPDX-License-Identifier: Apache-2.0
// The command line of pegasusd.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace pegasus::daemon {

enum class Action : std::uint8_t { Run, CheckConfig, Help, Version };

struct Options {
    Action action = Action::Run;
    bool user = false;               ///< session bus and the user's own folders
    std::string busAddress;          ///< instead of the system or session bus; for tests and demonstrations
    bool configNamed = false;        ///< the configuration was named, so it must be there
    std::filesystem::path config;    ///< default: /etc/pegasus/pegasusd.yaml, or below the user's configuration folder
    std::filesystem::path stateDir;  ///< default: $STATE_DIRECTORY, /var/lib/pegasus, or below the user's state folder
};

/// InvalidArgument with a text for people.
[[nodiscard]] Result<Options> parseOptions(int argc, const char* const* argv);
[[nodiscard]] std::string helpText();

}  // namespace pegasus::daemon
