// SPDX-License-Identifier: Apache-2.0
// What sdbus-c++ does not show of sd-bus: the flag "allow interactive authorisation".
#include "bus/shim.hpp"

#include <systemd/sd-bus.h>

namespace pegasus::bus {
namespace {

// sdbus-c++ keeps the sd-bus message in a protected member and has no function for the flag.
struct MessageAccess : sdbus::Message {
    static sd_bus_message* raw(const sdbus::Message& message) {
        return static_cast<sd_bus_message*>(message.*(&MessageAccess::msg_));
    }
};

}  // namespace

bool interactionAllowed(const sdbus::Message& message) {
    return sd_bus_message_get_allow_interactive_authorization(MessageAccess::raw(message)) > 0;
}

void allowInteraction(sdbus::IConnection& connection) {
    const auto proxy = sdbus::createProxy(connection, ServiceName("org.freedesktop.DBus"),
                                          sdbus::ObjectPath("/org/freedesktop/DBus"));
#if __has_include(<sdbus-c++/VTableItems.h>)
    const auto message = proxy->createMethodCall(InterfaceName("org.freedesktop.DBus.Peer"),
                                                 sdbus::MethodName("Ping"));
#else
    const auto message = proxy->createMethodCall("org.freedesktop.DBus.Peer", "Ping");
#endif
    // Never sent: a message is the only way to the sd-bus object.
    (void)sd_bus_set_allow_interactive_authorization(
        sd_bus_message_get_bus(MessageAccess::raw(message)), 1);
}

}  // namespace pegasus::bus
