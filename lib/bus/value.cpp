// SPDX-License-Identifier: Apache-2.0
// Plain values and options.
#include "bus/value.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "bus/names.hpp"

namespace pegasus::bus {
namespace {

std::optional<std::int64_t> toInteger(const Value& value) {
    if (const auto* x = value.as<std::int64_t>()) return *x;
    const auto* t = value.as<std::uint64_t>();
    if (t == nullptr || *t > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return std::nullopt;
    return static_cast<std::int64_t>(*t);
}

const Value* find(const Dict& dict, const std::string& key) {
    const auto it = dict.find(key);
    return it != dict.end() ? &it->second : nullptr;
}

auto wrongType(const std::string& key, std::string_view expected) {
    return fail(ErrorCode::InvalidArgument, "option '{}' has the wrong type, expected {}", key,
                expected);
}

}  // namespace

std::string textAt(const Dict& dict, const std::string& key) {
    const auto* value = find(dict, key);
    const auto* text = value != nullptr ? value->as<std::string>() : nullptr;
    return text != nullptr ? *text : std::string();
}

std::int64_t integerAt(const Dict& dict, const std::string& key) {
    const auto* value = find(dict, key);
    return value != nullptr ? toInteger(*value).value_or(0) : 0;
}

bool flagAt(const Dict& dict, const std::string& key) {
    const auto* value = find(dict, key);
    const auto* flag = value != nullptr ? value->as<bool>() : nullptr;
    return flag != nullptr && *flag;
}

Result<std::string> Options::text(const std::string& key, std::string fallback) {
    const auto node = rest_.extract(key);
    if (node.empty()) return fallback;
    const auto* text = node.mapped().as<std::string>();
    if (text == nullptr) return wrongType(key, "text");
    if (text->size() > kMaxTextLength)
        return fail(ErrorCode::InvalidArgument, "option '{}' has {} bytes, at most {} are allowed",
                    key, text->size(), kMaxTextLength);
    return *text;
}

Result<std::int64_t> Options::integer(const std::string& key, std::int64_t fallback) {
    const auto node = rest_.extract(key);
    if (node.empty()) return fallback;
    const auto number = toInteger(node.mapped());
    if (!number) return wrongType(key, "an integer");
    return *number;
}

Result<double> Options::number(const std::string& key, double fallback) {
    const auto node = rest_.extract(key);
    if (node.empty()) return fallback;
    if (const auto* d = node.mapped().as<double>()) return *d;
    const auto number = toInteger(node.mapped());
    if (!number) return wrongType(key, "a number");
    return static_cast<double>(*number);
}

Result<bool> Options::flag(const std::string& key, bool fallback) {
    const auto node = rest_.extract(key);
    if (node.empty()) return fallback;
    const auto* flag = node.mapped().as<bool>();
    if (flag == nullptr) return wrongType(key, "a boolean");
    return *flag;
}

Result<std::vector<std::string>> Options::texts(const std::string& key) {
    const auto node = rest_.extract(key);
    if (node.empty()) return Value::Strings();
    const auto* texts = node.mapped().as<Value::Strings>();
    if (texts == nullptr) return wrongType(key, "an array of text");
    if (texts->size() > kMaxPage || std::ranges::any_of(*texts, [](const std::string& text) {
            return text.size() > kMaxTextLength;
        }))
        return fail(ErrorCode::InvalidArgument, "option '{}' is too large", key);
    return *texts;
}

Result<void> Options::done() const {
    if (rest_.empty()) return {};
    return fail(ErrorCode::InvalidArgument, "unknown option '{}'", rest_.begin()->first);
}

}  // namespace pegasus::bus
