// SPDX-License-Identifier: Apache-2.0
// Trytes: alphabet, packing, integers, ASCII, fixed sizes; each truncation and junk.
#include "trinary/trytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "support/test_loop.hpp"

namespace pegasus::trinary {
namespace {

constexpr std::int64_t kMax64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin64 = std::numeric_limits<std::int64_t>::min();

std::string randomTrytes(test::FakeRandom& random, std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    random.fill(bytes);
    std::string trytes;
    for (const auto byte : bytes) trytes += kAlphabet[byte % kAlphabet.size()];
    return trytes;
}

TEST(Trytes, EveryTryteHasItsValueAndThreeTrits) {
    for (int value = -13; value <= 13; ++value) {
        const char tryte = tryteChar(value);
        EXPECT_EQ(tryteValue(tryte), value);
        const auto trits = tritsFromTrytes(std::string_view(&tryte, 1));
        EXPECT_EQ(trits[0] + 3 * trits[1] + 9 * trits[2], value);
        EXPECT_EQ(trytesFromTrits(trits), std::string(1, tryte));
    }
}

TEST(Trytes, OnlyTheAlphabetIsAccepted) {
    for (int c = 0; c < 256; ++c) {
        const std::string text(1, static_cast<char>(c));
        EXPECT_EQ(isTrytes(text), kAlphabet.find(text) != std::string_view::npos) << c;
    }
    EXPECT_TRUE(isTrytes(""));
}

TEST(Trytes, AShortLastGroupIsFilledWithZeroTrits) {
    EXPECT_EQ(trytesFromTrits(Trits{1}), "A");
    EXPECT_EQ(trytesFromTrits(Trits{1, 0, -1, 1}), "SA");
}

TEST(PackedTrits, EveryLengthComesBack) {
    test::FakeRandom random;
    for (std::size_t trytes = 0; trytes < 30; ++trytes) {
        const auto trits = tritsFromTrytes(randomTrytes(random, trytes));
        for (std::size_t count = 0; count <= trits.size(); ++count) {
            const auto part = std::span(trits).first(count);
            const auto bytes = packTrits(part);
            ASSERT_EQ(bytes.size(), packedSize(count));
            EXPECT_TRUE(std::ranges::equal(unpackTrits(bytes, count).value(), part));
        }
    }
}

TEST(PackedTrits, EveryOtherLengthIsRefused) {
    const auto bytes = packTrits(Trits(243, 1));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(unpackTrits(std::span(bytes).first(size), 243)) << size;
    EXPECT_FALSE(unpackTrits(bytes, 240));
}

TEST(PackedTrits, BytesThatAreNotFiveTritsAreRefused) {
    for (int value = -128; value <= 127; ++value) {
        const std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(value)};
        EXPECT_EQ(unpackTrits(bytes, 5).has_value(), value >= -121 && value <= 121) << value;
    }
}

TEST(PackedTrits, NonZeroFillIsRefused) {
    const auto bytes = packTrits(Trits{1, 1, 1, 1});
    EXPECT_TRUE(unpackTrits(bytes, 4));
    EXPECT_FALSE(unpackTrits(bytes, 3));
}

TEST(TernaryIntegers, TheExtremesComeBack) {
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, kMax64, kMin64, kMax64 - 1}) {
        EXPECT_EQ(integerFromTrits(tritsFromInteger(value, 81)).value(), value);
    }
}

TEST(TernaryIntegers, SmallOnesAreExact) {
    for (std::int64_t value = -1000; value <= 1000; ++value)
        EXPECT_EQ(integerFromTrits(tritsFromInteger(value, 7)).value(), value);
}

TEST(TernaryIntegers, WhatDoesNotFitIsRefused) {
    EXPECT_FALSE(integerFromTrits(Trits(81, 1)));
    EXPECT_FALSE(integerFromTrits(Trits(81, -1)));
    EXPECT_FALSE(integerFromTrits(Trits(41, 1)));
    EXPECT_TRUE(integerFromTrits(Trits(39, 1)));
}

TEST(AsciiTrytes, EverySevenBitCharacterComesBack) {
    for (int c = 0; c < 128; ++c) {
        const std::string text(1, static_cast<char>(c));
        EXPECT_EQ(asciiFromTrytes(trytesFromAscii(text).value()).value(), text);
    }
}

TEST(AsciiTrytes, OtherBytesAreRefused) {
    for (int c = 128; c < 256; ++c) EXPECT_FALSE(trytesFromAscii(std::string(1, static_cast<char>(c))));
}

TEST(AsciiTrytes, OddLengthsJunkAndValuesAboveAByteAreRefused) {
    EXPECT_FALSE(asciiFromTrytes("A"));
    EXPECT_FALSE(asciiFromTrytes("ab"));
    EXPECT_FALSE(asciiFromTrytes("A "));
    EXPECT_FALSE(asciiFromTrytes("ZZ"));
    EXPECT_EQ(asciiFromTrytes("LI").value().size(), 1U);  // 12 + 9 * 27 = 255
    EXPECT_FALSE(asciiFromTrytes("MI"));
}

TEST(FixedTrytes, OnlyTheExactLengthParses) {
    const std::string text(kHashTrytes + 5, 'N');
    for (std::size_t size = 0; size <= text.size(); ++size)
        EXPECT_EQ(Hash::parse(text.substr(0, size)).has_value(), size == kHashTrytes) << size;
}

TEST(FixedTrytes, JunkAtEachPositionIsRefused) {
    for (std::size_t at = 0; at < kHashTrytes; ++at) {
        std::string text(kHashTrytes, '9');
        text[at] = 'a';
        EXPECT_FALSE(Hash::parse(text));
    }
}

TEST(FixedTrytes, ShortTextsArePaddedAndLongOnesRefused) {
    EXPECT_EQ(Hash::parsePadded("ABC").value().view(), "ABC" + std::string(78, '9'));
    EXPECT_TRUE(Hash::parsePadded("").value().isNull());
    EXPECT_FALSE(Hash::parsePadded(std::string(82, '9')));
}

TEST(FixedTrytes, PackedAndTritsComeBack) {
    test::FakeRandom random(7);
    for (int i = 0; i < 50; ++i) {
        const auto hash = Hash::parse(randomTrytes(random, kHashTrytes)).value();
        EXPECT_EQ(Hash::fromTrits(hash.trits()), hash);
        const auto packed = hash.pack();
        EXPECT_EQ(packed.size(), Hash::kPacked);
        EXPECT_EQ(Hash::unpack(packed).value(), hash);
        for (std::size_t size = 0; size < packed.size(); ++size)
            EXPECT_FALSE(Hash::unpack(std::span(packed).first(size)));
    }
}

}  // namespace
}  // namespace pegasus::trinary
