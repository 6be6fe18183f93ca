// SPDX-License-Identifier: Apache-2.0
// One-time signatures over Curl-P-27 (ISS-P27), the leaves of a MAM tree. Source: mam0.md section 3.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "crypto/curl.hpp"
#include "crypto/signature.hpp"

namespace pegasus::mam {

/// 27 blocks of 243 trits for each level.
[[nodiscard]] constexpr std::size_t keyBlocks(crypto::SecurityLevel level) { return 27 * crypto::levelCount(level); }
[[nodiscard]] constexpr std::size_t signatureTrits(crypto::SecurityLevel level) {
    return keyBlocks(level) * crypto::kCurlRateTrits;
}

/// Leaf addresses of the keys start .. start + count - 1.
[[nodiscard]] std::vector<crypto::CurlBlock> leafAddresses(const crypto::Seed& seed, crypto::KeyIndex start,
                                                           std::size_t count, crypto::SecurityLevel level);
/// Signs the first 81 trits of `hash` for each level. A key must not sign two hashes.
[[nodiscard]] trinary::Trits signHash(const crypto::Seed& seed, crypto::KeyIndex index, crypto::SecurityLevel level,
                                      const crypto::CurlBlock& hash);
/// The leaf address that a signature of keyBlocks(level) blocks belongs to.
[[nodiscard]] crypto::CurlBlock leafOfSignature(std::span<const trinary::Trit> signature, crypto::SecurityLevel level,
                                                const crypto::CurlBlock& hash);

/// The level that a hash can be signed with: the smallest j for which its first 81 j trits sum to 0; mostly none.
[[nodiscard]] std::optional<crypto::SecurityLevel> levelOfHash(const crypto::CurlBlock& hash);

}  // namespace pegasus::mam
