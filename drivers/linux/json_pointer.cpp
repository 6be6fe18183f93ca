// SPDX-License-Identifier: Apache-2.0
// The walk; Boost.JSON parses.
#include "drivers/linux/json_pointer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cmath>
#include <optional>

#include "sensor/channel_text.hpp"
#include "sensor/decimal.hpp"

namespace pegasus::drivers::linux_ {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxPointer = 256;

/// "~1" is a slash, "~0" a tilde; nullopt: another tilde.
std::optional<std::string> unescaped(std::string_view token) {
    std::string text;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            text += token[i];
            continue;
        }
        if (i + 1 == token.size() || (token[i + 1] != '0' && token[i + 1] != '1')) return std::nullopt;
        text += token[++i] == '0' ? '~' : '/';
    }
    return text;
}

std::optional<std::size_t> indexOf(std::string_view token) {
    std::size_t index = 0;
    const auto [stop, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    const bool padded = token.size() > 1 && token.front() == '0';
    return error == std::errc() && stop == token.data() + token.size() && !padded ? std::optional(index) : std::nullopt;
}

const json::value* step(const json::value& at, const std::string& token) {
    if (const auto* object = at.if_object()) return object->if_contains(token);
    const auto* array = at.if_array();
    const auto index = array == nullptr ? std::nullopt : indexOf(token);
    return index && *index < array->size() ? &(*array)[*index] : nullptr;
}

const json::value* find(const json::value& root, std::string_view pointer) {
    const auto* at = &root;
    while (at != nullptr && !pointer.empty()) {
        const auto end = pointer.find('/', 1);
        const auto token = unescaped(pointer.substr(1, end == std::string_view::npos ? end : end - 1));
        at = token ? step(*at, *token) : nullptr;
        pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
    }
    return at;
}

Result<double> numberOf(const json::value& root, const std::string& pointer) {
    const auto* found = find(root, pointer);
    if (found == nullptr || found->is_null()) return fail(ErrorCode::NotFound, "nothing at '{}'", pointer);
    if (found->is_number()) {
        const double value = found->to_number<double>();
        if (std::isfinite(value)) return value;
    }
    if (found->is_string()) {
        const std::string_view text(found->get_string().data(), found->get_string().size());
        if (const auto value = sensor::Decimal::parse(text)) return value->toDouble();
        return fail(ErrorCode::InvalidArgument, "'{}' at '{}' is no number", sensor::quotable(text), pointer);
    }
    return fail(ErrorCode::InvalidArgument, "what is at '{}' is no number", pointer);
}

}  // namespace

Result<void> checkPointer(std::string_view pointer) {
    if (pointer.empty()) return {};
    if (pointer.size() > kMaxPointer) return fail(ErrorCode::InvalidArgument, "it has {} bytes, at most {} fit", pointer.size(), kMaxPointer);
    if (pointer.front() != '/') return fail(ErrorCode::InvalidArgument, "it does not begin with a slash");
    if (!unescaped(pointer)) return fail(ErrorCode::InvalidArgument, "after a tilde comes 0 (a tilde) or 1 (a slash)");
    return {};
}

Result<std::vector<Result<double>>> numbersAt(std::string_view text, const std::vector<std::string>& pointers) {
    if (text.size() > kMaxJson) return fail(ErrorCode::LimitExceeded, "{} bytes of JSON, at most {} are read", text.size(), kMaxJson);
    json::parse_options options;
    options.max_depth = kMaxDepth;
    boost::system::error_code problem;
    const auto root = json::parse({text.data(), text.size()}, problem, {}, options);
    if (problem) return fail(ErrorCode::InvalidArgument, "no JSON: {}", problem.message());
    std::vector<Result<double>> answers;
    for (const auto& pointer : pointers) answers.push_back(numberOf(root, pointer));
    return answers;
}

}  // namespace pegasus::drivers::linux_
