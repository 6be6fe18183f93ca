// SPDX-License-Identifier: Apache-2.0
// HC-SR04 and its like: a trigger of 10 us, and an echo as long as the sound was under way, measured by the kernel's time stamps.
// Source: data sheet of the HC-SR04 (Elecfreaks, 2013).
#include "drivers/ultrasonic/ultrasonic.hpp"

#include <algorithm>

#include "drivers/linux/gpio.hpp"
#include "drivers/linux/line_source.hpp"
#include "drivers/ultrasonic/formulas.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::ultrasonic {
namespace {

using sensor::Channel;
using sensor::OptionKind;
using sensor::Quality;
using sensor::Reading;

constexpr Duration kTrigger = 10us;
constexpr Duration kLongest = 60ms;       // the echo of nothing is 38 ms
constexpr Duration kBetween = 60ms;       // data sheet: at least
constexpr double kNothing = 0.0365;       // seconds: no echo came back
constexpr double kStep = 0.003;           // metres, the resolution of the data sheet

constexpr sensor::ChannelRow kRows[] = {{.quantity = "distance", .unit = "m", .least = 0.02, .most = 4.5}};
constexpr sensor::Option kOptions[] = {
    {.name = "trigger", .help = "Name of the line to TRIG, such as GPIO23", .needed = true},
    {.name = "echo", .help = "Name of the line to ECHO, such as GPIO24; with a divider, since the sensor gives 5 V", .needed = true},
    {.name = "chip", .help = "Label of their chip; only needed where several have lines of these names"},
    {.name = "temperature", .kind = OptionKind::Number, .help = "Of the air, for the speed of sound", .standard = "20", .unit = "Cel", .least = -40, .most = 60},
    {.name = "shots", .kind = OptionKind::Whole, .help = "Measurements whose median is the reading", .standard = "5", .least = 1, .most = 15}};

class UltrasonicDriver final : public sensor::Driver {
public:
    struct Setup {
        linux_::LineWish trigger;
        linux_::LineWish echo;
        double temperature = 20;
        int shots = 5;
    };
    UltrasonicDriver(const Hardware& hardware, Setup setup)
        : chips_(hardware.gpio), pause_(hardware.pause), setup_(std::move(setup)), channels_(sensor::channelsOf(kRows)) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_CHECK(openLines());
        return sensor::Opened{channels_, {}, {{"way", "GPIO edges"}}};
    }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token stop) override {
        PEGASUS_CHECK(openLines());
        std::vector<double> distances;
        std::string problem = "no echo";
        for (int i = 0; i < setup_.shots; ++i) {
            if (i > 0) PEGASUS_CHECK(pause_(kBetween, stop));
            const auto seconds = shoot(stop);
            if (!seconds && seconds.error().code == ErrorCode::Cancelled) return fail(seconds.error());
            if (!seconds) {
                problem = seconds.error().message;
                continue;
            }
            distances.push_back(distanceOf(*seconds, setup_.temperature));
        }
        if (trigger_ == nullptr) return fail(ErrorCode::NotFound, "{}", problem);
        Reading reading{"distance", "m", std::nullopt, {}, Quality::Missing, problem};
        if (2 * distances.size() <= static_cast<std::size_t>(setup_.shots)) return std::vector<Reading>{reading};  // most failed
        std::ranges::sort(distances);
        reading.value = sensor::roundedTo(distances[distances.size() / 2], kStep, 3);
        reading.quality = Quality::Good;
        reading.reason.clear();
        return std::vector<Reading>{reading};
    }

private:
    Result<void> openLines() {
        if (trigger_ != nullptr) return {};
        PEGASUS_TRY(auto echo, chips_->open(setup_.echo));
        PEGASUS_TRY(trigger_, chips_->open(setup_.trigger));
        echo_ = std::move(echo);
        return {};
    }
    Unexpected<Error> lose(const Error& error) {
        trigger_.reset();
        echo_.reset();
        return fail(error);
    }

    /// The length of one echo, in seconds.
    Result<double> shoot(std::stop_token stop) {
        if (const auto old = trigger_ == nullptr ? Result<std::vector<linux_::Edge>>(fail(ErrorCode::NotFound, "the line is gone")) : echo_->edges(); !old)
            return lose(old.error());  // what is left of an earlier one is passed over
        if (const auto set = trigger_->set(true); !set) return lose(set.error());
        PEGASUS_CHECK(pause_(kTrigger, stop));
        if (const auto set = trigger_->set(false); !set) return lose(set.error());
        std::vector<linux_::Edge> edges;
        for (Duration waited{0}; waited < kLongest; waited += kLongest / 10) {
            PEGASUS_CHECK(pause_(kLongest / 10, stop));
            const auto more = echo_->edges();
            if (!more) return lose(more.error());
            edges.insert(edges.end(), more->begin(), more->end());
            if (const auto seconds = echoOf(edges)) {
                if (*seconds > kNothing) return fail(ErrorCode::NotFound, "no echo: nothing within reach");
                return *seconds;
            }
        }
        return fail(ErrorCode::Timeout, "no echo: the sensor does not answer");
    }

    std::shared_ptr<linux_::GpioChips> chips_;
    linux_::Pause& pause_;
    const Setup setup_;
    const std::vector<Channel> channels_;
    std::unique_ptr<linux_::GpioLine> trigger_;  // both or none
    std::unique_ptr<linux_::GpioLine> echo_;
};

}  // namespace

std::optional<double> echoOf(std::span<const linux_::Edge> edges) {
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
        if (edges[i].rising && !edges[i + 1].rising) return std::chrono::duration<double>(edges[i + 1].time - edges[i].time).count();
    return std::nullopt;
}

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "ultrasonic",
                  .summary = "Distance by the time of an echo (HC-SR04 and its like), on two GPIO lines",
                  .options = kOptions,
                  .channels = kRows,
                  .make = [hardware](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      UltrasonicDriver::Setup setup;
                      setup.trigger.chip = setup.echo.chip = parameters.textOr("chip");
                      setup.trigger.line = parameters.textOr("trigger");
                      setup.trigger.output = true;
                      setup.echo.line = parameters.textOr("echo");
                      setup.temperature = parameters.number("temperature").value_or(20);
                      setup.shots = static_cast<int>(parameters.whole("shots").value_or(5));
                      linux_::claimLine(parameters, "trigger", setup.trigger);
                      linux_::claimLine(parameters, "echo", setup.echo);
                      if (!setup.echo.line.empty() && setup.echo.line == setup.trigger.line) parameters.wrong("echo", "trigger and echo are the same line");
                      return std::make_unique<UltrasonicDriver>(hardware, std::move(setup));
                  }});
}

}  // namespace pegasus::drivers::ultrasonic
