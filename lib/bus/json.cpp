// SPDX-License-Identifier: Apache-2.0
// JSON writer.
#include "bus/json.hpp"

#include <fmt/format.h>

#include <cmath>

#include "bus/text.hpp"

namespace pegasus::bus {
namespace {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : validUtf8(text)) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += c;
                }
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
    std::string operator()(const std::string& v) const { return quoted(v); }
    std::string operator()(const Value::Strings& v) const { return joined(v, '[', ']', quoted); }
    std::string operator()(const Dict& v) const {
        return joined(v, '{', '}', [](const auto& e) { return quoted(e.first) + ':' + toJson(e.second); });
    }
    std::string operator()(const Value::Dicts& v) const { return joined(v, '[', ']', *this); }
};

}  // namespace

std::string toJson(const Value& value) { return std::visit(Writer{}, value.data()); }

}  // namespace pegasus::bus
