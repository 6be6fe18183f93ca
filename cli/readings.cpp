// SPDX-License-Identifier: Apache-2.0
// Readings as lines.
#include "cli/readings.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "bus/text.hpp"
#include "cli/format.hpp"
#include "cli/width.hpp"

namespace pegasus::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxReadings = 1000;
constexpr std::size_t kMaxText = 120;  // columns of one text of the seller
constexpr std::size_t kMaxDepth = 8;

std::optional<json::value> parsed(std::string_view text) {
    json::parse_options options;
    options.max_depth = kMaxDepth;
    json::error_code error;
    auto value = json::parse(text, error, {}, options);
    if (error) return std::nullopt;
    return value;
}

std::string shortText(std::string_view text) { return cutToWidth(bus::printable(text), kMaxText); }

std::string textOf(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? shortText(value->as_string()) : std::string();
}

std::string valueText(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return "no value";
        case json::kind::bool_: return value.as_bool() ? "yes" : "no";
        case json::kind::int64: return fmt::to_string(value.as_int64());
        case json::kind::uint64: return fmt::to_string(value.as_uint64());
        case json::kind::double_: return numberText(value.as_double());
        case json::kind::string: return shortText(value.as_string());
        case json::kind::array:
        case json::kind::object: return shortText(json::serialize(value));
    }
    return {};
}

/// Microseconds of the reading; `fallback`, when the message came, where it does not say.
std::int64_t timeOf(const json::object& reading, const char* key, std::int64_t fallback) {
    constexpr double kMost = 4e12;  // ms
    const auto* value = reading.if_contains(key);
    if (value == nullptr || !value->is_number()) return fallback;
    const auto millis = value->to_number<double>();
    return millis > 0 && millis < kMost ? static_cast<std::int64_t>(millis) * 1000 : fallback;
}

struct Lines {
    std::int64_t index;
    std::int64_t received;
    std::size_t count = 0;
    std::string text;

    void add(std::int64_t time, const std::string& quantity, const std::string& value, const std::string& unit, const std::string& note) {
        ++count;
        text += fmt::format("{:>6}  {}  ", index, timeText(time));
        if (!quantity.empty()) text += quantity + "  ";
        text += value;
        if (!unit.empty() && unit != "1") text += " " + unit;
        if (!note.empty()) text += "  (" + note + ")";
        text += "\n";
    }
    void add(const json::value& value) {
        if (count >= kMaxReadings || !value.is_object()) return;
        const auto& reading = value.as_object();
        const auto* data = reading.if_contains("data");
        if (data == nullptr) return;
        if (data->is_object() && reading.contains("time")) return addNamed(reading, data->as_object());
        auto note = textOf(reading, "quality");
        if (note == "good") note.clear();
        if (const auto reason = textOf(reading, "reason"); !note.empty() && !reason.empty()) note += ": " + reason;
        if (const auto* omitted = reading.if_contains("omitted"); omitted != nullptr && omitted->is_number())
            note += (note.empty() ? "" : ", ") + valueText(*omitted) + " left out before this one";
        add(timeOf(reading, "timestamp", received), textOf(reading, "quantity"), valueText(*data), textOf(reading, "unit"), note);
    }
    /// The Data Marketplace's {"time", "data": {id: value}}.
    void addNamed(const json::object& reading, const json::object& data) {
        for (const auto& [name, value] : data)
            if (count < kMaxReadings) add(timeOf(reading, "time", received), shortText(name), valueText(value), "", "");
    }
};

std::string linesOf(std::int64_t index, std::int64_t received, std::string_view payload) {
    Lines lines{index, received, 0, {}};
    if (const auto value = parsed(payload)) {
        if (value->is_array())
            for (const auto& one : value->as_array()) lines.add(one);
        else
            lines.add(*value);
    }
    if (lines.count == 0) lines.add(received, "", shortText(payload), "", "");
    return lines.text;
}

std::string csvField(std::string_view text) {
    std::string out = "\"";
    for (const char c : bus::printable(text)) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

}  // namespace

std::string readingLines(const bus::Dict& row) {
    const auto payload = bus::flagAt(row, "truncated") ? "(too long to be sent: see subscription export)" : bus::textAt(row, "payload");
    return linesOf(bus::integerAt(row, "index"), bus::integerAt(row, "time"), payload);
}

std::string readingLines(const std::string& text) {
    const auto value = parsed(text);
    if (!value || !value->is_object()) return shortText(text) + "\n";
    const auto& object = value->as_object();
    bus::Dict row;
    for (const auto* key : {"index", "time"})
        if (const auto* number = object.if_contains(key); number != nullptr && number->is_int64()) row[key] = number->as_int64();
    if (const auto* payload = object.if_contains("payload"); payload != nullptr && payload->is_string())
        row["payload"] = std::string_view(payload->as_string());
    row["truncated"] = object.contains("truncated");
    return readingLines(row);
}

std::string csvHeader() { return "index,time,root,payload\n"; }

std::string csvLine(const bus::Dict& row) {
    return fmt::format("{},{},{},{}\n", bus::integerAt(row, "index"), bus::integerAt(row, "time"), bus::printable(bus::textAt(row, "root")),
                       csvField(bus::textAt(row, "payload")));
}

}  // namespace pegasus::cli
