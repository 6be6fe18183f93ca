// SPDX-License-Identifier: Apache-2.0
// The hashcash of a listing.
#include "market/hashcash.hpp"

#include <algorithm>
#include <bit>

namespace pegasus::market {

namespace {

void putBigEndian(std::span<std::uint8_t, 8> out, std::uint64_t value) {
    for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
}

}  // namespace

int hashcashBits(std::span<const std::uint8_t> proof, std::span<const std::uint8_t> nonce) {
    crypto::Bytes joined(proof.begin(), proof.end());
    joined.insert(joined.end(), nonce.begin(), nonce.end());
    int bits = 0;
    for (const auto byte : crypto::sha256(joined)) {
        bits += std::countl_zero(byte);
        if (byte != 0) break;
    }
    return bits;
}

Result<HashcashNonce> findHashcash(std::span<const std::uint8_t> proof, Timestamp now, std::uint64_t start, int bits,
                                   const std::stop_token& stop) {
    HashcashNonce nonce{};
    const std::span<std::uint8_t, 16> all(nonce);
    putBigEndian(all.first<8>(), static_cast<std::uint64_t>(std::max<std::int64_t>(0, toMillis(now))));
    for (std::uint64_t free = start;; ++free) {
        putBigEndian(all.last<8>(), free);
        if (hashcashBits(proof, nonce) >= bits) return nonce;
        if (free % 1024 == 0 && stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopping");
    }
}

std::uint64_t hashcashMillis(std::span<const std::uint8_t> nonce) {
    std::uint64_t value = 0;
    for (const auto byte : nonce.first(8)) value = value << 8 | byte;
    return value;
}

}  // namespace pegasus::market
