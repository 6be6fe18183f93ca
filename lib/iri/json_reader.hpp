// SPDX-License-Identifier: Apache-2.0
// Bounded reading of JSON, for the codec's source files only (Boost.JSON).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::iri {

/// A JSON value of limited size and nesting; the error is the parser's text.
[[nodiscard]] Result<boost::json::value> parseJson(std::string_view text, std::size_t maxLength);
/// The member, or null if there is none.
[[nodiscard]] const boost::json::value* member(const boost::json::object& object, std::string_view name);
/// A view of a string member; empty if it is absent or not a string.
[[nodiscard]] std::string_view textMember(const boost::json::object& object, std::string_view name);
/// `text` cut to `length`, with what is no printable ASCII replaced by '?': fit for people and logs.
[[nodiscard]] std::string printable(std::string_view text, std::size_t length);

}  // namespace pegasus::iri
