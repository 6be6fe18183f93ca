// SPDX-License-Identifier: Apache-2.0
// Driver types, typed parameters, and suggestions for misspelt names.
#include "sensor/registry.hpp"

#include <algorithm>
#include <numeric>

#include "base/words.hpp"
#include "sensor/channel_text.hpp"

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
        if (value.size() > kMaxParameter)
            parameters.wrong(name, fmt::format("parameter '{}' has {} bytes, at most {} fit", name.substr(0, 64),
                                               value.size(), kMaxParameter));
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

std::string listed(std::span<const std::string> names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

void Parameters::wrong(std::string_view name, std::string text) {
    problems_.push_back({std::string(name), std::move(text)});
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

std::string Parameters::required(std::string_view name) {
    if (auto value = text(name); value && !value->empty()) return *value;
    wrong(has(name) ? name : "", fmt::format("parameter '{}' is needed for type '{}'", name, config_->type));
    return {};
}

std::optional<Decimal> Parameters::decimal(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    auto parsed = Decimal::parse(trimmed(*value));
    if (parsed) return *parsed;
    const bool comma = value->find(',') != std::string::npos;
    wrong(name, fmt::format("parameter '{}' is '{}', expected a number{}", name, value->substr(0, 64),
                            comma ? ", with a point" : ""));
    return std::nullopt;
}

std::optional<double> Parameters::number(std::string_view name) {
    const auto value = decimal(name);
    if (!value) return std::nullopt;
    return value->toDouble();
}

bool Parameters::flag(std::string_view name, bool fallback) {
    const auto value = text(name);
    if (!value) return fallback;
    if (const auto truth = truthValue(*value)) return *truth;
    wrong(name, fmt::format("parameter '{}' is '{}', expected true or false", name, value->substr(0, 64)));
    return fallback;
}

std::vector<std::string> Parameters::list(std::string_view name) {
    std::vector<std::string> items;
    const auto value = text(name);
    if (!value) return items;
    std::string_view rest = *value;
    for (;;) {
        const auto comma = rest.find(',');
        const auto item = trimmed(rest.substr(0, comma));
        if (item.empty()) {
            wrong(name, fmt::format("parameter '{}' has an empty item in '{}'", name, value->substr(0, 64)));
        } else if (items.size() == kMaxChannels) {
            wrong(name, fmt::format("parameter '{}' has more than {} items", name, kMaxChannels));
            return items;
        } else if (std::ranges::find(items, item) != items.end()) {
            wrong(name, fmt::format("parameter '{}' names '{}' twice", name, item.substr(0, 64)));
        } else {
            items.emplace_back(item);
        }
        if (comma == std::string_view::npos) return items;
        rest.remove_prefix(comma + 1);
    }
}

std::optional<std::string> Parameters::quantity(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const bool told = std::ranges::find(problems_, name, &Problem::parameter) != problems_.end();
    if (const auto fine = checkQuantity(*value); !fine && !told)
        wrong(name, fmt::format("parameter '{}': {}", name, fine.error().message));
    return value;
}

std::optional<std::string> Parameters::unit(std::string_view name) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const bool told = std::ranges::find(problems_, name, &Problem::parameter) != problems_.end();
    if (const auto fine = checkUnit(*value); !fine && !told)
        wrong(name, fmt::format("parameter '{}': {}", name, fine.error().message));
    return value;
}

void Registry::add(std::string type, std::vector<std::string> parameters, DriverFactory factory) {
    types_.insert_or_assign(std::move(type), Type{std::move(parameters), std::move(factory)});
}

std::vector<std::string> Registry::types() const {
    std::vector<std::string> names;
    for (const auto& [name, type] : types_) names.push_back(name);
    return names;
}

std::unique_ptr<Driver> Registry::make(Parameters& parameters) const {
    checkBounds(parameters);
    const auto& config = parameters.config();
    const auto type = types_.find(config.type);
    if (type == types_.end()) {
        const auto known = types();
        parameters.wrong("type", fmt::format("there is no sensor type '{}' (there are {}){}", config.type.substr(0, 64),
                                             listed(known), suggestion(config.type, known)));
        return nullptr;
    }
    const auto& names = type->second.parameters;
    auto meant = names;
    meant.insert(meant.end(), {"type", "interval", "enabled"});  // what every sensor has
    for (const auto& [name, value] : config.parameters) {
        if (std::ranges::find(names, name) != names.end()) continue;
        const auto near = suggestion(name, meant);
        parameters.wrong(name, fmt::format("type '{}' has no parameter '{}'{}", config.type, name.substr(0, 64),
                                           near.empty() ? "; it has " + listed(names) : near));
    }
    return type->second.factory(parameters);
}

std::vector<Problem> Registry::check(const SensorConfig& config) const {
    Parameters parameters(config);
    (void)make(parameters);  // made to be checked
    return parameters.problems();
}

Result<std::unique_ptr<Driver>> Registry::create(const SensorConfig& config) const {
    Parameters parameters(config);
    auto driver = make(parameters);
    if (parameters.problems().empty() && driver != nullptr) return driver;
    std::string all;
    for (const auto& problem : parameters.problems())
        all += fmt::format("{}sensor '{}': {}", all.empty() ? "" : "\n", config.id.substr(0, 80), problem.text);
    return fail(ErrorCode::Config, "{}", all);
}

}  // namespace pegasus::sensor
