// SPDX-License-Identifier: Apache-2.0
// The two tables of units.
#include "drivers/sysfs/units.hpp"

#include <algorithm>
#include <span>

#include "sensor/channel_text.hpp"

namespace pegasus::drivers::sysfs {
namespace {

using sensor::Decimal;

struct Row {
    std::string_view kind;
    std::string_view quantity;
    std::string_view unit;  // UCUM
    Decimal factor;
    std::string_view kernelUnit;
    std::optional<double> minimum;
    std::optional<double> maximum;
};

// Nothing that is measured this way is colder or hotter (a thermocouple of type C ends at 2315 degrees): a value outside is a
// broken wire, or a register that was read as it is after a reset.
constexpr double kColdest = -270;
constexpr double kHottest = 3000;

const Row kHwmon[] = {
    {"temp", "temperature", "Cel", {1, -3}, "mCel", kColdest, kHottest},
    {"in", "voltage", "V", {1, -3}, "mV", std::nullopt, std::nullopt},
    {"curr", "current", "A", {1, -3}, "mA", std::nullopt, std::nullopt},
    {"power", "power", "W", {1, -6}, "uW", std::nullopt, std::nullopt},
    {"energy", "energy", "J", {1, -6}, "uJ", std::nullopt, std::nullopt},
    {"humidity", "humidity", "%", {1, -3}, "m%", 0, 100},
    {"fan", "fan_speed", "/min", {1, 0}, "/min", 0, std::nullopt},
};

const Row kIio[] = {
    {"temp", "temperature", "Cel", {1, -3}, "mCel", kColdest, kHottest},
    {"humidityrelative", "humidity", "%", {1, -3}, "m%", 0, 100},
    {"pressure", "pressure", "hPa", {1, 1}, "kPa", 0, std::nullopt},
    {"illuminance", "illuminance", "lx", {1, 0}, "lx", 0, std::nullopt},
    {"concentration", "concentration", "[ppm]", {1, 4}, "%", 0, 1e6},
    {"massconcentration", "mass_concentration", "ug/m3", {1, 0}, "ug/m3", 0, std::nullopt},
    {"resistance", "resistance", "Ohm", {1, 0}, "Ohm", 0, std::nullopt},
    {"voltage", "voltage", "V", {1, -3}, "mV", std::nullopt, std::nullopt},
    {"current", "current", "A", {1, -3}, "mA", std::nullopt, std::nullopt},
    {"distance", "distance", "m", {1, 0}, "m", std::nullopt, std::nullopt},
    {"proximity", "proximity", "m", {1, 0}, "m", std::nullopt, std::nullopt},
};

constexpr std::size_t kMaxChannelName = 64;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// "co2", "pm2_5" for the modifiers "co2", "pm2p5": a p between digits is the kernel's decimal point.
std::string modifierName(std::string_view modifier) {
    std::string name(modifier);
    for (std::size_t i = 1; i + 1 < name.size(); ++i)
        if (name[i] == 'p' && isDigit(name[i - 1]) && isDigit(name[i + 1])) name[i] = '_';
    return name;
}

Result<Conversion> lookUp(std::string_view channel, std::span<const Row> rows) {
    const auto safe = [](char c) { return isDigit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-'; };
    const auto kind = channelKind(channel);
    const auto row = std::ranges::find(rows, kind, &Row::kind);
    if (row == rows.end() || channel.size() > kMaxChannelName || !std::ranges::all_of(channel, safe)) {
        std::string known;
        for (const auto& r : rows) known += (known.empty() ? "" : ", ") + std::string(r.kind);
        return fail(ErrorCode::InvalidArgument,
                    "channel '{}' is of no known kind (known are {}): it needs quantity and unit, as a single channel",
                    sensor::quotable(channel), known);
    }
    const auto underscore = channel.find('_');
    auto quantity = underscore == std::string_view::npos ? std::string(row->quantity)
                                                         : modifierName(channel.substr(underscore + 1));
    return Conversion{{quantity, std::string(row->unit), row->minimum, row->maximum},
                      row->factor,
                      std::string(row->kernelUnit)};
}

std::optional<double> divided(const std::optional<double>& bound, const Decimal& factor) {
    if (!bound) return std::nullopt;
    return *bound / factor.toDouble();
}

}  // namespace

std::string_view channelKind(std::string_view channel) {
    const auto end = std::ranges::find_if(channel, [](char c) { return isDigit(c) || c == '_' || c == '-'; });
    return channel.substr(0, static_cast<std::size_t>(end - channel.begin()));
}

bool isChannelName(std::string_view channel) {
    const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '/'; };
    return !channel.empty() && channel.size() <= kMaxChannelName && std::ranges::all_of(channel, plain);
}

std::vector<std::string> attributeNames(std::string_view channel) {
    std::vector<std::string> names{std::string(channel)};
    const auto dash = channel.find('-');
    std::string shared(channelKind(channel));
    if (dash != std::string_view::npos) shared += "-" + std::string(channelKind(channel.substr(dash + 1)));
    if (shared != names.front()) names.push_back(std::move(shared));
    return names;
}

Conversion inUnit(Conversion conversion, const std::string& unit) {
    auto& channel = conversion.channel;
    if (unit == channel.unit) return conversion;
    const bool kernels = unit == conversion.kernelUnit;
    channel.minimum = kernels ? divided(channel.minimum, conversion.factor) : std::nullopt;
    channel.maximum = kernels ? divided(channel.maximum, conversion.factor) : std::nullopt;
    if (kernels) conversion.factor = {1, 0};
    channel.unit = unit;
    return conversion;
}

Result<Conversion> hwmonConversion(std::string_view channel) {
    if (channel.find_first_of("_-") != std::string_view::npos || channel.empty() || !isDigit(channel.back()))
        return fail(ErrorCode::InvalidArgument, "channel '{}': expected a kind and a number, such as temp1",
                    sensor::quotable(channel));
    return lookUp(channel, kHwmon);
}

Result<Conversion> iioConversion(std::string_view channel) { return lookUp(channel, kIio); }

}  // namespace pegasus::drivers::sysfs
