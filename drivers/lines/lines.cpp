// SPDX-License-Identifier: Apache-2.0
// Takes lines as they come; a turn tells the newest value of each channel.
#include "drivers/lines/lines.hpp"

#include <algorithm>

#include "drivers/lines/extract.hpp"
#include "drivers/linux/serial.hpp"

namespace pegasus::drivers::lines {
namespace {

using sensor::Channel;
using sensor::OptionKind;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr std::size_t kMostLine = 1024;

constexpr sensor::Option kOptions[] = {
    {.name = "pattern", .help = "Regular expression (PCRE) with a named group for each channel: T=(?<temperature>[-0-9.]+); without it lines are JSON"},
    {.name = "stale-after", .kind = OptionKind::Time, .help = "A value is told for so long", .standard = "1m", .least = 1, .most = 86'400}};
constexpr sensor::Option kOfChannel[] = {
    {.name = "unit", .kind = OptionKind::Unit, .help = "Its unit (UCUM)", .needed = true},
    {.name = "from", .help = "The group of the pattern, or the JSON pointer, such as /env/t; without it the name of the channel"}};

class LinesDriver final : public sensor::Driver {
public:
    LinesDriver(const Hardware& hardware, linux_::SerialSettings settings, std::unique_ptr<Extractor> extractor, std::vector<Channel> channels, Duration stale)
        : clock_(hardware.clock), source_(std::move(settings)), extractor_(std::move(extractor)), channels_(std::move(channels)), stale_(stale),
          newest_(channels_.size()) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_CHECK(source_.open());
        return sensor::Opened{channels_, {}, {{"way", "serial port"}}};
    }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        PEGASUS_CHECK(source_.open());
        PEGASUS_CHECK(take());
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < channels_.size(); ++i) readings.push_back(readingOf(i));
        return readings;
    }
    [[nodiscard]] sensor::Attention attention() const override {
        sensor::Attention attention;
        attention.descriptor = source_.descriptor();
        return attention;
    }
    [[nodiscard]] bool attend() override {
        (void)take();  // an error is told by the next turn
        return false;
    }

private:
    struct Newest {
        std::optional<double> value;
        SteadyTime at;
    };

    Result<void> take() {
        const auto taken = source_.take();
        auto& buffer = source_.buffer();
        for (;;) {
            const auto end = std::ranges::find(buffer, std::uint8_t{'\n'});
            const auto size = static_cast<std::size_t>(end - buffer.begin());
            if (end == buffer.end()) {
                if (size > kMostLine) skipping_ = true;
                if (skipping_) buffer.clear();
                return taken;
            }
            if (!std::exchange(skipping_, false) && size <= kMostLine) hear(std::string(buffer.begin(), end));
            buffer.erase(buffer.begin(), end + 1);
        }
    }
    void hear(std::string line) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty()) return;
        const auto values = extractor_->extract(line);
        problem_ = values ? "" : values.error().message;
        if (!values) return;
        for (std::size_t i = 0; i < channels_.size(); ++i)
            if ((*values)[i]) newest_[i] = {(*values)[i], clock_.steady()};
    }
    [[nodiscard]] Reading readingOf(std::size_t i) const {
        Reading reading{channels_[i].quantity, channels_[i].unit, std::nullopt, {}, Quality::Missing, {}};
        const auto& newest = newest_[i];
        if (newest.value && clock_.steady() - newest.at <= stale_) {
            reading.value = newest.value;
            reading.quality = Quality::Good;
        } else {
            reading.reason = newest.value ? "stale: no line tells it any more" : "no line has told it yet";
            if (!problem_.empty()) reading.reason += "; the last one: " + problem_;
        }
        return reading;
    }

    const Clock& clock_;
    linux_::SerialSource source_;
    std::unique_ptr<Extractor> extractor_;
    const std::vector<Channel> channels_;
    const Duration stale_;
    std::vector<Newest> newest_;
    std::string problem_;    // of the last line
    bool skipping_ = false;  // the rest of a line that is too long
};

std::unique_ptr<sensor::Driver> make(Parameters& parameters, const Hardware& hardware) {
    auto settings = linux_::serialSettings(parameters);
    const auto pattern = parameters.text("pattern");
    std::vector<Channel> channels;
    std::vector<std::string> sources;
    for (const auto& quantity : parameters.described()) {
        channels.push_back({quantity, parameters.ofChannel(quantity, "unit").value_or(""), std::nullopt, std::nullopt});
        sources.push_back(parameters.ofChannel(quantity, "from").value_or((pattern ? "" : "/") + quantity));
    }
    if (channels.empty()) parameters.wrong("", "a sensor of type 'lines' needs channels, such as channels: {temperature: {unit: Cel}}");
    auto extractor = pattern ? byPattern(*pattern, sources) : byPointers(sources);
    if (!extractor) {
        parameters.wrong(pattern ? "pattern" : "channels", fmt::format("{}: {}", pattern ? "pattern" : "channels", extractor.error().message));
        return nullptr;
    }
    return std::make_unique<LinesDriver>(hardware, std::move(settings), *std::move(extractor), std::move(channels),
                                         parameters.time("stale-after").value_or(1min));
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "lines",
                  .summary = "Numbers in lines of text or JSON that come over a serial port: Arduino, ESP, meters",
                  .options = linux_::serialOptions("115200").with(kOptions),
                  .channelOptions = kOfChannel,
                  .make = [hardware](Parameters& parameters) { return make(parameters, hardware); }});
}

}  // namespace pegasus::drivers::lines
