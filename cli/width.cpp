// SPDX-License-Identifier: Apache-2.0
// Widths by the tables of the C library.
#include "cli/width.hpp"

#include <locale.h>
#include <wchar.h>

#include <algorithm>

namespace pegasus::cli {
namespace {

struct Point {
    wchar_t code;
    std::size_t length;  ///< bytes
};

/// The first character of valid UTF-8.
Point pointAt(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
    const unsigned first = byte(0);
    if (first < 0x80) return {static_cast<wchar_t>(first), 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned code = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
    return {static_cast<wchar_t>(code), length};
}

/// wcwidth() by the tables of C.UTF-8, which the C library always has, for the time of a call.
class Widths {
public:
    Widths() : before_(uselocale(tables())) {}
    ~Widths() { uselocale(before_); }
    Widths(const Widths&) = delete;
    Widths& operator=(const Widths&) = delete;
    [[nodiscard]] std::size_t of(wchar_t code) const {
        const int columns = wcwidth(code);
        return columns < 0 ? 1 : static_cast<std::size_t>(columns);
    }

private:
    /// 0, which leaves the locale as it is, where there are none.
    static locale_t tables() {
        static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
        return locale;
    }
    locale_t before_;
};

}  // namespace

std::size_t displayWidth(std::string_view text) {
    const Widths widths;
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto point = pointAt(text);
        columns += widths.of(point.code);
        text.remove_prefix(std::min(point.length, text.size()));
    }
    return columns;
}

std::string cutToWidth(std::string text, std::size_t columns) {
    if (displayWidth(text) <= columns) return text;
    const Widths widths;
    std::size_t used = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const auto point = pointAt(std::string_view(text).substr(bytes));
        used += widths.of(point.code);
        if (used + 1 > columns) break;
        bytes += point.length;
    }
    text.resize(std::min(bytes, text.size()));
    return text + "…";
}

}  // namespace pegasus::cli
