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

/// A call of a method that waits for its answer.
class Call {
public:
    virtual ~Call() = default;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    /// Does what the call asks for and answers it.
    virtual Async<void> work() = 0;
    virtual void refuse(const Error& error) = 0;

protected:
    Call() = default;
};

/// What answers a call with a T.
template <class T, class... R>
class CallFor : public Call {
public:
    explicit CallFor(sdbus::Result<R...>&& reply) : reply_(std::move(reply)) {}

    Async<void> work() final {
        const auto outcome = co_await begin();
        if (!outcome) {
            refuse(outcome.error());
        } else {
            (void)bus::attempt([&] { answer(outcome); });
        }
    }
    void refuse(const Error& error) final {
        (void)bus::attempt([&] { reply_.returnError(bus::toBus(error)); });
    }

private:
    virtual Task<T> begin() = 0;
    void answer([[maybe_unused]] const Result<T>& outcome) {
        if constexpr (sizeof...(R) == 0) {
            reply_.returnResults();
        } else if constexpr (sizeof...(R) == 1) {
            reply_.returnResults(wire(*outcome));
        } else {
            std::apply([&](const auto&... results) { reply_.returnResults(results...); }, wire(*outcome));
        }
    }

    sdbus::Result<R...> reply_;
};

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
        using T = typename std::invoke_result_t<F&>::value_type::value_type;
        class Working final : public CallFor<T, R...> {
        public:
            Working(sdbus::Result<R...>&& answer, F function)
                : CallFor<T, R...>(std::move(answer)), function_(std::move(function)) {}

        private:
            Task<T> begin() override { return function_(); }

            F function_;
        };
        serve(object, interface, member, std::make_unique<Working>(std::move(reply), std::move(work)));
    }
    void serve(const sdbus::IObject& object, const char* interface, const char* member, std::unique_ptr<Call> call);

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
    Async<void> run(std::string interface, std::string member, Caller caller, std::unique_ptr<Call> call);

    Scheduler& scheduler_;
    Gate& gate_;
    sdbus::IConnection& connection_;
    std::function<void()> kick_;
};

}  // namespace pegasus::daemon
