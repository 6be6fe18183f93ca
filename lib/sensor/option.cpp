// SPDX-License-Identifier: Apache-2.0
// One check for each kind of option.
#include "sensor/option.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/duration_text.hpp"
#include "base/nearest.hpp"
#include "base/words.hpp"
#include "sensor/channel_text.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::sensor {
namespace {

constexpr std::array<std::string_view, 12> kKindNames{"text",   "file", "number", "whole", "flag",     "time",
                                                      "date", "choice", "list",  "texts", "quantity", "unit"};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string numberText(const Option& option, double value) {
    if (option.kind == OptionKind::Time) return durationText(std::chrono::round<Duration>(std::chrono::duration<double>(value)));
    const bool address = option.kind == OptionKind::Whole && option.standard.starts_with("0x");
    return address ? fmt::format("{:#04x}", static_cast<std::int64_t>(value)) : fmt::format("{}", value);
}

std::string rangeText(const Option& option) {
    if (option.least && option.most)
        return fmt::format(" from {} to {}", numberText(option, *option.least), numberText(option, *option.most));
    if (option.least) return fmt::format(" of at least {}", numberText(option, *option.least));
    if (option.most) return fmt::format(" of at most {}", numberText(option, *option.most));
    return {};
}

bool within(const Option& option, double value) {
    return (!option.least || value >= *option.least) && (!option.most || value <= *option.most);
}

bool isDate(std::string_view text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto whole = [](std::string_view digits, auto& value) {
        const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc() && stop == digits.data() + digits.size() && digits.front() != '-';
    };
    return text.size() == 10 && text[4] == '-' && text[7] == '-' && whole(text.substr(0, 4), year) &&
           whole(text.substr(5, 2), month) && whole(text.substr(8, 2), day) &&
           (std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)).ok();
}

std::vector<std::string> choicesOf(const Option& option) { return {option.choices.begin(), option.choices.end()}; }

/// Of a kind with one text.
bool fits(const Option& option, const std::string& text) {
    switch (option.kind) {
        case OptionKind::Text: return !text.empty() && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
        case OptionKind::File: return text.starts_with('/');
        case OptionKind::Number: {
            const auto value = Decimal::parse(trimmed(text));
            return value && within(option, value->toDouble());
        }
        case OptionKind::Whole: {
            const auto value = parseWhole(text);
            const auto same = [&](std::string_view choice) { return parseWhole(choice) == value; };
            return value && within(option, static_cast<double>(*value)) && (option.choices.empty() || std::ranges::any_of(option.choices, same));
        }
        case OptionKind::Flag: return truthValue(text).has_value();
        case OptionKind::Time: {
            const auto value = parseDuration(text);
            return value && within(option, std::chrono::duration<double>(*value).count());
        }
        case OptionKind::Date: return isDate(text);
        case OptionKind::Choice: return std::ranges::find(option.choices, text) != option.choices.end();
        case OptionKind::Quantity: return checkQuantity(text).has_value();
        case OptionKind::Unit: return checkUnit(text).has_value();
        case OptionKind::List:
        case OptionKind::Texts: break;
    }
    return true;
}

/// What would help whoever wrote `text`.
std::string hint(const Option& option, const std::string& text) {
    if (option.kind == OptionKind::Number && !Decimal::parse(trimmed(text)) && text.find(',') != std::string::npos)
        return ", with a point";
    if (option.kind == OptionKind::Choice)
        if (const auto near = nearest(text, choicesOf(option))) return fmt::format("; did you mean '{}'?", *near);
    return {};
}

Result<void> checkItems(const Option& option, const Given& given) {
    const auto items = itemsOf(option, given);
    if (items.empty()) return fail(ErrorCode::Config, "parameter '{}' is an empty list", option.name);
    if (items.size() > kMaxListItems) return fail(ErrorCode::Config, "parameter '{}' has more than {} items", option.name, kMaxListItems);
    for (auto it = items.begin(); it != items.end(); ++it) {
        if (it->empty()) return fail(ErrorCode::Config, "parameter '{}' has an empty item in '{}'", option.name, quotable(given.text(), 64));
        if (std::find(items.begin(), it, *it) != it) return fail(ErrorCode::Config, "parameter '{}' names '{}' twice", option.name, quotable(*it, 64));
        if (option.choices.empty() || std::ranges::find(option.choices, *it) != option.choices.end()) continue;
        const auto near = nearest(*it, choicesOf(option));
        return fail(ErrorCode::Config, "parameter '{}' names '{}', and there are {}{}", option.name, quotable(*it, 64), fmt::join(option.choices, ", "),
                    near ? fmt::format("; did you mean '{}'?", *near) : "");
    }
    return {};
}

}  // namespace

std::string_view kindName(OptionKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<std::int64_t> parseWhole(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    const auto digits = hex ? text.substr(2) : text;
    if (!hex && digits.size() > 1 && digits.starts_with('0')) return std::nullopt;  // YAML 1.1 reads another number than a person
    if (hex && digits.starts_with('-')) return std::nullopt;
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::vector<std::string> itemsOf(const Option& option, const Given& given) {
    if (given.list || option.kind == OptionKind::Texts) return given.items;
    std::vector<std::string> items;
    std::string_view rest = given.items.empty() ? std::string_view() : std::string_view(given.items.front());
    for (;;) {
        const auto comma = rest.find(',');
        items.emplace_back(trimmed(rest.substr(0, comma)));
        if (comma == std::string_view::npos) return items;
        rest.remove_prefix(comma + 1);
    }
}

std::string expectation(const Option& option) {
    switch (option.kind) {
        case OptionKind::Text: return "a text on one line";
        case OptionKind::File: return "the whole path of a file, from /";
        case OptionKind::Number: return "a number" + (option.unit.empty() ? "" : " in " + std::string(option.unit)) + rangeText(option);
        case OptionKind::Whole:
            if (!option.choices.empty()) return fmt::format("one of: {}", fmt::join(option.choices, ", "));
            return "a whole number" + rangeText(option);
        case OptionKind::Flag: return "true or false";
        case OptionKind::Time: return "a time like 250ms, 20s, 5m or 24h" + rangeText(option);
        case OptionKind::Date: return "a date like 2026-11-26";
        case OptionKind::Choice: return fmt::format("one of: {}", fmt::join(option.choices, ", "));
        case OptionKind::List:
        case OptionKind::Texts:
            return option.choices.empty() ? "a list" : fmt::format("a list of: {}", fmt::join(option.choices, ", "));
        case OptionKind::Quantity: return "the name of a quantity";
        case OptionKind::Unit: return "a unit of UCUM, such as Cel";
    }
    return {};
}

Result<void> checkOption(const Option& option, const Given& given) {
    if (option.kind == OptionKind::List || option.kind == OptionKind::Texts) return checkItems(option, given);
    if (given.list || given.items.size() != 1)
        return fail(ErrorCode::Config, "parameter '{}' is a list, expected {}", option.name, expectation(option));
    const auto& text = given.items.front();
    if (fits(option, text)) return {};
    if (text.empty()) return fail(ErrorCode::Config, "parameter '{}' is empty", option.name);
    if (option.kind == OptionKind::Quantity) return fail(ErrorCode::Config, "parameter '{}': {}", option.name, checkQuantity(text).error().message);
    if (option.kind == OptionKind::Unit) return fail(ErrorCode::Config, "parameter '{}': {}", option.name, checkUnit(text).error().message);
    return fail(ErrorCode::Config, "parameter '{}' is '{}', expected {}{}", option.name, quotable(text, 64), expectation(option), hint(option, text));
}

}  // namespace pegasus::sensor
