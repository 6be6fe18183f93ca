// SPDX-License-Identifier: Apache-2.0
// The Keccak-f[1600] permutation (FIPS 202, section 3), scalar.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pegasus::crypto {

/// Lane x, y of the state is at x + 5 * y.
using KeccakState = std::array<std::uint64_t, 25>;

/// Permutes in place (hot).
void keccakF1600(KeccakState& state);

inline constexpr std::size_t kKeccakRounds = 24;
inline constexpr std::array<std::uint64_t, kKeccakRounds> kKeccakRoundConstants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// Rotation of each lane (rho) and where it goes (pi).
struct KeccakMove {
    int rotation;
    std::size_t to;
};

consteval std::array<KeccakMove, 25> keccakMoves() {
    std::array<KeccakMove, 25> moves{};
    std::size_t x = 1;
    std::size_t y = 0;
    for (int t = 0; t < 24; ++t) {
        const std::size_t nextY = (2 * x + 3 * y) % 5;
        moves[x + 5 * y] = {(t + 1) * (t + 2) / 2 % 64, y + 5 * nextY};
        x = y;
        y = nextY;
    }
    return moves;
}

inline constexpr auto kKeccakMoves = keccakMoves();

/// Keccak-384 with the padding of the competition (0x01), as Kerl uses it.
inline constexpr std::size_t kKerlRateLanes = 13;
inline constexpr std::size_t kKerlBlockLanes = 6;
inline constexpr std::uint64_t kKeccakPadFirst = 0x01;
inline constexpr std::uint64_t kKeccakPadLast = 0x8000000000000000;

}  // namespace pegasus::crypto
