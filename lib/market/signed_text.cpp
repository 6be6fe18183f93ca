// SPDX-License-Identifier: Apache-2.0
// Signatures inside JSON: ... ,"sig":"<88 characters of base64>"}
#include "market/signed_text.hpp"

#include <algorithm>

#include "crypto/digest.hpp"
#include "market/json_text.hpp"

namespace pegasus::market {

namespace {

constexpr std::string_view kBefore = ",\"sig\":\"";
constexpr std::string_view kAfter = "\"}";
constexpr std::size_t kBase64Length = 88;  // of 64 bytes

std::string signedBytes(std::string_view context, std::string_view open) {
    std::string all(context);
    all += open;
    return all;
}

}  // namespace

Result<std::string> signText(std::string_view context, std::string open, const crypto::Ed25519Key& key) {
    if (!endsReadably(open.size() + kBefore.size() + kBase64Length + kAfter.size())) open += ' ';
    const auto bytes = signedBytes(context, open);
    PEGASUS_TRY(const auto signature, key.sign(crypto::asBytes(bytes)));
    open += kBefore;
    open += crypto::toBase64(signature);
    open += kAfter;
    return open;
}

Result<SignedParts> splitSigned(std::string_view text) {
    const std::size_t tail = kBefore.size() + kBase64Length + kAfter.size();
    if (text.size() <= tail || !text.ends_with(kAfter) || text.substr(text.size() - tail, kBefore.size()) != kBefore)
        return fail(ErrorCode::AuthenticationFailed, "the text does not end in a signature");
    const auto bytes = crypto::fromBase64(text.substr(text.size() - tail + kBefore.size(), kBase64Length));
    SignedParts parts{text.substr(0, text.size() - tail), {}};
    if (!bytes || bytes->size() != parts.signature.size())
        return fail(ErrorCode::AuthenticationFailed, "the signature is not 64 bytes of base64");
    std::copy(bytes->begin(), bytes->end(), parts.signature.begin());
    return parts;
}

bool isSignedBy(std::string_view context, std::string_view text, const crypto::Ed25519PublicKey& key) {
    const auto parts = splitSigned(text);
    if (!parts) return false;
    const auto bytes = signedBytes(context, parts->open);
    return crypto::verifyEd25519(key, crypto::asBytes(bytes), parts->signature);
}

}  // namespace pegasus::market
