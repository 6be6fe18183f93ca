// SPDX-License-Identifier: Apache-2.0
// Desk: the gate before each call, and its answer.
#include "daemon/objects/desk.hpp"

namespace pegasus::daemon {

void Desk::serve(const sdbus::IObject& object, const char* interface, const char* member, std::unique_ptr<Call> call) {
    const auto& message = bus::currentMessage(object);
    Caller caller{bus::messageSender(message), bus::interactionAllowed(message)};
    scheduler_.spawn(member, run(interface, member, std::move(caller), std::move(call)));
}

Async<void> Desk::run(std::string interface, std::string member, Caller caller, std::unique_ptr<Call> call) {
    const auto place = gate_.enter(caller.sender);
    if (!place) {
        call->refuse(place.error());
    } else {
        const auto allowed = co_await gate_.check(std::move(interface), std::move(member), std::move(caller));
        if (!allowed) {
            call->refuse(allowed.error());
        } else {
            try {
                co_await call->work();
            } catch (const std::exception& e) {
                // A library threw where it should not: the caller is told, the daemon lives.
                call->refuse(Error{ErrorCode::Internal, e.what()});
            }
        }
    }
    kick_();
}

}  // namespace pegasus::daemon
