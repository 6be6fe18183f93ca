// SPDX-License-Identifier: Apache-2.0
// RSA-OAEP, as the market's key delivery uses it. PKCS#1 v1.5 does not exist here.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace pegasus::crypto {

/// Hash of OAEP and of its MGF1; the label is empty. Sha1 is what the original clients send and expect.
enum class OaepHash : std::uint8_t { Sha1, Sha256 };

struct RsaKeyDeleter {
    void operator()(EVP_PKEY* key) const;
};
using RsaKeyHandle = std::unique_ptr<EVP_PKEY, RsaKeyDeleter>;

/// Accepted keys: 2048..4096 bits, exponent odd and 65537 or more, at most 64 bits.
class RsaPublicKey {
public:
    /// X.509 SubjectPublicKeyInfo in PEM ("BEGIN PUBLIC KEY"), at most 4096 characters. InvalidArgument otherwise.
    [[nodiscard]] static Result<RsaPublicKey> fromPem(std::string_view pem);
    [[nodiscard]] std::string pem() const;
    [[nodiscard]] unsigned bits() const;
    /// Longest plaintext: 2 hash lengths and 2 bytes less than the modulus.
    [[nodiscard]] std::size_t maxPlaintext(OaepHash hash) const;
    /// One block of bits() / 8 bytes. InvalidArgument if the plaintext is longer than maxPlaintext().
    [[nodiscard]] Result<std::vector<std::uint8_t>> encrypt(std::span<const std::uint8_t> plaintext, OaepHash hash) const;

private:
    friend class RsaPrivateKey;
    explicit RsaPublicKey(RsaKeyHandle key) : key_(std::move(key)) {}
    RsaKeyHandle key_;
};

class RsaPrivateKey {
public:
    /// 2048 or 3072 bits, exponent 65537. Slow (0.1 to 2 s): for the pool.
    [[nodiscard]] static Result<RsaPrivateKey> generate(unsigned bits = 2048);
    /// PKCS#8 DER, unencrypted: seal it before it is stored.
    [[nodiscard]] static Result<RsaPrivateKey> fromDer(const SecretBytes& der);
    [[nodiscard]] Result<SecretBytes> der() const;
    [[nodiscard]] Result<RsaPublicKey> publicKey() const;
    /// Decrypts one block. AuthenticationFailed, without detail, for whatever is wrong with it.
    [[nodiscard]] Result<SecretBytes> decrypt(std::span<const std::uint8_t> ciphertext, OaepHash hash) const;

private:
    explicit RsaPrivateKey(RsaKeyHandle key) : key_(std::move(key)) {}
    RsaKeyHandle key_;
};

}  // namespace pegasus::crypto
