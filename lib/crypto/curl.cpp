// SPDX-License-Identifier: Apache-2.0
// Curl-P on two planes of 729 bits.
//
// A round is S'(i) = F(S(364 i), S(364 i + 364)), indexes modulo 729. With T_r(x) = S_r((-2)^r x) and 364 = -1/2 it becomes
//     T_(r+1)(x) = F(T_r(x), T_r(x + 364^(r+1))),
// one rotation of the whole state for each round instead of 729 look-ups. After R rounds S_R(i) = T_R(364^R i), and
// 364^27 = 82, 364^81 = 244 modulo 729, so that
//     S_27(i) = T_27(i + 81 (i mod 9)),   S_81(i) = T_81(i + 243 (i mod 3)):
// nine or three rotations and masks bring the state back into its order.
#include "crypto/curl.hpp"

#include <algorithm>

#include "base/secret.hpp"
#include "crypto/curl_planes.hpp"

namespace pegasus::crypto {
namespace {

using trinary::Trit;

constexpr std::size_t kWords = 12;
constexpr unsigned kTopBits = kCurlStateTrits - 64 * (kWords - 1);  // 25 bits in the last word
constexpr std::uint64_t kTopMask = (std::uint64_t{1} << kTopBits) - 1;

using Words = std::array<std::uint64_t, kWords>;

/// A plane written twice, one after the other, so that a rotation is a shift: bit k is trit k modulo 729.
struct Doubled {
    alignas(64) std::array<std::uint64_t, 2 * kWords> words;
};

void doubleUp(Doubled& plane) {
    auto& w = plane.words;
    w[kWords - 1] = (w[kWords - 1] & kTopMask) | (w[0] << kTopBits);
    for (std::size_t i = 0; i + 1 < kWords; ++i)
        w[kWords + i] = (w[i] >> (64 - kTopBits)) | (w[i + 1] << kTopBits);
    w[2 * kWords - 1] = w[kWords - 1] >> (64 - kTopBits);
}

/// Bits by .. by + 63 + 64 i of a doubled plane, for a given word offset and shift.
inline std::uint64_t wordAt(const Doubled& plane, std::size_t word, unsigned shift) {
    return (plane.words[word] >> shift) | ((plane.words[word + 1] << 1) << (63 - shift));
}

/// F on 64 trits: lo' = ah ^ (al & ~bl), hi' = al ^ (bh & lo'). Four operations are the least possible.
void applyRound(Doubled& low, Doubled& high, std::size_t rotation) {
    const std::size_t word = rotation / 64;
    const auto shift = static_cast<unsigned>(rotation % 64);
    Words nextLow;
    Words nextHigh;
    for (std::size_t i = 0; i < kWords; ++i) {
        const auto al = low.words[i];
        const auto ah = high.words[i];
        nextLow[i] = ah ^ (al & ~wordAt(low, word + i, shift));
        nextHigh[i] = al ^ (wordAt(high, word + i, shift) & nextLow[i]);
    }
    std::ranges::copy(nextLow, low.words.begin());
    std::ranges::copy(nextHigh, high.words.begin());
    doubleUp(low);
    doubleUp(high);
}

/// masks[j]: the bits whose index is j modulo `Modulus`.
template <std::size_t Modulus>
constexpr std::array<Words, Modulus> residueMasks() {
    std::array<Words, Modulus> masks{};
    for (std::size_t i = 0; i < kCurlStateTrits; ++i)
        masks[i % Modulus][i / 64] |= std::uint64_t{1} << (i % 64);
    return masks;
}

/// S(i) = T(i + step * (i mod Modulus)), where step * Modulus = 729.
template <std::size_t Modulus>
Words restoreOrder(const Doubled& plane) {
    static constexpr auto kMasks = residueMasks<Modulus>();
    Words out{};
    for (std::size_t j = 0; j < Modulus; ++j) {
        const std::size_t rotation = j * (kCurlStateTrits / Modulus);
        for (std::size_t i = 0; i < kWords; ++i)
            out[i] |= kMasks[j][i] & wordAt(plane, rotation / 64 + i, static_cast<unsigned>(rotation % 64));
    }
    return out;
}

}  // namespace

Curl::Curl(CurlRounds rounds) : rounds_(rounds) {
    planes_.low.fill(~std::uint64_t{0});
    planes_.low.back() = kTopMask;
    planes_.high = planes_.low;
}

Curl::~Curl() { wipe(&planes_, sizeof planes_); }

void Curl::permute() {
    Doubled low;
    Doubled high;
    std::ranges::copy(planes_.low, low.words.begin());
    std::ranges::copy(planes_.high, high.words.begin());
    doubleUp(low);
    doubleUp(high);
    std::size_t rotation = 1;
    for (int round = 0; round < static_cast<int>(rounds_); ++round) {
        rotation = rotation * 364 % kCurlStateTrits;
        applyRound(low, high, rotation);
    }
    const bool few = rounds_ == CurlRounds::P27;
    planes_.low = few ? restoreOrder<9>(low) : restoreOrder<3>(low);
    planes_.high = few ? restoreOrder<9>(high) : restoreOrder<3>(high);
}

void Curl::overwrite(std::span<const Trit> trits) {
    planes::put(trits.first(std::min(trits.size(), kCurlStateTrits)), planes_.low, planes_.high);
}

void Curl::absorb(std::span<const Trit> trits) {
    while (!trits.empty()) {
        const auto block = trits.first(std::min(trits.size(), kCurlRateTrits));
        overwrite(block);
        permute();
        trits = trits.subspan(block.size());
    }
}

void Curl::absorb(std::string_view trytes) {
    while (!trytes.empty()) {
        const auto block = trytes.substr(0, planes::kBlockTrytes);
        planes::put(block, planes_.low, planes_.high);
        permute();
        trytes.remove_prefix(block.size());
    }
}

CurlState Curl::state() const {
    CurlState trits;
    planes::get(planes_.low, planes_.high, trits);
    return trits;
}

CurlBlock Curl::rate() const {
    CurlBlock trits;
    planes::get(planes_.low, planes_.high, trits);
    return trits;
}

trinary::Hash Curl::hash() const { return planes::getHash(planes_.low, planes_.high); }

trinary::Trits Curl::squeeze(std::size_t blocks) {
    trinary::Trits out;
    out.reserve(blocks * kCurlRateTrits);
    for (std::size_t block = 0; block < blocks; ++block) {
        if (block != 0) permute();
        const auto trits = rate();
        out.insert(out.end(), trits.begin(), trits.end());
    }
    return out;
}

trinary::Hash curlHash(CurlRounds rounds, std::string_view trytes) {
    Curl curl(rounds);
    curl.absorb(trytes);
    return curl.hash();
}

CurlBlock curlHash(CurlRounds rounds, std::span<const Trit> trits) {
    Curl curl(rounds);
    curl.absorb(trits);
    return curl.rate();
}

}  // namespace pegasus::crypto
