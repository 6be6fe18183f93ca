// SPDX-License-Identifier: Apache-2.0
// The payment request. docs/protocol.md, "Payment".
//
//   index 0: the announced address, +price,  {"publicKey": PEM,"address": reply address,"v":1,"oaep":"sha256"}
//   index 1: the commitment,        0,       empty
//   then inputs and remainder
#include "market/payment_request.hpp"

#include <boost/json/value.hpp>
#include <set>

#include "crypto/kerl.hpp"
#include "market/json_text.hpp"
#include "model/text.hpp"

namespace pegasus::market {

Result<std::string> encodeRequest(const PaymentRequest& request) {
    PEGASUS_TRY(const auto pem, jsonQuoted(request.publicKeyPem));
    const auto* oaep = request.oaep == crypto::OaepHash::Sha256 ? ",\"oaep\":\"sha256\"" : "";
    auto text = fmt::format("{{\"publicKey\":{},\"address\":\"{}\",\"v\":1{}}}", pem, request.replyAddress.view(), oaep);
    if (!endsReadably(text.size())) text.insert(text.size() - 1, " ");
    return model::trytesFromText(text);
}

Result<PaymentRequest> decodeRequest(std::string_view messageTrytes) {
    PEGASUS_TRY(const auto text, messageText(messageTrytes, kMaxRequestLength));
    PEGASUS_TRY(const auto object, parseObject(text));
    PaymentRequest request;
    const auto pem = rawMember(object, "publicKey", 4096);
    if (!pem) return fail(ErrorCode::InvalidArgument, "a request without a public key");
    PEGASUS_CHECK(crypto::RsaPublicKey::fromPem(*pem));
    request.publicKeyPem = *pem;
    PEGASUS_TRY(request.replyAddress, model::parseAddress(rawMember(object, "address", 90).value_or("")));
    if (rawMember(object, "oaep", 16) == "sha256") request.oaep = crypto::OaepHash::Sha256;
    return request;
}

Address commitmentOf(std::string_view messageTrytes) {
    constexpr auto kFragment = model::Fragment::kTrytes;
    std::string padded(messageTrytes);
    padded.resize((std::max<std::size_t>(padded.size(), 1) + kFragment - 1) / kFragment * kFragment, '9');
    crypto::Kerl kerl;
    kerl.absorb(std::string_view(padded));
    return model::addressFrom(kerl.squeezeHash());  // squeezed hashes have a last trit of zero
}

PaymentParts paymentParts(std::span<const model::Transaction> transactions) {
    PaymentParts parts;
    if (transactions.empty()) return parts;
    parts.address = transactions.front().address;
    parts.value = Iotas(transactions.front().value);
    parts.requestTrytes = transactions.front().signatureMessageFragment.view();
    std::size_t next = 1;
    for (; next < transactions.size(); ++next) {
        const auto& t = transactions[next];
        if (t.value != 0 || t.address != parts.address) break;
        parts.requestTrytes += t.signatureMessageFragment.view();
    }
    std::set<Address> inputs;
    for (const auto& t : transactions)
        if (t.value < 0) inputs.insert(t.address);
    const auto expected = commitmentOf(parts.requestTrytes);
    for (; next < transactions.size(); ++next) {
        const auto& t = transactions[next];
        if (t.value == 0 && !inputs.contains(t.address))
            parts.committed = parts.committed.value_or(false) || t.address == expected;
    }
    return parts;
}

}  // namespace pegasus::market
