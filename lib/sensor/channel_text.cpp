// SPDX-License-Identifier: Apache-2.0
// UTF-8 as Unicode 15, table 3-7, and the signs that people write for units.
#include "sensor/channel_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace pegasus::sensor {
namespace {

/// Spellings outside of UCUM's ASCII, longer ones first where one contains another.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kSigns{{
    {"\u00B0C", "Cel"},   {"\u00BAC", "Cel"},   {"\u2103", "Cel"},    {"\u00B0F", "[degF]"},  {"\u2109", "[degF]"},
    {"\u00B0K", "K"},     {"\u00B0", "deg"},    {"\u00B5", "u"},      {"\u03BC", "u"},        {"\u03A9", "Ohm"},
    {"\u2126", "Ohm"},    {"\u00B2", "2"},      {"\u00B3", "3"},      {"\u2030", "[ppth]"},   {"\u00B7", "."},
    {"\u22C5", "."},      {"\u2044", "/"},
}};

/// The unit with the signs replaced; empty where that does not make it ASCII.
std::string ucumOf(std::string_view unit) {
    std::string text(unit);
    for (const auto& [sign, ucum] : kSigns)
        for (std::size_t at = 0; (at = text.find(sign, at)) != std::string::npos; at += ucum.size())
            text.replace(at, sign.size(), ucum);
    for (const char c : text)
        if (c <= ' ' || c > '~') return {};
    return text;
}

bool invisible(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x2000 && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 || (c >= 0xE000 && c <= 0xF8FF) ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFF) || c >= 0xE0000;
}

}  // namespace

CodePoint firstCodePoint(std::string_view text) {
    const auto byte = [&](std::size_t i) -> char32_t { return static_cast<unsigned char>(text[i]); };
    if (text.empty()) return {};
    const char32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
    char32_t value = first & (bytes == 2 ? 0x1FU : bytes == 3 ? 0x0FU : 0x07U);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        value = (value << 6U) | (byte(i) & 0x3FU);
    }
    const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
    return {value, bytes};
}

std::string quotable(std::string_view text, std::size_t most) {
    std::string out;
    while (!text.empty() && out.size() < most) {
        const auto point = firstCodePoint(text);
        const bool seen = point.bytes > 0 && (point.value == ' ' || !invisible(point.value));
        out += seen ? text.substr(0, point.bytes) : "?";
        text.remove_prefix(std::max<std::size_t>(point.bytes, 1));
    }
    return text.empty() ? out : out + "...";
}

Result<void> checkQuantity(std::string_view quantity) {
    if (quantity.empty() || quantity.size() > kMaxQuantity)
        return fail(ErrorCode::InvalidArgument, "quantity '{}' has {} bytes, expected 1 to {}", quotable(quantity),
                    quantity.size(), kMaxQuantity);
    if (quantity.front() == ' ' || quantity.back() == ' ')
        return fail(ErrorCode::InvalidArgument, "quantity '{}' has a blank at an end", quotable(quantity));
    for (auto rest = quantity; !rest.empty();) {
        const auto point = firstCodePoint(rest);
        if (point.bytes == 0 || (point.value != ' ' && invisible(point.value)))
            return fail(ErrorCode::InvalidArgument, "quantity '{}' has a character that cannot be seen, or is not UTF-8",
                        quotable(quantity));
        rest.remove_prefix(point.bytes);
    }
    return {};
}

Result<void> checkUnit(std::string_view unit) {
    if (unit.empty() || unit.size() > kMaxUnit)
        return fail(ErrorCode::InvalidArgument, "unit '{}' has {} bytes, expected 1 to {}", quotable(unit), unit.size(),
                    kMaxUnit);
    for (const char c : unit) {
        if (c > ' ' && c <= '~') continue;
        const auto ucum = ucumOf(unit);
        return fail(ErrorCode::InvalidArgument, "unit '{}' is not UCUM, which is printable ASCII without blanks{}",
                    quotable(unit), ucum.empty() ? ", such as Cel" : fmt::format(": write '{}'", ucum));
    }
    return {};
}

}  // namespace pegasus::sensor
