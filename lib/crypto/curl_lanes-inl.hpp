// SPDX-License-Identifier: Apache-2.0
// Bit-sliced Curl-P: many states side by side, one bit of a vector for each state. Compiled once for each instruction set;
// include it only as curl_batch.cpp does. Structure from speed.md section 6.
//
// LAYOUT. A trit of all states is a pair of vectors (low, high): -1 is (1, 0), 0 is (1, 1), 1 is (0, 1). A state buffer holds
// 729 such pairs in the order of the trits. In this code F of a round takes four operations, the least possible:
//     low' = high_a ^ (low_a & ~low_b),   high' = low_a ^ (high_b & low').
//
// ALGEBRA. A round is S'(i) = F(S(364 i), S(364 i + 364)), indexes modulo 729, and 364 = -1/2. Name the states of three
// rounds S0..S3 and write U3(x) = S3(x), U2(x) = S2(364 x), U1(x) = S1(364^2 x), U0(x) = S0(364^3 x) = S0(91 x). Then
//     U1(x) = F(U0(x), U0(x + 4)),   U2(x) = F(U1(x), U1(x - 2)),   S3(x) = F(U2(x), U2(x + 1)).
// So three rounds are ONE sliding pass: step t reads U0(t), makes U1(t - 4), U2(t - 4) and S3(t - 5), and needs only the last
// four of U0, two of U1 and one of U2, which stay in registers. 81 rounds are 27 passes, each with one read and one write
// of the state, and the result is in the order of the trits.
//
// READING ORDER. 8 * 91 = -1, so U0(t + 8) stands one place below U0(t): eight descending streams. With t = 5 + 8 q + j,
// q = 0..90, they start at 91 (5 + j) = 455, 546, 637, 728, 90, 181, 272, 363 and never wrap; only t = 733 is left, at 364.
//
// PARTS. S3(x) depends on U0(x - 2 .. x + 5), so a pass can be made for any range of x (passRange). A single changed trit
// i changes t = -8 i, thus eight neighbouring results; eight neighbouring changes change 64 neighbouring results.

#if defined(PEGASUS_CRYPTO_CURL_LANES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef PEGASUS_CRYPTO_CURL_LANES_INL_HPP
#undef PEGASUS_CRYPTO_CURL_LANES_INL_HPP
#else
#define PEGASUS_CRYPTO_CURL_LANES_INL_HPP
#endif

#include <hwy/highway.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/secret.hpp"
#include "crypto/curl.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// 256-bit vectors also where 512 bits exist: the buffers of the latter are too large for the caches next to the core.
using Tag = hn::CappedTag<std::uint64_t, 4>;
using Vec = hn::Vec<Tag>;
constexpr std::size_t kVecWords = hn::MaxLanes(Tag());
/// States side by side.
constexpr std::size_t kStates = 64 * kVecWords;
/// Words of one trit of all states: low, then high.
constexpr std::size_t kPairWords = 2 * kVecWords;

struct Pair {
    Vec low;
    Vec high;
};

/// One trit of all states, in memory.
HWY_INLINE Pair load(const std::uint64_t* state, std::size_t trit) {
    const auto* at = state + trit * kPairWords;
    return {hn::Load(Tag(), at), hn::Load(Tag(), at + kVecWords)};
}
HWY_INLINE void store(const Pair& pair, std::uint64_t* state, std::size_t trit) {
    auto* at = state + trit * kPairWords;
    hn::Store(pair.low, Tag(), at);
    hn::Store(pair.high, Tag(), at + kVecWords);
}

/// The same trit in all states.
HWY_INLINE Pair broadcast(trinary::Trit trit) {
    return {hn::Set(Tag(), trit <= 0 ? ~std::uint64_t{0} : 0), hn::Set(Tag(), trit >= 0 ? ~std::uint64_t{0} : 0)};
}

HWY_INLINE Pair sbox(const Pair& a, const Pair& b) {
    const auto low = hn::Xor(a.high, hn::AndNot(b.low, a.low));
    return {low, hn::Xor(a.low, hn::And(b.high, low))};
}

/// The live trits of a pass. `Phase` counts the steps modulo 4, so that nothing has to move.
struct Window {
    std::array<Pair, 4> u0;
    std::array<Pair, 2> u1;
    Pair u2;

    template <std::size_t Phase>
    HWY_INLINE Pair step(const Pair& in) {
        const Pair v1 = sbox(u0[Phase], in);
        const Pair v2 = sbox(v1, u1[Phase % 2]);
        const Pair out = sbox(u2, v2);
        u0[Phase] = in;
        u1[Phase % 2] = v1;
        u2 = v2;
        return out;
    }
};

/// Feeds U0(first - 2) .. U0(first + 4): the next step, of phase 3, gives S3(first). `first` is below 729.
HWY_INLINE Window enter(const std::uint64_t* in, std::size_t first) {
    const auto zero = broadcast(0);
    Window window{{zero, zero, zero, zero}, {zero, zero}, zero};
    const std::size_t t = first + kCurlStateTrits - 2;
    const auto at = [=](std::size_t k) HWY_ATTR { return load(in, 91 * (t + k) % kCurlStateTrits); };
    window.step<0>(at(0));
    window.step<1>(at(1));
    window.step<2>(at(2));
    window.step<3>(at(3));
    window.step<0>(at(4));
    window.step<1>(at(5));
    window.step<2>(at(6));
    return window;
}

/// Three rounds, the whole state. `in` and `out` are different buffers.
HWY_INLINE void passWhole(const std::uint64_t* HWY_RESTRICT in, std::uint64_t* HWY_RESTRICT out) {
    Window window = enter(in, 0);
    for (std::size_t q = 0; q < 91; ++q) {
        const auto* from = in - q * kPairWords;
        auto* to = out + 8 * q * kPairWords;
        store(window.step<3>(load(from, 455)), to, 0);
        store(window.step<0>(load(from, 546)), to, 1);
        store(window.step<1>(load(from, 637)), to, 2);
        store(window.step<2>(load(from, 728)), to, 3);
        store(window.step<3>(load(from, 90)), to, 4);
        store(window.step<0>(load(from, 181)), to, 5);
        store(window.step<1>(load(from, 272)), to, 6);
        store(window.step<2>(load(from, 363)), to, 7);
    }
    store(window.step<3>(load(in, 364)), out, 728);
}

/// A range of result trits, and where the trits they are made of stand in the state before.
struct Range {
    std::size_t first;  ///< modulo 729
    std::size_t count;
};

/// Three rounds, only the results of `range`.
inline void passRange(const std::uint64_t* in, std::uint64_t* out, Range range) {
    if (range.count == 0) return;
    Window window = enter(in, range.first % kCurlStateTrits);
    const std::size_t t = range.first + 5;
    const auto from = [=](std::size_t k) HWY_ATTR { return load(in, 91 * (t + k) % kCurlStateTrits); };
    const auto to = [=](const Pair& pair, std::size_t k) HWY_ATTR {
        store(pair, out, (range.first + k) % kCurlStateTrits);
    };
    std::size_t k = 0;
    for (; k + 4 <= range.count; k += 4) {
        to(window.step<3>(from(k)), k);
        to(window.step<0>(from(k + 1)), k + 1);
        to(window.step<1>(from(k + 2)), k + 2);
        to(window.step<2>(from(k + 3)), k + 3);
    }
    if (k < range.count) to(window.step<3>(from(k)), k);
    if (k + 1 < range.count) to(window.step<0>(from(k + 1)), k + 1);
    if (k + 2 < range.count) to(window.step<1>(from(k + 2)), k + 2);
}

/// The trits of all states: at most 47 kB.
template <std::size_t Trits = kCurlStateTrits>
class Buffer {
public:
    [[nodiscard]] std::uint64_t* get() { return words_.data(); }
    [[nodiscard]] const std::uint64_t* get() const { return words_.data(); }
    void clear() { wipe(words_.data(), sizeof words_); }

private:
    alignas(64) std::array<std::uint64_t, Trits * kPairWords> words_;
};

/// States, and the scratch buffer that passes need. On the stack: pages of the heap would be new ones each time. Wiped when they
/// go, since keys pass through them.
class States {
public:
    States() { setZero(0); }
    States(const States&) = delete;
    States& operator=(const States&) = delete;
    ~States() {
        a_.clear();
        b_.clear();
    }
    [[nodiscard]] std::uint64_t* get() { return state_; }
    /// Zero trits from `first` on.
    void setZero(std::size_t first) {
        for (std::size_t i = first; i < kCurlStateTrits; ++i) store(broadcast(0), state_, i);
    }
    void permute(CurlRounds rounds) {
        for (int pass = 0; pass < static_cast<int>(rounds) / 3; ++pass) {
            passWhole(state_, scratch_);
            std::swap(state_, scratch_);
        }
    }

private:
    Buffer<> a_;
    Buffer<> b_;
    std::uint64_t* state_ = a_.get();
    std::uint64_t* scratch_ = b_.get();
};

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
