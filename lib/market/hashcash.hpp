// SPDX-License-Identifier: Apache-2.0
// The hashcash of a listing: formats of docs/protocol.md, "Proof of work in a listing". Pure.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>

#include "base/time.hpp"
#include "crypto/digest.hpp"

namespace pegasus::market {

inline constexpr int kHashcashBits = 13;
/// The original's verifier: a nonce's time is at most a year from now.
inline constexpr Duration kHashcashAge = std::chrono::milliseconds(31'556'952'000);

/// 8 bytes Unix milliseconds, big-endian; then 8 free bytes.
using HashcashNonce = std::array<std::uint8_t, 16>;

/// Leading zero bits of SHA-256(proof || nonce).
[[nodiscard]] int hashcashBits(std::span<const std::uint8_t> proof, std::span<const std::uint8_t> nonce);
/// A nonce for `now` that gives `bits`; the free bytes count up from `start`. About 2^bits hashes: for the pool.
/// Cancelled by `stop`.
[[nodiscard]] Result<HashcashNonce> findHashcash(std::span<const std::uint8_t> proof, Timestamp now, std::uint64_t start,
                                                 int bits, const std::stop_token& stop);
/// The time in a nonce of at least 8 bytes; it may be absurd.
[[nodiscard]] std::uint64_t hashcashMillis(std::span<const std::uint8_t> nonce);

}  // namespace pegasus::market
