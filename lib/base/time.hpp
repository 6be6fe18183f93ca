// SPDX-License-Identifier: Apache-2.0
// Time as the interfaces see it, so that a test owns it.
#pragma once

#include <chrono>
#include <cstdint>

namespace pegasus {

using namespace std::chrono_literals;
using Duration = std::chrono::microseconds;
/// Wall-clock time, microseconds since the Unix epoch.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// Both clocks. Safe from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall clock: for what is written down or sent. It may jump.
    [[nodiscard]] virtual Timestamp now() const = 0;
    /// Monotonic clock: for intervals and time-outs.
    [[nodiscard]] virtual SteadyTime steady() const = 0;
};

[[nodiscard]] constexpr std::int64_t toMicros(Timestamp t) { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr Timestamp fromMicros(std::int64_t us) { return Timestamp(Duration(us)); }
[[nodiscard]] constexpr std::int64_t toMillis(Timestamp t) {
    return std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count();
}
[[nodiscard]] constexpr std::int64_t toSeconds(Timestamp t) {
    return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace pegasus
