// SPDX-License-Identifier: Apache-2.0
// Chains in vector lanes. Each lane runs one chain; a lane that is done takes the next one.
//
// A link is one Keccak-f on a state with a block in lanes 0..5 and constant padding, followed by dropping trit 243:
// x > H becomes x - 3^242, x < -H becomes x + 3^242, where H = (3^242 - 1) / 2. No trits are needed.

// g++ cannot put scalable vectors into arrays; AVX-512 and NEON are among the other targets.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "crypto/chains.cpp"  // NOLINT
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/secret.hpp"
#include "crypto/chains.hpp"
#include "crypto/keccak.hpp"
#include "crypto/wide.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<std::uint64_t>;
using V = hn::Vec<D>;

template <int bits>
HWY_INLINE V rotateLeft(V v) {
    if constexpr (bits == 0) return v;
    else return hn::RotateRight<64 - bits>(v);
}

template <std::size_t... i>
HWY_INLINE void rhoPi(const V (&a)[25], const V (&d)[5], V (&b)[25], std::index_sequence<i...> /*lanes*/) {
    ((b[kKeccakMoves[i].to] = rotateLeft<kKeccakMoves[i].rotation>(hn::Xor(a[i], d[i % 5]))), ...);
}

HWY_INLINE void keccakRound(V (&a)[25], std::uint64_t constant) {
    V c[5];
    V d[5];
    V b[25];
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) c[x] = hn::Xor3(hn::Xor3(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
#pragma GCC unroll 5
    for (std::size_t x = 0; x < 5; ++x) d[x] = hn::Xor(c[(x + 4) % 5], rotateLeft<1>(c[(x + 1) % 5]));
    rhoPi(a, d, b, std::make_index_sequence<25>{});
#pragma GCC unroll 25
    for (std::size_t i = 0; i < 25; ++i) {
        const std::size_t row = i / 5 * 5;
        a[i] = hn::Xor(b[i], hn::AndNot(b[row + (i + 1) % 5], b[row + (i + 2) % 5]));
    }
    a[0] = hn::Xor(a[0], hn::Set(D(), constant));
}

/// One where a sum wrapped: the carry of a + b = sum is the majority of a, b and not sum.
HWY_INLINE V carryOf(V a, V b, V sum) {
    return hn::ShiftRight<63>(hn::Or(hn::And(a, b), hn::AndNot(sum, hn::Or(a, b))));
}

HWY_INLINE void addWide(V (&x)[6], const V (&y)[6]) {
    V carry = hn::Zero(D());
#pragma GCC unroll 6
    for (std::size_t i = 0; i < 6; ++i) {
        const V sum = hn::Add(hn::Add(x[i], y[i]), carry);
        carry = carryOf(x[i], y[i], sum);
        x[i] = sum;
    }
}

/// All ones in lanes that are negative.
HWY_INLINE V signOf(V top) {
    const hn::RebindToSigned<D> signedTag;
    return hn::BitCast(D(), hn::BroadcastSignBit(hn::BitCast(signedTag, top)));
}

HWY_INLINE void dropLastTrits(V (&x)[6]) {
    const D d;
    // y = x < 0 ? x + H : ~x + H + 1 = H - x is negative where |x| is above H.
    const V sign = signOf(x[5]);
    V y[6];
#pragma GCC unroll 6
    for (std::size_t i = 0; i < 6; ++i) y[i] = hn::Xor(x[i], hn::Not(sign));
    V half[6];
#pragma GCC unroll 6
    for (std::size_t i = 0; i < 6; ++i) half[i] = hn::Set(d, kHalfRange[i]);
    static_assert(kHalfRange[0] != ~std::uint64_t{0}, "the 1 of H + 1 needs no carry");
    half[0] = hn::Add(half[0], hn::AndNot(sign, hn::Set(d, 1)));
    addWide(y, half);
    const V beyond = signOf(y[5]);
    V range[6];  // +3^242 for negative lanes, -3^242 for the others, 0 for lanes within the range
    constexpr Wide kMinusRange = negate(kRange);
#pragma GCC unroll 6
    for (std::size_t i = 0; i < 6; ++i) {
        const V plus = hn::And(sign, hn::Set(d, kRange[i]));
        const V minus = hn::AndNot(sign, hn::Set(d, kMinusRange[i]));
        range[i] = hn::And(beyond, hn::Or(plus, minus));
    }
    addWide(x, range);
}

HWY_INLINE V reverseBytes(V v) {
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(D(), __builtin_bswap64(hn::GetLane(v)));
#else
    const hn::Repartition<std::uint8_t, D> bytes;
    alignas(16) static constexpr std::uint8_t kOrder[16] = {7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8};
    return hn::BitCast(D(), hn::TableLookupBytes(hn::BitCast(bytes, v), hn::LoadDup128(bytes, kOrder)));
#endif
}

HWY_INLINE void link(V (&x)[6]) {
    const D d;
    V a[25];
#pragma GCC unroll 6
    for (std::size_t k = 0; k < 6; ++k) a[k] = reverseBytes(x[5 - k]);
    a[6] = hn::Set(d, kKeccakPadFirst);
#pragma GCC unroll 18
    for (std::size_t k = 7; k < 25; ++k) a[k] = hn::Zero(d);
    a[kKerlRateLanes - 1] = hn::Set(d, kKeccakPadLast);
    for (const auto constant : kKeccakRoundConstants) keccakRound(a, constant);
#pragma GCC unroll 6
    for (std::size_t k = 0; k < 6; ++k) x[5 - k] = reverseBytes(a[k]);
    dropLastTrits(x);
}

/// Runs `count` links in all lanes; limb i of lane l is at lanes[i * hn::Lanes(d) + l].
void run(std::uint64_t* lanes, std::size_t count) {
    const D d;
    const std::size_t width = hn::Lanes(d);
    V x[6];
    for (std::size_t i = 0; i < 6; ++i) x[i] = hn::LoadU(d, lanes + i * width);
    for (std::size_t n = 0; n < count; ++n) link(x);
    for (std::size_t i = 0; i < 6; ++i) hn::StoreU(x[i], d, lanes + i * width);
}

std::size_t width() { return hn::Lanes(D()); }

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pegasus::crypto {
namespace {

HWY_EXPORT(run);
HWY_EXPORT(width);

constexpr std::size_t kMaxWidth = 8;  // 512 bits
constexpr std::size_t kIdle = SIZE_MAX;

/// The lanes, and which chain runs in each.
class Lanes {
public:
    Lanes(std::span<KerlBlock> blocks, std::span<const std::uint8_t> steps)
        : blocks_(blocks), steps_(steps), width_(std::min(HWY_DYNAMIC_DISPATCH(width)(), kMaxWidth)) {
        chain_.fill(kIdle);
    }
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;
    ~Lanes() { wipe(limbs_.data(), sizeof limbs_); }

    void runAll() {
        for (std::size_t lane = 0; lane < width_; ++lane) take(lane);
        while (const std::size_t count = shortest()) {
            HWY_DYNAMIC_DISPATCH(run)(limbs_.data(), count);
            for (std::size_t lane = 0; lane < width_; ++lane) {
                if (chain_[lane] == kIdle) continue;
                left_[lane] -= count;
                if (left_[lane] == 0) put(lane);
            }
        }
    }

private:
    void take(std::size_t lane) {
        while (next_ < blocks_.size() && steps_[next_] == 0) ++next_;
        chain_[lane] = next_ < blocks_.size() ? next_++ : kIdle;
        if (chain_[lane] == kIdle) return;
        left_[lane] = steps_[chain_[lane]];
        for (std::size_t i = 0; i < 6; ++i) limbs_[i * width_ + lane] = blocks_[chain_[lane]][i];
    }
    void put(std::size_t lane) {
        for (std::size_t i = 0; i < 6; ++i) blocks_[chain_[lane]][i] = limbs_[i * width_ + lane];
        take(lane);
    }
    /// Steps until the first lane is done; 0 if all are.
    [[nodiscard]] std::size_t shortest() const {
        std::size_t least = kIdle;
        for (std::size_t lane = 0; lane < width_; ++lane)
            if (chain_[lane] != kIdle) least = std::min(least, left_[lane]);
        return least == kIdle ? 0 : least;
    }

    std::span<KerlBlock> blocks_;
    std::span<const std::uint8_t> steps_;
    std::size_t width_;
    std::size_t next_ = 0;
    std::array<std::size_t, kMaxWidth> chain_{};
    std::array<std::size_t, kMaxWidth> left_{};
    std::array<std::uint64_t, 6 * kMaxWidth> limbs_{};
};

}  // namespace

void advanceChains(std::span<KerlBlock> blocks, std::span<const std::uint8_t> steps) { Lanes(blocks, steps).runAll(); }

void advanceChainsPlain(std::span<KerlBlock> blocks, std::span<const std::uint8_t> steps) {
    for (std::size_t i = 0; i < blocks.size(); ++i)
        for (int n = 0; n < steps[i]; ++n) blocks[i] = kerlOf(blocks[i]);
}

}  // namespace pegasus::crypto
#endif  // HWY_ONCE
