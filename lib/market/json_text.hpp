// SPDX-License-Identifier: Apache-2.0
// JSON of strangers: from message trytes to a bounded document, and tolerant readers of its members. Only .cpp files of
// this folder include it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::market {

/// The text of a message as the original's readers take it: an odd last tryte is dropped, the text ends at the first NUL.
/// InvalidArgument for other characters than 1..127; LimitExceeded above `maxSize` characters.
[[nodiscard]] Result<std::string> messageText(std::string_view trytes, std::size_t maxSize);

/// Any JSON value, nested at most 8 deep, without exceptions. InvalidArgument.
[[nodiscard]] Result<boost::json::value> parseJson(std::string_view text);
/// The same, for an object.
[[nodiscard]] Result<boost::json::object> parseObject(std::string_view text);

/// Whether the original's reader finds the end of a JSON text of so many characters: it looks for the `9`s behind the last brace, and a
/// text that fills its last transaction, but for one tryte or not even that, makes it search for ever.
[[nodiscard]] constexpr bool endsReadably(std::size_t characters) { return characters % 2187 != 0 && characters % 2187 != 1093; }

/// `text` (UTF-8) as a JSON string in ASCII, with its quotes. InvalidArgument for invalid UTF-8.
[[nodiscard]] Result<std::string> jsonQuoted(std::string_view text);

/// A string member, made safe to show (cleanText). Absent, or of another type: nullopt.
[[nodiscard]] std::optional<std::string> textMember(const boost::json::object& object, std::string_view key,
                                                    std::size_t maxBytes);
/// A string member as it is, at most `maxBytes`.
[[nodiscard]] std::optional<std::string> rawMember(const boost::json::object& object, std::string_view key,
                                                   std::size_t maxBytes);
/// A whole number: a JSON number without fraction, or a string of digits.
[[nodiscard]] std::optional<std::int64_t> integerMember(const boost::json::object& object, std::string_view key);
/// A finite number, or a string that is one.
[[nodiscard]] std::optional<double> numberMember(const boost::json::object& object, std::string_view key);

/// Control characters and directional overrides become spaces, so that a stranger's text cannot command a terminal or
/// reorder a line; cut to `maxBytes` at a character boundary.
[[nodiscard]] std::string cleanText(std::string_view utf8, std::size_t maxBytes);

}  // namespace pegasus::market
