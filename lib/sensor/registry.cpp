// SPDX-License-Identifier: Apache-2.0
// Driver types, typed parameters, and suggestions for misspelt names.
#include "sensor/registry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace pegasus::sensor {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxParameter = 4096;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Levenshtein distance of two short words.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

Result<void> checkBounds(const SensorConfig& config) {
    const Parameters here(config);
    if (!isIdentifier(config.id))
        return fail(ErrorCode::Config,
                    "sensor id '{}': expected 1 to 64 of a-z 0-9 _ -, starting with a letter or digit", config.id);
    if (config.name.size() > kMaxName)
        return fail(here.error(fmt::format("name has {} bytes, at most {} fit", config.name.size(), kMaxName)));
    if (config.interval < 50ms || config.interval > 24h)
        return fail(here.error(fmt::format("interval is {} us, expected 50 ms to 1 day", config.interval.count())));
    if (config.timeout < 10ms || config.timeout > 10min)
        return fail(here.error(fmt::format("timeout is {} us, expected 10 ms to 10 min", config.timeout.count())));
    for (const auto& [name, value] : config.parameters)
        if (value.size() > kMaxParameter)
            return fail(here.error(fmt::format("parameter '{}' has {} bytes, at most {} fit", name, value.size(),
                                               kMaxParameter)));
    return {};
}

}  // namespace

bool isIdentifier(std::string_view id) {
    const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !id.empty() && id.size() <= 64 && alphanumeric(id.front()) &&
           std::ranges::all_of(id, [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; });
}

std::string suggestion(std::string_view got, std::span<const std::string> known) {
    if (got.size() > 64 || known.empty()) return {};
    const auto nearest = std::ranges::min_element(known, {}, [&](const auto& k) { return distance(got, k); });
    if (distance(got, *nearest) > std::max<std::size_t>(2, got.size() / 3)) return {};
    return fmt::format("; did you mean '{}'?", *nearest);
}

Error Parameters::error(std::string text) const {
    return Error{ErrorCode::Config, fmt::format("sensor '{}': {}", config_->id, text)};
}

bool Parameters::has(std::string_view name) const { return text(name).has_value(); }

std::optional<std::string> Parameters::text(std::string_view name) const {
    const auto it = config_->parameters.find(std::string(name));
    if (it == config_->parameters.end()) return std::nullopt;
    return it->second;
}

std::string Parameters::text(std::string_view name, std::string_view fallback) const {
    return text(name).value_or(std::string(fallback));
}

Result<std::string> Parameters::required(std::string_view name) const {
    if (auto value = text(name); value && !value->empty()) return *value;
    return fail(error(fmt::format("parameter '{}' is needed for type '{}'", name, config_->type)));
}

Result<std::optional<double>> Parameters::number(std::string_view name) const {
    const auto value = text(name);
    if (!value) return std::optional<double>();
    const auto digits = trimmed(*value);
    double parsed = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    if (problem != std::errc() || end != digits.data() + digits.size() || !std::isfinite(parsed))
        return fail(error(fmt::format("parameter '{}' is '{}', expected a number", name, *value)));
    return std::optional<double>(parsed);
}

Result<double> Parameters::number(std::string_view name, double fallback) const {
    PEGASUS_TRY(const auto value, number(name));
    return value.value_or(fallback);
}

Result<bool> Parameters::flag(std::string_view name, bool fallback) const {
    const auto value = text(name);
    if (!value) return fallback;
    if (*value == "true" || *value == "yes") return true;
    if (*value == "false" || *value == "no") return false;
    return fail(error(fmt::format("parameter '{}' is '{}', expected true or false", name, *value)));
}

Result<std::vector<std::string>> Parameters::list(std::string_view name) const {
    std::vector<std::string> items;
    const auto value = text(name);
    if (!value) return items;
    std::string_view rest = *value;
    for (;;) {
        const auto comma = rest.find(',');
        const auto item = trimmed(rest.substr(0, comma));
        if (item.empty()) return fail(error(fmt::format("parameter '{}' has an empty item in '{}'", name, *value)));
        if (items.size() == kMaxChannels)
            return fail(error(fmt::format("parameter '{}' has more than {} items", name, kMaxChannels)));
        if (std::ranges::find(items, item) != items.end())
            return fail(error(fmt::format("parameter '{}' names '{}' twice", name, item)));
        items.emplace_back(item);
        if (comma == std::string_view::npos) return items;
        rest.remove_prefix(comma + 1);
    }
}

void Registry::add(std::string type, std::vector<std::string> parameters, DriverFactory factory) {
    types_.insert_or_assign(std::move(type), Type{std::move(parameters), std::move(factory)});
}

std::vector<std::string> Registry::types() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : types_) names.push_back(name);
    return names;
}

Result<std::unique_ptr<Driver>> Registry::create(const SensorConfig& config) const {
    PEGASUS_CHECK(checkBounds(config));
    const Parameters here(config);
    const auto type = types_.find(config.type);
    if (type == types_.end())
        return fail(here.error(
            fmt::format("there is no sensor type '{}'{}", config.type, suggestion(config.type, types()))));
    for (const auto& [name, value] : config.parameters)
        if (std::ranges::find(type->second.parameters, name) == type->second.parameters.end())
            return fail(here.error(fmt::format("type '{}' has no parameter '{}'{}", config.type, name,
                                               suggestion(name, type->second.parameters))));
    PEGASUS_TRY(auto driver, type->second.factory(config));
    if (driver->channels().empty() || driver->channels().size() > kMaxChannels)
        return fail(here.error(
            fmt::format("{} channels, expected 1 to {}", driver->channels().size(), kMaxChannels)));
    return driver;
}

}  // namespace pegasus::sensor
