// SPDX-License-Identifier: Apache-2.0
// The parts of bit-sliced permutations, as the nonce search puts them together, against whole ones of one state at a time.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "crypto/curl.hpp"

#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "unit/crypto/curl_lanes_test.cpp"
#include <hwy/foreach_target.h>  // includes this file again for each instruction set
#include <hwy/highway.h>

#include "crypto/curl_lanes-inl.hpp"
#include "support/simd_targets.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

using LaneStates = std::vector<CurlState>;

void setLanes(const LaneStates& states, std::uint64_t* out) {
    for (std::size_t trit = 0; trit < kCurlStateTrits; ++trit) {
        auto* words = out + trit * kPairWords;
        std::fill_n(words, kPairWords, 0);
        for (std::size_t lane = 0; lane < kStates; ++lane) {
            words[lane / 64] |= std::uint64_t{states[lane][trit] <= 0} << (lane % 64);
            words[kVecWords + lane / 64] |= std::uint64_t{states[lane][trit] >= 0} << (lane % 64);
        }
    }
}

int tritOf(const std::uint64_t* state, std::size_t lane, std::size_t trit) {
    const auto* words = state + trit * kPairWords;
    const auto bit = [lane](std::uint64_t word) { return static_cast<int>(word >> (lane % 64) & 1); };
    return bit(words[kVecWords + lane / 64]) - bit(words[lane / 64]);
}

LaneStates randomStates() {
    std::mt19937 random(kStates);
    LaneStates states(kStates);
    for (auto& state : states)
        for (auto& trit : state) trit = static_cast<trinary::Trit>(static_cast<int>(random() % 3) - 1);
    return states;
}

/// 81 rounds, of the last `last` passes only what the `count` trits from `first` on need.
void expectRange(std::size_t first, std::size_t count, std::size_t last) {
    const Range range{first, count};
    const auto states = randomStates();
    Buffer<> start;
    Buffer<> a;
    Buffer<> b;
    Buffer<> result;
    setLanes(states, start.get());
    const Ordered whole = passesWhole(start.get(), a.get(), b.get(), 27 - last);
    passesRange(whole, whole.state == a.get() ? b.get() : a.get(), result.get(), range, last);
    for (std::size_t lane = 0; lane < kStates; lane += 29) {
        Curl curl(CurlRounds::P81);
        curl.overwrite(states[lane]);
        curl.permute();
        for (std::size_t k = 0; k < range.count; ++k) {
            const std::size_t trit = (range.first + k) % kCurlStateTrits;
            ASSERT_EQ(tritOf(result.get(), lane, trit), curl.state()[trit]) << "lane " << lane << ", trit " << trit;
        }
    }
}

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pegasus::crypto {
namespace {

HWY_EXPORT(expectRange);

TEST(CurlLanes, MakeTheEndOfAHashOfAnyWeight) {
    test::forEachTarget([] {
        for (const std::size_t weight : {1U, 2U, 9U, 14U, 15U, 40U, 80U, 81U, 243U})
            for (const std::size_t last : {1U, 2U, 3U})
                HWY_DYNAMIC_DISPATCH(expectRange)(kCurlRateTrits - weight, weight, last);
    });
}

TEST(CurlLanes, MakeRangesThatGoOnAtTheBeginning) {
    test::forEachTarget([] {
        for (const std::size_t first : {0U, 1U, 2U, 720U, 727U, 728U})
            for (const std::size_t last : {1U, 2U, 3U}) HWY_DYNAMIC_DISPATCH(expectRange)(first, 17, last);
    });
}

TEST(CurlLanes, MakeTheWholeState) {
    test::forEachTarget([] { HWY_DYNAMIC_DISPATCH(expectRange)(0, kCurlStateTrits, 1); });
}

}  // namespace
}  // namespace pegasus::crypto
#endif
