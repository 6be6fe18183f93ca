// SPDX-License-Identifier: Apache-2.0
// Object paths.
#include "bus/object_path.hpp"

#include <fmt/format.h>

#include "bus/names.hpp"

namespace pegasus::bus {
namespace {

bool isPlain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::string escapeElement(std::string_view id) {
    if (id.empty()) return "_";
    std::string out;
    for (const char c : id) {
        if (isPlain(c)) {
            out += c;
        } else {
            out += fmt::format("_{:02x}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::optional<std::string> unescapeElement(std::string_view element) {
    if (element == "_") return std::string();
    std::string out;
    for (std::size_t i = 0; i < element.size(); ++i) {
        if (isPlain(element[i])) {
            out += element[i];
            continue;
        }
        if (element[i] != '_' || i + 2 >= element.size()) return std::nullopt;
        const int high = hexDigit(element[i + 1]);
        const int low = hexDigit(element[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        const auto c = static_cast<char>(high * 16 + low);
        if (isPlain(c)) return std::nullopt;  // one id, one path
        out += c;
        i += 2;
    }
    if (out.empty()) return std::nullopt;
    return out;
}

std::string objectPath(std::string_view folder, std::string_view id) {
    return fmt::format("{}/{}/{}", kRootPath, folder, escapeElement(id));
}

std::optional<std::string> idOf(std::string_view folder, std::string_view path) {
    const auto prefix = fmt::format("{}/{}/", kRootPath, folder);
    if (!path.starts_with(prefix)) return std::nullopt;
    return unescapeElement(path.substr(prefix.size()));
}

}  // namespace pegasus::bus
