// SPDX-License-Identifier: Apache-2.0
// The type "replay": readings from a recorded table, one row a turn. Format and parameters: README.md.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sensor/registry.hpp"

namespace pegasus::drivers::replay {

inline constexpr std::size_t kMaxFileBytes = 4U << 20;
inline constexpr std::size_t kMaxValues = 200'000;

struct Column {
    std::string quantity;
    std::string unit;
};

struct Recording {
    std::vector<Column> columns;
    std::vector<std::optional<double>> values;  ///< row after row; none: an empty field
    [[nodiscard]] std::size_t rows() const { return values.size() / columns.size(); }
};

/// `value`: what a column headed "value" stands for. Errors name line and column. Pure.
[[nodiscard]] Result<Recording> parseRecording(std::string_view csv, const std::optional<Column>& value);

void registerType(sensor::Registry& registry);

}  // namespace pegasus::drivers::replay
