// SPDX-License-Identifier: Apache-2.0
// The two tables of units.
#include "drivers/sysfs/units.hpp"

#include <algorithm>
#include <span>

namespace pegasus::drivers::sysfs {
namespace {

struct Row {
    std::string_view kind;
    std::string_view quantity;
    std::string_view unit;  // UCUM
    double factor;
    std::optional<double> minimum;
    std::optional<double> maximum;
};

constexpr double kAbsoluteZero = -273.15;

const Row kHwmon[] = {
    {"temp", "temperature", "Cel", 1e-3, kAbsoluteZero, std::nullopt},
    {"in", "voltage", "V", 1e-3, std::nullopt, std::nullopt},
    {"curr", "current", "A", 1e-3, std::nullopt, std::nullopt},
    {"power", "power", "W", 1e-6, std::nullopt, std::nullopt},
    {"energy", "energy", "J", 1e-6, std::nullopt, std::nullopt},
    {"humidity", "humidity", "%", 1e-3, 0, 100},
    {"fan", "fan_speed", "/min", 1, 0, std::nullopt},
};

const Row kIio[] = {
    {"temp", "temperature", "Cel", 1e-3, kAbsoluteZero, std::nullopt},
    {"humidityrelative", "humidity", "%", 1e-3, 0, 100},
    {"pressure", "pressure", "hPa", 10, 0, std::nullopt},  // the kernel's kPa
    {"illuminance", "illuminance", "lx", 1, 0, std::nullopt},
    {"concentration", "concentration", "[ppm]", 1e4, 0, 1e6},  // the kernel's percent
    {"massconcentration", "mass_concentration", "ug/m3", 1, 0, std::nullopt},
    {"resistance", "resistance", "Ohm", 1, 0, std::nullopt},
    {"voltage", "voltage", "V", 1e-3, std::nullopt, std::nullopt},
    {"current", "current", "A", 1e-3, std::nullopt, std::nullopt},
    {"distance", "distance", "m", 1, std::nullopt, std::nullopt},
    {"proximity", "proximity", "m", 1, std::nullopt, std::nullopt},
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// "co2", "pm2_5" for the modifiers "co2", "pm2p5": a p between digits is the kernel's decimal point.
std::string modifierName(std::string_view modifier) {
    std::string name(modifier);
    for (std::size_t i = 1; i + 1 < name.size(); ++i)
        if (name[i] == 'p' && isDigit(name[i - 1]) && isDigit(name[i + 1])) name[i] = '_';
    return name;
}

Result<Conversion> lookUp(std::string_view channel, std::span<const Row> rows) {
    const auto safe = [](char c) { return isDigit(c) || (c >= 'a' && c <= 'z') || c == '_'; };
    const auto kind = channelKind(channel);
    const auto row = std::ranges::find(rows, kind, &Row::kind);
    if (row == rows.end() || channel.size() > 64 || !std::ranges::all_of(channel, safe)) {
        std::string known;
        for (const auto& r : rows) known += (known.empty() ? "" : ", ") + std::string(r.kind);
        return fail(ErrorCode::InvalidArgument, "channel '{}' is of no known kind; known are {}", channel.substr(0, 64),
                    known);
    }
    const auto underscore = channel.find('_');
    auto quantity = underscore == std::string_view::npos ? std::string(row->quantity)
                                                         : modifierName(channel.substr(underscore + 1));
    return Conversion{{quantity, std::string(row->unit), row->minimum, row->maximum}, row->factor};
}

}  // namespace

std::string_view channelKind(std::string_view channel) {
    const auto end = std::ranges::find_if(channel, [](char c) { return isDigit(c) || c == '_'; });
    return channel.substr(0, static_cast<std::size_t>(end - channel.begin()));
}

Result<Conversion> hwmonConversion(std::string_view channel) {
    if (channel.find('_') != std::string_view::npos || channel.empty() || !isDigit(channel.back()))
        return fail(ErrorCode::InvalidArgument, "channel '{}': expected a kind and a number, such as temp1",
                    channel.substr(0, 64));
    return lookUp(channel, kHwmon);
}

Result<Conversion> iioConversion(std::string_view channel) { return lookUp(channel, kIio); }

}  // namespace pegasus::drivers::sysfs
