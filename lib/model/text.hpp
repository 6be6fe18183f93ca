// SPDX-License-Identifier: Apache-2.0
// JSON text in messages: two trytes a character, everything outside ASCII escaped as \uXXXX.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::model {

/// Longest text either function takes or gives, in characters.
inline constexpr std::size_t kMaxTextSize = 1U << 20;

/// JSON in UTF-8 with every character outside ASCII as \uXXXX (a pair of surrogates beyond U+FFFF). It stays the same
/// JSON, since such characters occur in strings only. InvalidArgument for invalid UTF-8.
[[nodiscard]] Result<std::string> escapeNonAscii(std::string_view json);

/// Trytes of escapeNonAscii(json). LimitExceeded beyond kMaxTextSize.
[[nodiscard]] Result<std::string> trytesFromText(std::string_view json);

/// The text of a message, without its padding: reads pairs of trytes up to the last that is not "99" (a text never ends
/// in a NUL), a lone last tryte counts with a 9. InvalidArgument for other characters than trytes, values above 127 and
/// NULs inside; LimitExceeded for a text above `maxSize` characters.
[[nodiscard]] Result<std::string> textFromTrytes(std::string_view trytes, std::size_t maxSize = kMaxTextSize);

}  // namespace pegasus::model
