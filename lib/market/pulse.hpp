// SPDX-License-Identifier: Apache-2.0
// Pulse: lets the one task of a service sleep until there is something to do, or a while has passed.
#pragma once

#include "base/scheduler.hpp"

namespace pegasus::market {

/// Loop thread only. One waiter.
class Pulse {
public:
    Pulse(Scheduler& scheduler, Duration every) : scheduler_(scheduler), every_(every) {}

    /// Starts the ticking.
    void start() { scheduler_.spawn("market pulse", tick()); }
    /// The waiter wakes, or does not go to sleep.
    void kick() {
        kicked_ = true;
        event_.notifyAll();
    }
    /// False: the program is stopping.
    Async<bool> next() {
        while (!kicked_ && !scheduler_.stopping()) co_await event_.wait();
        kicked_ = false;
        co_return !scheduler_.stopping();
    }

private:
    Async<void> tick() {
        for (;;) {
            const auto slept = co_await scheduler_.sleep(every_);
            kick();
            if (!slept) co_return;
        }
    }

    Scheduler& scheduler_;
    Duration every_;
    AsyncEvent event_;
    bool kicked_ = true;
};

}  // namespace pegasus::market
