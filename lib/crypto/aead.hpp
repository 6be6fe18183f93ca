// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM with a random nonce in front: secrets at rest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"

namespace pegasus::crypto {

inline constexpr std::size_t kAeadKeySize = 32;
inline constexpr std::size_t kAeadNonceSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;
inline constexpr std::size_t kAeadOverhead = kAeadNonceSize + kAeadTagSize;

/// nonce (12) | ciphertext | tag (16). `associated` is authenticated, not stored: give what the secret belongs to. One
/// key may seal at most 2^32 times (random nonces). InvalidArgument if the key is not 32 bytes.
[[nodiscard]] Result<std::vector<std::uint8_t>> seal(const SecretBytes& key, std::span<const std::uint8_t> plaintext,
                                                     std::span<const std::uint8_t> associated, Random& random);

/// The inverse. AuthenticationFailed for a wrong key, wrong `associated` or any changed byte (they look alike);
/// InvalidArgument if the key is not 32 bytes; Corrupt if it is shorter than nonce and tag.
[[nodiscard]] Result<SecretBytes> open(const SecretBytes& key, std::span<const std::uint8_t> sealed,
                                       std::span<const std::uint8_t> associated);

}  // namespace pegasus::crypto
