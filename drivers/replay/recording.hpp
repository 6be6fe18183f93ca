// SPDX-License-Identifier: Apache-2.0
// Recordings: tables of readings, as spreadsheets, loggers and programs write them. Format: README.md. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::replay {

inline constexpr std::size_t kMaxFileBytes = 4U << 20;
inline constexpr std::size_t kMaxValues = 200'000;

struct Column {
    std::string quantity;
    std::string unit;
};

struct Recording {
    std::vector<Column> columns;
    std::vector<std::optional<double>> values;  ///< row after row; none: missing; may be infinite
    std::string notice;                         ///< what was left out; mostly empty
    [[nodiscard]] std::size_t rows() const { return values.size() / columns.size(); }
};

/// `value`: what a column headed "value" stands for. Errors name line and field.
[[nodiscard]] Result<Recording> parseRecording(std::string_view csv, const std::optional<Column>& value);

}  // namespace pegasus::drivers::replay
