// SPDX-License-Identifier: Apache-2.0
// Ed25519 over OpenSSL's EVP interface.
#include "crypto/ed25519.hpp"

#include <openssl/evp.h>

#include <memory>

namespace pegasus::crypto {
namespace {

struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter>;

constexpr std::size_t kSecretSize = 32;

Key privateKey(const SecretBytes& secret) {
    return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.bytes().data(), secret.size()));
}

Error broken() { return {ErrorCode::Internal, "Ed25519 is not available"}; }

}  // namespace

Result<Ed25519Key> Ed25519Key::generate(Random& random) {
    SecretBytes secret(kSecretSize);
    random.fill(secret.bytes());
    return fromBytes(std::move(secret));
}

Result<Ed25519Key> Ed25519Key::fromBytes(SecretBytes secret) {
    if (secret.size() != kSecretSize)
        return fail(ErrorCode::InvalidArgument, "Ed25519 key of {} bytes, expected {}", secret.size(), kSecretSize);
    const auto key = privateKey(secret);
    Ed25519PublicKey publicKey{};
    std::size_t size = publicKey.size();
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), publicKey.data(), &size) != 1) return fail(broken());
    return Ed25519Key(std::move(secret), publicKey);
}

Result<Ed25519Signature> Ed25519Key::sign(std::span<const std::uint8_t> message) const {
    const auto key = privateKey(secret_);
    const Context context(EVP_MD_CTX_new());
    Ed25519Signature signature{};
    std::size_t size = signature.size();
    if (!key || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1)
        return fail(broken());
    return signature;
}

bool verifyEd25519(const Ed25519PublicKey& key, std::span<const std::uint8_t> message,
                   const Ed25519Signature& signature) {
    const Key handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const Context context(EVP_MD_CTX_new());
    return handle && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

}  // namespace pegasus::crypto
