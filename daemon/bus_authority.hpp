// SPDX-License-Identifier: Apache-2.0
// Authority over a real bus: credentials from the bus driver, decisions from polkit.
#pragma once

#include <functional>
#include <memory>

#include "daemon/gate.hpp"

namespace sdbus {
class IConnection;
}

namespace pegasus::daemon {

/// The connection outlives it. `kick`: BusPump::kick of that connection.
[[nodiscard]] std::unique_ptr<Authority> makeBusAuthority(sdbus::IConnection& connection, std::function<void()> kick);

}  // namespace pegasus::daemon
