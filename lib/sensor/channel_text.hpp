// SPDX-License-Identifier: Apache-2.0
// What may be the name of a quantity, and its unit: both are shown to buyers and travel in messages. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::sensor {

inline constexpr std::size_t kMaxQuantity = 64;  ///< bytes
inline constexpr std::size_t kMaxUnit = 32;

/// 1 to kMaxQuantity bytes of UTF-8 that can be seen: no controls, no invisible marks, no blanks at the ends.
[[nodiscard]] Result<void> checkQuantity(std::string_view quantity);

/// 1 to kMaxUnit printable ASCII characters without blanks, as UCUM has them; the error tells what to write for the usual
/// signs ("°C": "Cel").
[[nodiscard]] Result<void> checkUnit(std::string_view unit);

/// `text` for a message: controls and broken UTF-8 as '?', cut after `most` bytes.
[[nodiscard]] std::string quotable(std::string_view text, std::size_t most = 40);

/// The first code point and the number of its bytes; 0 bytes: no valid UTF-8 there.
struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 0;
};
[[nodiscard]] CodePoint firstCodePoint(std::string_view text);

}  // namespace pegasus::sensor
