// SPDX-License-Identifier: Apache-2.0
// Vectors f: whole bundles as prepareTransfers makes them.
#include <algorithm>

#include "crypto/curl.hpp"
#include "model/bundle.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using model::Address;
using model::BundleDraft;
using model::Fragment;
using model::Transaction;

constexpr const char* kFile = "f_bundles.json";
constexpr std::size_t kMacTrytes = 81;

Address addressOf(const json::object& o, std::string_view key) { return model::parseAddress(text(o, key)).value(); }

/// With an HMAC key the client puts 81 trytes before the messages of value outputs and fills them in at the end.
bool hasMac(const json::object& c) { return c.at("options").as_object().contains("hmacKey"); }

model::Output outputOf(const json::object& transfer, bool mac) {
    model::Output output;
    output.address = addressOf(transfer, "address");
    output.value = model::Iotas(integer(transfer, "value"));
    output.tag = model::Tag::parsePadded(textOr(transfer, "tag", "")).value();
    output.messageTrytes = textOr(transfer, "message", "");
    if (mac && output.value > model::Iotas()) output.messageTrytes.insert(0, kMacTrytes, '9');
    return output;
}

model::Input inputOf(const json::object& o) {
    model::Input input;
    input.address = addressOf(o, "address");
    input.balance = model::Iotas(integer(o, "balance"));
    input.security = static_cast<crypto::SecurityLevel>(integer(o, "security"));
    return input;
}

model::BundlePlan planOf(const json::object& c) {
    model::BundlePlan plan;
    plan.timestamp = integer(c, "timestamp");
    for (const auto& t : c.at("transfers").as_array()) plan.outputs.push_back(outputOf(t.as_object(), hasMac(c)));
    const auto& options = c.at("options").as_object();
    if (const auto* inputs = options.if_contains("inputs"))
        for (const auto& i : inputs->as_array()) plan.inputs.push_back(inputOf(i.as_object()));
    if (options.contains("remainderAddress")) plan.remainder = addressOf(options, "remainderAddress");
    return plan;
}

void signInputs(BundleDraft& draft, const json::object& c) {
    const auto* inputs = c.at("options").as_object().if_contains("inputs");
    if (inputs == nullptr) return;
    const auto seed = crypto::Seed::parse(text(c, "seed")).value();
    for (std::size_t i = 0; i < inputs->as_array().size(); ++i) {
        const auto& input = inputs->as_array()[i].as_object();
        std::vector<Fragment> fragments;
        for (const auto& f : crypto::sign(seed, static_cast<crypto::KeyIndex>(integer(input, "keyIndex")),
                                          inputOf(input).security, crypto::normalize(draft.bundleHash)))
            fragments.push_back(Fragment::parse(f).value());
        ASSERT_TRUE(model::putSignature(draft, i, fragments));
    }
}

void putMacs(BundleDraft& draft, const json::object& c) {
    if (!hasMac(c)) return;
    const auto key = text(c.at("options").as_object(), "hmacKey");
    const auto mac = crypto::curlHash(crypto::CurlRounds::P27, key + draft.bundleHash.str());
    for (auto& t : draft.transactions) {
        if (t.value <= 0) continue;
        const auto rest = t.signatureMessageFragment.str().substr(kMacTrytes);
        t.signatureMessageFragment = Fragment::parse(mac.str() + rest).value();
    }
}

/// The generator leaves what attaching sets empty; in index order here.
std::vector<std::string> expectedTrytes(const json::object& c) {
    std::vector<std::string> trytes;
    for (const auto& t : c.at("trytes").as_array()) trytes.emplace_back(t.as_string());
    std::ranges::reverse(trytes);
    return trytes;
}

TEST(VectorsF, BundlesAreThoseOfTheClientToTheTryte) {
    for (const auto& value : cases(kFile)) {
        const auto& c = value.as_object();
        SCOPED_TRACE(text(c, "name"));
        auto draft = model::buildBundle(planOf(c)).value();
        EXPECT_EQ(draft.bundleHash.view(), text(c, "bundleHash"));
        signInputs(draft, c);
        putMacs(draft, c);
        std::vector<std::string> trytes;
        for (const auto& t : draft.transactions) trytes.push_back(model::serialize(t).str());
        EXPECT_EQ(trytes, expectedTrytes(c));
    }
}

TEST(VectorsF, BundlesAreValidAsTheGeneratorSays) {
    for (const auto& value : cases(kFile)) {
        const auto& c = value.as_object();
        SCOPED_TRACE(text(c, "name"));
        std::vector<Transaction> transactions;
        for (const auto& trytes : expectedTrytes(c))
            transactions.push_back(model::parseTransaction(model::TransactionTrytes::parse(trytes).value()).value());
        EXPECT_EQ(model::validateBundle(transactions).has_value(), c.at("valid_iota_go").as_bool());
        EXPECT_EQ(static_cast<std::int64_t>(transactions.size()), integer(c, "transactions"));
    }
}

}  // namespace
}  // namespace pegasus::vectors
