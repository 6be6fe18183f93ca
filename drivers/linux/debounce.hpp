// SPDX-License-Identifier: Apache-2.0
// Debounce: which of the edges of a contact are real. On the time stamps, as the kernel does it since Linux 5.10. Pure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "drivers/linux/gpio.hpp"

namespace pegasus::drivers::linux_ {

/// A level counts once it has stood for the whole period; the edge bears the time at which it began.
class Debounce {
public:
    /// `period` 0: every edge passes. `level`: that of the line at the start.
    Debounce(std::chrono::nanoseconds period, bool level) : period_(period), settled_(level) {}

    /// Edges in the order of their times; gives those that are settled by them.
    [[nodiscard]] std::vector<Edge> pass(std::span<const Edge> edges);
    /// What time alone has settled by `now`.
    [[nodiscard]] std::optional<Edge> settle(std::chrono::nanoseconds now);
    /// When settle() may have something; none: nothing is under way.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> due() const;

private:
    std::chrono::nanoseconds period_;
    bool settled_;
    std::optional<Edge> last_;  // not settled yet
};

}  // namespace pegasus::drivers::linux_
