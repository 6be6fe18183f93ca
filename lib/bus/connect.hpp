// SPDX-License-Identifier: Apache-2.0
// Which bus, and a connection to it.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace sdbus {
class IConnection;
}

namespace pegasus::bus {

enum class BusKind : std::uint8_t { System, User, Address };

struct BusChoice {
    BusKind kind = BusKind::System;
    std::string address;  ///< for BusKind::Address, as in DBUS_SESSION_BUS_ADDRESS
};

/// Connects; the connection has no thread and no name yet. Unreachable says which bus.
[[nodiscard]] Result<std::unique_ptr<sdbus::IConnection>> connect(const BusChoice& choice);

/// Takes the bus name, after everything is exported. AlreadyExists: another daemon has it. AccessDenied: the bus policy.
[[nodiscard]] Result<void> takeName(sdbus::IConnection& connection);

}  // namespace pegasus::bus
