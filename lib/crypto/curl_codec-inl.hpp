// SPDX-License-Identifier: Apache-2.0
// A rate of 243 trits between characters, trits and the planes of curl_planes.hpp. Comparing a vector of characters gives a bit of
// a plane for each. 81 trytes are 64 and, with 15 of them again, the last 32. Include as curl_lanes-inl.hpp.

#if defined(PEGASUS_CRYPTO_CURL_CODEC_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef PEGASUS_CRYPTO_CURL_CODEC_INL_HPP
#undef PEGASUS_CRYPTO_CURL_CODEC_INL_HPP
#else
#define PEGASUS_CRYPTO_CURL_CODEC_INL_HPP
#endif

#include <hwy/highway.h>

#include <array>
#include <cstring>
#include <span>

#include "crypto/curl_planes.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Text = hn::CappedTag<std::int8_t, 32>;
constexpr std::size_t kTextLanes = hn::MaxLanes(Text());
constexpr std::size_t kFirstTrytes = 64;
constexpr std::size_t kLastTrytes = 32;
constexpr std::size_t kLastBegin = kRateTrytes - kLastTrytes;
constexpr std::size_t kTwice = kFirstTrytes - kLastBegin;

/// One bit for each lane.
HWY_INLINE std::uint64_t bitsOf(hn::Mask<Text> mask) {
    alignas(8) std::array<std::uint8_t, 8> bytes{};
    hn::StoreMaskBits(Text(), mask, bytes.data());
    // Read as it was written, so that the processor can forward the store.
    constexpr std::size_t kSize = kTextLanes >= 8 ? kTextLanes / 8 : 1;
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes.data(), kSize);
    return bits;
}
HWY_INLINE hn::Mask<Text> maskOf(std::uint64_t bits) {
    alignas(8) std::array<std::uint8_t, 8> bytes;
    std::memcpy(bytes.data(), &bits, bytes.size());
    return hn::LoadMaskBits(Text(), bytes.data());
}

/// The trits of as many trytes as a vector has lanes, those of each plane in one vector.
struct TritVectors {
    std::array<hn::Vec<Text>, kPlanes> plane;
};

HWY_INLINE TritVectors loadTrits(const std::int8_t* trits) {
    hn::Vec<Text> v0;
    hn::Vec<Text> v1;
    hn::Vec<Text> v2;
    hn::LoadInterleaved3(Text(), trits, v0, v1, v2);
    return {{v0, v1, v2}};
}

/// -1, 0 or 1: whether v is below -bound, in between, or above bound.
HWY_INLINE hn::Vec<Text> beyond(hn::Vec<Text> v, std::int8_t bound) {
    const Text d;
    const auto one = hn::Set(d, 1);
    return hn::Sub(hn::IfThenElseZero(hn::Gt(v, hn::Set(d, bound)), one),
                   hn::IfThenElseZero(hn::Lt(v, hn::Set(d, static_cast<std::int8_t>(-bound))), one));
}
HWY_INLINE hn::Vec<Text> threeTimes(hn::Vec<Text> v) { return hn::Add(hn::Add(v, v), v); }

/// The lowest five bits of the letters are 1..26, where 14..26 stand for -13..-1. The trit of weight 9 is set if the value is
/// beyond 4, that of weight 3 if the rest is beyond 1.
HWY_INLINE TritVectors loadTrytes(const std::int8_t* trytes) {
    const Text d;
    const auto text = hn::LoadU(d, trytes);
    auto value = hn::IfThenZeroElse(hn::Eq(text, hn::Set(d, '9')), hn::And(text, hn::Set(d, 31)));
    value = hn::Sub(value, hn::IfThenElseZero(hn::Gt(value, hn::Set(d, 13)), hn::Set(d, 27)));
    const auto nines = beyond(value, 4);
    const auto rest = hn::Sub(value, threeTimes(threeTimes(nines)));
    const auto threes = beyond(rest, 1);
    return {{hn::Sub(rest, threeTimes(threes)), threes, nines}};
}

/// Adds the bits of `count` trytes from bit 0 of word `word` of each plane. `load` gives the trits from a tryte on.
template <class Load>
HWY_INLINE void putBits(RatePlanes& planes, std::size_t word, std::size_t count, Load load) {
    const Text d;
    for (std::size_t i = 0; i < count; i += kTextLanes) {
        const TritVectors trits = load(i);
        for (std::size_t j = 0; j < kPlanes; ++j) {
            const auto one = hn::Set(d, 1);
            const auto minusOne = hn::Set(d, -1);
            planes.low[kRateWords * j + word] |= bitsOf(hn::Lt(trits.plane[j], one)) << i;
            planes.high[kRateWords * j + word] |= bitsOf(hn::Gt(trits.plane[j], minusOne)) << i;
        }
    }
}

template <class Load>
HWY_INLINE RatePlanes ratePlanes(Load load) {
    RatePlanes planes{};
    putBits(planes, 0, kFirstTrytes, load);
    putBits(planes, 1, kLastTrytes, [load](std::size_t i) HWY_ATTR { return load(kLastBegin + i); });
    for (std::size_t j = 0; j < kPlanes; ++j) {
        planes.low[kRateWords * j + 1] >>= kTwice;
        planes.high[kRateWords * j + 1] >>= kTwice;
    }
    return planes;
}

HWY_INLINE RatePlanes planesFromTrytes(std::span<const char, kRateTrytes> trytes) {
    const auto* text = reinterpret_cast<const std::int8_t*>(trytes.data());
    return ratePlanes([text](std::size_t i) HWY_ATTR { return loadTrytes(text + i); });
}

HWY_INLINE RatePlanes planesFromTrits(std::span<const trinary::Trit, kPlaneBits> trits) {
    const auto* first = trits.data();
    return ratePlanes([first](std::size_t i) HWY_ATTR { return loadTrits(first + kPlanes * i); });
}

/// Writes `count` trytes from tryte `begin` on; their bits are at bit 0 of `low` and `high` of each plane.
HWY_INLINE void getBits(const std::array<std::uint64_t, kPlanes>& low, const std::array<std::uint64_t, kPlanes>& high,
                        std::size_t count, trinary::Trit* out) {
    const Text d;
    const auto one = hn::Set(d, 1);
    const auto at = [&](std::size_t j, std::size_t i) HWY_ATTR {
        return hn::Sub(hn::IfThenElseZero(maskOf(high[j] >> i), one), hn::IfThenElseZero(maskOf(low[j] >> i), one));
    };
    for (std::size_t i = 0; i < count; i += kTextLanes)
        hn::StoreInterleaved3(at(0, i), at(1, i), at(2, i), d, out + kPlanes * i);
}

HWY_INLINE std::array<trinary::Trit, kPlaneBits> tritsFromPlanes(const RatePlanes& planes) {
    std::array<trinary::Trit, kPlaneBits> trits;
    std::array<std::uint64_t, kPlanes> firstLow;
    std::array<std::uint64_t, kPlanes> firstHigh;
    std::array<std::uint64_t, kPlanes> lastLow;
    std::array<std::uint64_t, kPlanes> lastHigh;
    const auto last = [](std::uint64_t first, std::uint64_t second) { return (first >> kLastBegin) | (second << kTwice); };
    for (std::size_t j = 0; j < kPlanes; ++j) {
        firstLow[j] = planes.low[kRateWords * j];
        firstHigh[j] = planes.high[kRateWords * j];
        lastLow[j] = last(firstLow[j], planes.low[kRateWords * j + 1]);
        lastHigh[j] = last(firstHigh[j], planes.high[kRateWords * j + 1]);
    }
    getBits(firstLow, firstHigh, kFirstTrytes, trits.data());
    getBits(lastLow, lastHigh, kLastTrytes, trits.data() + kPlanes * kLastBegin);
    return trits;
}

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
