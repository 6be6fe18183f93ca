// SPDX-License-Identifier: Apache-2.0
#include "mam/tree.hpp"

#include <gtest/gtest.h>

#include "channels.hpp"
#include "crypto/curl.hpp"
#include "mam/one_time.hpp"
#include "support/plain_curl.hpp"
#include "support/simd_targets.hpp"

namespace pegasus::mam {
namespace {

using crypto::CurlBlock;
using crypto::CurlRounds;
using crypto::SecurityLevel;
using test::PlainCurl;

CurlBlock plainHash(std::span<const trinary::Trit> trits) {
    PlainCurl curl(CurlRounds::P27);
    curl.absorb(trits);
    return curl.rate();
}

/// One leaf, step by step as mam0.md section 3 says, for a seed whose sum with the index does not carry.
CurlBlock plainLeaf(const crypto::Seed& seed, int index, std::size_t blocks) {
    CurlBlock number;
    trinary::tritsFromTrytes(seed.trytes(), number);
    for (; index > 0; --index) {
        std::size_t i = 0;
        while (number[i] == 1) number[i++] = -1;
        ++number[i];
    }
    PlainCurl sponge(CurlRounds::P27);
    sponge.absorb(plainHash(number));
    PlainCurl digest(CurlRounds::P27);
    for (std::size_t block = 0; block < blocks; ++block, sponge.permute()) {
        auto chain = sponge.rate();
        for (int step = 0; step < 27; ++step) chain = plainHash(chain);
        digest.absorb(chain);
    }
    return plainHash(digest.rate());
}

TEST(OneTimeKeys, HaveTheLeavesOfTheDefinitionOnEveryInstructionSet) {
    const auto expected1 = plainLeaf(testSeed(), 5, 27);
    const auto expected3 = plainLeaf(testSeed(), 6, 81);
    test::forEachTarget([&] {
        EXPECT_EQ(leafAddresses(testSeed(), 5, 1, SecurityLevel::One).front(), expected1);
        EXPECT_EQ(leafAddresses(testSeed(), 4, 3, SecurityLevel::Three)[2], expected3);
    });
}

TEST(OneTimeKeys, WrapAroundAtTheLargestSeed) {
    const auto largest = crypto::Seed::parse(std::string(81, 'M')).value();
    const auto smallest = crypto::Seed::parse(std::string(81, 'N')).value();
    EXPECT_EQ(leafAddresses(largest, 1, 1, SecurityLevel::One), leafAddresses(smallest, 0, 1, SecurityLevel::One));
    EXPECT_EQ(leafAddresses(largest, 8, 1, SecurityLevel::One), leafAddresses(smallest, 7, 1, SecurityLevel::One));
}

TEST(OneTimeKeys, AreTheSameWhetherMadeTogetherOrAlone) {
    const auto together = leafAddresses(testSeed(), 1'000'000'000'000, 70, SecurityLevel::One);
    ASSERT_EQ(together.size(), 70U);
    for (const std::size_t i : {0U, 1U, 63U, 64U, 69U})
        EXPECT_EQ(leafAddresses(testSeed(), 1'000'000'000'000 + i, 1, SecurityLevel::One).front(), together[i]);
}

TEST(OneTimeKeys, SignWhatTheirLeafVerifies) {
    for (const auto level : {SecurityLevel::One, SecurityLevel::Two, SecurityLevel::Three}) {
        const auto hash = crypto::curlHash(CurlRounds::P27, std::span<const trinary::Trit>(CurlBlock{1, 0, -1}));
        const auto signature = signHash(testSeed(), 3, level, hash);
        ASSERT_EQ(signature.size(), signatureTrits(level));
        const auto leaf = leafAddresses(testSeed(), 3, 1, level).front();
        EXPECT_EQ(leafOfSignature(signature, level, hash), leaf);
        auto other = hash;
        other[0] = static_cast<trinary::Trit>(other[0] == 1 ? 0 : other[0] + 1);
        EXPECT_NE(leafOfSignature(signature, level, other), leaf);
    }
}

TEST(OneTimeKeys, TakeTheSmallestLevelWhoseTritsSumToZero) {
    CurlBlock hash{};
    EXPECT_EQ(levelOfHash(hash), SecurityLevel::One);
    hash[80] = 1;
    EXPECT_EQ(levelOfHash(hash), std::nullopt);
    hash[161] = -1;
    EXPECT_EQ(levelOfHash(hash), SecurityLevel::Two);
    hash[161] = 0;
    hash[242] = -1;
    EXPECT_EQ(levelOfHash(hash), SecurityLevel::Three);
}

TEST(Tree, OfOneLeafIsTheLeaf) {
    const auto tree = Tree::build(testSeed(), 7, 1, SecurityLevel::One).value();
    EXPECT_EQ(tree.root(), Hash::fromTrits(leafAddresses(testSeed(), 7, 1, SecurityLevel::One).front()));
    EXPECT_TRUE(tree.siblings(0).empty());
}

TEST(Tree, HashesPairsUpToTheRoot) {
    const auto tree = Tree::build(testSeed(), 10, 4, SecurityLevel::One).value();
    const auto& leaf = tree.leaves();
    const auto left = crypto::curlHash(CurlRounds::P27, leaf[0].str() + leaf[1].str());
    const auto right = crypto::curlHash(CurlRounds::P27, leaf[2].str() + leaf[3].str());
    EXPECT_EQ(tree.root(), crypto::curlHash(CurlRounds::P27, left.str() + right.str()));
    EXPECT_EQ(tree.siblings(1), (std::vector<Hash>{leaf[0], right}));
    EXPECT_EQ(tree.siblings(2), (std::vector<Hash>{leaf[3], left}));
}

TEST(Tree, IsMadeAgainFromItsStoredLeaves) {
    const auto tree = Tree::build(testSeed(), 0, 8, SecurityLevel::One).value();
    EXPECT_EQ(Tree::fromLeaves(tree.leaves()).value(), tree);
}

TEST(Tree, RefusesCountsThatAreNoPowerOfTwo) {
    for (const std::uint32_t count : {0U, 3U, 6U, 2 * kMaxLeaves})
        EXPECT_EQ(Tree::build(testSeed(), 0, count, SecurityLevel::One).error().code, ErrorCode::InvalidArgument);
    EXPECT_FALSE(Tree::fromLeaves({}));
    EXPECT_FALSE(Tree::fromLeaves(std::vector<Hash>(3)));
}

}  // namespace
}  // namespace pegasus::mam
