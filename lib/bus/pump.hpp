// SPDX-License-Identifier: Apache-2.0
// BusPump: lets an io_context drive an sdbus-c++ connection, so that handlers and getters run on the loop thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "base/result.hpp"

namespace sdbus {
class IConnection;
}

namespace pegasus::bus {

/// Loop thread only. The connection outlives the pump; neither may be destroyed inside one of its handlers.
///
/// sdbus-c++ 1.2 has no event descriptor: what a call made from the loop leaves to be written, or has read beside its own
/// answer, is only seen in the poll data. So kick() after every call, reply or signal that is made outside of a handler.
class BusPump {
public:
    /// `onClosed` is called once, when the connection is lost.
    [[nodiscard]] static Result<std::unique_ptr<BusPump>> start(boost::asio::io_context& context,
                                                                sdbus::IConnection& connection,
                                                                std::function<void()> onClosed);
    ~BusPump();
    BusPump(const BusPump&) = delete;
    BusPump& operator=(const BusPump&) = delete;

    /// Reads the poll data again, soon; many calls cost one. Cheap.
    void kick();

private:
    struct State;
    explicit BusPump(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;  // shared with the handlers that Asio still holds when the pump goes
};

}  // namespace pegasus::bus
