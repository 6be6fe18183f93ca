// SPDX-License-Identifier: Apache-2.0
#include "mam/mask.hpp"

#include <gtest/gtest.h>

#include <random>

namespace pegasus::mam {
namespace {

using crypto::Curl;
using crypto::CurlRounds;
using trinary::Trit;
using trinary::Trits;

Trits randomTrits(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    Trits trits(count);
    for (auto& trit : trits) trit = static_cast<Trit>(static_cast<int>(random() % 3) - 1);
    return trits;
}

Curl keyed() {
    Curl sponge(CurlRounds::P27);
    sponge.absorb(randomTrits(243, 99));
    return sponge;
}

TEST(Mask, IsUndoneByUnmaskAndLeavesTheSameSponge) {
    for (const std::size_t length : {0U, 1U, 81U, 242U, 243U, 244U, 486U, 1000U}) {
        const auto plain = randomTrits(length, static_cast<unsigned>(length));
        auto writer = keyed();
        auto reader = keyed();
        auto trits = plain;
        mask(writer, trits);
        if (length > 20) {
            EXPECT_NE(trits, plain);
        }
        unmask(reader, trits);
        EXPECT_EQ(trits, plain);
        EXPECT_EQ(writer.state(), reader.state());
    }
}

TEST(Mask, DoesNothingForNothing) {
    auto sponge = keyed();
    mask(sponge, {});
    EXPECT_EQ(sponge.state(), keyed().state());
}

TEST(Mask, StartsAnewBlockWithEachCall) {
    const auto plain = randomTrits(300, 1);
    auto once = keyed();
    auto whole = plain;
    mask(once, whole);
    auto twice = keyed();
    auto parts = plain;
    mask(twice, std::span(parts).first(100));
    mask(twice, std::span(parts).subspan(100));
    EXPECT_NE(whole, parts);
    auto aligned = plain;
    auto third = keyed();
    mask(third, std::span(aligned).first(243));
    mask(third, std::span(aligned).subspan(243));
    EXPECT_EQ(whole, aligned);
}

TEST(Mask, GivesOnlyTrits) {
    auto sponge = keyed();
    auto trits = randomTrits(2000, 7);
    mask(sponge, trits);
    for (const auto trit : trits) EXPECT_TRUE(trit >= -1 && trit <= 1);
}

}  // namespace
}  // namespace pegasus::mam
