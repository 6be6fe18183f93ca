// SPDX-License-Identifier: Apache-2.0
// The bus starts the daemon through systemd, and hears nothing when that fails: it waits until its time is over. So the
// state of the unit is looked at meanwhile.
#include "cli/awaken.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "bus/names.hpp"
#include "bus/shim.hpp"

namespace pegasus::cli {
namespace {

constexpr const char* kUnit = "pegasusd.service";
constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr std::uint64_t kPatience = 300'000;    // microseconds of one look
constexpr std::uint64_t kAnswerTime = 5'000'000;  // of the bus and of systemd
constexpr std::size_t kMostText = 600;

struct Method {
    const char* service;
    std::string path;
    const char* interface;
    const char* name;
};

template <class... Args>
sdbus::MethodReply call(sdbus::IConnection& connection, const Method& method, std::uint64_t timeout, const Args&... args) {
    auto proxy = sdbus::createProxy(connection, bus::ServiceName(method.service), sdbus::ObjectPath(method.path));
    auto message = proxy->createMethodCall(bus::InterfaceName(method.interface), bus::MethodName(method.name));
    (void)(message << ... << args);
    return proxy->callMethod(message, timeout);
}

Method ofBus(const char* name) { return {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", name}; }

bool hasOwner(sdbus::IConnection& connection, const char* name) {
    bool owned = false;
    auto reply = call(connection, ofBus("NameHasOwner"), kAnswerTime, std::string(name));
    reply >> owned;
    return owned;
}

template <class T>
void take(const bus::Variants& properties, const char* name, T& target) {
    const auto it = properties.find(name);
    if (it != properties.end() && it->second.containsValueOfType<T>()) target = it->second.get<T>();
}

bus::Variants propertiesOf(sdbus::IConnection& connection, const std::string& path, const std::string& interface) {
    bus::Variants properties;
    auto reply = call(connection, {kSystemd, path, "org.freedesktop.DBus.Properties", "GetAll"}, kAnswerTime, interface);
    reply >> properties;
    return properties;
}

/// nullopt: there is no systemd on this bus, or it does not know.
std::optional<UnitState> unitState(sdbus::IConnection& connection) {
    try {
        if (!hasOwner(connection, kSystemd)) return std::nullopt;
        sdbus::ObjectPath path;
        const Method load{kSystemd, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "LoadUnit"};
        auto reply = call(connection, load, kAnswerTime, std::string(kUnit));
        reply >> path;
        const auto unit = propertiesOf(connection, path, "org.freedesktop.systemd1.Unit");
        const auto service = propertiesOf(connection, path, "org.freedesktop.systemd1.Service");
        UnitState state;
        std::int32_t code = 0;
        take(unit, "LoadState", state.load);
        take(unit, "ActiveState", state.active);
        take(unit, "SubState", state.sub);
        take(service, "Result", state.result);
        take(service, "ExecMainCode", code);
        take(service, "ExecMainStatus", state.status);
        take(service, "StatusText", state.text);
        state.exited = code == 1;  // CLD_EXITED
        return state;
    } catch (const sdbus::Error&) {
        return std::nullopt;
    }
}

const char* meaningOf(int status) {
    switch (status) {
        case 22: return ": its state is damaged or a part is missing";
        case 23: return ": its state is of a newer version";
        case 78: return ": its configuration is wrong";
        default: return "";
    }
}

/// How the last process ended.
std::string endOf(const UnitState& unit) {
    if (unit.status == 0) return {};
    if (!unit.exited) return fmt::format(", ended by signal {}", unit.status);
    return fmt::format(", exit status {}{}", unit.status, meaningOf(unit.status));
}

bool isTimeout(const sdbus::Error& error) {
    const auto name = std::string(error.getName());
    return name.ends_with("NoReply") || name.ends_with("Timeout") || name.ends_with("TimedOut") || name.ends_with("ETIMEDOUT");
}

Unexpected<Error> notRunning(const std::string& why) { return fail(ErrorCode::Unreachable, "pegasusd is not running: {}", why); }

Result<void> start(sdbus::IConnection& connection, bool user, unsigned timeoutSeconds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(timeoutSeconds);
    do {
        if (const auto unit = unitState(connection)) {
            if (const auto why = whyNotRunning(*unit, user)) return notRunning(*why);
        }
        try {
            call(connection, ofBus("StartServiceByName"), kPatience, std::string(bus::kServiceName), std::uint32_t{0});
            return {};
        } catch (const sdbus::Error& error) {
            if (!isTimeout(error)) return notRunning(error.getMessage());
        }
    } while (std::chrono::steady_clock::now() < deadline);
    return notRunning(fmt::format("it is being started, and is not ready after {} s", timeoutSeconds));
}

}  // namespace

std::optional<std::string> whyNotRunning(const UnitState& unit, bool user) {
    const bool again = unit.active == "activating" && unit.sub == "auto-restart";
    if (unit.load == "masked") return "its unit is masked";
    if (unit.active != "failed" && !again) return std::nullopt;
    std::string why = again ? "it failed and will be started again by itself" : "it failed";
    if (unit.result == "start-limit-hit") why += " too often";
    why += endOf(unit);
    if (!unit.text.empty()) why += ": " + unit.text.substr(0, kMostText);
    const auto* who = user ? " --user" : "";
    why += fmt::format("; look at: journalctl{} -u pegasusd -n 20", who);
    if (unit.exited && unit.status == 78) why += fmt::format(", and at: pegasusd --check-config{}", who);
    return why;
}

Result<void> awaken(sdbus::IConnection& connection, const bus::BusChoice& choice, unsigned timeoutSeconds) {
    try {
        if (hasOwner(connection, bus::kServiceName)) return {};
        return start(connection, choice.kind == bus::BusKind::User, timeoutSeconds);
    } catch (const sdbus::Error& error) {
        return fail(ErrorCode::Unreachable, "the bus does not answer: {}", error.getMessage());
    }
}

}  // namespace pegasus::cli
