// SPDX-License-Identifier: Apache-2.0
// One step after another for each channel: range of the source, correction, jump, standing still; then what is computed.
#include "sensor/refine.hpp"

#include <algorithm>
#include <cmath>

#include "base/duration_text.hpp"

namespace pegasus::sensor {
namespace {

constexpr Threshold kThresholds[] = {
    {"temperature", 10, 6h}, {"humidity", 30, 6h},  {"pressure", 5, 6h},     {"co2", 5000, 6h},  {"illuminance", 0, 48h},
    {"pm1", 0, 48h},         {"pm2_5", 0, 48h},     {"pm4", 0, 48h},         {"pm10", 0, 48h},   {"gas_resistance", 0, 6h},
    {"tvoc", 0, 48h},        {"voc_raw", 0, 6h}};
constexpr int kLeastRepeats = 5;  // readings that are the same before a value may stand still

/// What is remembered of a channel.
struct Memory {
    std::optional<double> value;      // the last that was believed
    SteadyTime at;
    std::optional<double> candidate;  // a jump that waits to be confirmed
    SteadyTime changed;               // since when the value is what it is
    std::optional<double> same;
    int repeats = 0;
};

void doubt(Reading& reading, std::string reason) {
    if (reading.quality != Quality::Good) return;
    reading.quality = Quality::Uncertain;
    reading.reason = std::move(reason);
}

double corrected(double value, const ChannelSettings& settings) {
    auto measured = Measured::parse(fmt::format("{}", value));
    if (!measured || !settings.corrects()) return value;
    if (settings.offset) *measured = measured->plus(*settings.offset);
    return (settings.scale ? measured->times(*settings.scale) : *measured).published();
}

void checkRange(Reading& reading, const Channel& channel) {
    const double value = *reading.value;
    const bool low = channel.minimum && value < *channel.minimum;
    if (!low && !(channel.maximum && value > *channel.maximum)) return;
    reading.quality = Quality::Bad;
    reading.reason = fmt::format("out of range: {} is {} possible {}", value, low ? "below the least" : "above the greatest", low ? *channel.minimum : *channel.maximum);
}

class RefinedDriver final : public Driver {
public:
    RefinedDriver(std::unique_ptr<Driver> driver, Refinement refinement, const Clock& clock)
        : driver_(std::move(driver)), refinement_(std::move(refinement)), clock_(clock), memories_(refinement_.channels.size()),
          known_(outer(driver_->channels())) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return known_; }

    [[nodiscard]] Result<Opened> open(std::stop_token stop) override {
        PEGASUS_TRY(auto opened, driver_->open(std::move(stop)));
        inner_ = std::move(opened.channels);
        opened.channels = outer(inner_);
        std::string newest;
        for (const auto& settings : refinement_.channels) newest = std::max(newest, settings.calibrated);
        if (!newest.empty()) opened.provenance["calibrated"] = newest;
        return opened;
    }

    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token stop) override {
        PEGASUS_TRY(auto readings, driver_->read(std::move(stop)));
        for (auto& reading : readings) refine(reading);
        if (refinement_.dewPoint) readings.push_back(computed("dew_point", "Cel", readings, "temperature", "humidity"));
        if (refinement_.altitude) readings.push_back(computed("sea_level_pressure", "hPa", readings, "pressure", "temperature"));
        return readings;
    }

    [[nodiscard]] Attention attention() const override { return driver_->attention(); }
    [[nodiscard]] bool attend() override { return driver_->attend(); }

private:
    /// The channels as they are told: with the user's range, and none of the source where a correction makes it meaningless.
    [[nodiscard]] std::vector<Channel> outer(std::vector<Channel> channels) const {
        if (channels.empty()) return channels;
        for (auto& channel : channels) {
            const auto settings = std::ranges::find(refinement_.channels, channel.quantity, &ChannelSettings::quantity);
            if (settings == refinement_.channels.end()) continue;
            if (settings->corrects()) channel.minimum = channel.maximum = std::nullopt;
            if (settings->minimum) channel.minimum = settings->minimum;
            if (settings->maximum) channel.maximum = settings->maximum;
        }
        if (refinement_.dewPoint) channels.push_back({"dew_point", "Cel", std::nullopt, std::nullopt});
        if (refinement_.altitude) channels.push_back({"sea_level_pressure", "hPa", std::nullopt, std::nullopt});
        return channels;
    }

    void refine(Reading& reading) {
        const auto settings = std::ranges::find(refinement_.channels, reading.quantity, &ChannelSettings::quantity);
        if (settings == refinement_.channels.end() || !reading.value || !std::isfinite(*reading.value)) return;
        const auto source = std::ranges::find(inner_, reading.quantity, &Channel::quantity);
        if (source != inner_.end()) checkRange(reading, *source);
        reading.value = corrected(*reading.value, *settings);
        if (reading.quality == Quality::Bad) return;
        auto& memory = memories_[static_cast<std::size_t>(settings - refinement_.channels.begin())];
        checkJump(reading, *settings, memory);
        checkStill(reading, *settings, memory);
    }

    void checkJump(Reading& reading, const ChannelSettings& settings, Memory& memory) const {
        const auto now = clock_.steady();
        const double value = *reading.value;
        const double minutes = std::max(1.0, std::chrono::duration<double, std::ratio<60>>(now - memory.at).count());
        const double most = settings.jump * minutes;
        const auto near = [&](const std::optional<double>& other) { return other && std::abs(value - *other) <= most; };
        if (settings.jump > 0 && memory.value && !near(memory.value) && !near(memory.candidate)) {
            doubt(reading, fmt::format("jump: by {:.4g} in {:.2g} min, at most {} a minute are believed", value - *memory.value, minutes, settings.jump));
            memory.candidate = value;
            return;
        }
        memory.candidate.reset();
        memory.value = value;
        memory.at = now;
    }

    void checkStill(Reading& reading, const ChannelSettings& settings, Memory& memory) const {
        const auto now = clock_.steady();
        if (memory.same != reading.value) {
            memory.same = reading.value;
            memory.changed = now;
            memory.repeats = 0;
        }
        ++memory.repeats;
        const auto still = now - memory.changed;
        if (settings.stuckAfter > Duration(0) && memory.repeats > kLeastRepeats && still >= settings.stuckAfter)
            doubt(reading, fmt::format("stuck: {} for {} minutes", *reading.value, std::chrono::floor<std::chrono::minutes>(still).count()));
    }

    /// A channel from two others, no better than the worse of them.
    [[nodiscard]] Reading computed(const char* quantity, const char* unit, const std::vector<Reading>& readings, std::string_view first,
                                   std::string_view second) const {
        Reading reading{quantity, unit, std::nullopt, {}, Quality::Missing, {}};
        const auto a = std::ranges::find(readings, first, &Reading::quantity);
        const auto b = std::ranges::find(readings, second, &Reading::quantity);
        for (const auto& [input, name] : {std::pair(a, first), std::pair(b, second)}) {
            if (input != readings.end() && input->value && input->quality != Quality::Bad) continue;
            reading.reason = fmt::format("{} is not there", name);
            return reading;
        }
        const bool dew = refinement_.dewPoint && reading.quantity == "dew_point";
        if (dew && *b->value <= 0) {
            reading.reason = "no dew without humidity";
            return reading;
        }
        const double value = dew ? dewPoint(*a->value, *b->value) : seaLevelPressure(*a->value, *b->value, *refinement_.altitude);
        reading.value = roundedTo(value, 0.01, 2);
        const auto& worse = a->quality == Quality::Good ? *b : *a;
        reading.quality = worse.quality;
        reading.reason = worse.reason;
        return reading;
    }

    std::unique_ptr<Driver> driver_;
    const Refinement refinement_;
    const Clock& clock_;
    std::vector<Memory> memories_;  // one for each of the settings
    const std::vector<Channel> known_;
    std::vector<Channel> inner_;    // as the driver has them
};

ChannelSettings settingsOf(Parameters& parameters, const std::string& quantity, bool nature) {
    ChannelSettings settings;
    settings.quantity = quantity;
    const auto given = [&](const char* option) { return parameters.common(channelKey(quantity, option), option); };
    const auto decimal = [&](const char* option) -> std::optional<Decimal> {
        const auto text = given(option);
        const auto number = text ? Decimal::parse(*text) : Decimal::parse("");
        return number ? std::optional(*number) : std::nullopt;
    };
    if (const auto text = given("offset"))
        if (const auto offset = Measured::parse(*text)) settings.offset = *offset;
    settings.scale = decimal("scale");
    if (settings.scale && settings.scale->isZero()) parameters.wrong(channelKey(quantity, "scale"), "parameter 'scale' is 0: every value would be the same");
    settings.calibrated = given("calibrated").value_or("");
    if (const auto minimum = decimal("minimum")) settings.minimum = minimum->toDouble();
    if (const auto maximum = decimal("maximum")) settings.maximum = maximum->toDouble();
    if (settings.minimum && settings.maximum && *settings.minimum > *settings.maximum)
        parameters.wrong(channelKey(quantity, "minimum"), fmt::format("minimum {} is above maximum {}", *settings.minimum, *settings.maximum));
    const auto usual = std::ranges::find(kThresholds, quantity, &Threshold::quantity);
    if (nature && usual != std::end(kThresholds)) {
        settings.jump = usual->jump;
        settings.stuckAfter = usual->stuckAfter;
    }
    if (const auto jump = decimal("jump")) settings.jump = jump->toDouble();
    if (const auto text = given("stuck-after")) settings.stuckAfter = parseDuration(*text).value_or(settings.stuckAfter);
    return settings;
}

}  // namespace

std::span<const Threshold> thresholds() { return kThresholds; }

Refinement refinementOf(Parameters& parameters, std::span<const Channel> channels) {
    Refinement refinement;
    const bool nature = parameters.type().nature;
    std::vector<std::string> names = parameters.described();
    if (nature)
        for (const auto& channel : channels)
            if (std::ranges::find(names, channel.quantity) == names.end()) names.push_back(channel.quantity);
    for (const auto& name : names) {
        auto settings = settingsOf(parameters, name, nature);
        if (settings.corrects() || settings.minimum || settings.maximum || settings.jump > 0 || settings.stuckAfter > Duration(0) || !settings.calibrated.empty())
            refinement.channels.push_back(std::move(settings));
    }
    const auto has = [&](std::string_view quantity) { return channels.empty() || std::ranges::find(channels, quantity, &Channel::quantity) != channels.end(); };
    const auto needs = [&](std::string_view derived, std::string_view a, std::string_view b) {
        if (!has(a) || !has(b)) parameters.wrong("derived", fmt::format("{} needs the channels {} and {}", derived, a, b));
    };
    for (const auto& derived : parameters.commonList("derived")) {
        if (derived == "dew_point") {
            refinement.dewPoint = true;
            needs(derived, "temperature", "humidity");
        } else if (derived == "sea_level_pressure") {
            needs(derived, "pressure", "temperature");
            const auto altitude = parameters.common("station-altitude", "station-altitude");
            const auto metres = altitude ? Decimal::parse(*altitude) : Decimal::parse("");
            if (!metres) parameters.wrong("derived", "sea_level_pressure needs station-altitude");
            refinement.altitude = metres ? metres->toDouble() : 0;
        }
    }
    return refinement;
}

std::unique_ptr<Driver> refined(std::unique_ptr<Driver> driver, Refinement refinement, const Clock& clock) {
    const bool nothing = refinement.channels.empty() && !refinement.dewPoint && !refinement.altitude;
    if (nothing || driver == nullptr) return driver;
    return std::make_unique<RefinedDriver>(std::move(driver), std::move(refinement), clock);
}

double dewPoint(double celsius, double humidity) {
    constexpr double a = 17.62, b = 243.12;
    const double gamma = std::log(humidity / 100) + a * celsius / (b + celsius);
    return b * gamma / (a - gamma);
}

double seaLevelPressure(double pressure, double celsius, double metres) {
    constexpr double lapse = 0.0065, exponent = 5.2559;
    return pressure * std::pow(1 - lapse * metres / (celsius + 273.15 + lapse * metres), -exponent);
}

}  // namespace pegasus::sensor
