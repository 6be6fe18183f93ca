// SPDX-License-Identifier: Apache-2.0
// Inside crypto: how Curl keeps trits as bits, and what works on that with vectors.
//
// Trit 3 y + j is bit y of plane j, once in a low and once in a high plane: -1 is (low 1, high 0), 0 is (1, 1), 1 is (0, 1). So a
// tryte is one bit of each of the six planes, and a plane has 243 bits: four words.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "trinary/trytes.hpp"

namespace pegasus::crypto {

inline constexpr std::size_t kPlanes = 3;
inline constexpr std::size_t kPlaneBits = 243;
inline constexpr std::size_t kPlaneWords = 4;
/// Words of a plane that the rate reaches into: it is bits 0..80.
inline constexpr std::size_t kRateWords = 2;
inline constexpr std::size_t kRateTrytes = 81;

/// `Words` words of each of the three planes, one plane after the other. Bits beyond the last trit are zero.
template <std::size_t Words>
struct PlaneBits {
    std::array<std::uint64_t, kPlanes * Words> low;
    std::array<std::uint64_t, kPlanes * Words> high;
};
using CurlPlanes = PlaneBits<kPlaneWords>;
using RatePlanes = PlaneBits<kRateWords>;

/// The trit that a bit of word `word` stands for; 729 or more, or 243 or more, for a bit that is not used.
template <std::size_t Words>
constexpr std::size_t tritAt(std::size_t word, std::size_t bit) {
    return kPlanes * (word % Words * 64 + bit) + word / Words;
}

/// Chosen for the instruction set at run time.
namespace kernel {

void permute(CurlPlanes& planes, int rounds);
[[nodiscard]] RatePlanes fromTrytes(std::span<const char, kRateTrytes> trytes);
[[nodiscard]] RatePlanes fromTrits(std::span<const trinary::Trit, kPlaneBits> trits);
[[nodiscard]] std::array<trinary::Trit, kPlaneBits> toTrits(const RatePlanes& planes);

}  // namespace kernel

[[nodiscard]] trinary::Hash toHash(const RatePlanes& planes);

inline constexpr std::uint64_t kSecondRateWord = (std::uint64_t{1} << (kRateTrytes - 64)) - 1;

[[nodiscard]] inline RatePlanes rateOf(const CurlPlanes& state) {
    RatePlanes rate;
    for (std::size_t j = 0; j < kPlanes; ++j) {
        rate.low[kRateWords * j] = state.low[kPlaneWords * j];
        rate.high[kRateWords * j] = state.high[kPlaneWords * j];
        rate.low[kRateWords * j + 1] = state.low[kPlaneWords * j + 1] & kSecondRateWord;
        rate.high[kRateWords * j + 1] = state.high[kPlaneWords * j + 1] & kSecondRateWord;
    }
    return rate;
}

inline void setRate(CurlPlanes& state, const RatePlanes& rate) {
    const auto second = [](std::uint64_t& word, std::uint64_t bits) { word = (word & ~kSecondRateWord) | bits; };
    for (std::size_t j = 0; j < kPlanes; ++j) {
        state.low[kPlaneWords * j] = rate.low[kRateWords * j];
        state.high[kPlaneWords * j] = rate.high[kRateWords * j];
        second(state.low[kPlaneWords * j + 1], rate.low[kRateWords * j + 1]);
        second(state.high[kPlaneWords * j + 1], rate.high[kRateWords * j + 1]);
    }
}

}  // namespace pegasus::crypto
