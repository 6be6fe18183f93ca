// SPDX-License-Identifier: Apache-2.0
// JSON of strangers. Everything here is total: any input ends in a value or an error.
#include "market/json_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "model/text.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::market {

namespace json = boost::json;

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

template <class T>
std::optional<T> parsed(std::string_view text) {
    text = trimmed(text);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Length of the UTF-8 character that starts at `lead`.
std::size_t characterLength(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

/// C0 and C1 controls, DEL, line separators, and the marks that change the direction of text.
bool isUnsafe(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
    if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
    if (character.size() != 3 || byte(0) != 0xE2) return false;
    if (byte(1) == 0x80) return byte(2) >= 0x8B && (byte(2) <= 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE));
    return byte(1) == 0x81 && byte(2) >= 0xA0 && byte(2) <= 0xAF;
}

}  // namespace

Result<std::string> messageText(std::string_view trytes, std::size_t maxSize) {
    std::size_t end = 0;
    while (end + 1 < trytes.size() && !(trytes[end] == '9' && trytes[end + 1] == '9')) end += 2;
    if (end / 2 > maxSize)
        return fail(ErrorCode::LimitExceeded, "the message has {} characters, expected at most {}", end / 2, maxSize);
    auto text = trinary::asciiFromTrytes(trytes.substr(0, end));
    if (!text) return text;
    for (const char c : *text)
        if (static_cast<unsigned char>(c) > 127)
            return fail(ErrorCode::InvalidArgument, "the message has characters outside ASCII");
    return text;
}

Result<json::value> parseJson(std::string_view text) {
    json::parse_options options;
    options.max_depth = 8;
    boost::system::error_code error;
    auto value = json::parse(text, error, {}, options);
    if (error) return fail(ErrorCode::InvalidArgument, "not JSON: {}", error.message());
    return value;
}

Result<json::object> parseObject(std::string_view text) {
    auto value = parseJson(text);
    if (!value) return fail(value.error());
    if (!value->is_object()) return fail(ErrorCode::InvalidArgument, "not a JSON object");
    return std::move(value->get_object());
}

Result<std::string> jsonQuoted(std::string_view text) { return model::escapeNonAscii(json::serialize(json::string_view(text))); }

std::optional<std::string> rawMember(const json::object& object, std::string_view key, std::size_t maxBytes) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_string() || value->get_string().size() > maxBytes) return std::nullopt;
    return std::string(value->get_string());
}

std::optional<std::string> textMember(const json::object& object, std::string_view key, std::size_t maxBytes) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return cleanText(value->get_string(), maxBytes);
}

std::optional<std::int64_t> integerMember(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_int64()) return value->get_int64();
    if (value->is_string()) return parsed<std::int64_t>(value->get_string());
    if (!value->is_double()) return std::nullopt;
    const double number = value->get_double();
    constexpr double kExact = 9'007'199'254'740'992.0;  // beyond 2^53 a double no longer says which whole number it is
    if (!(std::abs(number) <= kExact) || number != std::trunc(number)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::optional<double> numberMember(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return std::nullopt;
    std::optional<double> number;
    if (value->is_int64()) number = static_cast<double>(value->get_int64());
    if (value->is_uint64()) number = static_cast<double>(value->get_uint64());
    if (value->is_double()) number = value->get_double();
    if (value->is_string()) number = parsed<double>(value->get_string());
    return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string cleanText(std::string_view utf8, std::size_t maxBytes) {
    std::string out;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto length = std::min(characterLength(static_cast<unsigned char>(utf8[at])), utf8.size() - at);
        const auto character = utf8.substr(at, length);
        const auto shown = isUnsafe(character) ? std::string_view(" ") : character;
        if (out.size() + shown.size() > maxBytes) break;
        out += shown;
        at += length;
    }
    return out;
}

}  // namespace pegasus::market
