// SPDX-License-Identifier: Apache-2.0
// Changes, Pacer, Ticker.
#include "daemon/objects/changes.hpp"

#include <utility>

namespace pegasus::daemon {

std::vector<std::string> differences(const bus::Dict& told, const bus::Dict& now) {
    std::vector<std::string> names;
    for (const auto& [name, value] : now) {
        const auto before = told.find(name);
        if (before == told.end() || before->second != value) names.push_back(name);
    }
    return names;
}

struct Pacer::State {
    std::function<void()> tell;  // empty: the Pacer has gone
    bool pausing = false;
    bool again = false;
};

Pacer::Pacer(Scheduler& scheduler, std::function<void()> tell)
    : scheduler_(scheduler), state_(std::make_shared<State>()) {
    state_->tell = std::move(tell);
}

Pacer::~Pacer() { state_->tell = nullptr; }

void Pacer::touch() {
    if (state_->pausing) {
        state_->again = true;
        return;
    }
    state_->pausing = true;
    scheduler_.spawn("signal pause", pause(scheduler_, state_));
    state_->tell();
}

Async<void> Pacer::pause(Scheduler& scheduler, std::shared_ptr<State> state) {
    for (;;) {
        const auto slept = co_await scheduler.sleep(kSignalPause);
        if (!slept || !state->tell) co_return;
        if (!std::exchange(state->again, false)) break;
        state->tell();
    }
    state->pausing = false;
}

struct Ticker::State {
    std::function<void()> work;  // empty: the Ticker has gone
};

Ticker::Ticker(Scheduler& scheduler, Duration interval, std::function<void()> work)
    : state_(std::make_shared<State>()) {
    state_->work = std::move(work);
    scheduler.spawn("compare", run(scheduler, state_, interval));
}

Ticker::~Ticker() { state_->work = nullptr; }

Async<void> Ticker::run(Scheduler& scheduler, std::shared_ptr<State> state, Duration interval) {
    for (;;) {
        const auto slept = co_await scheduler.sleep(interval);
        if (!slept || !state->work) co_return;
        state->work();
    }
}

}  // namespace pegasus::daemon
