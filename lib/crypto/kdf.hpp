// SPDX-License-Identifier: Apache-2.0
// Keys out of passwords (scrypt) and out of other keys (HKDF-SHA256).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"

namespace pegasus::crypto {

/// What is stored beside a sealed secret. Costs about 128 * r * 2^logN bytes of memory; bounded by check(), since a file
/// is outside input: 2^10 <= N <= 2^17, 1 <= r <= 16, 1 <= p <= 4, memory at most 64 MiB.
struct ScryptParameters {
    std::uint8_t logN = 15;
    std::uint8_t r = 8;
    std::uint8_t p = 1;
    std::array<std::uint8_t, 16> salt{};

    /// The defaults with a random salt.
    [[nodiscard]] static ScryptParameters generate(Random& random);

    static constexpr std::size_t kEncodedSize = 20;
    /// version 1 (1 byte) | logN | r | p | salt (16).
    [[nodiscard]] std::array<std::uint8_t, kEncodedSize> encode() const;
    /// Exactly 20 bytes of version 1 within the bounds. Corrupt otherwise, NotSupported for another version.
    [[nodiscard]] static Result<ScryptParameters> decode(std::span<const std::uint8_t> bytes);
    /// InvalidArgument beyond the bounds.
    [[nodiscard]] Result<void> check() const;

    bool operator==(const ScryptParameters&) const = default;
};

/// Slow (about 0.1 s on a desktop, 1 s on a small board) and hungry: for the pool. `size` 16..64 bytes.
[[nodiscard]] Result<SecretBytes> scrypt(const SecretBytes& password, const ScryptParameters& parameters,
                                         std::size_t size = 32);

/// RFC 5869, extract and expand. `info` names the purpose; `size` 1..8160 bytes.
[[nodiscard]] Result<SecretBytes> hkdfSha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> salt,
                                             std::string_view info, std::size_t size = 32);

}  // namespace pegasus::crypto
