// SPDX-License-Identifier: Apache-2.0
// Keccak, Kerl's integers around the ends of their range, and chains in lanes against the plain ones.
#include "crypto/kerl.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "crypto/chains.hpp"
#include "crypto/digest.hpp"
#include "crypto/keccak.hpp"
#include "support/test_loop.hpp"

namespace pegasus::crypto {
namespace {

using trinary::Hash;
using trinary::Trit;

constexpr Wide kOne = wideOf(1);
constexpr Wide kMinusHalf = negate(kHalfRange);
/// The ends of 384 bits.
constexpr Wide kMost{~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL >> 1};
constexpr Wide kLeast = invert(kMost);

Hash repeated(char tryte, char last) { return Hash::parse(std::string(80, tryte) + last).value(); }

std::vector<KerlBlock> randomBlocks(std::size_t count) {
    test::FakeRandom random(3);
    std::vector<KerlBlock> blocks(count);
    for (auto& block : blocks) {
        random.fill({reinterpret_cast<std::uint8_t*>(block.data()), sizeof block});
        block = dropLastTrit(block);
    }
    return blocks;
}

TEST(Keccak, PermutesTheZeroStateAsTheReferenceDoes) {
    KeccakState state{};
    keccakF1600(state);
    EXPECT_EQ(state[0], 0xF1258F7940E1DDE7U);
    EXPECT_EQ(state[24], 0xEAF1FF7B5CECA249U);
    keccakF1600(state);
    EXPECT_EQ(state[0], 0x2D5C954DF96ECB3CU);
}

TEST(KerlBlock, TheLargestTritsAreTheEndsOfTheRange) {
    EXPECT_EQ(kerlBlock(repeated('M', 'D').view()), kHalfRange);  // D = 1, 1, 0
    EXPECT_EQ(kerlBlock(repeated('N', 'W').view()), kMinusHalf);
    EXPECT_EQ(kerlBlock(Hash().view()), Wide{});
}

TEST(KerlBlock, TheLastTritIsTakenAsZero) {
    EXPECT_EQ(kerlBlock(repeated('M', 'M').view()), kHalfRange);
    EXPECT_EQ(kerlBlock(repeated('N', 'N').view()), kMinusHalf);
    for (int value = -13; value <= 13; ++value) {
        auto trits = repeated('9', trinary::tryteChar(value)).trits();
        const auto block = kerlBlock(std::span<const Trit, trinary::kHashTrits>(trits));
        trits.back() = 0;
        EXPECT_EQ(hashFromBlock(block), Hash::fromTrits(trits)) << value;
    }
}

TEST(KerlBlock, ComesBackAroundTheEndsOfTheRange) {
    EXPECT_EQ(hashFromBlock(kHalfRange), repeated('M', 'D'));
    EXPECT_EQ(hashFromBlock(kMinusHalf), repeated('N', 'W'));
    // One beyond an end wraps to the other end.
    EXPECT_EQ(hashFromBlock(add(kHalfRange, kOne)), repeated('N', 'W'));
    EXPECT_EQ(hashFromBlock(add(kMinusHalf, wideOf(-1))), repeated('M', 'D'));
    EXPECT_EQ(hashFromBlock(add(kHalfRange, wideOf(-1))).view().front(), 'L');
}

TEST(KerlBlock, DroppingTheLastTritStaysInTheRange) {
    for (const auto& x : {kMost, kLeast, kHalfRange, kMinusHalf, add(kHalfRange, kOne), Wide{}, kOne, wideOf(-1)}) {
        const auto y = dropLastTrit(x);
        EXPECT_EQ(dropLastTrit(y), y);
        EXPECT_EQ(kerlBlock(hashFromBlock(x).view()), y);
    }
    EXPECT_EQ(dropLastTrit(kMost), add(kMost, negate(kRange)));
    EXPECT_EQ(dropLastTrit(kLeast), add(kLeast, kRange));
}

TEST(KerlBlock, RandomHashesComeBack) {
    for (const auto& block : randomBlocks(300)) EXPECT_EQ(kerlBlock(hashFromBlock(block).view()), block);
}

TEST(Kerl, AbsorbingInPartsIsAbsorbingAtOnce) {
    std::string trytes;
    for (const auto& block : randomBlocks(7)) trytes += hashFromBlock(block).view();
    Kerl whole;
    whole.absorb(trytes);
    Kerl parts;
    for (std::size_t at = 0; at < trytes.size(); at += 81) parts.absorb(std::string_view(trytes).substr(at, 81));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(whole.squeeze(), parts.squeeze());
}

TEST(Kerl, OneBlockIsALinkOfAChain) {
    for (const auto& block : randomBlocks(20)) {
        Kerl kerl;
        kerl.absorb(block);
        EXPECT_EQ(kerlOf(block), kerl.squeeze());
    }
}

TEST(Chains, LanesGiveWhatThePlainOnesGive) {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 54U, 81U}) {
        auto lanes = randomBlocks(count);
        auto plain = lanes;
        std::vector<std::uint8_t> steps(count);
        for (std::size_t i = 0; i < count; ++i) steps[i] = static_cast<std::uint8_t>(i * 11 % 27);
        advanceChains(lanes, steps);
        advanceChainsPlain(plain, steps);
        EXPECT_EQ(lanes, plain) << count;
    }
}

TEST(Chains, LanesHoldAtTheEndsOfTheRange) {
    std::vector<KerlBlock> lanes{kHalfRange, kMinusHalf, Wide{}, kOne, wideOf(-1), add(kHalfRange, wideOf(-1))};
    auto plain = lanes;
    const std::vector<std::uint8_t> steps(lanes.size(), 200);
    advanceChains(lanes, steps);
    advanceChainsPlain(plain, steps);
    EXPECT_EQ(lanes, plain);
}

/// Dispatch as on a machine without the `disabled` targets; all of them again afterwards.
class WithoutTargets {
public:
    explicit WithoutTargets(std::int64_t disabled) { choose(disabled); }
    WithoutTargets(const WithoutTargets&) = delete;
    WithoutTargets& operator=(const WithoutTargets&) = delete;
    ~WithoutTargets() { choose(0); }

private:
    static void choose(std::int64_t disabled) {
        hwy::DisableTargets(disabled);
        hwy::GetChosenTarget().DeInit();
    }
};

TEST(Chains, EveryInstructionSetOfThisMachineGivesTheSame) {
    auto expected = randomBlocks(20);
    const std::vector<std::uint8_t> steps(expected.size(), 26);
    advanceChainsPlain(expected, steps);
    const auto all = hwy::SupportedTargets();
    std::int64_t disabled = 0;
    // The lowest bit is the best target; each round goes without one more.
    for (auto left = all; (left & (left - 1)) != 0; left &= left - 1) {
        const WithoutTargets less(disabled);
        auto blocks = randomBlocks(20);
        advanceChains(blocks, steps);
        EXPECT_EQ(blocks, expected) << "without " << disabled;
        disabled |= left & -left;
    }
}

TEST(Chains, NoStepsChangeNothing) {
    auto blocks = randomBlocks(10);
    const auto before = blocks;
    advanceChains(blocks, std::vector<std::uint8_t>(10, 0));
    EXPECT_EQ(blocks, before);
}

}  // namespace
}  // namespace pegasus::crypto
