// SPDX-License-Identifier: Apache-2.0
// Kerl: Keccak-384 over 243-trit blocks as 384-bit integers. Source: the IOTA Kerl specification; vectors c.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/wide.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::crypto {

/// A block as a signed two's complement integer, least significant limb first; blocks of trits are within
/// +-(3^242 - 1) / 2, since trit 243 counts as zero.
using KerlBlock = Wide;

/// The integer of 243 trits (the last is taken as zero) or of 81 trytes.
[[nodiscard]] KerlBlock kerlBlock(std::span<const trinary::Trit, trinary::kHashTrits> trits);
[[nodiscard]] KerlBlock kerlBlock(std::string_view trytes);
/// The 81 trytes of any 384-bit integer, trit 243 dropped.
[[nodiscard]] trinary::Hash hashFromBlock(const KerlBlock& block);
/// Drops trit 243: the integer within +-(3^242 - 1) / 2 that differs by 0 or +-3^242.
[[nodiscard]] KerlBlock dropLastTrit(const KerlBlock& block);

/// Sponge on integer blocks: what signatures and bundles use. Absorb any number of blocks, then squeeze any number.
class Kerl {
public:
    Kerl() = default;
    ~Kerl();
    Kerl(const Kerl&) = default;
    Kerl& operator=(const Kerl&) = default;

    /// Absorbs one block (trit 243 already dropped).
    void absorb(const KerlBlock& block);
    /// Absorbs trytes or trits, whole blocks of 81 or 243.
    void absorb(std::string_view trytes);
    void absorb(std::span<const trinary::Trit> trits);
    /// The next block of output, trit 243 dropped.
    [[nodiscard]] KerlBlock squeeze();
    [[nodiscard]] trinary::Hash squeezeHash() { return hashFromBlock(squeeze()); }

private:
    std::array<std::uint64_t, 25> state_{};
    std::size_t lane_ = 0;  ///< next of the 13 lanes of the rate
};

/// Kerl of one block: a link of a chain.
[[nodiscard]] KerlBlock kerlOf(const KerlBlock& block);

}  // namespace pegasus::crypto
