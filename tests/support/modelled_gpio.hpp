// SPDX-License-Identifier: Apache-2.0
// GPIO lines that a test pulls.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "drivers/linux/gpio.hpp"
#include "support/test_loop.hpp"

namespace pegasus::test {

/// One line, as the kernel keeps it: edges wait in a buffer of bounded size.
struct LineState {
    std::size_t room = 1024;       ///< of the buffer: 16 with libgpiod 1
    bool counts = true;            ///< tells how many edges were lost, as libgpiod 2 does
    bool kernelDebounces = false;
    bool gone = false;
    bool used = false;
    bool level = false;
    bool output = false;
    std::uint64_t lost = 0;
    std::vector<drivers::linux_::Edge> waiting;
    std::function<void(bool)> driven;  ///< when an output is set
};

class ModelledGpio final : public drivers::linux_::GpioChips {
public:
    explicit ModelledGpio(ManualClock& clock) : clock_(clock) {}

    /// "chip/line" to its state.
    LineState& line(const std::string& name) { return lines_["pinctrl/" + name]; }

    /// The line goes to `level` at the time of the clock.
    void pull(const std::string& name, bool level) {
        auto& state = line(name);
        if (state.level == level) return;
        state.level = level;
        if (state.waiting.size() < state.room)
            state.waiting.push_back({level, now()});
        else
            ++state.lost;
    }
    /// A contact that bounces: `bounces` short breaks of 300 us, then it stands.
    void bounce(const std::string& name, bool level, int bounces) {
        for (int i = 0; i < bounces; ++i) {
            pull(name, level);
            clock_.advance(150us);
            pull(name, !level);
            clock_.advance(150us);
        }
        pull(name, level);
    }

    [[nodiscard]] Result<std::unique_ptr<drivers::linux_::GpioLine>> open(const drivers::linux_::LineWish& wish) override {
        const auto it = lines_.find("pinctrl/" + wish.line);
        if (it == lines_.end() || it->second.gone) return fail(ErrorCode::NotFound, "no GPIO chip has a line '{}'", wish.line);
        if (it->second.used) return fail(ErrorCode::InvalidState, "the line {} of pinctrl is used by somebody", wish.line);
        it->second.used = true;
        it->second.output = wish.output;
        return std::unique_ptr<drivers::linux_::GpioLine>(std::make_unique<Line>(it->second, wish.activeLow));
    }
private:
    [[nodiscard]] std::chrono::nanoseconds now() const { return clock_.steady().time_since_epoch(); }

    class Line final : public drivers::linux_::GpioLine {
    public:
        Line(LineState& state, bool activeLow) : state_(state), activeLow_(activeLow) {}
        ~Line() override { state_.used = false; }
        [[nodiscard]] int descriptor() const override { return state_.output ? -1 : 0; }
        [[nodiscard]] bool debounced() const override { return state_.kernelDebounces; }
        [[nodiscard]] std::optional<std::uint64_t> lost() const override { return state_.counts ? std::optional(state_.lost) : std::nullopt; }
        [[nodiscard]] std::uint64_t overflows() const override { return overflows_; }
        [[nodiscard]] Result<std::vector<drivers::linux_::Edge>> edges() override {
            if (!state_.counts && state_.waiting.size() == state_.room) ++overflows_;
            if (state_.gone) return fail(ErrorCode::NotFound, "the GPIO line does not answer");
            auto edges = std::exchange(state_.waiting, {});
            for (auto& edge : edges) edge.rising = edge.rising != activeLow_;
            return edges;
        }
        [[nodiscard]] Result<bool> level() override { return state_.level != activeLow_; }
        [[nodiscard]] Result<void> set(bool active) override {
            state_.level = active;
            if (state_.driven) state_.driven(active);
            return {};
        }

    private:
        LineState& state_;
        bool activeLow_;
        std::uint64_t overflows_ = 0;
    };

    ManualClock& clock_;
    std::map<std::string, LineState> lines_;
};

}  // namespace pegasus::test
