// SPDX-License-Identifier: Apache-2.0
// Columns of state.db to values and back. Only .cpp files of this folder include it.
#pragma once

#include <optional>
#include <string>

#include "market/types.hpp"
#include "store/database.hpp"

namespace pegasus::market {

[[nodiscard]] inline std::optional<Timestamp> timeColumn(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return fromMicros(column.getInt64());
}

/// Text that only we have written; another length or alphabet is damage.
template <class Fixed>
[[nodiscard]] Result<Fixed> trytesColumn(const SQLite::Column& column) {
    auto value = Fixed::parse(column.getString());
    if (!value) return fail(ErrorCode::Corrupt, "table market_*: {}", value.error().message);
    return value;
}

template <class Enum>
[[nodiscard]] Result<Enum> enumColumn(const SQLite::Column& column, Enum last) {
    const int value = column.getInt();
    if (value < 0 || value > static_cast<int>(last)) return fail(ErrorCode::Corrupt, "table market_*: state {}", value);
    return static_cast<Enum>(value);
}

[[nodiscard]] inline std::vector<std::uint8_t> blobColumn(const SQLite::Column& column) {
    const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
    return {data, data + column.getBytes()};
}

inline void bindTime(SQLite::Statement& statement, int index, const std::optional<Timestamp>& time) {
    if (time) {
        statement.bind(index, static_cast<std::int64_t>(toMicros(*time)));
    } else {
        statement.bind(index);
    }
}

inline void bindBlob(SQLite::Statement& statement, int index, const std::vector<std::uint8_t>& bytes) {
    statement.bind(index, bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace pegasus::market
