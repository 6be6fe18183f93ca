// SPDX-License-Identifier: Apache-2.0
// The one formatter: values as JSON, rows as tables, times and amounts as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/amount.hpp"
#include "bus/json.hpp"
#include "bus/value.hpp"

namespace pegasus::cli {

using bus::Dict;
using bus::Dicts;
using bus::Value;

/// One line of JSON, ASCII only; the keys are those of the D-Bus API (docs in dbus/*.xml).
using bus::toJson;

/// How a column of a table shows its value.
enum class Show : std::uint8_t {
    Text,    ///< printable, cut at 60 columns
    Full,    ///< printable, whole
    Number,  ///< to the right
    Amount,  ///< iotas, grouped
    Time,    ///< local time of microseconds; "-" for 0 or absent
    Span,    ///< a length of time in microseconds; "-" for 0 or absent
    Yes,     ///< "yes" or empty
};

struct Column {
    std::string key;
    std::string title;
    Show show = Show::Text;
};

/// One value in words.
[[nodiscard]] std::string shown(const Dict& row, const Column& column, Unit unit = Unit::I);
/// A header and a line for each row; "none" where there are none.
[[nodiscard]] std::string table(const std::vector<Column>& columns, const Dicts& rows, Unit unit = Unit::I);
/// A line for each column: title and value; absent ones are left out.
[[nodiscard]] std::string record(const std::vector<Column>& columns, const Dict& row, Unit unit = Unit::I);

/// "12 345 i", "12.345 Ki": exact in every unit.
[[nodiscard]] std::string amountText(std::int64_t iotas, Unit unit = Unit::I);
/// A number in at most ten significant digits: what is beyond is noise, of another program's arithmetic.
[[nodiscard]] std::string numberText(double value);
/// "20 s", "5 min", "24 h".
[[nodiscard]] std::string spanText(std::int64_t micros);
/// "2026-11-22 14:03:59" in local time.
[[nodiscard]] std::string timeText(std::int64_t micros);

}  // namespace pegasus::cli
