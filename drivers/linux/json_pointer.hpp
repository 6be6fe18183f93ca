// SPDX-License-Identifier: Apache-2.0
// Numbers out of JSON texts by JSON pointers (RFC 6901). Bounded; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::linux_ {

inline constexpr std::size_t kMaxJson = 64 * 1024;  ///< bytes

/// "" (the whole text) or "/a/0/b~1c"; InvalidArgument says what is wrong.
[[nodiscard]] Result<void> checkPointer(std::string_view pointer);

/// One answer for each pointer: the number there, or a string that is a decimal number and nothing else. An error of a single answer: nothing is
/// there (NotFound), or it is no number. An error of the whole: `text` is no JSON, too long, or too deep.
[[nodiscard]] Result<std::vector<Result<double>>> numbersAt(std::string_view text, const std::vector<std::string>& pointers);

}  // namespace pegasus::drivers::linux_
