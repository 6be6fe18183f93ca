// SPDX-License-Identifier: Apache-2.0
// A change is told at once; between two readings no short one is lost, since it is counted.
#include "drivers/level/level.hpp"

#include "drivers/linux/line_source.hpp"

namespace pegasus::drivers::level {
namespace {

using sensor::Channel;
using sensor::OptionKind;
using sensor::Quality;
using sensor::Reading;

constexpr sensor::Option kOptions[] = {
    {.name = "quantity", .kind = OptionKind::Quantity, .help = "What it says when it is 1: open, motion, full", .standard = "level"},
    {.name = "hold", .kind = OptionKind::Time, .help = "It stays 1 for so long after the line became inactive", .standard = "0s", .least = 0, .most = 86'400}};

class LevelDriver final : public sensor::Driver {
public:
    LevelDriver(const Hardware& hardware, linux_::LineWish wish, std::string quantity, Duration hold)
        : source_(hardware, std::move(wish)), hold_(hold),
          channels_{{quantity, "1", 0, 1}, {quantity + "_changes", "1", 0, std::nullopt}} {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_CHECK(source_.open());
        return sensor::Opened{channels_, {}, {{"way", "GPIO edges"}}};
    }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        PEGASUS_CHECK(source_.open());
        PEGASUS_CHECK(take());
        told_ = state();
        return std::vector<Reading>{{channels_[0].quantity, "1", told_ ? 1.0 : 0.0, {}, Quality::Good, {}},
                                    {channels_[1].quantity, "1", static_cast<double>(std::exchange(changes_, 0)), {}, Quality::Good, {}}};
    }

    [[nodiscard]] sensor::Attention attention() const override {
        auto attention = source_.attention();
        if (!held()) return attention;
        const auto end = std::max(std::chrono::ceil<Duration>(*released_ + hold_ - source_.now()), Duration(0));
        attention.within = std::min(attention.within.value_or(end), end);
        return attention;
    }
    [[nodiscard]] bool attend() override {
        if (!take()) return true;  // the line went: the next turn says so
        return state() != told_;
    }

private:
    [[nodiscard]] bool held() const { return !source_.active() && released_ && source_.now() - *released_ < hold_; }
    [[nodiscard]] bool state() const { return source_.active() || held(); }

    Result<void> take() {
        PEGASUS_TRY(const auto edges, source_.drain());
        for (const auto& edge : edges) {
            ++changes_;
            if (!edge.rising) released_ = edge.time;
        }
        return {};
    }

    linux_::LineSource source_;
    const Duration hold_;
    const std::vector<Channel> channels_;
    std::optional<std::chrono::nanoseconds> released_;
    std::uint64_t changes_ = 0;
    bool told_ = false;
};

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "level",
                  .summary = "A contact on a GPIO line: door, movement, float",
                  .options = linux_::lineOptions("20ms").with(kOptions),
                  .make = [hardware](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      auto wish = linux_::lineWish(parameters);
                      return std::make_unique<LevelDriver>(hardware, std::move(wish), parameters.textOr("quantity"),
                                                           parameters.time("hold").value_or(0s));
                  }});
}

}  // namespace pegasus::drivers::level
