// SPDX-License-Identifier: Apache-2.0
// The rules for nonsense: missing, not finite, wrong unit, out of range, time in doubt.
#include "sensor/judge.hpp"

#include <algorithm>
#include <cmath>

namespace pegasus::sensor {
namespace {

constexpr std::size_t kMaxReason = 120;

std::string shortened(std::string reason) {
    if (reason.size() > kMaxReason) reason.resize(kMaxReason);
    return reason;
}

void mark(Reading& reading, Quality quality, std::string reason) {
    reading.quality = quality;
    reading.reason = shortened(std::move(reason));
}

void checkValue(Reading& reading, const Channel& channel, const std::string& unit) {
    const double value = *reading.value;
    if (!std::isfinite(value)) {
        reading.value.reset();
        mark(reading, Quality::Bad, "not a finite number");
    } else if (unit != channel.unit) {
        reading.value.reset();  // it would be told under a unit that it is not in
        mark(reading, Quality::Bad, fmt::format("unit '{}', expected '{}'", unit, channel.unit));
    } else if (channel.minimum && value < *channel.minimum) {
        mark(reading, Quality::Bad, fmt::format("out of range: {} is below the least possible {}", value, *channel.minimum));
    } else if (channel.maximum && value > *channel.maximum) {
        mark(reading, Quality::Bad, fmt::format("out of range: {} is above the greatest possible {}", value, *channel.maximum));
    }
}

Reading judgeOne(const Channel& channel, const Reading* got, Timestamp time, const std::string& doubt) {
    Reading reading{channel.quantity, channel.unit, std::nullopt, time, Quality::Good, {}};
    if (got == nullptr) {
        mark(reading, Quality::Missing, "not in the answer");
        return reading;
    }
    mark(reading, got->quality, got->reason);
    if (got->quality == Quality::Missing) return reading;
    if (!got->value) {
        if (reading.quality != Quality::Bad) mark(reading, Quality::Missing, "no value");
        return reading;
    }
    reading.value = got->value;
    checkValue(reading, channel, got->unit);
    if (reading.quality == Quality::Good && !doubt.empty()) mark(reading, Quality::Uncertain, doubt);
    return reading;
}

}  // namespace

std::vector<Reading> judge(std::span<const Channel> channels, const ReadOutcome& outcome, Timestamp time,
                           const std::string& doubt) {
    if (!outcome) return missing(channels, time, outcome.error().message);
    std::vector<Reading> readings;
    readings.reserve(channels.size());
    for (const auto& channel : channels) {
        const auto got = std::ranges::find(*outcome, channel.quantity, &Reading::quantity);
        readings.push_back(judgeOne(channel, got == outcome->end() ? nullptr : &*got, time, doubt));
    }
    return readings;
}

std::vector<Reading> missing(std::span<const Channel> channels, Timestamp time, const std::string& reason) {
    std::vector<Reading> readings;
    readings.reserve(channels.size());
    for (const auto& channel : channels)
        readings.push_back(
            {channel.quantity, channel.unit, std::nullopt, time, Quality::Missing, shortened(reason)});
    return readings;
}

}  // namespace pegasus::sensor
