// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM, scrypt and HKDF.
#include <gtest/gtest.h>

#include "crypto/aead.hpp"
#include "crypto/digest.hpp"
#include "crypto/kdf.hpp"
#include "support/test_loop.hpp"

namespace pegasus::crypto {
namespace {

SecretBytes keyOf(std::uint8_t fill) { return SecretBytes(Bytes(kAeadKeySize, fill)); }

class Sealed : public testing::Test {
protected:
    test::FakeRandom random;
    SecretBytes key = keyOf(1);
    std::string text = "a secret of some length";
    Bytes sealed = seal(key, asBytes(text), asBytes("wallet"), random).value();

    [[nodiscard]] Result<SecretBytes> opened(const Bytes& data) const { return open(key, data, asBytes("wallet")); }
};

TEST_F(Sealed, OpensWithKeyAndAssociatedData) {
    EXPECT_EQ(sealed.size(), text.size() + kAeadOverhead);
    EXPECT_EQ(opened(sealed).value().text(), text);
}

TEST_F(Sealed, AnotherKeyDoesNotOpenIt) {
    const auto other = open(keyOf(2), sealed, asBytes("wallet"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::AuthenticationFailed);
}

TEST_F(Sealed, OtherAssociatedDataDoesNotOpenIt) {
    EXPECT_FALSE(open(key, sealed, asBytes("stream")));
    EXPECT_FALSE(open(key, sealed, {}));
}

TEST_F(Sealed, AChangeOfAnyBitIsSeen) {
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto bad = sealed;
            bad[at] ^= static_cast<std::uint8_t>(1U << bit);
            EXPECT_FALSE(opened(bad)) << at;
        }
    }
}

TEST_F(Sealed, EachTruncationIsRefused) {
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        const auto part = opened(Bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size)));
        ASSERT_FALSE(part);
        EXPECT_EQ(part.error().code, size < kAeadOverhead ? ErrorCode::Corrupt : ErrorCode::AuthenticationFailed);
    }
}

TEST_F(Sealed, TheSameTextSealsDifferently) {
    EXPECT_NE(seal(key, asBytes(text), asBytes("wallet"), random).value(), sealed);
}

TEST_F(Sealed, NothingCanBeSealedToo) {
    const auto empty = seal(key, {}, {}, random).value();
    EXPECT_EQ(empty.size(), kAeadOverhead);
    EXPECT_TRUE(open(key, empty, {}).value().empty());
}

TEST_F(Sealed, KeysOfOtherSizesAreRefused) {
    for (const std::size_t size : {0U, 16U, 31U, 33U}) {
        EXPECT_FALSE(seal(SecretBytes(size), asBytes(text), {}, random));
        EXPECT_FALSE(open(SecretBytes(size), sealed, {}));
    }
}

TEST(Aead, IsTheStandardCipher) {
    // Test case 14 of the GCM specification: zero key, zero nonce, one zero block.
    const auto sealed = fromHex(std::string(24, '0') + "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919").value();
    EXPECT_EQ(toHex(open(SecretBytes(32), sealed, {}).value().bytes()), std::string(32, '0'));
}

ScryptParameters cheap() { return {.logN = 10, .r = 8, .p = 1, .salt = {1, 2, 3}}; }

TEST(Scrypt, DependsOnPasswordSaltAndCost) {
    const auto password = SecretBytes::fromText("password");
    const auto key = scrypt(password, cheap()).value();
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(scrypt(password, cheap()).value(), key);
    auto other = cheap();
    other.salt[15] = 1;
    EXPECT_FALSE(scrypt(password, other).value() == key);
    other = cheap();
    other.logN = 11;
    EXPECT_FALSE(scrypt(password, other).value() == key);
    EXPECT_FALSE(scrypt(SecretBytes::fromText("passwore"), cheap()).value() == key);
}

TEST(Scrypt, IsTheStandardFunction) {
    ScryptParameters parameters{.logN = 14, .r = 8, .p = 1, .salt = {}};
    std::ranges::copy(std::string_view("SodiumChlorideXX"), parameters.salt.begin());
    // hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChlorideXX", n=16384, r=8, p=1, dklen=32)
    EXPECT_EQ(toHex(scrypt(SecretBytes::fromText("pleaseletmein"), parameters).value().bytes()),
              "aa83b9b8f9a7d5994c12fff92d5600cb6de0882ada07ec33e92f276938eb4665");
}

TEST(Scrypt, AnEmptyPasswordIsAPassword) {
    EXPECT_EQ(scrypt(SecretBytes(), cheap()).value().size(), 32U);
}

TEST(Scrypt, CostsOutOfBoundsAreRefused) {
    const auto password = SecretBytes::fromText("p");
    for (const auto [logN, r, p] : std::vector<std::array<int, 3>>{
             {9, 8, 1}, {18, 8, 1}, {255, 8, 1}, {10, 0, 1}, {10, 17, 1}, {10, 8, 0}, {10, 8, 5}, {17, 8, 1}}) {
        auto parameters = cheap();
        parameters.logN = static_cast<std::uint8_t>(logN);
        parameters.r = static_cast<std::uint8_t>(r);
        parameters.p = static_cast<std::uint8_t>(p);
        EXPECT_FALSE(scrypt(password, parameters)) << logN << " " << r << " " << p;
        EXPECT_FALSE(ScryptParameters::decode(parameters.encode()));
    }
    EXPECT_FALSE(scrypt(password, cheap(), 15));
    EXPECT_FALSE(scrypt(password, cheap(), 65));
}

TEST(ScryptParameters, ComeBackAndEachTruncationIsRefused) {
    test::FakeRandom random;
    const auto parameters = ScryptParameters::generate(random);
    const auto bytes = parameters.encode();
    EXPECT_EQ(ScryptParameters::decode(bytes).value(), parameters);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(ScryptParameters::decode(std::span(bytes).first(size)));
}

TEST(ScryptParameters, AnotherVersionIsNotSupported) {
    auto bytes = cheap().encode();
    bytes[0] = 2;
    EXPECT_EQ(ScryptParameters::decode(bytes).error().code, ErrorCode::NotSupported);
}

TEST(Hkdf, GivesTheFirstTestValueOfTheRfc) {
    const Bytes key(22, 0x0b);
    const auto salt = fromHex("000102030405060708090a0b0c").value();
    const auto info = fromHex("f0f1f2f3f4f5f6f7f8f9").value();
    const std::string_view infoText(reinterpret_cast<const char*>(info.data()), info.size());
    EXPECT_EQ(toHex(hkdfSha256(key, salt, infoText, 42).value().bytes()),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Hkdf, WorksWithoutSaltAndInfoAndBoundsTheSize) {
    const Bytes key(22, 0x0b);
    EXPECT_EQ(toHex(hkdfSha256(key, {}, "", 42).value().bytes()),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    EXPECT_FALSE(hkdfSha256(key, {}, "", 0));
    EXPECT_FALSE(hkdfSha256(key, {}, "", 8161));
    EXPECT_EQ(hkdfSha256(key, {}, "", 8160).value().size(), 8160U);
}

}  // namespace
}  // namespace pegasus::crypto
