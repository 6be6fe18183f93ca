// SPDX-License-Identifier: Apache-2.0
// RSA-OAEP and Ed25519.
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "crypto/digest.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/rsa.hpp"
#include "support/test_loop.hpp"

namespace pegasus::crypto {
namespace {

/// Making keys is slow: all tests share two.
const RsaPrivateKey& firstKey() {
    static const RsaPrivateKey key = RsaPrivateKey::generate().value();
    return key;
}
const RsaPrivateKey& secondKey() {
    static const RsaPrivateKey key = RsaPrivateKey::generate().value();
    return key;
}

class Oaep : public testing::TestWithParam<OaepHash> {};
INSTANTIATE_TEST_SUITE_P(Hashes, Oaep, testing::Values(OaepHash::Sha1, OaepHash::Sha256));

TEST_P(Oaep, DecryptsWhatWasEncrypted) {
    const auto key = firstKey().publicKey().value();
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{81}, key.maxPlaintext(GetParam())}) {
        const std::string text(size, 'N');
        const auto ciphertext = key.encrypt(asBytes(text), GetParam()).value();
        EXPECT_EQ(ciphertext.size(), 256U);
        EXPECT_EQ(firstKey().decrypt(ciphertext, GetParam()).value().text(), text);
    }
}

TEST_P(Oaep, ALongerTextIsRefused) {
    const auto key = firstKey().publicKey().value();
    EXPECT_FALSE(key.encrypt(Bytes(key.maxPlaintext(GetParam()) + 1), GetParam()));
}

TEST_P(Oaep, AnotherKeyDoesNotDecrypt) {
    const auto ciphertext = firstKey().publicKey().value().encrypt(asBytes("root"), GetParam()).value();
    const auto other = secondKey().decrypt(ciphertext, GetParam());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::AuthenticationFailed);
}

TEST_P(Oaep, TheOtherHashDoesNotDecrypt) {
    const auto other = GetParam() == OaepHash::Sha1 ? OaepHash::Sha256 : OaepHash::Sha1;
    const auto ciphertext = firstKey().publicKey().value().encrypt(asBytes("root"), GetParam()).value();
    EXPECT_FALSE(firstKey().decrypt(ciphertext, other));
}

TEST_P(Oaep, ChangedAndTruncatedCiphertextsAreRefusedAlike) {
    const auto good = firstKey().publicKey().value().encrypt(asBytes("root"), GetParam()).value();
    const auto whole = firstKey().decrypt(Bytes(256, 0xFF), GetParam()).error();
    for (const std::size_t at : {0U, 1U, 100U, 255U}) {
        auto bad = good;
        bad[at] ^= 1U;
        EXPECT_EQ(firstKey().decrypt(bad, GetParam()).error(), whole);
    }
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_EQ(firstKey().decrypt(std::span(good).first(size), GetParam()).error(), whole);
}

TEST(Oaep, ShaOneTakes214BytesInA2048BitKey) {
    const auto key = firstKey().publicKey().value();
    EXPECT_EQ(key.maxPlaintext(OaepHash::Sha1), 214U);
    EXPECT_EQ(key.maxPlaintext(OaepHash::Sha256), 190U);
}

TEST(RsaKey, ThePublicHalfComesBackFromPem) {
    const auto key = firstKey().publicKey().value();
    EXPECT_TRUE(key.pem().starts_with("-----BEGIN PUBLIC KEY-----\n"));
    EXPECT_EQ(key.bits(), 2048U);
    auto pem = key.pem();
    EXPECT_EQ(RsaPublicKey::fromPem(pem).value().pem(), key.pem());
    pem.pop_back();  // the original exports without the last line feed
    EXPECT_EQ(RsaPublicKey::fromPem(pem).value().pem(), key.pem());
}

TEST(RsaKey, EachTruncationOfPemIsRefused) {
    const auto pem = firstKey().publicKey().value().pem();
    for (std::size_t size = 0; size + 1 < pem.size(); ++size)
        EXPECT_FALSE(RsaPublicKey::fromPem(std::string_view(pem).substr(0, size))) << size;
}

TEST(RsaKey, ThePrivateHalfComesBackFromDer) {
    const auto der = firstKey().der().value();
    const auto again = RsaPrivateKey::fromDer(der).value();
    const auto ciphertext = firstKey().publicKey().value().encrypt(asBytes("x"), OaepHash::Sha1).value();
    EXPECT_EQ(again.decrypt(ciphertext, OaepHash::Sha1).value().text(), "x");
}

TEST(RsaKey, EachTruncationOfDerAndBytesAfterItAreRefused) {
    const auto der = firstKey().der().value();
    for (std::size_t size = 0; size < der.size(); size += 7)
        EXPECT_FALSE(RsaPrivateKey::fromDer(SecretBytes(der.bytes().first(size)))) << size;
    SecretBytes longer(der.size() + 1);
    std::ranges::copy(der.bytes(), longer.bytes().begin());
    EXPECT_FALSE(RsaPrivateKey::fromDer(longer));
}

TEST(RsaKey, OtherSizesAreNotGenerated) {
    for (const unsigned bits : {0U, 512U, 1024U, 2047U, 4096U, 16384U}) EXPECT_FALSE(RsaPrivateKey::generate(bits));
}

struct KeyFree {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};

std::string pemOf(EVP_PKEY* key) {
    const std::unique_ptr<BIO, KeyFree> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(bio.get(), key);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string rsaPem(int bits, unsigned exponent) {
    const std::unique_ptr<EVP_PKEY_CTX, KeyFree> context(EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr));
    const std::unique_ptr<BIGNUM, KeyFree> e(BN_new());
    BN_set_word(e.get(), exponent);
    EVP_PKEY_keygen_init(context.get());
    EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits);
    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get());
    EVP_PKEY* key = nullptr;
    EVP_PKEY_keygen(context.get(), &key);
    const std::unique_ptr<EVP_PKEY, KeyFree> owned(key);
    return pemOf(key);
}

TEST(RsaKey, SmallModuliAndExponentsAreRefused) {
    EXPECT_FALSE(RsaPublicKey::fromPem(rsaPem(1024, 65537)));
    EXPECT_FALSE(RsaPublicKey::fromPem(rsaPem(2048, 3)));
    EXPECT_FALSE(RsaPublicKey::fromPem(rsaPem(2048, 65535)));
    EXPECT_TRUE(RsaPublicKey::fromPem(rsaPem(2048, 65539)));
}

TEST(RsaKey, AnEvenExponentIsRefused) {
    // SubjectPublicKeyInfo of a 2048-bit key ends in the exponent 01 00 01.
    const auto pem = firstKey().publicKey().value().pem();
    std::string body;
    for (const char c : pem.substr(27, pem.rfind("-----END") - 27))
        if (c != '\n') body += c;
    auto der = fromBase64(body).value();
    ASSERT_EQ(der.back(), 1);
    der.back() = 2;
    EXPECT_FALSE(RsaPublicKey::fromPem("-----BEGIN PUBLIC KEY-----\n" + toBase64(der) + "\n-----END PUBLIC KEY-----\n"));
    der.back() = 1;
    EXPECT_TRUE(RsaPublicKey::fromPem("-----BEGIN PUBLIC KEY-----\n" + toBase64(der) + "\n-----END PUBLIC KEY-----\n"));
}

TEST(RsaKey, KeysOfOtherKindsAndHugeTextsAreRefused) {
    const std::unique_ptr<EVP_PKEY, KeyFree> ec(EVP_EC_gen("P-256"));
    EXPECT_FALSE(RsaPublicKey::fromPem(pemOf(ec.get())));
    EXPECT_FALSE(RsaPublicKey::fromPem(std::string(5000, 'A')));
    EXPECT_FALSE(RsaPublicKey::fromPem(""));
}

TEST(RsaKey, PemThatClaimsToBeEncryptedDoesNotAskForAPassword) {
    auto pem = firstKey().publicKey().value().pem();
    pem.insert(27, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00000000000000000000000000000000\n\n");
    EXPECT_FALSE(RsaPublicKey::fromPem(pem));
}

Bytes ed25519Message(std::size_t size) { return Bytes(size, 7); }

TEST(Ed25519, GivesTheFirstTestValueOfTheRfc) {
    const auto secret = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
    const auto key = Ed25519Key::fromBytes(SecretBytes(secret)).value();
    EXPECT_EQ(toHex(key.publicKey()), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    EXPECT_EQ(toHex(key.sign({}).value()),
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
              "d25bf5f0595bbe24655141438e7a100b");
}

TEST(Ed25519, VerifiesOnlyItsMessageKeyAndSignature) {
    test::FakeRandom random;
    const auto key = Ed25519Key::generate(random).value();
    const auto other = Ed25519Key::generate(random).value();
    const auto message = ed25519Message(40);
    const auto signature = key.sign(message).value();
    EXPECT_TRUE(verifyEd25519(key.publicKey(), message, signature));
    EXPECT_FALSE(verifyEd25519(other.publicKey(), message, signature));
    EXPECT_FALSE(verifyEd25519(key.publicKey(), ed25519Message(39), signature));
    for (std::size_t at = 0; at < signature.size(); ++at) {
        auto bad = signature;
        bad[at] ^= 1U;
        EXPECT_FALSE(verifyEd25519(key.publicKey(), message, bad)) << at;
    }
}

TEST(Ed25519, KeysComeBackFromBytesOfTheRightSizeOnly) {
    test::FakeRandom random;
    const auto key = Ed25519Key::generate(random).value();
    EXPECT_EQ(Ed25519Key::fromBytes(key.bytes().clone()).value().publicKey(), key.publicKey());
    for (const std::size_t size : {0U, 31U, 33U, 64U}) EXPECT_FALSE(Ed25519Key::fromBytes(SecretBytes(size)));
}

}  // namespace
}  // namespace pegasus::crypto
