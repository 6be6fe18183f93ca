// SPDX-License-Identifier: Apache-2.0
// The seller's reply. docs/protocol.md, "Reply".
//
//   {"sidekey","root": base64 of RSA-OAEP,"deviceName","description"        what older readers need
//    ,"v","id": offer,"paymentBundle","epoch","sig"}                        ours
#include "market/reply.hpp"

#include <boost/json/value.hpp>

#include "crypto/digest.hpp"
#include "market/json_text.hpp"
#include "market/signed_text.hpp"
#include "model/text.hpp"

namespace pegasus::market {

namespace {

Result<std::string> encrypted(const crypto::RsaPublicKey& key, std::span<const std::uint8_t> plain, crypto::OaepHash hash) {
    PEGASUS_TRY(const auto bytes, key.encrypt(plain, hash));
    return crypto::toBase64(bytes);
}

Result<SecretBytes> decryptAny(const std::vector<std::uint8_t>& bytes, const crypto::RsaPrivateKey& key) {
    auto plain = key.decrypt(bytes, crypto::OaepHash::Sha1);
    return plain ? std::move(plain) : key.decrypt(bytes, crypto::OaepHash::Sha256);
}

Result<crypto::Bytes> ciphertext(const boost::json::object& object, std::string_view member) {
    const auto text = rawMember(object, member, 1024);
    if (!text) return fail(ErrorCode::InvalidArgument, "a reply without {}", member);
    auto bytes = crypto::fromBase64(*text);
    if (bytes && bytes->empty()) return fail(ErrorCode::InvalidArgument, "a reply with an empty {}", member);
    return bytes;
}

}  // namespace

Result<std::string> encodeReply(const Grant& grant, const ReplyTerms& terms, const PaymentRequest& request,
                                const crypto::Ed25519Key& key) {
    PEGASUS_TRY(const auto publicKey, crypto::RsaPublicKey::fromPem(request.publicKeyPem));
    PEGASUS_TRY(const auto sideKey, encrypted(publicKey, grant.sideKey.bytes(), request.oaep));
    PEGASUS_TRY(const auto root, encrypted(publicKey, crypto::asBytes(grant.root.view()), request.oaep));
    PEGASUS_TRY(const auto name, jsonQuoted(terms.deviceName));
    PEGASUS_TRY(const auto description, jsonQuoted(terms.description));
    auto open = fmt::format(
        "{{\"sidekey\":\"{}\",\"root\":\"{}\",\"deviceName\":{},\"description\":{},\"v\":1,\"id\":\"{}\","
        "\"paymentBundle\":\"{}\",\"epoch\":{}",
        sideKey, root, name, description, terms.offer, terms.paymentBundle.view(), terms.epoch);
    PEGASUS_TRY(const auto text, signText(kReplyContext, std::move(open), key));
    return model::trytesFromText(text);
}

Result<Reply> decodeReply(std::string_view messageTrytes) {
    Reply reply;
    PEGASUS_TRY(reply.text, messageText(messageTrytes, kMaxReplyLength));
    PEGASUS_TRY(const auto object, parseObject(reply.text));
    PEGASUS_TRY(reply.sideKey, ciphertext(object, "sidekey"));
    PEGASUS_TRY(reply.root, ciphertext(object, "root"));
    if (auto bundle = Hash::parse(rawMember(object, "paymentBundle", 81).value_or("")); bundle) reply.paymentBundle = *bundle;
    reply.offer = rawMember(object, "id", 32).value_or("");
    if (const auto epoch = integerMember(object, "epoch").value_or(0); epoch > 0) reply.epoch = static_cast<std::uint64_t>(epoch);
    return reply;
}

bool isAuthentic(const Reply& reply, const crypto::Ed25519PublicKey& key, const OfferId& offer, const Hash& payment) {
    return reply.paymentBundle == payment && reply.offer == offer && isSignedBy(kReplyContext, reply.text, key);
}

Result<Grant> decrypt(const Reply& reply, const crypto::RsaPrivateKey& key) {
    PEGASUS_TRY(auto sideKey, decryptAny(reply.sideKey, key));
    PEGASUS_TRY(const auto root, decryptAny(reply.root, key));
    if (sideKey.empty() || sideKey.size() > trinary::kHashTrytes || !trinary::isTrytes(sideKey.text()))
        return fail(ErrorCode::InvalidArgument, "the side key is not 1 to 81 trytes");
    PEGASUS_TRY(const auto hash, Hash::parse(root.text()));
    return Grant{hash, std::move(sideKey)};
}

}  // namespace pegasus::market
