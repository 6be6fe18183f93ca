// SPDX-License-Identifier: Apache-2.0
// SHA-256 and the text forms of bytes: hex, base64.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::crypto {

using Bytes = std::vector<std::uint8_t>;
using Sha256Digest = std::array<std::uint8_t, 32>;

/// The bytes of a text; valid while the text lives.
[[nodiscard]] inline std::span<const std::uint8_t> asBytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] Sha256Digest sha256(std::span<const std::uint8_t> data);
[[nodiscard]] inline Sha256Digest sha256(std::string_view text) { return sha256(asBytes(text)); }

/// Lower case, two characters a byte.
[[nodiscard]] std::string toHex(std::span<const std::uint8_t> data);
/// Either case; refuses an odd length and other characters.
[[nodiscard]] Result<Bytes> fromHex(std::string_view text);

/// RFC 4648, with padding, one line.
[[nodiscard]] std::string toBase64(std::span<const std::uint8_t> data);
/// Strict: padding is required, no white space, unused bits are zero, so that one value has one text.
[[nodiscard]] Result<Bytes> fromBase64(std::string_view text);

}  // namespace pegasus::crypto
