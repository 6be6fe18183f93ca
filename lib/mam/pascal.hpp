// SPDX-License-Identifier: Apache-2.0
// The self-delimiting code of integers in MAM0. Source: mam0.md section 6.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "trinary/trytes.hpp"

namespace pegasus::mam {

/// The largest value that fits into the five trytes a decoder reads.
inline constexpr std::uint32_t kMaxPascal = 7'174'453;

/// Trits of the code of a value, which is at most kMaxPascal.
[[nodiscard]] std::size_t pascalLength(std::uint32_t value);
/// The code as the Rust library writes it: no bit set for a zero tryte.
[[nodiscard]] trinary::Trits encodePascal(std::uint32_t value);

struct Pascal {
    std::uint32_t value = 0;
    std::size_t used = 0;  ///< trits
};

/// Reads the code at the start of `trits`; nothing for an incomplete code, one of more than five trytes, or a negative value.
[[nodiscard]] std::optional<Pascal> decodePascal(std::span<const trinary::Trit> trits);

}  // namespace pegasus::mam
