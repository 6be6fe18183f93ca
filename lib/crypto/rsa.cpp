// SPDX-License-Identifier: Apache-2.0
// RSA-OAEP over OpenSSL's EVP interface.
#include "crypto/rsa.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace pegasus::crypto {
namespace {

constexpr int kMinBits = 2048;
constexpr int kMaxBits = 4096;
constexpr int kMaxExponentBits = 64;
constexpr unsigned kMinExponent = 65537;
constexpr std::size_t kMaxPemSize = 4096;
constexpr std::size_t kMaxDerSize = 8192;

struct Deleter {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, Deleter>;
using Bio = std::unique_ptr<BIO, Deleter>;
using Number = std::unique_ptr<BIGNUM, Deleter>;
using PrivateInfo = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Deleter>;

const EVP_MD* digestOf(OaepHash hash) { return hash == OaepHash::Sha1 ? EVP_sha1() : EVP_sha256(); }

Error broken() { return {ErrorCode::Internal, "RSA is not available"}; }

/// OpenSSL keeps a queue of errors for each thread; what we refuse is no business of later calls.
class ErrorScope {
public:
    ErrorScope() { ERR_set_mark(); }
    ErrorScope(const ErrorScope&) = delete;
    ErrorScope& operator=(const ErrorScope&) = delete;
    ~ErrorScope() { ERR_pop_to_mark(); }
};

Number exponentOf(EVP_PKEY* key) {
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return nullptr;
    return Number(exponent);
}

Result<void> checkKey(EVP_PKEY* key) {
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return fail(ErrorCode::InvalidArgument, "not an RSA key");
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kMinBits || bits > kMaxBits)
        return fail(ErrorCode::InvalidArgument, "RSA key of {} bits, expected {} to {}", bits, kMinBits, kMaxBits);
    const auto exponent = exponentOf(key);
    const Number least(BN_new());
    if (!exponent || !least || BN_set_word(least.get(), kMinExponent) != 1) return fail(broken());
    if (BN_is_odd(exponent.get()) == 0 || BN_cmp(exponent.get(), least.get()) < 0 ||
        BN_num_bits(exponent.get()) > kMaxExponentBits)
        return fail(ErrorCode::InvalidArgument, "RSA exponent is even, below {} or above {} bits", kMinExponent,
                    kMaxExponentBits);
    return {};
}

/// A context for either direction with the padding set.
Context oaepContext(EVP_PKEY* key, OaepHash hash, int (*init)(EVP_PKEY_CTX*)) {
    Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    const bool good = context && init(context.get()) == 1 &&
                      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digestOf(hash)) == 1 &&
                      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digestOf(hash)) == 1;
    return good ? std::move(context) : nullptr;
}

/// PEM may claim to be encrypted; OpenSSL would then ask for a password on the terminal.
int noPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

/// The text that OpenSSL wrote.
std::string_view contentOf(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

void RsaKeyDeleter::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Result<RsaPublicKey> RsaPublicKey::fromPem(std::string_view pem) {
    if (pem.size() > kMaxPemSize)
        return fail(ErrorCode::InvalidArgument, "key of {} characters, expected at most {}", pem.size(), kMaxPemSize);
    const ErrorScope scope;
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!bio) return fail(broken());
    RsaKeyHandle key(PEM_read_bio_PUBKEY(bio.get(), nullptr, noPassword, nullptr));
    if (!key) return fail(ErrorCode::InvalidArgument, "not a public key in PEM");
    PEGASUS_CHECK(checkKey(key.get()));
    return RsaPublicKey(std::move(key));
}

std::string RsaPublicKey::pem() const {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_PUBKEY(bio.get(), key_.get()) != 1) return {};
    return std::string(contentOf(bio.get()));
}

unsigned RsaPublicKey::bits() const { return static_cast<unsigned>(EVP_PKEY_get_bits(key_.get())); }

std::size_t RsaPublicKey::maxPlaintext(OaepHash hash) const {
    return static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()) - 2 * EVP_MD_get_size(digestOf(hash)) - 2);
}

Result<std::vector<std::uint8_t>> RsaPublicKey::encrypt(std::span<const std::uint8_t> plaintext, OaepHash hash) const {
    if (plaintext.size() > maxPlaintext(hash))
        return fail(ErrorCode::InvalidArgument, "{} bytes to encrypt, expected at most {}", plaintext.size(),
                    maxPlaintext(hash));
    const ErrorScope scope;
    const auto context = oaepContext(key_.get(), hash, EVP_PKEY_encrypt_init);
    std::vector<std::uint8_t> ciphertext(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
    std::size_t size = ciphertext.size();
    if (!context ||
        EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, plaintext.data(), plaintext.size()) != 1)
        return fail(broken());
    ciphertext.resize(size);
    return ciphertext;
}

Result<RsaPrivateKey> RsaPrivateKey::generate(unsigned bits) {
    if (bits != 2048 && bits != 3072)
        return fail(ErrorCode::InvalidArgument, "RSA key of {} bits, expected 2048 or 3072", bits);
    RsaKeyHandle key(EVP_RSA_gen(bits));
    if (!key) return fail(broken());
    PEGASUS_CHECK(checkKey(key.get()));
    return RsaPrivateKey(std::move(key));
}

Result<RsaPrivateKey> RsaPrivateKey::fromDer(const SecretBytes& der) {
    if (der.size() > kMaxDerSize)
        return fail(ErrorCode::InvalidArgument, "key of {} bytes, expected at most {}", der.size(), kMaxDerSize);
    const ErrorScope scope;
    const unsigned char* at = der.bytes().data();
    const PrivateInfo info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    if (!info || at != der.bytes().data() + der.size())
        return fail(ErrorCode::InvalidArgument, "not a private key in PKCS#8");
    RsaKeyHandle key(EVP_PKCS82PKEY(info.get()));
    PEGASUS_CHECK(checkKey(key.get()));
    return RsaPrivateKey(std::move(key));
}

Result<SecretBytes> RsaPrivateKey::der() const {
    const PrivateInfo info(EVP_PKEY2PKCS8(key_.get()));
    const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
    if (size <= 0) return fail(broken());
    SecretBytes der(static_cast<std::size_t>(size));
    unsigned char* at = der.bytes().data();
    if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at) != size) return fail(broken());
    return der;
}

Result<RsaPublicKey> RsaPrivateKey::publicKey() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    const unsigned char* at = der;
    RsaKeyHandle key(size > 0 ? d2i_PUBKEY(nullptr, &at, size) : nullptr);
    OPENSSL_free(der);
    if (!key) return fail(broken());
    return RsaPublicKey(std::move(key));
}

Result<SecretBytes> RsaPrivateKey::decrypt(std::span<const std::uint8_t> ciphertext, OaepHash hash) const {
    const ErrorScope scope;
    const auto context = oaepContext(key_.get(), hash, EVP_PKEY_decrypt_init);
    SecretBytes block(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
    std::size_t size = block.size();
    if (!context || ciphertext.size() != block.size() ||
        EVP_PKEY_decrypt(context.get(), block.bytes().data(), &size, ciphertext.data(), ciphertext.size()) != 1)
        return fail(ErrorCode::AuthenticationFailed, "the ciphertext does not decrypt with this key");
    return SecretBytes(std::span<const std::uint8_t>(block.bytes()).first(size));
}

}  // namespace pegasus::crypto
