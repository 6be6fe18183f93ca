// SPDX-License-Identifier: Apache-2.0
// What is told of changes: only what differs, and never in a flood. Free of sdbus-c++.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/scheduler.hpp"
#include "bus/value.hpp"

namespace pegasus::daemon {

/// Keys of `now` that `told` does not have, or has with another value; in their order.
[[nodiscard]] std::vector<std::string> differences(const bus::Dict& told, const bus::Dict& now);

/// Between two signals of one kind and object.
inline constexpr Duration kSignalPause = std::chrono::seconds(1);
/// How often properties are compared for which no service tells each change.
inline constexpr Duration kCompareEvery = std::chrono::seconds(5);

/// Passes a flood of events on as a trickle: the first at once, then one for all that came within kSignalPause. Loop thread only.
class Pacer {
public:
    /// `tell` runs from inside of touch() or of the loop.
    Pacer(Scheduler& scheduler, std::function<void()> tell);
    Pacer(const Pacer&) = delete;
    Pacer& operator=(const Pacer&) = delete;
    ~Pacer();
    void touch();

private:
    struct State;
    static Async<void> pause(Scheduler& scheduler, std::shared_ptr<State> state);

    Scheduler& scheduler_;
    std::shared_ptr<State> state_;  // shared with the pause under way
};

/// Runs `work` every `interval` for as long as it lives. Loop thread only.
class Ticker {
public:
    Ticker(Scheduler& scheduler, Duration interval, std::function<void()> work);
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;
    ~Ticker();

private:
    struct State;
    static Async<void> run(Scheduler& scheduler, std::shared_ptr<State> state, Duration interval);

    std::shared_ptr<State> state_;  // shared with its task
};

}  // namespace pegasus::daemon
