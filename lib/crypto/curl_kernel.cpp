// SPDX-License-Identifier: Apache-2.0
// One Curl-P state at a time, as rotations of planes.
//
// A round is S'(i) = F(S(364 i), S(364 i + 364)), indexes modulo 729. With T_r(x) = S_r((-2)^r x) and 364 = -1/2 it becomes
//     T_(r+1)(x) = F(T_r(x), T_r(x + c)),   c = 364^(r+1),
// a rotation of the whole state for each round instead of 729 look-ups. All c are 1 modulo 3, so with c = 3 d + 1 and the
// planes P_j(y) = T(3 y + j) it is
//     P_0' = F(P_0, P_1 by d),   P_1' = F(P_1, P_2 by d),   P_2' = F(P_2, P_0 by d + 1),
// where "P by d" is P(y + d), y modulo 243: planes of 243 bits, one vector of 256 bits each. After R rounds
// S_R(i) = T_R(364^R i), and 364^81 = 244, 364^27 = 82 modulo 729, so that in planes
//     S_81: plane j is P_j by 81 j,   S_27: bit y of plane j is P_j(y + 27 j + 81 (y mod 3)).
// g++ cannot put scalable vectors into arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "crypto/curl_kernel.cpp"
#include <hwy/foreach_target.h>  // includes this file again for each instruction set
#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "crypto/curl_codec-inl.hpp"
#include "crypto/curl_planes.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

using Part = hn::CappedTag<std::uint64_t, kPlaneWords>;
using PartVec = hn::Vec<Part>;
constexpr std::size_t kPartWords = hn::MaxLanes(Part());
constexpr std::size_t kParts = kPlaneWords / kPartWords;

/// A plane in vectors.
struct PlaneVec {
    std::array<PartVec, kParts> part;
};

/// P(y + d) = (P >> d) | (P << (243 - d)); the shifts as whole words and the bits that remain.
struct Rotation {
    std::size_t rightWords;
    int rightBits;
    std::size_t leftWords;
    int leftBits;

    explicit Rotation(std::size_t d)
        : rightWords(d / 64),
          rightBits(static_cast<int>(d % 64)),
          leftWords((kPlaneBits - d) / 64),
          leftBits(static_cast<int>((kPlaneBits - d) % 64)) {}
};

/// A plane in memory between zeros, so that a shift by words is a load from another place.
class PaddedPlane {
public:
    void set(const PlaneVec& plane) {
        for (std::size_t i = 0; i < kParts; ++i) hn::StoreU(plane.part[i], Part(), words_.data() + kPlaneWords + i * kPartWords);
    }
    [[nodiscard]] HWY_INLINE PlaneVec get() const {
        PlaneVec out;
        for (std::size_t i = 0; i < kParts; ++i) out.part[i] = at(i, 0);
        return out;
    }
    /// Bits beyond 243 are not meaningful.
    [[nodiscard]] HWY_INLINE PlaneVec by(const Rotation& r) const {
        PlaneVec out;
        for (std::size_t i = 0; i < kParts; ++i) {
            const auto words = static_cast<std::ptrdiff_t>(r.rightWords);
            const auto right = hn::Or(hn::ShiftRightSame(at(i, words), r.rightBits),
                                      hn::ShiftLeftSame(hn::ShiftLeft<1>(at(i, words + 1)), 63 - r.rightBits));
            const auto back = -static_cast<std::ptrdiff_t>(r.leftWords);
            const auto left = hn::Or(hn::ShiftLeftSame(at(i, back), r.leftBits),
                                     hn::ShiftRightSame(hn::ShiftRight<1>(at(i, back - 1)), 63 - r.leftBits));
            out.part[i] = hn::Or(right, left);
        }
        return out;
    }

private:
    [[nodiscard]] HWY_INLINE PartVec at(std::size_t part, std::ptrdiff_t words) const {
        return hn::LoadU(Part(), words_.data() + kPlaneWords + part * kPartWords + words);
    }

    alignas(32) std::array<std::uint64_t, 3 * kPlaneWords> words_{};
};

/// The bits y < 243 with y = `residue` modulo `modulus`.
template <std::size_t Modulus>
constexpr std::array<std::array<std::uint64_t, kPlaneWords>, Modulus> residueMasks() {
    std::array<std::array<std::uint64_t, kPlaneWords>, Modulus> masks{};
    for (std::size_t y = 0; y < kPlaneBits; ++y) masks[y % Modulus][y / 64] |= std::uint64_t{1} << (y % 64);
    return masks;
}
alignas(32) constexpr auto kAllBits = residueMasks<1>();
alignas(32) constexpr auto kThirds = residueMasks<3>();

HWY_INLINE PlaneVec loadWords(const std::uint64_t* words) {
    PlaneVec out;
    for (std::size_t i = 0; i < kParts; ++i) out.part[i] = hn::LoadU(Part(), words + i * kPartWords);
    return out;
}
HWY_INLINE void storeWords(const PlaneVec& plane, std::uint64_t* words) {
    for (std::size_t i = 0; i < kParts; ++i) hn::StoreU(plane.part[i], Part(), words + i * kPartWords);
}
HWY_INLINE PlaneVec bitAnd(const PlaneVec& a, const PlaneVec& b) {
    PlaneVec out;
    for (std::size_t i = 0; i < kParts; ++i) out.part[i] = hn::And(a.part[i], b.part[i]);
    return out;
}
HWY_INLINE PlaneVec bitOr(const PlaneVec& a, const PlaneVec& b) {
    PlaneVec out;
    for (std::size_t i = 0; i < kParts; ++i) out.part[i] = hn::Or(a.part[i], b.part[i]);
    return out;
}

/// All planes of T.
struct State {
    std::array<PaddedPlane, kPlanes> low;
    std::array<PaddedPlane, kPlanes> high;
};

struct PairVec {
    PlaneVec low;
    PlaneVec high;
};

/// F of plane j and the one behind it, see sbox() in curl_lanes-inl.hpp.
HWY_INLINE PairVec nextPlane(const State& state, std::size_t j, const Rotation& rotation) {
    const std::size_t behind = (j + 1) % kPlanes;
    const auto al = state.low[j].get();
    const auto ah = state.high[j].get();
    const auto bl = state.low[behind].by(rotation);
    const auto bh = state.high[behind].by(rotation);
    PairVec out;
    for (std::size_t i = 0; i < kParts; ++i) {
        out.low.part[i] = hn::Xor(ah.part[i], hn::AndNot(bl.part[i], al.part[i]));
        out.high.part[i] = hn::Xor(al.part[i], hn::And(bh.part[i], out.low.part[i]));
    }
    return out;
}

HWY_INLINE void applyRound(State& state, std::size_t d) {
    const Rotation rotation(d);
    const PairVec p0 = nextPlane(state, 0, rotation);
    const PairVec p1 = nextPlane(state, 1, rotation);
    const PairVec p2 = nextPlane(state, 2, Rotation(d + 1));
    const auto valid = loadWords(kAllBits[0].data());
    state.low[0].set(bitAnd(p0.low, valid));
    state.high[0].set(bitAnd(p0.high, valid));
    state.low[1].set(bitAnd(p1.low, valid));
    state.high[1].set(bitAnd(p1.high, valid));
    state.low[2].set(bitAnd(p2.low, valid));
    state.high[2].set(bitAnd(p2.high, valid));
}

/// Plane j of S after 81 or 27 rounds.
HWY_INLINE PlaneVec inOrder(const PaddedPlane& plane, std::size_t j, int rounds) {
    if (rounds == 81) return bitAnd(plane.by(Rotation(81 * j)), loadWords(kAllBits[0].data()));
    auto out = bitAnd(plane.by(Rotation(27 * j)), loadWords(kThirds[0].data()));
    for (std::size_t m = 1; m < kThirds.size(); ++m)
        out = bitOr(out, bitAnd(plane.by(Rotation((27 * j + 81 * m) % kPlaneBits)), loadWords(kThirds[m].data())));
    return out;
}

void permute(CurlPlanes& planes, int rounds) {
    constexpr std::size_t kTrits = kPlanes * kPlaneBits;
    State state;
    for (std::size_t j = 0; j < kPlanes; ++j) {
        state.low[j].set(loadWords(planes.low.data() + j * kPlaneWords));
        state.high[j].set(loadWords(planes.high.data() + j * kPlaneWords));
    }
    std::size_t c = 1;
    for (int round = 0; round < rounds; ++round) {
        c = c * 364 % kTrits;
        applyRound(state, c / kPlanes);
    }
    for (std::size_t j = 0; j < kPlanes; ++j) {
        storeWords(inOrder(state.low[j], j, rounds), planes.low.data() + j * kPlaneWords);
        storeWords(inOrder(state.high[j], j, rounds), planes.high.data() + j * kPlaneWords);
    }
}

RatePlanes fromTrytes(std::span<const char, kRateTrytes> trytes) { return planesFromTrytes(trytes); }
RatePlanes fromTrits(std::span<const trinary::Trit, kPlaneBits> trits) { return planesFromTrits(trits); }
std::array<trinary::Trit, kPlaneBits> toTrits(const RatePlanes& planes) { return tritsFromPlanes(planes); }

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pegasus::crypto {

HWY_EXPORT(permute);
HWY_EXPORT(fromTrytes);
HWY_EXPORT(fromTrits);
HWY_EXPORT(toTrits);

namespace kernel {

void permute(CurlPlanes& planes, int rounds) { HWY_DYNAMIC_DISPATCH(permute)(planes, rounds); }
RatePlanes fromTrytes(std::span<const char, kRateTrytes> trytes) { return HWY_DYNAMIC_DISPATCH(fromTrytes)(trytes); }
RatePlanes fromTrits(std::span<const trinary::Trit, kPlaneBits> trits) {
    return HWY_DYNAMIC_DISPATCH(fromTrits)(trits);
}
std::array<trinary::Trit, kPlaneBits> toTrits(const RatePlanes& planes) {
    return HWY_DYNAMIC_DISPATCH(toTrits)(planes);
}

}  // namespace kernel
}  // namespace pegasus::crypto
#endif
