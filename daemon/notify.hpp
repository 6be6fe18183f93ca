// SPDX-License-Identifier: Apache-2.0
// What systemd is told: ready, reloading, stopping, status in words, and the watchdog.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/scheduler.hpp"

namespace pegasus::daemon {

void notifyReady();
/// With the monotonic time that systemd 253 and newer wait for.
void notifyReloading(const Clock& clock);
void notifyStopping();
/// Lines become one. Stays visible after the process has ended, so it also says why a start failed.
void notifyStatus(std::string text);

/// Feeds the watchdog at a third of its time, as long as `progress` returns a number that has changed since. Ends at
/// once if the unit has no watchdog.
Async<void> feedWatchdog(Scheduler& scheduler, std::function<std::uint64_t()> progress);

}  // namespace pegasus::daemon
