// SPDX-License-Identifier: Apache-2.0
// SHA-256, hex, base64, the system's random numbers.
#include "crypto/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/random.hpp"
#include "support/test_loop.hpp"

namespace pegasus::crypto {
namespace {

std::string decoded(std::string_view text) {
    const auto bytes = fromBase64(text).value();
    return {bytes.begin(), bytes.end()};
}

TEST(Sha256, GivesThePublishedDigests) {
    EXPECT_EQ(toHex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(toHex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hex, EveryByteComesBackInEitherCase) {
    for (unsigned value = 0; value < 256; ++value) {
        const Bytes bytes{static_cast<std::uint8_t>(value)};
        auto text = toHex(bytes);
        EXPECT_EQ(fromHex(text).value(), bytes);
        std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
        EXPECT_EQ(fromHex(text).value(), bytes);
    }
}

TEST(Hex, OddLengthsAndOtherCharactersAreRefused) {
    for (const auto* text : {"a", "abc", "0g", "g0", " 0", "0x"}) EXPECT_FALSE(fromHex(text)) << text;
    EXPECT_TRUE(fromHex("").value().empty());
}

TEST(Base64, GivesTheTestValuesOfTheRfc) {
    const std::vector<std::pair<std::string, std::string>> values{
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [text, coded] : values) {
        EXPECT_EQ(toBase64(asBytes(text)), coded);
        EXPECT_EQ(decoded(coded), text);
    }
}

TEST(Base64, EveryLengthComesBackAndEveryTruncationIsRefusedOrShorter) {
    test::FakeRandom random(5);
    for (std::size_t size = 0; size < 70; ++size) {
        Bytes bytes(size);
        random.fill(bytes);
        const auto text = toBase64(bytes);
        EXPECT_EQ(fromBase64(text).value(), bytes);
        for (std::size_t cut = 0; cut < text.size(); ++cut) {
            const auto part = fromBase64(text.substr(0, cut));
            EXPECT_EQ(part.has_value(), cut % 4 == 0) << cut;
        }
    }
}

TEST(Base64, JunkIsRefused) {
    for (const auto* text : {"Zg=", "Zg", "=Zg=", "Z===", "====", "Zm9v\n", "Zm9 ", "Zm9-", "Zm9_", "Zg==Zg==", "Zh==", "Zm9="})
        EXPECT_FALSE(fromBase64(text)) << text;
}

TEST(SystemRandom, FillsWithDifferentBytesEachTime) {
    SystemRandom random;
    std::set<Bytes> drawn;
    for (int i = 0; i < 20; ++i) {
        Bytes bytes(16);
        random.fill(bytes);
        drawn.insert(bytes);
    }
    EXPECT_EQ(drawn.size(), 20U);
}

}  // namespace
}  // namespace pegasus::crypto
