// SPDX-License-Identifier: Apache-2.0
// Pages of lists that are in memory.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/names.hpp"
#include "bus/value.hpp"

namespace pegasus::daemon {

/// Rows to give for a caller's limit: 0 is kDefaultPage, at most kMaxPage.
[[nodiscard]] inline std::size_t pageSize(std::uint32_t limit) {
    return limit == 0 ? bus::kDefaultPage : std::min<std::size_t>(limit, bus::kMaxPage);
}

/// A cursor that is a number; nullopt for the start.
[[nodiscard]] inline Result<std::optional<std::int64_t>> numberCursor(std::string_view cursor) {
    if (cursor.empty()) return std::optional<std::int64_t>();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), value);
    if (error != std::errc() || end != cursor.data() + cursor.size() || value < 0)
        return fail(ErrorCode::InvalidArgument, "the cursor is not one of ours");
    return std::optional(value);
}

/// The page after the item whose key is `cursor`. InvalidArgument if there is none (any more).
template <class T, class Key, class Row>
[[nodiscard]] Result<bus::Page> pageOf(const std::vector<T>& items, std::uint32_t limit, const std::string& cursor,
                                       Key key, Row row) {
    auto from = items.begin();
    if (!cursor.empty()) {
        from = std::ranges::find_if(items, [&](const T& item) { return key(item) == cursor; });
        if (from == items.end()) return fail(ErrorCode::InvalidArgument, "the cursor points to what is gone: start again");
        ++from;
    }
    bus::Page page;
    for (; from != items.end() && page.rows.size() < pageSize(limit); ++from) page.rows.push_back(row(*from));
    if (from != items.end()) page.next = key(*std::prev(from));
    return page;
}

}  // namespace pegasus::daemon
