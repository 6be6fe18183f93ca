// SPDX-License-Identifier: Apache-2.0
// One face for sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13). Nothing else asks for the version.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pegasus::bus {

#if __has_include(<sdbus-c++/VTableItems.h>)
inline constexpr int kSdbusMajor = 2;
using ServiceName = sdbus::ServiceName;
using InterfaceName = sdbus::InterfaceName;
using MethodName = sdbus::MethodName;
using PropertyName = sdbus::PropertyName;
using ErrorName = sdbus::Error::Name;
/// First parameter of a reply handler: set when the call failed.
using ReplyError = std::optional<sdbus::Error>;
inline std::string messageSender(const sdbus::Message& message) {
    const char* sender = message.getSender();
    return sender != nullptr ? sender : "";
}
/// The call whose handler runs now.
inline sdbus::Message currentMessage(const sdbus::IObject& object) {
    return object.getCurrentlyProcessedMessage();
}
inline bool processOne(sdbus::IConnection& connection) { return connection.processPendingEvent(); }
inline std::chrono::microseconds absoluteTimeout(const sdbus::IConnection::PollData& data) {
    return data.timeout;
}
/// Readable when another thread has queued something; -1 where there is none.
inline int eventFd(const sdbus::IConnection::PollData& data) { return data.eventFd; }
inline void addObjectManager(sdbus::IConnection& connection, const std::string& path) {
    connection.addObjectManager(sdbus::ObjectPath(path));
}
/// Until the slot goes.
[[nodiscard]] inline sdbus::Slot addMatch(sdbus::IConnection& connection, const std::string& rule,
                                          sdbus::message_handler handler) {
    return connection.addMatch(rule, std::move(handler), sdbus::return_slot);
}
#else
inline constexpr int kSdbusMajor = 1;
using ServiceName = std::string;
using InterfaceName = std::string;
using MethodName = std::string;
using PropertyName = std::string;
using ErrorName = std::string;
using ReplyError = const sdbus::Error*;
inline std::string messageSender(const sdbus::Message& message) { return message.getSender(); }
inline const sdbus::Message& currentMessage(const sdbus::IObject& object) {
    return *object.getCurrentlyProcessedMessage();
}
inline bool processOne(sdbus::IConnection& connection) { return connection.processPendingRequest(); }
inline std::chrono::microseconds absoluteTimeout(const sdbus::IConnection::PollData& data) {
    // 2^64 - 1 is "never"; anything beyond 2^63 is too.
    if (data.timeout_usec > static_cast<std::uint64_t>(std::chrono::microseconds::max().count()))
        return std::chrono::microseconds::max();
    return std::chrono::microseconds(static_cast<std::int64_t>(data.timeout_usec));
}
inline int eventFd(const sdbus::IConnection::PollData&) { return -1; }
inline void addObjectManager(sdbus::IConnection& connection, const std::string& path) {
    connection.addObjectManager(path, sdbus::floating_slot);
}
[[nodiscard]] inline sdbus::Slot addMatch(sdbus::IConnection& connection, const std::string& rule,
                                          sdbus::message_handler handler) {
    return connection.addMatch(rule, std::move(handler));
}
#endif

using Variants = std::map<std::string, sdbus::Variant>;

/// PropertiesChanged for the named properties.
inline void emitChanged(sdbus::IObject& object, const std::string& interface,
                        const std::vector<std::string>& properties) {
    const std::vector<PropertyName> names(properties.begin(), properties.end());
    object.emitPropertiesChangedSignal(InterfaceName(interface), names);
}

/// Whether the sender of a call allows that its user is asked (a flag of the message).
[[nodiscard]] bool interactionAllowed(const sdbus::Message& message);
/// Sets that flag on every call that will be sent over the connection.
void allowInteraction(sdbus::IConnection& connection);

}  // namespace pegasus::bus
