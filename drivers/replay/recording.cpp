// SPDX-License-Identifier: Apache-2.0
// What the header says, and the values below it.
#include "drivers/replay/recording.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "drivers/replay/table.hpp"
#include "sensor/channel_text.hpp"
#include "sensor/decimal.hpp"
#include "sensor/driver.hpp"

namespace pegasus::drivers::replay {
namespace {

using sensor::quotable;

constexpr std::array<std::string_view, 4> kTimes{"time", "timestamp", "date", "datetime"};
constexpr std::array<std::string_view, 7> kMissing{"", "na", "n/a", "null", "none", "nan", "-"};
constexpr std::array<std::string_view, 2> kInfinite{"inf", "infinity"};
constexpr std::string_view kValue = "value";

std::string lowered(std::string_view text) {
    std::string low(text);
    std::ranges::transform(low, low.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return low;
}

bool isOneOf(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::find(words, lowered(text)) != words.end();
}

std::optional<double> infinityFrom(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (!isOneOf(text, kInfinite)) return std::nullopt;
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

class Parser {
public:
    Parser(std::string_view text, const std::optional<Column>& value) : table_(text), value_(value) {}

    Result<Recording> run() {
        PEGASUS_TRY(auto first, table_.next());
        if (!first) return fail(ErrorCode::Config, "line {}: there is no header", table_.line());
        PEGASUS_CHECK(header(*std::move(first)));
        for (;;) {
            PEGASUS_TRY(const auto record, table_.next());
            if (!record) break;
            if (record->ended) {
                PEGASUS_CHECK(row(*record));
            } else {
                recording_.notice = fmt::format("line {} has no line end and may be cut off: it is left out", record->line);
            }
        }
        if (recording_.values.empty())
            return fail(ErrorCode::Config, "line {}: there is no row of values{}{}", table_.line(),
                        recording_.notice.empty() ? "" : "; ", recording_.notice);
        return std::move(recording_);
    }

private:
    enum class Use : std::uint8_t { Value, Time, Nothing };

    Result<void> header(Record record) {
        header_ = std::move(record);
        const auto line = header_.line;
        const bool trails = header_.fields.size() > 1 && header_.fields.back().empty();  // each line ends in a delimiter
        for (const auto& field : header_.fields) {
            const bool last = &field == &header_.fields.back();
            const auto use = isOneOf(field, kTimes) ? Use::Time : last && trails ? Use::Nothing : Use::Value;
            uses_.push_back(use);
            if (use != Use::Value) continue;
            PEGASUS_TRY(auto column, columnFrom(field));
            if (std::ranges::find(recording_.columns, column.quantity, &Column::quantity) != recording_.columns.end())
                return fail(ErrorCode::Config, "line {}: '{}' is there twice", line, column.quantity);
            recording_.columns.push_back(std::move(column));
        }
        if (recording_.columns.empty() || recording_.columns.size() > sensor::kMaxChannels)
            return fail(ErrorCode::Config, "line {}: {} columns of values, expected 1 to {}", line,
                        recording_.columns.size(), sensor::kMaxChannels);
        return {};
    }

    [[nodiscard]] Result<Column> columnFrom(const std::string& field) const {
        const auto line = header_.line;
        if (lowered(field) == kValue && value_) return *value_;
        if (lowered(field) == kValue)
            return fail(ErrorCode::Config, "line {}: column 'value' needs the parameters quantity and unit", line);
        if (sensor::Decimal::parse(field))
            return fail(ErrorCode::Config, "line {}: '{}' is a value, expected a header of quantity:unit, such as temperature:Cel",
                        line, quotable(field));
        const auto colon = field.rfind(':');
        if (colon == std::string::npos || colon == 0 || colon + 1 == field.size())
            return fail(ErrorCode::Config, "line {}: column '{}', expected quantity:unit, such as temperature:Cel", line,
                        quotable(field));
        Column column{field.substr(0, colon), field.substr(colon + 1)};
        auto fine = sensor::checkUnit(column.unit);
        if (fine) fine = sensor::checkQuantity(column.quantity);
        if (!fine) return fail(ErrorCode::Config, "line {}: {}", line, fine.error().message);
        return column;
    }

    Result<void> row(const Record& record) {
        if (record.fields == header_.fields)
            return fail(ErrorCode::Config, "line {}: the header is there again, as where two recordings were joined", record.line);
        PEGASUS_CHECK(checkWidth(record));
        if (recording_.values.size() + recording_.columns.size() > kMaxValues)
            return fail(ErrorCode::LimitExceeded, "line {}: more than {} values", record.line, kMaxValues);
        for (std::size_t i = 0; i < record.fields.size(); ++i) {
            if (uses_[i] == Use::Time) continue;
            PEGASUS_TRY(const auto value, valueFrom(record, i));
            if (uses_[i] == Use::Value) recording_.values.push_back(value);
            else if (value) return fail(ErrorCode::Config, "line {}, field {}: a value in a column without a name", record.line, i + 1);
        }
        return {};
    }

    [[nodiscard]] Result<void> checkWidth(const Record& record) const {
        const auto got = record.fields.size();
        const auto expected = header_.fields.size();
        if (got == expected || (got + 1 == expected && uses_.back() == Use::Nothing)) return {};
        if (got < expected)
            return fail(ErrorCode::Config, "line {}: {} field{}, expected {}", record.line, got, got == 1 ? "" : "s", expected);
        const bool comma = table_.delimiter() == ',';
        return fail(ErrorCode::Config, "line {}, field {}: {} fields, expected {}{}", record.line, expected + 1, got, expected,
                    comma ? "; decimal commas need semicolons between the fields, and thousands no comma" : "");
    }

    [[nodiscard]] Result<std::optional<double>> valueFrom(const Record& record, std::size_t index) {
        std::string text = record.fields[index];
        if (isOneOf(text, kMissing)) return std::optional<double>();
        if (const auto infinite = infinityFrom(text)) return infinite;
        if (table_.delimiter() != ',') {
            PEGASUS_CHECK(takeMark(text, record.line, index));
        }
        if (const auto number = sensor::Decimal::parse(text)) return std::optional(number->toDouble());
        return fail(ErrorCode::Config, "line {}, field {}: '{}', expected a number", record.line, index + 1,
                    quotable(record.fields[index]));
    }

    /// The decimal mark is a comma or a point, the same in the whole file; a comma becomes a point.
    Result<void> takeMark(std::string& text, std::size_t line, std::size_t index) {
        const auto at = text.find_first_of(",.");
        if (at == std::string::npos || text.find_first_of(",.", at + 1) != std::string::npos) return {};
        if (mark_ == 0) {
            mark_ = text[at];
            markLine_ = line;
        }
        if (text[at] != mark_)
            return fail(ErrorCode::Config, "line {}, field {}: '{}' has a decimal {}, but line {} has a decimal {}", line, index + 1,
                        quotable(text), text[at] == ',' ? "comma" : "point", markLine_, mark_ == ',' ? "comma" : "point");
        text[at] = '.';
        return {};
    }

    Table table_;
    const std::optional<Column>& value_;
    Recording recording_;
    Record header_;
    std::vector<Use> uses_;  // of each column
    char mark_ = 0;
    std::size_t markLine_ = 0;
};

}  // namespace

Result<Recording> parseRecording(std::string_view csv, const std::optional<Column>& value) {
    PEGASUS_TRY(const auto text, plainText(csv));
    return Parser(text, value).run();
}

}  // namespace pegasus::drivers::replay
