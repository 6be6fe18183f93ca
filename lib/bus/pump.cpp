// SPDX-License-Identifier: Apache-2.0
// BusPump.
#include "bus/pump.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "bus/shim.hpp"

namespace pegasus::bus {

namespace asio = boost::asio;
using asio::posix::descriptor_base;

namespace {

// Between two turns of the loop: a flood of calls may not starve timers.
constexpr int kMessagesPerTurn = 32;

}  // namespace

struct BusPump::State : std::enable_shared_from_this<BusPump::State> {
    State(asio::io_context& io, sdbus::IConnection& bus, std::function<void()> closed)
        : context(io), connection(&bus), onClosed(std::move(closed)), socket(io), event(io), timer(io) {}

    void schedule() {
        if (scheduled || connection == nullptr) return;
        scheduled = true;
        asio::post(context, [self = shared_from_this()] {
            self->scheduled = false;
            self->turn();
        });
    }

    void turn() {
        if (connection == nullptr) return;
        try {
            for (int i = 0; i < kMessagesPerTurn; ++i) {
                if (!processOne(*connection)) {
                    arm();
                    return;
                }
                if (connection == nullptr) return;
            }
        } catch (const sdbus::Error&) {
            lose();
            return;
        }
        schedule();
    }

    void arm() {
        const auto data = connection->getEventLoopPollData();
        if ((data.events & POLLIN) != 0) wait(socket, descriptor_base::wait_read, reading);
        if ((data.events & POLLOUT) != 0) wait(socket, descriptor_base::wait_write, writing);
        if (event.is_open()) wait(event, descriptor_base::wait_read, eventWaiting);
        armTimer(absoluteTimeout(data));
    }

    void wait(asio::posix::stream_descriptor& descriptor, descriptor_base::wait_type type, bool& pending) {
        if (std::exchange(pending, true)) return;
        descriptor.async_wait(type, [self = shared_from_this(), &pending](const auto& error) {
            pending = false;
            if (error) return;
            self->turn();
        });
    }

    void armTimer(std::chrono::microseconds at) {
        if (at == armedFor) return;
        armedFor = at;
        timer.cancel();
        if (at == std::chrono::microseconds::max()) return;
        // CLOCK_MONOTONIC is the clock of both.
        timer.expires_at(std::chrono::steady_clock::time_point(at));
        timer.async_wait([self = shared_from_this(), at](const auto& error) {
            if (error || self->armedFor != at) return;
            self->armedFor = std::chrono::microseconds::max();
            self->turn();
        });
    }

    void lose() {
        detach();
        if (auto closed = std::exchange(onClosed, nullptr)) closed();
    }

    void detach() {
        connection = nullptr;
        boost::system::error_code ignored;
        timer.cancel();
        socket.close(ignored);
        event.close(ignored);
    }

    asio::io_context& context;
    sdbus::IConnection* connection;
    std::function<void()> onClosed;
    asio::posix::stream_descriptor socket;
    asio::posix::stream_descriptor event;
    asio::steady_timer timer;
    std::chrono::microseconds armedFor = std::chrono::microseconds::max();
    bool scheduled = false;
    bool reading = false;
    bool writing = false;
    bool eventWaiting = false;
};

BusPump::BusPump(std::shared_ptr<State> state) : state_(std::move(state)) {}

BusPump::~BusPump() {
    state_->onClosed = nullptr;
    state_->detach();
}

Result<std::unique_ptr<BusPump>> BusPump::start(asio::io_context& context, sdbus::IConnection& connection,
                                                std::function<void()> onClosed) {
    auto state = std::make_shared<State>(context, connection, std::move(onClosed));
    const auto data = connection.getEventLoopPollData();
    // Duplicates: Asio closes what it is given, and sd-bus keeps its own.
    auto assign = [](asio::posix::stream_descriptor& descriptor, int fd) {
        const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        boost::system::error_code error;
        if (copy >= 0) descriptor.assign(copy, error);
        return copy >= 0 && !error;
    };
    if (!assign(state->socket, data.fd) || (eventFd(data) >= 0 && !assign(state->event, eventFd(data))))
        return fail(ErrorCode::Internal, "cannot duplicate the socket of the bus");
    std::unique_ptr<BusPump> pump(new BusPump(state));
    pump->kick();
    return pump;
}

void BusPump::kick() { state_->schedule(); }

}  // namespace pegasus::bus
