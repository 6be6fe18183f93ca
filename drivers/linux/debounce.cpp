// SPDX-License-Identifier: Apache-2.0
// The last edge waits until the period has gone by without another.
#include "drivers/linux/debounce.hpp"

namespace pegasus::drivers::linux_ {

std::vector<Edge> Debounce::pass(std::span<const Edge> edges) {
    if (period_.count() == 0) return {edges.begin(), edges.end()};
    std::vector<Edge> real;
    for (const auto& edge : edges) {
        if (const auto before = settle(edge.time)) real.push_back(*before);
        last_ = edge;
    }
    return real;
}

std::optional<Edge> Debounce::settle(std::chrono::nanoseconds now) {
    if (!last_ || now - last_->time < period_) return std::nullopt;
    const auto edge = *std::exchange(last_, std::nullopt);
    if (edge.rising == settled_) return std::nullopt;  // it came back to where it was
    settled_ = edge.rising;
    return edge;
}

std::optional<std::chrono::nanoseconds> Debounce::due() const {
    return last_ ? std::optional(last_->time + period_) : std::nullopt;
}

}  // namespace pegasus::drivers::linux_
