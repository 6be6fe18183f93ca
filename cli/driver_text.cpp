// SPDX-License-Identifier: Apache-2.0
// Texts of drivers.
#include "cli/driver_text.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "cli/format.hpp"

namespace pegasus::cli {
namespace {

using bus::textAt;

const bus::Dicts& rowsAt(const Dict& row, const std::string& key) {
    static const bus::Dicts kNone;
    const auto it = row.find(key);
    const auto* rows = it == row.end() ? nullptr : it->second.as<bus::Dicts>();
    return rows == nullptr ? kNone : *rows;
}

std::string numberAt(const Dict& row, const std::string& key) {
    const auto it = row.find(key);
    const auto* number = it == row.end() ? nullptr : it->second.as<double>();
    return number == nullptr ? "" : numberText(*number);
}

std::string rangeOf(const Dict& row) {
    const auto least = numberAt(row, "minimum");
    const auto most = numberAt(row, "maximum");
    if (!least.empty() && !most.empty()) return least + " to " + most;
    return !least.empty() ? "from " + least : !most.empty() ? "to " + most : "";
}

Dict shownOption(const Dict& option) {
    std::string value = textAt(option, "kind");
    const auto choices = option.find("choices");
    if (choices != option.end())
        if (const auto* words = choices->second.as<Value::Strings>()) value = fmt::format("{}: {}", value, fmt::join(*words, ", "));
    if (const auto unit = textAt(option, "unit"); !unit.empty()) value += " in " + unit;
    if (const auto range = rangeOf(option); !range.empty()) value += ", " + range + (textAt(option, "kind") == "time" ? " s" : "");
    return {{"name", textAt(option, "name")}, {"value", value}, {"help", textAt(option, "help")},
            {"default", bus::flagAt(option, "needed") ? "(needed)" : textAt(option, "default")}};
}

std::string optionTable(const std::string& title, const bus::Dicts& options) {
    if (options.empty()) return "";
    Dicts rows;
    for (const auto& option : options) rows.push_back(shownOption(option));
    return "\n" + table({{"name", title, Show::Full}, {"value", "VALUE"}, {"default", "DEFAULT"}, {"help", "MEANING", Show::Full}}, rows);
}

std::string example(const Dict& driver) {
    std::string needed;
    for (const auto& option : rowsAt(driver, "options"))
        if (bus::flagAt(option, "needed")) needed += fmt::format(", {}: ...", textAt(option, "name"));
    const auto name = textAt(driver, "name");
    std::string described;
    for (const auto& option : rowsAt(driver, "channel-options"))
        if (bus::flagAt(option, "needed")) described += fmt::format("{}{}: ...", described.empty() ? "" : ", ", textAt(option, "name"));
    if (!rowsAt(driver, "channel-options").empty()) needed += fmt::format(", channels: {{temperature: {{{}}}}}", described);
    return fmt::format("\nsensors:\n  my-sensor: {{type: {}{}}}\n", name, needed);
}

std::string scalars(const Value& value) {
    if (const auto* items = value.as<Value::Strings>()) {
        std::string all;
        for (const auto& item : *items) all += (all.empty() ? "" : ", ") + yamlScalar(item);
        return "[" + all + "]";
    }
    const auto* text = value.as<std::string>();
    return text == nullptr ? "" : yamlScalar(*text);
}

}  // namespace

std::string yamlScalar(const std::string& text) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/'; };
    const bool safe = !text.empty() && text.front() != '-' && std::ranges::all_of(text, plain);
    if (safe) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    return quoted + "'";
}

std::string driverText(const Dict& driver) {
    auto text = fmt::format("{}: {}\n", textAt(driver, "name"), textAt(driver, "summary"));
    text += optionTable("OPTION", rowsAt(driver, "options"));
    text += optionTable("OF A CHANNEL", rowsAt(driver, "channel-options"));
    Dicts channels;
    for (const auto& channel : rowsAt(driver, "channels"))
        channels.push_back({{"quantity", textAt(channel, "quantity")}, {"unit", textAt(channel, "unit")}, {"range", rangeOf(channel)}, {"help", textAt(channel, "help")}});
    if (!channels.empty()) text += "\n" + table({{"quantity", "CHANNEL", Show::Full}, {"unit", "UNIT"}, {"range", "RANGE"}, {"help", "MEANING", Show::Full}}, channels);
    return text + example(driver);
}

std::vector<Finding> findingsOf(const Dicts& rows) {
    std::map<std::string, int> counts;
    std::vector<Finding> findings;
    for (const auto& row : rows) {
        const auto type = textAt(row, "type");
        const int count = ++counts[type];
        Finding finding{count == 1 ? type : fmt::format("{}-{}", type, count), textAt(row, "configured"), textAt(row, "summary"), {}};
        const auto parameters = row.find("parameters");
        const auto* dict = parameters == row.end() ? nullptr : parameters->second.as<Dict>();
        std::string rest;
        if (dict != nullptr)
            for (const auto& [name, value] : *dict)
                if (name != "type") rest += fmt::format(", {}: {}", name, scalars(value));
        finding.yaml = fmt::format("{{type: {}{}}}", type, rest);
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace pegasus::cli
