// SPDX-License-Identifier: Apache-2.0
// Carries states in and out of the bit-sliced form by transposing squares of 64 x 64 bits: before, a row is 64 trits (one plane)
// of one state; after, a row is one trit of 64 states. A vector holds as many squares as it has words, so state 64 g + r is row
// r of square g, and transposed rows are the vectors of a state buffer. Include as curl_lanes-inl.hpp.

#if defined(PEGASUS_CRYPTO_CURL_ROWS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef PEGASUS_CRYPTO_CURL_ROWS_INL_HPP
#undef PEGASUS_CRYPTO_CURL_ROWS_INL_HPP
#else
#define PEGASUS_CRYPTO_CURL_ROWS_INL_HPP
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "crypto/curl_lanes-inl.hpp"
#include "crypto/curl_planes.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

constexpr std::size_t kRows = 64;

/// As many squares as a vector has words.
class Squares {
public:
    [[nodiscard]] std::uint64_t& row(std::size_t state) { return words_[state % kRows * kVecWords + state / kRows]; }
    [[nodiscard]] Vec vector(std::size_t row) const { return hn::Load(Tag(), words_.data() + row * kVecWords); }
    void setVector(std::size_t row, Vec vector) { hn::Store(vector, Tag(), words_.data() + row * kVecWords); }
    /// Bit c of row r goes to bit r of row c.
    void transpose() {
        exchange<32>(0x00000000FFFFFFFF);
        exchange<16>(0x0000FFFF0000FFFF);
        exchange<8>(0x00FF00FF00FF00FF);
        exchange<4>(0x0F0F0F0F0F0F0F0F);
        exchange<2>(0x3333333333333333);
        exchange<1>(0x5555555555555555);
    }

private:
    /// In each block of 2 Half rows and columns: the upper right quarter for the lower left one.
    template <std::size_t Half>
    void exchange(std::uint64_t leftHalf) {
        const auto mask = hn::Set(Tag(), leftHalf);
        for (std::size_t block = 0; block < kRows; block += 2 * Half) {
            for (std::size_t r = block; r < block + Half; ++r) {
                const auto upper = vector(r);
                const auto lower = vector(r + Half);
                const auto difference = hn::And(hn::Xor(hn::ShiftRight<Half>(upper), lower), mask);
                setVector(r, hn::Xor(upper, hn::ShiftLeft<Half>(difference)));
                setVector(r + Half, hn::Xor(lower, difference));
            }
        }
    }

    alignas(64) std::array<std::uint64_t, kRows * kVecWords> words_{};
};

/// Both planes of kStates states, `Words` words of each, in rows by state.
template <std::size_t Count>
class Rows {
public:
    Rows() = default;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows() { wipe(this, sizeof *this); }

    void set(std::size_t state, std::span<const std::uint64_t, Count> low, std::span<const std::uint64_t, Count> high) {
        for (std::size_t word = 0; word < Count; ++word) {
            low_[word].row(state) = low[word];
            high_[word].row(state) = high[word];
        }
    }
    void get(std::size_t state, std::span<std::uint64_t, Count> low, std::span<std::uint64_t, Count> high) {
        for (std::size_t word = 0; word < Count; ++word) {
            low[word] = low_[word].row(state);
            high[word] = high_[word].row(state);
        }
    }
    /// Writes the first `trits` trits of a state buffer. The rows are used up.
    void writeTo(std::uint64_t* state, std::size_t trits) {
        for (std::size_t word = 0; word < Count; ++word) {
            low_[word].transpose();
            high_[word].transpose();
            for (std::size_t trit = kRows * word; trit < std::min(trits, kRows * (word + 1)); ++trit)
                store({low_[word].vector(trit % kRows), high_[word].vector(trit % kRows)}, state, trit);
        }
    }
    void readFrom(const std::uint64_t* state, std::size_t trits) {
        for (std::size_t word = 0; word < Count; ++word) {
            for (std::size_t trit = kRows * word; trit < std::min(trits, kRows * (word + 1)); ++trit) {
                const auto pair = load(state, trit);
                low_[word].setVector(trit % kRows, pair.low);
                high_[word].setVector(trit % kRows, pair.high);
            }
            low_[word].transpose();
            high_[word].transpose();
        }
    }

private:
    std::array<Squares, Count> low_;
    std::array<Squares, Count> high_;
};

/// low | high << 3 of the characters of the alphabet; see planes::kTryteBits.
constexpr std::array<std::int8_t, 32> makeCodes() {
    std::array<std::int8_t, 32> codes{};
    for (std::size_t i = 0; i < trinary::kAlphabet.size(); ++i) {
        const auto bits = planes::kTryteBits[static_cast<unsigned char>(trinary::kAlphabet[i])];
        codes[i] = static_cast<std::int8_t>((bits & 7) | (bits >> 32 << 3));
    }
    return codes;
}
alignas(16) constexpr auto kCodes = makeCodes();

/// Of up to 64 characters, one bit each: the low bits of their three trits, then the high bits.
using TryteMasks = std::array<std::uint64_t, 6>;

#if HWY_TARGET == HWY_SCALAR
inline TryteMasks masksOf(std::string_view text) {
    TryteMasks masks{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto code = static_cast<std::uint64_t>(kCodes[static_cast<std::size_t>(text[i] == '9' ? 0 : text[i] & 31)]);
        for (std::size_t bit = 0; bit < masks.size(); ++bit) masks[bit] |= (code >> bit & 1) << i;
    }
    return masks;
}
#else
using Text = hn::CappedTag<std::int8_t, 32>;

/// The codes of characters: the letters are 1..26 in their lowest five bits, '9' is to be 0.
HWY_INLINE hn::Vec<Text> codesOf(hn::Vec<Text> text) {
    const Text d;
    const auto first = hn::LoadDup128(d, kCodes.data());
    const auto second = hn::LoadDup128(d, kCodes.data() + 16);
    const auto value = hn::IfThenZeroElse(hn::Eq(text, hn::Set(d, '9')), hn::And(text, hn::Set(d, 31)));
    const auto index = hn::And(value, hn::Set(d, 15));
    return hn::IfThenElse(hn::Lt(value, hn::Set(d, 16)), hn::TableLookupBytes(first, index),
                          hn::TableLookupBytes(second, index));
}
/// Of 32 or 64 characters.
HWY_INLINE TryteMasks masksOf(std::string_view text) {
    const Text d;
    constexpr std::size_t kLanes = hn::MaxLanes(Text());
    TryteMasks masks{};
    for (std::size_t i = 0; i < text.size(); i += kLanes) {
        const auto code = codesOf(hn::LoadU(d, reinterpret_cast<const std::int8_t*>(text.data()) + i));
        for (std::size_t bit = 0; bit < masks.size(); ++bit) {
            const auto isSet = hn::TestBit(code, hn::Set(d, static_cast<std::int8_t>(1 << bit)));
            std::array<std::uint8_t, 8> bytes{};
            hn::StoreMaskBits(d, isSet, bytes.data());
            std::conditional_t<kLanes == 32, std::uint32_t, std::uint16_t> bits;
            std::memcpy(&bits, bytes.data(), sizeof bits);
            masks[bit] |= std::uint64_t{bits} << i;
        }
    }
    return masks;
}
#endif

/// A block of 81 trytes of kStates inputs, on its way into the rates. A row is not 64 neighbouring trits but one trit of 64 trytes,
/// which is what comparing vectors of characters gives. Rows of the last 17 trytes hold all three trits, 51 bits.
class TryteRows {
public:
    void set(std::size_t state, std::string_view trytes) {
        const auto first = masksOf(trytes.substr(0, kFirst));
        for (std::size_t trit = 0; trit < 3; ++trit) {
            low_[trit].row(state) = first[trit];
            high_[trit].row(state) = first[3 + trit];
        }
        const auto last = masksOf(trytes.substr(planes::kBlockTrytes - kEnd, kEnd));
        low_[3].row(state) = joined(last[0], last[1], last[2]);
        high_[3].row(state) = joined(last[3], last[4], last[5]);
    }
    void writeTo(std::uint64_t* state) {
        for (std::size_t i = 0; i < low_.size(); ++i) {
            low_[i].transpose();
            high_[i].transpose();
        }
        for (std::size_t trit = 0; trit < 3; ++trit)
            for (std::size_t tryte = 0; tryte < kFirst; ++tryte)
                store({low_[trit].vector(tryte), high_[trit].vector(tryte)}, state, 3 * tryte + trit);
        for (std::size_t row = 0; row < 3 * kLast; ++row)
            store({low_[3].vector(row), high_[3].vector(row)}, state, 3 * (kFirst + row % kLast) + row / kLast);
    }

private:
    static constexpr std::size_t kFirst = 64;
    static constexpr std::size_t kLast = planes::kBlockTrytes - kFirst;
    static constexpr std::size_t kEnd = 32;  // whole vectors that end with the block; their last kLast trytes count

    static std::uint64_t joined(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        constexpr std::size_t kBefore = kEnd - kLast;
        return (a >> kBefore) | (b >> kBefore << kLast) | (c >> kBefore << 2 * kLast);
    }

    std::array<Squares, 4> low_;
    std::array<Squares, 4> high_;
};

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
