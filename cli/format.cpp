// SPDX-License-Identifier: Apache-2.0
// Formatter.
#include "cli/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "bus/text.hpp"
#include "cli/width.hpp"

namespace pegasus::cli {
namespace {

constexpr std::size_t kMaxCell = 60;

struct TextWriter {
    std::string operator()(bool v) const { return v ? "yes" : "no"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(std::uint64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return numberText(v); }
    std::string operator()(const std::string& v) const { return bus::printable(v); }
    std::string operator()(const Value::Strings& v) const { return fmt::format("{} entries", v.size()); }
    std::string operator()(const Dict& v) const { return bus::printable(toJson(v)); }
    std::string operator()(const Dicts& v) const { return fmt::format("{} rows", v.size()); }
};

bool alignsRight(Show show) { return show == Show::Number || show == Show::Amount; }

std::string padded(const std::string& text, std::size_t to, bool right) {
    const std::string gap(to - std::min(to, displayWidth(text)), ' ');
    return right ? gap + text : text + gap;
}

}  // namespace

std::string amountText(std::int64_t iotas, Unit unit) {
    if (unit != Unit::I) return formatAmount(iotas, unit);
    auto digits = std::to_string(iotas);
    const std::size_t sign = iotas < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > sign + 3;) digits.insert(at -= 3, 1, ' ');
    return digits + " i";
}

std::string numberText(double value) {
    const bool large = std::abs(value) >= 1e10 && std::abs(value) < 1e15;
    return large ? fmt::format("{:.0f}", value) : fmt::format("{:.10g}", value);
}

std::string timeText(std::int64_t micros) {
    const std::time_t seconds = micros / 1'000'000;
    std::tm local{};
    if (micros <= 0 || localtime_r(&seconds, &local) == nullptr) return "-";
    char text[32];
    const auto size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    return std::string(text, size);
}

std::string spanText(std::int64_t micros) {
    if (micros <= 0) return "-";
    if (micros % 1'000'000 != 0) return fmt::format("{} ms", (micros + 999) / 1000);
    const auto seconds = micros / 1'000'000;
    if (seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
    if (seconds % 60 == 0) return fmt::format("{} min", seconds / 60);
    return fmt::format("{} s", seconds);
}

std::string shown(const Dict& row, const Column& column, Unit unit) {
    const auto it = row.find(column.key);
    if (it == row.end()) return "-";
    switch (column.show) {
        case Show::Amount: return amountText(bus::integerAt(row, column.key), unit);
        case Show::Time: return timeText(bus::integerAt(row, column.key));
        case Show::Span: return spanText(bus::integerAt(row, column.key));
        case Show::Yes: return bus::flagAt(row, column.key) ? "yes" : "";
        case Show::Text: return cutToWidth(std::visit(TextWriter{}, it->second.data()), kMaxCell);
        case Show::Full:
        case Show::Number: return std::visit(TextWriter{}, it->second.data());
    }
    return {};
}

std::string table(const std::vector<Column>& columns, const Dicts& rows, Unit unit) {
    if (rows.empty()) return "none\n";
    std::vector<std::vector<std::string>> cells(1);
    for (const auto& column : columns) cells[0].push_back(column.title);
    for (const auto& row : rows) {
        auto& line = cells.emplace_back();
        for (const auto& column : columns) line.push_back(shown(row, column, unit));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : cells)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], displayWidth(line[i]));
    std::string out;
    for (const auto& line : cells) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i)
            text += (i == 0 ? "" : "  ") + padded(line[i], widths[i], alignsRight(columns[i].show));
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    }
    return out;
}

std::string record(const std::vector<Column>& columns, const Dict& row, Unit unit) {
    std::size_t widest = 0;
    for (const auto& column : columns) widest = std::max(widest, displayWidth(column.title));
    std::string out;
    for (const auto& column : columns) {
        if (!row.contains(column.key)) continue;
        const auto text = shown(row, column, unit);
        if (!text.empty()) out += padded(column.title, widest, true) + "  " + text + "\n";
    }
    return out;
}

}  // namespace pegasus::cli
