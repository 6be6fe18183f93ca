// SPDX-License-Identifier: Apache-2.0
// JSON writer.
#include "bus/json.hpp"

#include <fmt/format.h>

#include <cmath>

#include "bus/text.hpp"

namespace pegasus::bus {
namespace {

/// Decodes one code point of valid UTF-8 at `i` and moves `i` behind it.
char32_t nextPoint(std::string_view text, std::size_t& i) {
    const auto byte = [&] { return static_cast<unsigned char>(text[i++]); };
    const unsigned first = byte();
    if (first < 0x80) return first;
    const unsigned more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    char32_t point = first & (0x3FU >> more);
    for (unsigned k = 0; k < more && i < text.size(); ++k) point = (point << 6U) | (byte() & 0x3FU);
    return point;
}

std::string jsonQuoted(std::string_view raw) {
    const auto text = validUtf8(raw);
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size();) {
        const char32_t point = nextPoint(text, i);
        if (point == '"' || point == '\\') {
            out += '\\';
            out += static_cast<char>(point);
        } else if (point >= 0x20 && point < 0x7F) {
            out += static_cast<char>(point);
        } else if (point < 0x10000) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
        } else {
            const auto rest = static_cast<unsigned>(point) - 0x10000U;
            out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU));
        }
    }
    return out + '"';
}

template <class List, class Write>
std::string joined(const List& list, char open, char close, Write write) {
    std::string out(1, open);
    for (const auto& item : list) {
        if (out.size() > 1) out += ',';
        out += write(item);
    }
    return out + close;
}

struct Writer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::to_string(v); }
    std::string operator()(std::uint64_t v) const { return fmt::to_string(v); }
    std::string operator()(double v) const { return std::isfinite(v) ? fmt::format("{}", v) : "null"; }
    std::string operator()(const std::string& v) const { return jsonQuoted(v); }
    std::string operator()(const Value::Strings& v) const { return joined(v, '[', ']', jsonQuoted); }
    std::string operator()(const Dict& v) const {
        return joined(v, '{', '}', [](const auto& e) { return jsonQuoted(e.first) + ':' + toJson(e.second); });
    }
    std::string operator()(const Value::Dicts& v) const { return joined(v, '[', ']', *this); }
};

}  // namespace

std::string toJson(const Value& value) { return std::visit(Writer{}, value.data()); }

}  // namespace pegasus::bus
