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
// IN PLACE. When U0(t) has been read its place is free, and S3(t - 5) can be stored there. (The trits that a pass begins with are
// read again at its end, but nothing has been stored in their places.) This takes half the memory, so that 128-bit lanes fit
// 32 kB, but a table of places for each pass: U0(t) of the next one is S3(91 t), which is where U0(91 t + 5) of this one was. Two
// more instructions a step and a window that cannot be read again from memory make it worth while for 32 vector registers only.
//
// PARTS. S3(x) depends on U0(x - 2 .. x + 5), so a pass can be made for any range of x (passRange). A single changed trit
// i changes t = -8 i, thus eight neighbouring results; eight neighbouring changes change 64 neighbouring results, and these 512.

#if defined(PEGASUS_CRYPTO_CURL_LANES_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef PEGASUS_CRYPTO_CURL_LANES_INL_HPP
#undef PEGASUS_CRYPTO_CURL_LANES_INL_HPP
#else
#define PEGASUS_CRYPTO_CURL_LANES_INL_HPP
#endif

#include <hwy/highway.h>

#include <algorithm>
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

#if HWY_ARCH_ARM_A64 || (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3)
constexpr bool kInPlace = true;  // there are 32 vector registers
#else
constexpr bool kInPlace = false;
#endif

struct Pair {
    Vec low;
    Vec high;
};

/// One trit of all states, in memory.
HWY_INLINE Pair load(const std::uint64_t* at) { return {hn::Load(Tag(), at), hn::Load(Tag(), at + kVecWords)}; }
HWY_INLINE Pair load(const std::uint64_t* state, std::size_t trit) { return load(state + trit * kPairWords); }
HWY_INLINE void store(const Pair& pair, std::uint64_t* at) {
    hn::Store(pair.low, Tag(), at);
    hn::Store(pair.high, Tag(), at + kVecWords);
}
HWY_INLINE void store(const Pair& pair, std::uint64_t* state, std::size_t trit) { store(pair, state + trit * kPairWords); }

/// The same trit in all states.
HWY_INLINE Pair broadcast(trinary::Trit trit) {
    return {hn::Set(Tag(), trit <= 0 ? ~std::uint64_t{0} : 0), hn::Set(Tag(), trit >= 0 ? ~std::uint64_t{0} : 0)};
}

HWY_INLINE Pair sbox(const Pair& a, const Pair& b) {
    // Twice, since g++ for ARM would copy a variable through memory.
    const auto low = [&]() HWY_ATTR { return hn::Xor(a.high, hn::AndNot(b.low, a.low)); };
    return {low(), hn::Xor(a.low, hn::And(b.high, low()))};
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

/// Where the trits stand that a pass reads: U0(t) is at word place[t + 2], t = -2 .. 733.
struct Order {
    std::array<std::uint16_t, kCurlStateTrits + 7> place{};
};

/// Order n is that after n passes in place.
constexpr auto makeOrders() {
    constexpr std::size_t kMost = 25;  // of 27 passes the first and the last go from one buffer to another
    std::array<Order, kInPlace ? kMost + 1 : 1> orders;
    for (std::size_t n = 0; n < orders.size(); ++n) {
        for (std::size_t i = 0; i < orders[n].place.size(); ++i) {
            const std::size_t trit = 91 * (i + kCurlStateTrits - 2) % kCurlStateTrits;
            orders[n].place[i] =
                n == 0 ? static_cast<std::uint16_t>(trit * kPairWords) : orders[n - 1].place[trit + 7];
        }
    }
    return orders;
}
constexpr auto kOrders = makeOrders();

/// A state in a certain order.
struct Ordered {
    const std::uint64_t* state;
    const Order* order;
};

/// A range of trits.
struct Range {
    std::size_t first;  ///< modulo 729
    std::size_t count;
};

/// Feeds U0(first - 2) .. U0(first + 4): the next step, of phase 3, gives S3(first).
HWY_INLINE Window enter(const Ordered& in, std::size_t first) {
    const auto zero = broadcast(0);
    Window window{{zero, zero, zero, zero}, {zero, zero}, zero};
    const auto* place = in.order->place.data() + first;
    window.step<0>(load(in.state + place[0]));
    window.step<1>(load(in.state + place[1]));
    window.step<2>(load(in.state + place[2]));
    window.step<3>(load(in.state + place[3]));
    window.step<0>(load(in.state + place[4]));
    window.step<1>(load(in.state + place[5]));
    window.step<2>(load(in.state + place[6]));
    return window;
}

/// Three rounds, the whole state, in the order of the trits. `in` and `out` are different buffers.
HWY_INLINE void passWhole(const std::uint64_t* HWY_RESTRICT in, std::uint64_t* HWY_RESTRICT out) {
    Window window = enter({in, kOrders.data()}, 0);
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

#if HWY_ARCH_ARM_A64
// g++ takes the halves of a pair apart and cannot load or store both with one instruction then.
HWY_INLINE std::uint64_t* together(std::uint64_t* at) {
    __asm__("" : "+r"(at));
    return at;
}
HWY_INLINE Pair together(Pair pair) {
    __asm__("" : "+w"(pair.low.raw), "+w"(pair.high.raw));
    return pair;
}
#else
HWY_INLINE std::uint64_t* together(std::uint64_t* at) { return at; }
HWY_INLINE Pair together(Pair pair) { return pair; }
#endif

template <std::size_t Phase>
HWY_INLINE void replace(Window& window, std::uint64_t* state, std::size_t place) {
    auto* at = together(state + place);
    store(together(window.step<Phase>(load(at))), at);
}
HWY_INLINE void replaceEight(Window& window, std::uint64_t* state, const std::uint16_t* place) {
    replace<3>(window, state, place[0]);
    replace<0>(window, state, place[1]);
    replace<1>(window, state, place[2]);
    replace<2>(window, state, place[3]);
    replace<3>(window, state, place[4]);
    replace<0>(window, state, place[5]);
    replace<1>(window, state, place[6]);
    replace<2>(window, state, place[7]);
}

/// Three rounds, the whole state. `order` is that before.
HWY_INLINE void passInPlace(std::uint64_t* state, const Order& order) {
    Window window = enter({state, &order}, 0);
    const auto* place = order.place.data() + 7;
    for (std::size_t q = 0; q < 45; ++q, place += 16) {
        replaceEight(window, state, place);
        replaceEight(window, state, place + 8);
    }
    replaceEight(window, state, place);
    replace<3>(window, state, place[8]);
}

/// Three rounds, only the results of `range`; they are written in the order of the trits.
inline void passRange(const Ordered& in, std::uint64_t* out, Range range) {
    if (range.count == 0) return;
    const std::size_t first = range.first % kCurlStateTrits;
    const std::size_t count = std::min(range.count, kCurlStateTrits - first);
    Window window = enter(in, first);
    const auto* place = in.order->place.data() + first + 7;
    auto* to = out + first * kPairWords;
    const auto from = [&](std::size_t k) HWY_ATTR { return load(in.state + place[k]); };
    std::size_t k = 0;
    for (; k + 4 <= count; k += 4) {
        store(window.step<3>(from(k)), to, k);
        store(window.step<0>(from(k + 1)), to, k + 1);
        store(window.step<1>(from(k + 2)), to, k + 2);
        store(window.step<2>(from(k + 3)), to, k + 3);
    }
    if (k < count) store(window.step<3>(from(k)), to, k);
    if (k + 1 < count) store(window.step<0>(from(k + 1)), to, k + 1);
    if (k + 2 < count) store(window.step<1>(from(k + 2)), to, k + 2);
    passRange(in, out, {0, range.count - count});
}

/// The results of `range` after the last `passes` passes from `in`; those of the last are in `to`, of the one before in `from`.
inline void passesRange(const Ordered& in, std::uint64_t* from, std::uint64_t* to, Range range, std::size_t passes) {
    if (passes == 1) return passRange(in, to, range);
    // Every eighth step reads the place before: eight short descending runs.
    const std::size_t firstStep = range.first + kCurlStateTrits - 2;
    const std::size_t steps = range.count + 7;
    for (std::size_t run = 0; run < 8; ++run) {
        const std::size_t length = (steps - run + 7) / 8;
        const std::size_t last = 91 * (firstStep + run) % kCurlStateTrits;
        passesRange(in, to, from, {last + kCurlStateTrits - (length - 1), length}, passes - 1);
    }
    passRange({from, kOrders.data()}, to, range);
}

/// `passes` (at most 26) times three rounds, the whole state, from `in` to one of two buffers. `in` may be `b`.
inline Ordered passesWhole(const std::uint64_t* in, std::uint64_t* a, std::uint64_t* b, std::size_t passes) {
    passWhole(in, a);
    if constexpr (kInPlace) {
        for (std::size_t n = 0; n + 1 < passes; ++n) passInPlace(a, kOrders[n]);
        return {a, &kOrders[passes - 1]};
    } else {
        for (std::size_t n = 1; n < passes; ++n) {
            passWhole(a, b);
            std::swap(a, b);
        }
        return {a, kOrders.data()};
    }
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
        const auto passes = static_cast<std::size_t>(rounds) / 3;
        const Ordered last = passesWhole(state_, scratch_, state_, passes - 1);
        if (last.state == state_) std::swap(state_, scratch_);
        if (last.order == kOrders.data()) {
            passWhole(last.state, state_);
        } else {
            passRange(last, state_, {0, kCurlStateTrits});
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
