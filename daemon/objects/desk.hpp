// SPDX-License-Identifier: Apache-2.0
// Desk: what stands between a method of an adaptor and a service. Only sources of this folder include it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "base/scheduler.hpp"
#include "bus/errors.hpp"
#include "bus/variant.hpp"
#include "daemon/gate.hpp"

namespace pegasus::daemon {

/// What a service's answer is on the wire.
template <class T>
const T& wire(const T& value) {
    return value;
}
inline bus::Variants wire(const bus::Dict& dict) { return bus::toVariants(dict); }
inline std::vector<bus::Variants> wire(const bus::Dicts& dicts) { return bus::toVariants(dicts); }
inline std::tuple<std::vector<bus::Variants>, std::string> wire(const bus::Page& page) {
    return {bus::toVariants(page.rows), page.next};
}

/// Loop thread only. Outlives the objects and the calls in hand.
class Desk {
public:
    Desk(Scheduler& scheduler, Gate& gate, sdbus::IConnection& connection, std::function<void()> kick)
        : scheduler_(scheduler), gate_(gate), connection_(connection), kick_(std::move(kick)) {}

    /// Answers the call whose handler runs now: as soon as the gate has let it pass, with what `work` gives. `work` is a
    /// coroutine lambda that returns Task<...>; it must not capture the object, which may go meanwhile.
    template <class F, class... R>
    void serve(const sdbus::IObject& object, const char* interface, const char* member, sdbus::Result<R...>&& reply,
               F work) {
        const auto& message = bus::currentMessage(object);
        Caller caller{bus::messageSender(message), bus::interactionAllowed(message)};
        // Shared, since Asio copies what a coroutine starts with.
        auto kept = std::make_shared<sdbus::Result<R...>>(std::move(reply));
        scheduler_.spawn(member, run(interface, member, std::move(caller), std::move(kept), std::move(work)));
    }

    /// PropertiesChanged. A failure is the loss of the connection, which the pump reports.
    void changed(sdbus::IObject& object, const char* interface, const std::vector<std::string>& properties) {
        (void)bus::attempt([&] { bus::emitChanged(object, interface, properties); });
        kick_();
    }
    /// Another signal; `send` sends it.
    template <class F>
    void signal(F send) {
        (void)bus::attempt(send);
        kick_();
    }
    void appeared(sdbus::IObject& object) {
        (void)bus::attempt([&] { object.emitInterfacesAddedSignal(); });
        kick_();
    }
    void disappears(sdbus::IObject& object) {
        (void)bus::attempt([&] { object.emitInterfacesRemovedSignal(); });
        kick_();
    }

    [[nodiscard]] sdbus::IConnection& connection() { return connection_; }
    [[nodiscard]] Scheduler& scheduler() { return scheduler_; }

private:
    template <class F, class... R>
    Async<void> run(std::string interface, std::string member, Caller caller,
                    std::shared_ptr<sdbus::Result<R...>> reply, F work) {
        const auto place = gate_.enter(caller.sender);
        if (!place) {
            refuse(*reply, place.error());
            co_return;
        }
        const auto allowed = co_await gate_.check(std::move(interface), std::move(member), std::move(caller));
        if (!allowed) {
            refuse(*reply, allowed.error());
            co_return;
        }
        try {
            const auto outcome = co_await work();
            answer(*reply, outcome);
        } catch (const std::exception& e) {
            // A library threw where it should not: the caller is told, the daemon lives.
            refuse(*reply, Error{ErrorCode::Internal, e.what()});
        }
    }

    template <class... R>
    void refuse(const sdbus::Result<R...>& reply, const Error& error) {
        (void)bus::attempt([&] { reply.returnError(bus::toBus(error)); });
        kick_();
    }

    template <class T, class... R>
    void answer(const sdbus::Result<R...>& reply, const Result<T>& outcome) {
        if (!outcome) return refuse(reply, outcome.error());
        (void)bus::attempt([&] {
            if constexpr (sizeof...(R) == 0) {
                reply.returnResults();
            } else if constexpr (sizeof...(R) == 1) {
                reply.returnResults(wire(*outcome));
            } else {
                std::apply([&](const auto&... results) { reply.returnResults(results...); }, wire(*outcome));
            }
        });
        kick_();
    }

    Scheduler& scheduler_;
    Gate& gate_;
    sdbus::IConnection& connection_;
    std::function<void()> kick_;
};

}  // namespace pegasus::daemon
