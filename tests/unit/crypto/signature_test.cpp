// SPDX-License-Identifier: Apache-2.0
// Seeds, normalised hashes, one-time signatures.
#include "crypto/signature.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "crypto/random.hpp"
#include "support/test_loop.hpp"

namespace pegasus::crypto {
namespace {

using trinary::Hash;

const std::string kSeedText(81, 'S');

Seed seedOf(std::string_view text = kSeedText) { return Seed::parse(text).value(); }

Hash hashNumber(std::uint64_t number) {
    test::FakeRandom random(number);
    std::vector<std::uint8_t> bytes(trinary::kHashTrytes);
    random.fill(bytes);
    std::string trytes;
    for (const auto byte : bytes) trytes += trinary::kAlphabet[byte % 27U];
    return Hash::parse(trytes).value();
}

Hash signerOf(const NormalizedHash& hash, const std::vector<std::string>& fragments) {
    const std::vector<std::string_view> views(fragments.begin(), fragments.end());
    return addressOfSignature(hash, views);
}

TEST(Seed, HasOneToEightyOneTrytes) {
    for (std::size_t size = 0; size <= 90; ++size)
        EXPECT_EQ(Seed::parse(std::string(size, 'A')).has_value(), size >= 1 && size <= 81) << size;
}

TEST(Seed, IsPaddedWithNines) { EXPECT_EQ(seedOf("AB").trytes(), "AB" + std::string(79, '9')); }

TEST(Seed, ARefusalDoesNotRepeatIt) {
    const auto bad = Seed::parse("SECRETsecret");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().message.find("SECRET"), std::string::npos);
}

TEST(Seed, AGeneratedOneIsOfTrytesAndUsesThemAll) {
    SystemRandom random;
    std::string all;
    for (int i = 0; i < 40; ++i) {
        const auto seed = Seed::generate(random);
        ASSERT_TRUE(trinary::isTrytes(seed.trytes()));
        ASSERT_EQ(seed.trytes().size(), 81U);
        all += seed.trytes();
    }
    for (const char c : trinary::kAlphabet) EXPECT_NE(all.find(c), std::string::npos) << c;
}

/// Gives the bytes it was made with, then zeros.
class ScriptedRandom final : public Random {
public:
    explicit ScriptedRandom(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = at_ < bytes_.size() ? bytes_[at_++] : std::uint8_t{0};
    }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

TEST(Seed, BytesThatWouldBiasItAreDrawnAgain) {
    ScriptedRandom random({243, 255, 250, 1, 242, 26});
    EXPECT_EQ(Seed::generate(random).trytes().substr(0, 4), "AZZ9");
}

TEST(NormalizedHash, EachThirdSumsToZeroWithinBounds) {
    for (std::uint64_t i = 0; i < 200; ++i) {
        const auto values = normalize(hashNumber(i));
        for (std::size_t part = 0; part < 3; ++part)
            EXPECT_EQ(std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(part * 27),
                                      values.begin() + static_cast<std::ptrdiff_t>(part * 27 + 27), 0),
                      0);
        for (const auto value : values) EXPECT_LE(std::abs(value), 13);
    }
}

TEST(NormalizedHash, ExtremesAreBalancedFromTheFront) {
    const auto values = normalize(Hash::parse(std::string(81, 'M')).value());
    EXPECT_EQ(values[0], -13);
    EXPECT_EQ(values[12], -13);
    EXPECT_EQ(values[13], 0);
    EXPECT_EQ(values[14], 13);
    EXPECT_TRUE(containsThirteen(values));
    EXPECT_FALSE(containsThirteen(normalize(Hash())));
}

class SignatureOfLevel : public testing::TestWithParam<SecurityLevel> {};
INSTANTIATE_TEST_SUITE_P(Levels, SignatureOfLevel,
                         testing::Values(SecurityLevel::One, SecurityLevel::Two, SecurityLevel::Three));

TEST_P(SignatureOfLevel, VerifiesToTheAddress) {
    const auto seed = seedOf();
    for (std::uint64_t i = 0; i < 5; ++i) {
        const auto hash = normalize(hashNumber(i));
        const auto fragments = sign(seed, i, GetParam(), hash);
        ASSERT_EQ(fragments.size(), levelCount(GetParam()));
        for (const auto& fragment : fragments) ASSERT_EQ(fragment.size(), 2187U);
        EXPECT_EQ(signerOf(hash, fragments), deriveAddress(seed, i, GetParam()));
    }
}

TEST_P(SignatureOfLevel, DoesNotVerifyForAnotherHash) {
    const auto seed = seedOf();
    const auto fragments = sign(seed, 0, GetParam(), normalize(hashNumber(1)));
    EXPECT_NE(signerOf(normalize(hashNumber(2)), fragments), deriveAddress(seed, 0, GetParam()));
}

TEST_P(SignatureOfLevel, AChangeInAnyBlockIsSeen) {
    const auto seed = seedOf();
    const auto hash = normalize(hashNumber(9));
    const auto address = deriveAddress(seed, 3, GetParam());
    const auto good = sign(seed, 3, GetParam(), hash);
    for (std::size_t f = 0; f < good.size(); ++f) {
        for (std::size_t at = 40; at < good[f].size(); at += 81) {
            auto bad = good;
            bad[f][at] = bad[f][at] == '9' ? 'A' : '9';
            EXPECT_NE(signerOf(hash, bad), address) << f << " " << at;
        }
    }
}

TEST_P(SignatureOfLevel, MissingOrExchangedFragmentsAreSeen) {
    const auto seed = seedOf();
    const auto hash = normalize(hashNumber(4));
    auto fragments = sign(seed, 3, GetParam(), hash);
    const auto address = deriveAddress(seed, 3, GetParam());
    if (fragments.size() > 1) {
        std::swap(fragments[0], fragments[1]);
        EXPECT_NE(signerOf(hash, fragments), address);
        std::swap(fragments[0], fragments[1]);
    }
    fragments.pop_back();
    EXPECT_NE(signerOf(hash, fragments), address);
}

TEST(Address, DiffersByIndexLevelAndSeed) {
    const auto seed = seedOf();
    const auto address = deriveAddress(seed, 0, SecurityLevel::Two);
    EXPECT_NE(address, deriveAddress(seed, 1, SecurityLevel::Two));
    EXPECT_NE(address, deriveAddress(seed, 0, SecurityLevel::One));
    EXPECT_NE(address, deriveAddress(seedOf("T"), 0, SecurityLevel::Two));
}

TEST(Address, TheIndexIsAddedToTheSeed) {
    EXPECT_EQ(deriveAddress(seedOf("A"), 2, SecurityLevel::One), deriveAddress(seedOf("C"), 0, SecurityLevel::One));
    // The sum wraps over 242 trits: M..MD is the largest seed, N..NW the smallest.
    const auto largest = seedOf(std::string(80, 'M') + "D");
    const auto smallest = seedOf(std::string(80, 'N') + "W");
    EXPECT_EQ(deriveAddress(largest, 1, SecurityLevel::One), deriveAddress(smallest, 0, SecurityLevel::One));
}

}  // namespace
}  // namespace pegasus::crypto
