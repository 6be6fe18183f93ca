// SPDX-License-Identifier: Apache-2.0
// Connections.
#include "bus/connect.hpp"

#include "bus/errors.hpp"
#include "bus/names.hpp"

namespace pegasus::bus {
namespace {

std::string describe(const BusChoice& choice) {
    switch (choice.kind) {
        case BusKind::System: return "the system bus";
        case BusKind::User: return "the session bus";
        case BusKind::Address: return "the bus at " + choice.address;
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<sdbus::IConnection>> connect(const BusChoice& choice) {
    try {
        switch (choice.kind) {
            case BusKind::System: return sdbus::createSystemBusConnection();
            case BusKind::User: return sdbus::createSessionBusConnection();
            case BusKind::Address: return sdbus::createSessionBusConnectionWithAddress(choice.address);
        }
    } catch (const sdbus::Error& error) {
        return fail(ErrorCode::Unreachable, "cannot connect to {}: {}", describe(choice),
                    error.getMessage());
    }
    return fail(ErrorCode::Internal, "unknown kind of bus");
}

Result<void> takeName(sdbus::IConnection& connection) {
    try {
        connection.requestName(ServiceName(kServiceName));
        return {};
    } catch (const sdbus::Error& error) {
        const auto mapped = fromBus(error);
        if (mapped.code == ErrorCode::AccessDenied)
            return fail(ErrorCode::AccessDenied, "the bus does not let this user own {}: {}",
                        kServiceName, mapped.message);
        return fail(ErrorCode::AlreadyExists, "cannot own {} on the bus, is another pegasusd running? {}",
                    kServiceName, mapped.message);
    }
}

}  // namespace pegasus::bus
