// SPDX-License-Identifier: Apache-2.0
// Curl-P, alone and side by side, against the definition.
#include "crypto/curl.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "crypto/curl_batch.hpp"
#include "support/plain_curl.hpp"
#include "support/simd_targets.hpp"

namespace pegasus::crypto {
namespace {

using test::PlainCurl;
using trinary::Trit;
using trinary::Trits;

constexpr CurlRounds kBoth[] = {CurlRounds::P27, CurlRounds::P81};

Trits randomTrits(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    Trits trits(count);
    for (auto& trit : trits) trit = static_cast<Trit>(static_cast<int>(random() % 3) - 1);
    return trits;
}

TEST(Curl, HashesEveryLengthAsDefined) {
    for (const auto rounds : kBoth) {
        for (std::size_t length = 0; length < 730; length += length < 260 ? 1 : 29) {
            const auto input = randomTrits(length, static_cast<unsigned>(length));
            PlainCurl expected(rounds);
            expected.absorb(input);
            test::forEachTarget([&] {
                Curl curl(rounds);
                curl.absorb(input);
                ASSERT_EQ(curl.state(), expected.state()) << length;
                EXPECT_EQ(curl.rate(), expected.rate());
            });
        }
    }
}

TEST(Curl, AbsorbsTrytesLikeTheirTrits) {
    for (const std::size_t trytes : {1U, 7U, 8U, 80U, 81U, 82U, 200U}) {
        const auto input = randomTrits(3 * trytes, 5);
        test::forEachTarget([&] {
            Curl ofTrits(CurlRounds::P27);
            ofTrits.absorb(input);
            Curl ofTrytes(CurlRounds::P27);
            ofTrytes.absorb(trinary::trytesFromTrits(input));
            EXPECT_EQ(ofTrits.state(), ofTrytes.state()) << trytes;
            EXPECT_EQ(ofTrits.hash(), trinary::Hash::fromTrits(ofTrits.rate()));
        });
    }
}

TEST(Curl, TakesEveryTryteAtEveryPlace) {
    test::forEachTarget([] {
        for (std::size_t shift = 0; shift < 27; ++shift) {
            std::string trytes(81, '9');
            for (std::size_t i = 0; i < trytes.size(); ++i) trytes[i] = trinary::kAlphabet[(i + shift) % 27];
            Curl ofTrytes(CurlRounds::P27);
            ofTrytes.absorb(trytes);
            Curl ofTrits(CurlRounds::P27);
            ofTrits.overwrite(trinary::tritsFromTrytes(trytes));
            EXPECT_EQ(ofTrits.hash().view(), trytes);
            ofTrits.permute();
            EXPECT_EQ(ofTrytes.state(), ofTrits.state());
        }
    });
}

TEST(Curl, KeepsWhatAShortBlockDoesNotOverwrite) {
    Curl curl(CurlRounds::P27);
    curl.absorb(randomTrits(243, 1));
    auto expected = curl.state();
    const auto block = randomTrits(100, 2);
    std::ranges::copy(block, expected.begin());
    curl.overwrite(block);
    EXPECT_EQ(curl.state(), expected);
}

TEST(Curl, OverwritesTheWholeStateAndNoMore) {
    const auto whole = randomTrits(800, 3);
    Curl curl(CurlRounds::P81);
    curl.overwrite(whole);
    EXPECT_TRUE(std::ranges::equal(curl.state(), std::span(whole).first(kCurlStateTrits)));
}

TEST(Curl, SqueezesThePermutedRate) {
    const auto input = randomTrits(243, 4);
    Curl curl(CurlRounds::P81);
    curl.absorb(input);
    const auto out = curl.squeeze(3);
    PlainCurl expected(CurlRounds::P81);
    expected.absorb(input);
    for (std::size_t block = 0; block < 3; ++block, expected.permute())
        EXPECT_TRUE(std::ranges::equal(std::span(out).subspan(block * 243, 243), expected.rate()));
}

TEST(Curl, LeavesTheZeroStateAlone) {
    EXPECT_TRUE(curlHash(CurlRounds::P81, std::string_view("")).isNull());
    EXPECT_TRUE(curlHash(CurlRounds::P27, std::string(81, '9')).isNull());
}

TEST(CurlBatch, PermutesAnyNumberOfSpongesAsDefined) {
    test::forEachTarget([] {
        for (const auto rounds : kBoth) {
            for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{47}, std::size_t{64},
                                            curlLanes() + 1}) {
                std::vector<Curl> sponges(count, Curl(rounds));
                for (std::size_t i = 0; i < count; ++i) sponges[i].overwrite(randomTrits(729, static_cast<unsigned>(i)));
                const auto before = sponges;
                permuteAll(sponges);
                for (std::size_t i = 0; i < count; i += 13) {
                    Curl single = before[i];
                    single.permute();
                    ASSERT_EQ(sponges[i].state(), single.state()) << count << " " << i;
                }
            }
        }
    });
}

TEST(CurlBatch, GoesAlongChainsOfDifferentLengths) {
    test::forEachTarget([] {
        const std::size_t count = curlLanes() + 3;
        std::vector<CurlBlock> blocks(count);
        std::vector<std::uint8_t> steps(count);
        for (std::size_t i = 0; i < count; ++i) {
            std::ranges::copy(randomTrits(243, static_cast<unsigned>(i)), blocks[i].begin());
            steps[i] = static_cast<std::uint8_t>(i % 28);
        }
        const auto before = blocks;
        hashChains(CurlRounds::P27, blocks, steps);
        for (std::size_t i = 0; i < count; i += i < 28 ? 1 : 17) {
            auto expected = before[i];
            for (std::size_t step = 0; step < steps[i]; ++step) expected = curlHash(CurlRounds::P27, expected);
            ASSERT_EQ(blocks[i], expected) << i;
        }
    });
}

TEST(CurlBatch, HashesTransactionsAsDefined) {
    std::vector<std::string> transactions;
    std::vector<trinary::Hash> expected;
    for (unsigned i = 0; i < 40; ++i) {
        const auto trits = randomTrits(8019, i);
        transactions.push_back(trinary::trytesFromTrits(trits));
        expected.push_back(curlHash(CurlRounds::P81, transactions.back()));
        if (i >= 4) continue;
        PlainCurl plain(CurlRounds::P81);
        plain.absorb(trits);
        EXPECT_EQ(expected.back(), trinary::Hash::fromTrits(plain.rate()));
    }
    const std::vector<std::string_view> views(transactions.begin(), transactions.end());
    test::forEachTarget([&] {
        for (const std::size_t count : {0U, 1U, 15U, 16U, 40U})
            EXPECT_EQ(curlHashAll(CurlRounds::P81, std::span(views).first(count)),
                      std::vector<trinary::Hash>(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(count)));
    });
}

TEST(CurlBatch, FillsAllLanesAndBeginsAgain) {
    test::forEachTarget([] {
        std::vector<std::string> inputs;
        for (unsigned i = 0; i < 2 * curlLanes() + 7; ++i) inputs.push_back(trinary::trytesFromTrits(randomTrits(486, i)));
        const std::vector<std::string_view> views(inputs.begin(), inputs.end());
        const auto hashes = curlHashAll(CurlRounds::P27, views);
        for (std::size_t i = 0; i < inputs.size(); ++i) ASSERT_EQ(hashes[i], curlHash(CurlRounds::P27, inputs[i])) << i;
    });
}

}  // namespace
}  // namespace pegasus::crypto
