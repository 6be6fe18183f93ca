// SPDX-License-Identifier: Apache-2.0
// Sanitised text.
#include "bus/text.hpp"

#include <cstdint>

namespace pegasus::bus {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
    char32_t codepoint;
    std::size_t length;
};

/// One code point by the rules of Unicode 3.9 (no overlong forms, no surrogates); length 1 and U+FFFD where there is none.
Decoded decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return {kReplacement, 1};
    char32_t codepoint = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {kReplacement, 1};
        codepoint = (codepoint << 6U) | (byte(i) & 0x3FU);
    }
    const bool overlong = (length == 3 && codepoint < 0x800) || (length == 4 && codepoint < 0x10000);
    const bool surrogate = codepoint >= 0xD800 && codepoint <= 0xDFFF;
    if (overlong || surrogate || codepoint > 0x10FFFF) return {kReplacement, 1};
    return {codepoint, length};
}

void append(std::string& out, char32_t c) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0U | (c >> 6U));
        put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        put(0xE0U | (c >> 12U));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    } else {
        put(0xF0U | (c >> 18U));
        put(0x80U | ((c >> 12U) & 0x3FU));
        put(0x80U | ((c >> 6U) & 0x3FU));
        put(0x80U | (c & 0x3FU));
    }
}

bool steers(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200E && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x061C || c == 0xFEFF;
}

template <class F>
std::string mapped(std::string_view text, F map) {
    std::string out;
    while (!text.empty()) {
        const auto [codepoint, length] = decode(text);
        append(out, map(codepoint));
        text.remove_prefix(length);
    }
    return out;
}

}  // namespace

std::string validUtf8(std::string_view text) {
    return mapped(text, [](char32_t c) { return c == 0 ? kReplacement : c; });
}

std::string printable(std::string_view text) {
    return mapped(text, [](char32_t c) {
        if (c == '\n' || c == '\t' || c == '\r') return U' ';
        return steers(c) ? kReplacement : c;
    });
}

}  // namespace pegasus::bus
