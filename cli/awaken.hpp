// SPDX-License-Identifier: Apache-2.0
// Before the first call: is the daemon there, can it be started, and if not, why. Waits no longer than that takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bus/connect.hpp"

namespace pegasus::cli {

/// What systemd says of the daemon's unit.
struct UnitState {
    std::string load;    ///< "loaded", "not-found", ...
    std::string active;  ///< "active", "activating", "failed", ...
    std::string sub;     ///< "running", "auto-restart", ...
    std::string result;  ///< "success", "exit-code", "signal", "start-limit-hit", ...
    bool exited = false;  ///< the last process ended by itself, with `status`; else by the signal `status`
    std::int32_t status = 0;
    std::string text;    ///< what the daemon said last, in a line
};

/// In one line for people, with where to look, if the unit has failed; nullopt if it may still come.
[[nodiscard]] std::optional<std::string> whyNotRunning(const UnitState& unit, bool user);

/// Starts the daemon through the bus where it is not there. Unreachable: it cannot be started, with the reason that systemd
/// has; a unit that has failed is not started again by this.
[[nodiscard]] Result<void> awaken(sdbus::IConnection& connection, const bus::BusChoice& choice, unsigned timeoutSeconds);

}  // namespace pegasus::cli
