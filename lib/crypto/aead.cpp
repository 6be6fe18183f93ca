// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM over OpenSSL's EVP interface.
#include "crypto/aead.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

namespace pegasus::crypto {
namespace {

struct ContextDeleter {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;
using ConstBytes = std::span<const std::uint8_t>;

constexpr int kEncrypt = 1;
constexpr int kDecrypt = 0;

Error broken() { return {ErrorCode::Internal, "AES-256-GCM is not available"}; }

Result<void> checkSizes(const SecretBytes& key, ConstBytes data, ConstBytes associated) {
    constexpr std::size_t kMax = std::numeric_limits<int>::max() - kAeadOverhead;
    if (key.size() != kAeadKeySize)
        return fail(ErrorCode::InvalidArgument, "key of {} bytes, expected {}", key.size(), kAeadKeySize);
    if (data.size() > kMax || associated.size() > kMax)
        return fail(ErrorCode::LimitExceeded, "{} bytes to seal, expected at most {}", data.size(), kMax);
    return {};
}

/// A context with key and nonce set, which has taken `associated`.
Result<Context> begin(const SecretBytes& key, ConstBytes nonce, ConstBytes associated, int direction) {
    Context context(EVP_CIPHER_CTX_new());
    int taken = 0;
    const bool good = context != nullptr &&
                      EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes().data(), nonce.data(),
                                        direction) == 1 &&
                      EVP_CipherUpdate(context.get(), nullptr, &taken, associated.data(),
                                       static_cast<int>(associated.size())) == 1;
    if (!good) return fail(broken());
    return context;
}

bool run(EVP_CIPHER_CTX* context, ConstBytes in, std::uint8_t* out) {
    int written = 0;
    return EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

}  // namespace

Result<std::vector<std::uint8_t>> seal(const SecretBytes& key, ConstBytes plaintext, ConstBytes associated,
                                       Random& random) {
    PEGASUS_CHECK(checkSizes(key, plaintext, associated));
    std::vector<std::uint8_t> sealed(plaintext.size() + kAeadOverhead);
    const auto nonce = std::span(sealed).first(kAeadNonceSize);
    random.fill(nonce);
    PEGASUS_TRY(const auto context, begin(key, nonce, associated, kEncrypt));
    std::uint8_t* const body = sealed.data() + kAeadNonceSize;
    std::uint8_t* const tag = body + plaintext.size();
    int written = 0;
    if (!run(context.get(), plaintext, body) || EVP_CipherFinal_ex(context.get(), tag, &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagSize, tag) != 1)
        return fail(broken());
    return sealed;
}

Result<SecretBytes> open(const SecretBytes& key, ConstBytes sealed, ConstBytes associated) {
    PEGASUS_CHECK(checkSizes(key, sealed, associated));
    if (sealed.size() < kAeadOverhead)
        return fail(ErrorCode::Corrupt, "sealed data of {} bytes, expected at least {}", sealed.size(), kAeadOverhead);
    PEGASUS_TRY(const auto context, begin(key, sealed.first(kAeadNonceSize), associated, kDecrypt));
    const auto body = sealed.subspan(kAeadNonceSize, sealed.size() - kAeadOverhead);
    std::array<std::uint8_t, kAeadTagSize> tag;
    std::ranges::copy(sealed.last(kAeadTagSize), tag.begin());
    SecretBytes plaintext(body.size());
    std::array<std::uint8_t, 16> nothing;  // the final call of GCM writes no bytes
    int written = 0;
    if (!run(context.get(), body, plaintext.bytes().data()) ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagSize, tag.data()) != 1 ||
        EVP_CipherFinal_ex(context.get(), nothing.data(), &written) != 1)
        return fail(ErrorCode::AuthenticationFailed, "the sealed data does not open with this key");
    return plaintext;
}

}  // namespace pegasus::crypto
