// SPDX-License-Identifier: Apache-2.0
// scrypt (RFC 7914) and HKDF (RFC 5869) over OpenSSL.
#include "crypto/kdf.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

namespace pegasus::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderSize = 4;
constexpr int kMinLogN = 10;
constexpr int kMaxLogN = 17;
constexpr int kMaxR = 16;
constexpr int kMaxP = 4;
constexpr std::uint64_t kMaxMemory = 64U << 20;
constexpr std::uint64_t kBlockBytes = 128;
constexpr std::size_t kMaxHkdfSize = 255 * 32;

struct KdfDeleter {
    void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
    void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

OSSL_PARAM octets(const char* name, std::span<const std::uint8_t> bytes) {
    // OpenSSL only reads it; it takes no null pointer, not even for nothing.
    static std::uint8_t nothing = 0;
    auto* const data = bytes.empty() ? &nothing : const_cast<std::uint8_t*>(bytes.data());
    return OSSL_PARAM_construct_octet_string(name, data, bytes.size());
}

}  // namespace

ScryptParameters ScryptParameters::generate(Random& random) {
    ScryptParameters parameters;
    random.fill(parameters.salt);
    return parameters;
}

std::array<std::uint8_t, ScryptParameters::kEncodedSize> ScryptParameters::encode() const {
    std::array<std::uint8_t, kEncodedSize> bytes{kVersion, logN, r, p};
    std::ranges::copy(salt, bytes.begin() + kHeaderSize);
    return bytes;
}

Result<ScryptParameters> ScryptParameters::decode(std::span<const std::uint8_t> bytes) {
    if (bytes.size() != kEncodedSize)
        return fail(ErrorCode::Corrupt, "scrypt parameters of {} bytes, expected {}", bytes.size(), kEncodedSize);
    if (bytes[0] != kVersion)
        return fail(ErrorCode::NotSupported, "scrypt parameters of version {}, expected {}", bytes[0], kVersion);
    ScryptParameters parameters;
    parameters.logN = bytes[1];
    parameters.r = bytes[2];
    parameters.p = bytes[3];
    std::ranges::copy(bytes.subspan(kHeaderSize), parameters.salt.begin());
    if (const auto good = parameters.check(); !good) return fail(ErrorCode::Corrupt, "{}", good.error().message);
    return parameters;
}

Result<void> ScryptParameters::check() const {
    const bool inRange = logN >= kMinLogN && logN <= kMaxLogN && r >= 1 && r <= kMaxR && p >= 1 && p <= kMaxP;
    if (!inRange || (kBlockBytes * r << logN) > kMaxMemory)
        return fail(ErrorCode::InvalidArgument, "scrypt parameters N 2^{}, r {}, p {} are out of bounds", logN, r, p);
    return {};
}

Result<SecretBytes> scrypt(const SecretBytes& password, const ScryptParameters& parameters, std::size_t size) {
    PEGASUS_CHECK(parameters.check());
    if (size < 16 || size > 64) return fail(ErrorCode::InvalidArgument, "key of {} bytes, expected 16 to 64", size);
    const auto text = password.text();
    constexpr std::uint64_t kAllowance = kMaxMemory * 2;  // the bound of memory above, and what OpenSSL adds
    SecretBytes key(size);
    if (EVP_PBE_scrypt(text.data() == nullptr ? "" : text.data(), text.size(), parameters.salt.data(),
                       parameters.salt.size(), std::uint64_t{1} << parameters.logN, parameters.r, parameters.p,
                       kAllowance, key.bytes().data(), key.size()) != 1)
        return fail(ErrorCode::Internal, "scrypt failed: not enough memory, or not available");
    return key;
}

Result<SecretBytes> hkdfSha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> salt,
                               std::string_view info, std::size_t size) {
    if (size == 0 || size > kMaxHkdfSize)
        return fail(ErrorCode::InvalidArgument, "key of {} bytes, expected 1 to {}", size, kMaxHkdfSize);
    const std::unique_ptr<EVP_KDF, KdfDeleter> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
    const std::unique_ptr<EVP_KDF_CTX, KdfDeleter> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    std::string digest = "SHA256";
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
        octets(OSSL_KDF_PARAM_KEY, key),
        octets(OSSL_KDF_PARAM_SALT, salt),
        octets(OSSL_KDF_PARAM_INFO, {reinterpret_cast<const std::uint8_t*>(info.data()), info.size()}),
        OSSL_PARAM_construct_end()};
    SecretBytes derived(size);
    if (!context || EVP_KDF_derive(context.get(), derived.bytes().data(), size, parameters.data()) != 1)
        return fail(ErrorCode::Internal, "HKDF is not available");
    return derived;
}

}  // namespace pegasus::crypto
