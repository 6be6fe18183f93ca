// SPDX-License-Identifier: Apache-2.0
// Bounded reading of JSON.
#include "iri/json_reader.hpp"

#include <boost/json/parse.hpp>

#include "iri/codec.hpp"

namespace pegasus::iri {

namespace json = boost::json;

Result<json::value> parseJson(std::string_view text, std::size_t maxLength) {
    if (text.size() > maxLength)
        return fail(ErrorCode::LimitExceeded, "{} characters, at most {} are taken", text.size(), maxLength);
    json::parse_options options;
    options.max_depth = kMaxNesting;
    boost::system::error_code error;
    try {
        auto value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
        if (error) return fail(ErrorCode::Corrupt, "{}", error.message());
        return value;
    } catch (const std::exception& e) {  // out of memory, or a bound inside Boost.JSON
        return fail(ErrorCode::LimitExceeded, "{}", e.what());
    }
}

const json::value* member(const json::object& object, std::string_view name) {
    return object.if_contains(json::string_view(name.data(), name.size()));
}

std::string_view textMember(const json::object& object, std::string_view name) {
    const auto* value = member(object, name);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(text->data(), text->size()) : std::string_view();
}

std::string printable(std::string_view text, std::size_t length) {
    std::string result(text.substr(0, length));
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return result;
}

}  // namespace pegasus::iri
