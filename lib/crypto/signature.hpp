// SPDX-License-Identifier: Apache-2.0
// One-time (Winternitz) signatures over Kerl: seeds, addresses, signing, verification. Source: tangle.md 2.3.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/scheduler.hpp"
#include "base/secret.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::crypto {

enum class SecurityLevel : std::uint8_t { One = 1, Two = 2, Three = 3 };
[[nodiscard]] constexpr std::size_t levelCount(SecurityLevel level) { return static_cast<std::size_t>(level); }

using KeyIndex = std::uint64_t;

/// 81 trytes, kept in secret memory.
class Seed {
public:
    /// Exactly 1..81 trytes, padded with 9s; anything else is refused without repeating it in the error.
    [[nodiscard]] static Result<Seed> parse(std::string_view trytes);
    /// Uniform over 27^81 (rejection sampling).
    [[nodiscard]] static Seed generate(Random& random);
    [[nodiscard]] Seed clone() const;
    /// The 81 characters; wipe copies.
    [[nodiscard]] std::string_view trytes() const { return bytes_.text(); }

private:
    explicit Seed(SecretBytes bytes) : bytes_(std::move(bytes)) {}
    SecretBytes bytes_;
};

/// Values -13..13 of the 81 trytes, each third summing to zero.
using NormalizedHash = std::array<std::int8_t, 81>;
[[nodiscard]] NormalizedHash normalize(const trinary::Hash& bundleHash);
/// True if a 13 is in any of the three parts: signing it would give away a private chunk.
[[nodiscard]] bool containsThirteen(const NormalizedHash& hash);

/// The 81 trytes of the address of a key (Kerl of its digests).
[[nodiscard]] trinary::Hash deriveAddress(const Seed& seed, KeyIndex index, SecurityLevel level);
/// One fragment of 2187 trytes for each level.
[[nodiscard]] std::vector<std::string> sign(const Seed& seed, KeyIndex index, SecurityLevel level,
                                            const NormalizedHash& hash);
/// The address that the fragments (2187 trytes each, at least one) sign for.
[[nodiscard]] trinary::Hash addressOfSignature(const NormalizedHash& hash, std::span<const std::string_view> fragments);

/// 9 trytes: the end of Kerl(address).
[[nodiscard]] std::string addressChecksum(const trinary::Hash& address);

}  // namespace pegasus::crypto
