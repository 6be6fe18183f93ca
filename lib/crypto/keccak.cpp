// SPDX-License-Identifier: Apache-2.0
// Keccak-f[1600], unrolled by index sequences so that every rotation is a constant.
#include "crypto/keccak.hpp"

#include <bit>
#include <utility>

namespace pegasus::crypto {
namespace {

template <std::size_t... i>
inline void rhoPi(const KeccakState& a, const std::array<std::uint64_t, 5>& d, KeccakState& b,
                  std::index_sequence<i...> /*lanes*/) {
    ((b[kKeccakMoves[i].to] = std::rotl(a[i] ^ d[i % 5], kKeccakMoves[i].rotation)), ...);
}

inline void keccakRound(KeccakState& a, std::uint64_t constant) {
    std::array<std::uint64_t, 5> c;
    std::array<std::uint64_t, 5> d;
    KeccakState b;
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) d[x] = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
    rhoPi(a, d, b, std::make_index_sequence<25>{});
#pragma GCC unroll 25
    for (std::size_t i = 0; i < 25; ++i) {
        const std::size_t row = i / 5 * 5;
        a[i] = b[i] ^ (~b[row + (i + 1) % 5] & b[row + (i + 2) % 5]);
    }
    a[0] ^= constant;
}

}  // namespace

void keccakF1600(KeccakState& state) {
    KeccakState a = state;
    for (const auto constant : kKeccakRoundConstants) keccakRound(a, constant);
    state = a;
}

}  // namespace pegasus::crypto
