// SPDX-License-Identifier: Apache-2.0
// Inside crypto: between trits or trytes and two planes of bits, as Curl keeps its state (see Curl::Planes).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "crypto/curl.hpp"

namespace pegasus::crypto::planes {

using trinary::Trit;

/// Words of a plane that a block of 243 trits reaches into.
inline constexpr std::size_t kBlockWords = 4;
inline constexpr std::size_t kBlockTrytes = kCurlRateTrits / trinary::kTritsPerTryte;

constexpr std::uint64_t lowBit(Trit trit) { return trit <= 0 ? 1 : 0; }
constexpr std::uint64_t highBit(Trit trit) { return trit >= 0 ? 1 : 0; }

/// Writes groups of bits one after the other over the start of a plane; flush() keeps what follows the last bit.
class BitWriter {
public:
    explicit BitWriter(std::span<std::uint64_t> out) : out_(out) {}
    void put(std::uint64_t bits, unsigned count) {
        pending_ |= bits << used_;
        used_ += count;
        if (used_ < 64) return;
        out_[word_++] = pending_;
        used_ -= 64;
        pending_ = used_ == 0 ? 0 : bits >> (count - used_);
    }
    void flush() {
        if (used_ == 0) return;
        const auto mask = (std::uint64_t{1} << used_) - 1;
        out_[word_] = (out_[word_] & ~mask) | pending_;
    }

private:
    std::span<std::uint64_t> out_;
    std::uint64_t pending_ = 0;
    unsigned used_ = 0;
    std::size_t word_ = 0;
};

/// Of each character: the three bits of the low plane at bit 0, those of the high plane at bit 32.
constexpr std::array<std::uint64_t, 256> makeTryteBits() {
    std::array<std::uint64_t, 256> table{};
    for (std::size_t value = 0; value < trinary::kAlphabet.size(); ++value) {
        auto& bits = table[static_cast<unsigned char>(trinary::kAlphabet[value])];
        auto rest = value;
        for (unsigned k = 0; k < trinary::kTritsPerTryte; ++k) {
            const auto digit = rest % 3;  // 2 stands for -1
            bits |= (std::uint64_t{digit != 1} << k) | (std::uint64_t{digit != 2} << (32 + k));
            rest = (rest + (digit == 2 ? 1 : 0)) / 3;
        }
    }
    return table;
}
inline constexpr auto kTryteBits = makeTryteBits();

/// The inverse, for low | high << 3.
constexpr std::array<char, 64> makeTryteChars() {
    std::array<char, 64> table{};
    for (const char c : trinary::kAlphabet) {
        const auto bits = kTryteBits[static_cast<unsigned char>(c)];
        table[(bits & 7) | (bits >> 32 << 3)] = c;
    }
    return table;
}
inline constexpr auto kTryteChars = makeTryteChars();

/// Overwrites the start of both planes with at most 81 trytes.
inline void put(std::string_view trytes, std::span<std::uint64_t> low, std::span<std::uint64_t> high) {
    constexpr std::size_t kGroup = 8;
    constexpr unsigned kGroupBits = kGroup * trinary::kTritsPerTryte;
    BitWriter lowBits(low);
    BitWriter highBits(high);
    std::size_t i = 0;
    for (; i + kGroup <= trytes.size(); i += kGroup) {
        std::uint64_t bits = 0;
        for (unsigned k = 0; k < kGroup; ++k)
            bits |= kTryteBits[static_cast<unsigned char>(trytes[i + k])] << (trinary::kTritsPerTryte * k);
        lowBits.put(bits & ((1U << kGroupBits) - 1), kGroupBits);
        highBits.put(bits >> 32, kGroupBits);
    }
    for (; i < trytes.size(); ++i) {
        const auto bits = kTryteBits[static_cast<unsigned char>(trytes[i])];
        lowBits.put(bits & 7, trinary::kTritsPerTryte);
        highBits.put(bits >> 32, trinary::kTritsPerTryte);
    }
    lowBits.flush();
    highBits.flush();
}

/// Overwrites the start of both planes. Trits other than -1, 0, 1 count by the sign of their byte and its lowest bit.
inline void put(std::span<const Trit> trits, std::span<std::uint64_t> low, std::span<std::uint64_t> high) {
    // Eight trits at once: the product gathers the lowest bits of eight bytes into the highest byte.
    constexpr std::size_t kGroup = 8;
    constexpr std::uint64_t kEach = 0x0101010101010101;
    constexpr std::uint64_t kGather = 0x0102040810204080;
    BitWriter lowBits(low);
    BitWriter highBits(high);
    std::size_t i = 0;
    for (; i + kGroup <= trits.size(); i += kGroup) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, trits.data() + i, kGroup);
        const auto negative = (bytes >> 7) & kEach;
        const auto positive = bytes & kEach & ~negative;
        lowBits.put(((positive ^ kEach) * kGather) >> 56, kGroup);
        highBits.put(((negative ^ kEach) * kGather) >> 56, kGroup);
    }
    for (; i < trits.size(); ++i) {
        lowBits.put(lowBit(trits[i]), 1);
        highBits.put(highBit(trits[i]), 1);
    }
    lowBits.flush();
    highBits.flush();
}

/// The first trits of both planes.
inline void get(std::span<const std::uint64_t> low, std::span<const std::uint64_t> high, std::span<Trit> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto l = (low[i / 64] >> (i % 64)) & 1;
        const auto h = (high[i / 64] >> (i % 64)) & 1;
        out[i] = static_cast<Trit>(static_cast<int>(h) - static_cast<int>(l));
    }
}

/// The first 81 trytes of both planes.
inline trinary::Hash getHash(std::span<const std::uint64_t> low, std::span<const std::uint64_t> high) {
    const auto three = [](std::span<const std::uint64_t> plane, std::size_t bit) {
        const auto word = bit / 64;
        const auto shift = bit % 64;
        auto bits = plane[word] >> shift;
        if (shift > 61) bits |= plane[word + 1] << (64 - shift);
        return bits & 7;
    };
    std::array<char, kBlockTrytes> text;
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = kTryteChars[three(low, 3 * i) | (three(high, 3 * i) << 3)];
    return *trinary::Hash::parse({text.data(), text.size()});
}

}  // namespace pegasus::crypto::planes
