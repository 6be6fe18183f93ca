// SPDX-License-Identifier: Apache-2.0
// sd_notify.
#include "daemon/notify.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace pegasus::daemon {
namespace {

constexpr std::size_t kMostStatus = 1000;  // systemd drops messages of more than 4096 bytes

void notify(const std::string& text) { (void)sd_notify(0, text.c_str()); }  // 0 or an error: nobody listens

}  // namespace

void notifyReady() { notify("READY=1"); }

void notifyReloading(const Clock& clock) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(clock.steady().time_since_epoch());
    notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
}

void notifyStopping() { notify("STOPPING=1"); }

void notifyStatus(std::string text) {
    if (text.size() > kMostStatus) {
        auto end = kMostStatus;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a character
        text = text.substr(0, end) + " ...";
    }
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, "; ");
    notify("STATUS=" + text);
}

Async<void> feedWatchdog(Scheduler& scheduler, std::function<std::uint64_t()> progress) {
    std::uint64_t timeout = 0;
    if (sd_watchdog_enabled(0, &timeout) <= 0) co_return;
    const Duration interval(static_cast<std::int64_t>(std::max<std::uint64_t>(timeout / 3, 100'000)));
    std::optional<std::uint64_t> last;
    for (;;) {
        const auto slept = co_await scheduler.sleep(interval);
        if (!slept) co_return;
        const auto now = progress();
        if (now != last) notify("WATCHDOG=1");
        last = now;
    }
}

}  // namespace pegasus::daemon
