// SPDX-License-Identifier: Apache-2.0
// Trytes as characters into the bit-sliced form. A word of eight characters is a row of a square (curl_rows-inl.hpp); transposed,
// the rows are the bits of the characters, each for all states, and the planes of the trits are functions of six of them. Include
// as curl_lanes-inl.hpp.

#if defined(PEGASUS_CRYPTO_CURL_TEXT_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef PEGASUS_CRYPTO_CURL_TEXT_INL_HPP
#undef PEGASUS_CRYPTO_CURL_TEXT_INL_HPP
#else
#define PEGASUS_CRYPTO_CURL_TEXT_INL_HPP
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string_view>

#include "crypto/curl_rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

static_assert(std::endian::native == std::endian::little, "character k of a word is bits 8 k to 8 k + 7");

constexpr std::size_t kWordTrytes = 8;
constexpr std::size_t kCodeBits = 5;

/// The lowest five bits of the letters are 1..26, their places in the alphabet; bit 6 tells letters from the 9, which is place 0.
using Code = std::array<Vec, kCodeBits>;
HWY_INLINE Code codeOf(const Squares& squares, std::size_t character) {
    constexpr std::size_t kLetterBit = 6;
    const auto letter = squares.vector(8 * character + kLetterBit);
    Code code;
    for (std::size_t bit = 0; bit < kCodeBits; ++bit) code[bit] = hn::And(letter, squares.vector(8 * character + bit));
    return code;
}

/// Bit `code` is a result for this code.
using Table = std::uint32_t;

/// Where trit `trit` of a tryte is not `sign`: the low (sign 1) or the high (sign -1) vector of it.
constexpr Table whereNot(int sign, std::size_t trit) {
    Table table = 0;
    for (int code = 0; code < 27; ++code) {
        int rest = code;  // modulo 27 the value of the tryte
        for (std::size_t i = 0; i < trit; ++i) rest = (rest + 1) / 3;
        table |= Table{(rest - sign) % 3 != 0} << code;
    }
    return table;
}

HWY_INLINE Vec choose(Vec mask, Vec yes, Vec no) { return hn::Or(hn::And(mask, yes), hn::AndNot(mask, no)); }

/// Looks up the lowest `Bits` bits of the code, as a tree of choices.
template <Table table, std::size_t Bits = kCodeBits>
HWY_INLINE Vec lookUp(const Code& code) {
    if constexpr (Bits == 0) {
        return hn::Set(Tag(), table != 0 ? ~std::uint64_t{0} : 0);
    } else {
        constexpr std::size_t kHalf = std::size_t{1} << (Bits - 1);
        constexpr Table kLow = table & ((Table{1} << kHalf) - 1);
        constexpr Table kHigh = table >> kHalf;
        if constexpr (kLow == kHigh) {
            return lookUp<kLow, Bits - 1>(code);
        } else {
            return choose(code[Bits - 1], lookUp<kHigh, Bits - 1>(code), lookUp<kLow, Bits - 1>(code));
        }
    }
}

template <std::size_t Trit>
HWY_INLINE Pair tritOf(const Code& code) {
    return {lookUp<whereNot(1, Trit)>(code), lookUp<whereNot(-1, Trit)>(code)};
}

/// Writes the 81 trytes from `offset` on of each text into the rate of its state; zero into those of no text.
inline void writeTrytes(std::span<const std::string_view> texts, std::size_t offset, std::uint64_t* state) {
    for (std::size_t first = 0; first < kRateTrytes; first += kWordTrytes) {
        const std::size_t count = std::min(kWordTrytes, kRateTrytes - first);
        Squares squares;
        for (std::size_t i = 0; i < texts.size(); ++i)
            std::memcpy(&squares.row(i), texts[i].data() + offset + first, count);
        squares.transpose();
        for (std::size_t k = 0; k < count; ++k) {
            const Code code = codeOf(squares, k);
            const std::size_t trit = 3 * (first + k);
            store(tritOf<0>(code), state, trit);
            store(tritOf<1>(code), state, trit + 1);
            store(tritOf<2>(code), state, trit + 2);
        }
    }
}

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
