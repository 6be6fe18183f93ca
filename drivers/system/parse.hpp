// SPDX-License-Identifier: Apache-2.0
// Parsers of the kernel's texts about the machine. Pure; formats: proc(5).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::drivers::system {

/// Load of the last minute, from /proc/loadavg.
[[nodiscard]] Result<double> parseLoad(std::string_view loadavg);
/// Percent of the memory that is not available to new programs, from /proc/meminfo; to a hundredth, which is more than the
/// kernel's estimate is good for.
[[nodiscard]] Result<double> parseMemoryUsed(std::string_view meminfo);
/// Seconds since the start, from /proc/uptime.
[[nodiscard]] Result<double> parseUptime(std::string_view uptime);

struct NetworkCounters {
    std::uint64_t received = 0;  ///< bytes since the start
    std::uint64_t sent = 0;
};
/// Of one interface, or of all but lo if `interface` is empty; from /proc/net/dev. NotFound.
[[nodiscard]] Result<NetworkCounters> parseNetwork(std::string_view dev, std::string_view interface);

/// Bytes a second between two readings; to a hundredth, or as exactly as counting whole bytes for `seconds` allows.
[[nodiscard]] double rateOf(std::uint64_t bytes, double seconds);

/// Percent in use of what unprivileged programs can use, as df shows it, to a hundredth. InvalidArgument for a file system of no
/// size.
[[nodiscard]] Result<double> diskUsed(std::uint64_t blocks, std::uint64_t free, std::uint64_t available);

}  // namespace pegasus::drivers::system
