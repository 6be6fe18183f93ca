// SPDX-License-Identifier: Apache-2.0
// Payment request and commitment, reply, data messages: round trips and junk.
#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "crypto/kerl.hpp"
#include "market/data_message.hpp"
#include "market/payment_request.hpp"
#include "market/reply.hpp"
#include "model/text.hpp"
#include "support/test_loop.hpp"

namespace pegasus::market {
namespace {

const Address kReplyTo = Address::parse(std::string(80, 'R') + "9").value();
const Hash kPayment = Hash::parse(std::string(80, 'P') + "9").value();
const Hash kRoot = Hash::parse(std::string(80, 'T') + "9").value();

const crypto::RsaPrivateKey& buyerKey() {
    static const auto key = crypto::RsaPrivateKey::generate().value();
    return key;
}

PaymentRequest request(crypto::OaepHash oaep = crypto::OaepHash::Sha256) {
    return {buyerKey().publicKey().value().pem(), kReplyTo, oaep};
}

std::string trytes(std::string_view text) { return model::trytesFromText(text).value(); }

TEST(PaymentRequest, IsReadAsItWasWrittenAndFitsOneFragment) {
    for (const auto oaep : {crypto::OaepHash::Sha1, crypto::OaepHash::Sha256}) {
        auto message = encodeRequest(request(oaep)).value();
        EXPECT_LE(message.size(), model::Fragment::kTrytes);
        EXPECT_EQ(decodeRequest(message).value(), request(oaep));
        message.resize(model::Fragment::kTrytes, '9');
        EXPECT_EQ(decodeRequest(message).value(), request(oaep));
    }
}

TEST(PaymentRequest, IsRefusedAtEachTruncation) {
    const auto message = encodeRequest(request()).value();
    for (std::size_t n = 0; n + 1 < message.size(); ++n) ASSERT_FALSE(decodeRequest(message.substr(0, n))) << n;
}

TEST(PaymentRequest, RefusesJunkInEveryField) {
    const auto pem = R"("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")";
    for (const auto& text : {std::string("{}"), std::string("[]"), fmt::format(R"({{"publicKey":1,"address":"{}"}})", kReplyTo.view()),
                             fmt::format(R"({{"publicKey":{},"address":"{}"}})", pem, kReplyTo.view())})
        EXPECT_FALSE(decodeRequest(trytes(text))) << text;
    auto bad = encodeRequest(request()).value();
    const auto address = trytes(kReplyTo.view());
    bad.replace(bad.find(address), 4, trytes("ab"));
    EXPECT_FALSE(decodeRequest(bad));
    EXPECT_EQ(decodeRequest(trytes("{\"a\":\"" + std::string(kMaxRequestLength, 'x') + "\"}")).error().code, ErrorCode::LimitExceeded);
}

TEST(Commitment, IsTheKerlHashOfTheWholeFragment) {
    const auto message = encodeRequest(request()).value();
    auto padded = message;
    padded.resize(2187, '9');
    crypto::Kerl kerl;
    kerl.absorb(std::string_view(padded));
    EXPECT_EQ(commitmentOf(message).view(), kerl.squeezeHash().view());
    EXPECT_EQ(commitmentOf(message), commitmentOf(padded));
    EXPECT_EQ(commitmentOf(message).trits().back(), 0);
    EXPECT_NE(commitmentOf(message), commitmentOf(message + std::string(2187, '9')));
}

std::vector<model::Transaction> bundle(const std::string& message, std::vector<model::Output> more) {
    const auto input = Address::parse(std::string(80, 'I') + "9").value();
    model::BundlePlan plan;
    plan.outputs.push_back({Address::parse(std::string(80, 'S') + "9").value(), Iotas(5), {}, message});
    for (auto& output : more) plan.outputs.push_back(std::move(output));
    plan.inputs.push_back({.address = input, .balance = Iotas(5), .tag = {}});
    return model::buildBundle(plan).value().transactions;
}

TEST(Commitment, IsFoundInABundle) {
    const auto message = encodeRequest(request()).value();
    const auto transactions = bundle(message, {{commitmentOf(message), Iotas(0), {}, ""}});
    const auto parts = paymentParts(transactions);
    EXPECT_EQ(parts.value, Iotas(5));
    EXPECT_EQ(parts.committed, true);
    EXPECT_EQ(decodeRequest(parts.requestTrytes).value(), request());
}

TEST(Commitment, IsMissingInALegacyBundleWhoseInputsCarryZeroValuesToo) {
    const auto parts = paymentParts(bundle(encodeRequest(request()).value(), {}));
    EXPECT_EQ(parts.committed, std::nullopt);
}

TEST(Commitment, DoesNotHoldForAnotherMessageInTheSameBundle) {
    const auto message = encodeRequest(request()).value();
    auto transactions = bundle(message, {{commitmentOf(message), Iotas(0), {}, ""}});
    auto other = encodeRequest(request(crypto::OaepHash::Sha1)).value();
    other.resize(2187, '9');
    transactions[0].signatureMessageFragment = model::Fragment::parse(other).value();
    EXPECT_EQ(paymentParts(transactions).committed, false);
}

TEST(Commitment, CoversEachFragmentOfALongRequest) {
    const std::string message(3000, 'A');
    const auto transactions = bundle(message, {{commitmentOf(message), Iotas(0), {}, ""}});
    EXPECT_EQ(paymentParts(transactions).committed, true);
    EXPECT_EQ(paymentParts(transactions).requestTrytes.size(), 2 * 2187U);
}

crypto::Ed25519Key sellerKey() {
    test::FakeRandom random(5);
    return crypto::Ed25519Key::generate(random).value();
}

const OfferId kOffer(32, 'a');
ReplyTerms replyTerms() { return {"Café", "air", kOffer, kPayment, 3}; }
Grant grant() { return {kRoot, SecretBytes::fromText(std::string(81, 'K'))}; }
std::string replyText(crypto::OaepHash oaep) { return encodeReply(grant(), replyTerms(), request(oaep), sellerKey()).value(); }

TEST(Reply, IsDecryptedWithEitherHashOfOaep) {
    for (const auto oaep : {crypto::OaepHash::Sha1, crypto::OaepHash::Sha256}) {
        const auto reply = decodeReply(replyText(oaep)).value();
        const auto granted = decrypt(reply, buyerKey()).value();
        EXPECT_EQ(granted.root, kRoot);
        EXPECT_EQ(granted.sideKey.text(), std::string(81, 'K'));
        EXPECT_EQ(reply.epoch, 3U);
        EXPECT_TRUE(isAuthentic(reply, sellerKey().publicKey(), kOffer, kPayment));
    }
}

TEST(Reply, IsOneOnlyForItsPaymentOfferAndSigner) {
    const auto reply = decodeReply(replyText(crypto::OaepHash::Sha1)).value();
    test::FakeRandom random(6);
    const auto other = crypto::Ed25519Key::generate(random).value();
    EXPECT_FALSE(isAuthentic(reply, other.publicKey(), kOffer, kPayment));
    EXPECT_FALSE(isAuthentic(reply, sellerKey().publicKey(), OfferId(32, 'b'), kPayment));
    EXPECT_FALSE(isAuthentic(reply, sellerKey().publicKey(), kOffer, kRoot));
    auto changed = reply;
    changed.text[20] = changed.text[20] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(isAuthentic(changed, sellerKey().publicKey(), kOffer, kPayment));
}

TEST(Reply, OfTheOriginalIsReadWithItsShortSideKey) {
    const auto key = buyerKey().publicKey().value();
    const auto block = [&](std::string_view text) {
        return crypto::toBase64(key.encrypt(crypto::asBytes(text), crypto::OaepHash::Sha1).value());
    };
    const auto text = fmt::format(R"({{"sidekey":"{}","root":"{}","deviceName":"n"}})", block("VERYSECRETKEY"), block(kRoot.view()));
    const auto reply = decodeReply(trytes(text)).value();
    EXPECT_EQ(decrypt(reply, buyerKey()).value().sideKey.text(), "VERYSECRETKEY");
    EXPECT_FALSE(isAuthentic(reply, sellerKey().publicKey(), kOffer, kPayment));
}

TEST(Reply, IsRefusedAtEachTruncation) {
    const auto message = replyText(crypto::OaepHash::Sha1);
    for (std::size_t n = 0; n + 1 < message.size(); n += 2) ASSERT_FALSE(decodeReply(message.substr(0, n))) << n;
}

TEST(Reply, WithAJunkPlaintextOrOfAnotherKeyIsRefused) {
    const auto key = buyerKey().publicKey().value();
    const auto block = [&](std::string_view text) { return key.encrypt(crypto::asBytes(text), crypto::OaepHash::Sha1).value(); };
    Reply reply;
    reply.sideKey = block("lower");
    reply.root = block(kRoot.view());
    EXPECT_EQ(decrypt(reply, buyerKey()).error().code, ErrorCode::InvalidArgument);
    reply.sideKey = block("KEY");
    reply.root = block("short");
    EXPECT_EQ(decrypt(reply, buyerKey()).error().code, ErrorCode::InvalidArgument);
    reply.root = std::vector<std::uint8_t>(256, 1);
    EXPECT_EQ(decrypt(reply, buyerKey()).error().code, ErrorCode::AuthenticationFailed);
    for (const char* text : {R"({"sidekey":"","root":""})", R"({"sidekey":"%%","root":"AA=="})", R"({"root":"AA=="})"})
        EXPECT_FALSE(decodeReply(trytes(text)));
}

TEST(DataMessage, OfTheOriginalHasOneReading) {
    const auto readings = decodeReadings(R"({"data":21.5,"timestamp":1600000000000})").value();
    ASSERT_EQ(readings.size(), 1U);
    EXPECT_EQ(std::get<double>(readings[0].value), 21.5);
    EXPECT_EQ(readings[0].time, fromMicros(1'600'000'000'000'000));
}

TEST(DataMessage, MayBeABatch) {
    const auto readings =
        decodeReadings(R"([{"data":1,"timestamp":1,"unit":"Cel","quantity":"t","quality":"good"},7,{"data":null,"quality":"missing"}])").value();
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(readings[0].unit, "Cel");
    EXPECT_EQ(std::get<std::int64_t>(readings[0].value), 1);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(readings[1].value));
}

TEST(DataMessage, OfTheDataMarketplaceHasNamedValues) {
    const auto readings = decodeReadings(R"({"time":5,"data":{"a":1,"b":"x"}})").value();
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(readings[1].name, "b");
}

TEST(DataMessage, RefusesJunkAndIsBounded) {
    for (const char* text : {"", "{}", "[]", "x", "{\"data\":[1]}", "[[[[[[[[[[[[", "{\"timestamp\":1}"})
        EXPECT_FALSE(decodeReadings(text)) << text;
    std::string many = "[";
    for (int i = 0; i < 3000; ++i) many += "{\"data\":1},";
    many.back() = ']';
    EXPECT_EQ(decodeReadings(many).value().size(), kMaxReadings);
    EXPECT_EQ(decodeReadings(std::string(kMaxDataMessage + 1, ' ')).error().code, ErrorCode::LimitExceeded);
    EXPECT_FALSE(decodeReadings(R"({"data":1,"timestamp":-5})").value()[0].time);
}

TEST(Reply, NeverEndsWhereTheOriginalDoesNotFindTheEnd) {
    std::size_t padded = 0;
    for (std::size_t length = 0; length <= 1000; ++length) {
        auto terms = replyTerms();
        terms.description = std::string(length, 'd');
        const auto message = encodeReply(grant(), terms, request(crypto::OaepHash::Sha1), sellerKey()).value();
        const auto over = message.size() % model::Fragment::kTrytes;
        EXPECT_NE(over, 0U) << length;
        EXPECT_NE(over, model::Fragment::kTrytes - 1) << length;
        const auto reply = decodeReply(message);
        ASSERT_TRUE(reply) << length;
        EXPECT_TRUE(isAuthentic(*reply, sellerKey().publicKey(), terms.offer, terms.paymentBundle));
        if (reply->text.find(" ,\"sig\":") != std::string::npos) ++padded;
    }
    EXPECT_GE(padded, 1U);
}

}  // namespace
}  // namespace pegasus::market
