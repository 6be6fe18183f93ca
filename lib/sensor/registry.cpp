// SPDX-License-Identifier: Apache-2.0
// Checks in the order of the file: bounds, names, values, what the factory says, channels.
#include "sensor/registry.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "sensor/channel_text.hpp"
#include "sensor/refine.hpp"

namespace pegasus::sensor {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxParameter = 4096;

constexpr std::string_view kDerivedNames[] = {"dew_point", "sea_level_pressure"};
constexpr Option kCommon[] = {
    {.name = "interval", .kind = OptionKind::Time, .help = "Time between two readings", .standard = "20s", .least = 0.1, .most = 86'400},
    {.name = "enabled", .kind = OptionKind::Flag, .help = "Whether the sensor is read", .standard = "true"},
    {.name = "derived", .kind = OptionKind::List, .help = "Channels computed from others: dew_point from temperature and humidity, sea_level_pressure from pressure and temperature", .choices = kDerivedNames},
    {.name = "station-altitude", .kind = OptionKind::Number, .help = "Height above the sea, for sea_level_pressure", .unit = "m", .least = -500, .most = 9000},
};

constexpr Option kCommonOfChannel[] = {
    {.name = "offset", .kind = OptionKind::Number, .help = "Correction: value = (value + offset) * scale"},
    {.name = "scale", .kind = OptionKind::Number, .help = "Correction, after the offset"},
    {.name = "calibrated", .kind = OptionKind::Date, .help = "When the correction was found"},
    {.name = "minimum", .kind = OptionKind::Number, .help = "A value below is bad: out of range; after the correction"},
    {.name = "maximum", .kind = OptionKind::Number, .help = "A value above is bad: out of range"},
    {.name = "jump", .kind = OptionKind::Number, .help = "More change within a minute is uncertain until a second reading confirms it; 0: any is believed", .least = 0},
    {.name = "stuck-after", .kind = OptionKind::Time, .help = "A value that did not change at all for so long is uncertain; 0s: for ever", .least = 0, .most = 2'592'000},
};

std::vector<std::string> namesOf(std::span<const Option> options) {
    std::vector<std::string> names;
    for (const auto& option : options) names.emplace_back(option.name);
    return names;
}

const Option* optionNamed(std::span<const Option> options, std::string_view name) {
    const auto found = std::ranges::find(options, name, &Option::name);
    return found == options.end() ? nullptr : &*found;
}

void checkBounds(Parameters& parameters) {
    const auto& config = parameters.config();
    if (!isIdentifier(config.id))
        parameters.wrong("", "the id must be 1 to 64 of a-z 0-9 _ -, starting with a letter or digit");
    if (config.name.size() > kMaxName)
        parameters.wrong("name", fmt::format("name has {} bytes, at most {} fit", config.name.size(), kMaxName));
    if (config.interval < defaults::kLeastSensorInterval || config.interval > defaults::kMostSensorInterval)
        parameters.wrong("interval", fmt::format("interval is {} us, expected 100 ms to 1 day", config.interval.count()));
    if (config.timeout < 10ms || config.timeout > 10min)
        parameters.wrong("timeout", fmt::format("timeout is {} us, expected 10 ms to 10 min", config.timeout.count()));
    for (const auto& [name, value] : config.parameters)
        for (const auto& item : value.items)
            if (item.size() > kMaxParameter)
                parameters.wrong(name, fmt::format("parameter '{}' has {} bytes, at most {} fit", name.substr(0, 64), item.size(), kMaxParameter));
}

void checkValue(Parameters& parameters, const Option& option, const std::string& key, const Given& given) {
    if (const auto fine = checkOption(option, given); !fine) parameters.wrong(key, fine.error().message);
}

/// An option of a channel: of the type, or one that all have.
void checkChannelKey(Parameters& parameters, const std::string& key, const Given& given) {
    const auto found = channelKey(key);
    const auto own = parameters.type().channelOptions;
    if (!found) return parameters.wrong(key, "channels is a map of quantities, such as channels: {temperature: {maximum: 60}}");
    const auto* option = optionNamed(own, found->option);
    if (option == nullptr) option = optionNamed(commonChannelOptions(), found->option);
    if (option != nullptr) return checkValue(parameters, *option, key, given);
    auto names = namesOf(own);
    std::ranges::copy(namesOf(commonChannelOptions()), std::back_inserter(names));
    const auto near = suggestion(found->option, names);
    parameters.wrong(key, fmt::format("channel '{}' has no parameter '{}'{}", quotable(found->quantity, 64), quotable(found->option, 64),
                                      near.empty() ? "; it may have " + listed(names) : near));
}

void checkNames(Parameters& parameters) {
    const auto& type = parameters.type();
    auto known = namesOf(type.options);
    known.insert(known.end(), {"channels", "type"});  // what every sensor has
    for (const auto& option : commonOptions()) known.emplace_back(option.name);
    for (const auto& [key, given] : parameters.config().parameters) {
        const auto* common = optionNamed(commonOptions(), key);
        if (key.starts_with("channels.") || key == "channels") {
            checkChannelKey(parameters, key, given);
        } else if (const auto* option = optionNamed(type.options, key)) {
            checkValue(parameters, *option, key, given);
        } else if (common != nullptr) {
            checkValue(parameters, *common, key, given);
        } else {
            const auto near = suggestion(key, known);
            parameters.wrong(key, fmt::format("type '{}' has no parameter '{}'{}", type.name, key.substr(0, 64),
                                              near.empty() ? "; it has " + listed(namesOf(type.options)) : near));
        }
    }
    for (const auto& quantity : parameters.described())
        for (const auto& option : type.channelOptions)
            if (option.needed && !parameters.has(channelKey(quantity, option.name)))
                parameters.wrong("channels." + quantity, fmt::format("channel '{}': parameter '{}' is needed", quotable(quantity, 64), option.name));
    for (const auto& option : type.options)
        if (option.needed && !parameters.has(option.name))
            parameters.wrong("", fmt::format("parameter '{}' is needed for type '{}'", option.name, type.name));
}

/// Quantities that `channels:` names must be there, where the configuration tells which there are.
void checkQuantities(Parameters& parameters, const Driver& driver) {
    std::vector<std::string> known;
    for (const auto& channel : driver.channels()) known.push_back(channel.quantity);
    if (known.empty()) return;
    for (const auto& [key, given] : parameters.config().parameters) {
        const auto named = channelKey(key);
        if (!named || std::ranges::find(known, named->quantity) != known.end()) continue;
        parameters.wrong(key, fmt::format("there is no channel '{}' (there are {}){}", quotable(named->quantity, 64), listed(known),
                                          suggestion(named->quantity, known)));
    }
}

const DriverType kNone{.name = "", .summary = ""};

}  // namespace

std::span<const Option> commonOptions() { return kCommon; }
std::span<const Option> commonChannelOptions() { return kCommonOfChannel; }

bool isIdentifier(std::string_view id) {
    const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !id.empty() && id.size() <= 64 && alphanumeric(id.front()) &&
           std::ranges::all_of(id, [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; });
}

std::string suggestion(std::string_view got, std::span<const std::string> known) {
    const auto near = nearest(got, known);
    return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

std::string listed(std::span<const std::string> names) { return fmt::format("{}", fmt::join(names, ", ")); }

void Registry::add(DriverType type) { types_.insert_or_assign(std::string(type.name), std::move(type)); }

std::vector<std::string> Registry::names() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : types_) names.push_back(name);
    return names;
}

std::vector<const DriverType*> Registry::types() const {
    std::vector<const DriverType*> all;
    for (const auto& [name, type] : types_) all.push_back(&type);
    return all;
}

const DriverType* Registry::find(std::string_view name) const {
    const auto it = types_.find(name);
    return it == types_.end() ? nullptr : &it->second;
}

struct Registry::Made {
    Parameters parameters;
    std::unique_ptr<Driver> driver;
};

Registry::Made Registry::make(const SensorConfig& config) const {
    const auto* type = find(config.type);
    Made made{Parameters(config, type == nullptr ? kNone : *type), nullptr};
    auto& parameters = made.parameters;
    checkBounds(parameters);
    if (type == nullptr) {
        const auto known = names();
        parameters.wrong("type", fmt::format("there is no sensor type '{}' (there are {}){}", config.type.substr(0, 64), listed(known),
                                             suggestion(config.type, known)));
        return made;
    }
    checkNames(parameters);
    made.driver = type->make(parameters);
    if (made.driver == nullptr) return made;
    checkQuantities(parameters, *made.driver);
    auto refinement = refinementOf(parameters, made.driver->channels());
    made.driver = refined(std::move(made.driver), std::move(refinement), *clock_);
    return made;
}

Registry::Checked Registry::check(const SensorConfig& config) const {
    const auto made = make(config);  // made to be checked
    return {made.parameters.problems(), made.parameters.claims()};
}

Result<std::unique_ptr<Driver>> Registry::create(const SensorConfig& config) const {
    auto made = make(config);
    const auto& problems = made.parameters.problems();
    if (problems.empty() && made.driver != nullptr) return std::move(made.driver);
    std::string all;
    for (const auto& problem : problems)
        all += fmt::format("{}sensor '{}': {}", all.empty() ? "" : "\n", config.id.substr(0, 80), problem.text);
    return fail(ErrorCode::Config, "{}", all);
}

}  // namespace pegasus::sensor
