// SPDX-License-Identifier: Apache-2.0
// Typed values of parameters.
#include "sensor/parameters.hpp"

#include <algorithm>
#include <set>

#include "base/duration_text.hpp"
#include "base/words.hpp"

namespace pegasus::sensor {
namespace {

constexpr std::string_view kChannels = "channels.";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<ChannelKey> channelKey(std::string_view key) {
    if (!key.starts_with(kChannels)) return std::nullopt;
    const auto rest = key.substr(kChannels.size());
    const auto dot = rest.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == rest.size()) return std::nullopt;
    return ChannelKey{std::string(rest.substr(0, dot)), std::string(rest.substr(dot + 1))};
}

std::string channelKey(std::string_view quantity, std::string_view option) {
    return fmt::format("{}{}.{}", kChannels, quantity, option);
}

bool Parameters::has(std::string_view name) const { return config_->parameters.contains(std::string(name)); }

std::optional<Given> Parameters::value(std::span<const Option> options, std::string_view name, const std::string& key) {
    const auto* option = std::ranges::find(options, name, &Option::name) == options.end() ? nullptr
                                                                                         : &*std::ranges::find(options, name, &Option::name);
    if (option == nullptr) {
        wrong("", fmt::format("type '{}' asks for the parameter '{}', which it does not declare", config_->type, name));
        return std::nullopt;
    }
    const auto given = config_->parameters.find(key);
    if (given != config_->parameters.end() && checkOption(*option, given->second)) return given->second;
    if (option->standard.empty()) return std::nullopt;
    return Given(std::string(option->standard));
}

std::optional<Given> Parameters::value(std::string_view name) { return value(type_->options, name, std::string(name)); }

std::optional<std::string> Parameters::text(std::string_view name) {
    const auto found = value(name);
    return found && found->items.size() == 1 ? std::optional(found->items.front()) : std::nullopt;
}

std::string Parameters::textOr(std::string_view name, std::string_view fallback) { return text(name).value_or(std::string(fallback)); }

std::optional<Decimal> Parameters::decimal(std::string_view name) {
    const auto found = text(name);
    if (!found) return std::nullopt;
    const auto parsed = Decimal::parse(trimmed(*found));
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<double> Parameters::number(std::string_view name) {
    const auto found = decimal(name);
    return found ? std::optional(found->toDouble()) : std::nullopt;
}

std::optional<std::int64_t> Parameters::whole(std::string_view name) {
    const auto found = text(name);
    return found ? parseWhole(*found) : std::nullopt;
}

std::optional<Duration> Parameters::time(std::string_view name) {
    const auto found = text(name);
    return found ? parseDuration(*found) : std::nullopt;
}

bool Parameters::flag(std::string_view name) {
    const auto found = text(name);
    return found && truthValue(*found).value_or(false);
}

std::vector<std::string> Parameters::list(std::string_view name) {
    const auto found = value(name);
    if (!found) return {};
    return itemsOf(*std::ranges::find(type_->options, name, &Option::name), *found);
}

std::size_t Parameters::choice(std::string_view name) {
    const auto found = text(name);
    const auto option = std::ranges::find(type_->options, name, &Option::name);
    if (!found || option == type_->options.end()) return 0;
    const auto chosen = std::ranges::find(option->choices, *found);
    return chosen == option->choices.end() ? 0 : static_cast<std::size_t>(chosen - option->choices.begin());
}

std::vector<std::string> Parameters::described() const {
    std::set<std::string> quantities;
    for (const auto& [key, given] : config_->parameters)
        if (const auto found = channelKey(key)) quantities.insert(found->quantity);
    return {quantities.begin(), quantities.end()};
}

std::optional<std::string> Parameters::ofChannel(std::string_view quantity, std::string_view option) {
    const auto found = value(type_->channelOptions, option, channelKey(quantity, option));
    return found && found->items.size() == 1 ? std::optional(found->items.front()) : std::nullopt;
}

std::optional<std::string> Parameters::common(const std::string& key, std::string_view option) {
    const auto options = key.starts_with(kChannels) ? commonChannelOptions() : commonOptions();
    const auto found = value(options, option, key);
    return found && found->items.size() == 1 ? std::optional(found->items.front()) : std::nullopt;
}

std::vector<std::string> Parameters::commonList(std::string_view option) {
    const auto options = commonOptions();
    const auto found = value(options, option, std::string(option));
    return found ? itemsOf(*std::ranges::find(options, option, &Option::name), *found) : std::vector<std::string>();
}

void Parameters::wrong(std::string_view name, std::string text) { problems_.push_back({std::string(name), std::move(text)}); }

void Parameters::claim(std::string_view parameter, std::string resource) { claims_.push_back({std::string(parameter), std::move(resource)}); }

}  // namespace pegasus::sensor
