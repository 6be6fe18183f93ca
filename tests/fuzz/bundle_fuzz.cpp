// SPDX-License-Identifier: Apache-2.0
// Bundles: validation is total; a built and signed bundle is valid; no change of its essence is.
#include "fuzz/fuzz.hpp"
#include "fuzz/trytes_input.hpp"
#include "model/bundle.hpp"

using namespace pegasus;
using fuzz::require;

namespace {

constexpr std::size_t kEssence = 162;

model::Transaction transactionOf(const std::string& essence) {
    std::string trytes(model::TransactionTrytes::kTrytes, '9');
    trytes.replace(model::Fragment::kTrytes, kEssence, essence);
    trytes.replace(2268 + 11, 16, 16, '9');
    return *model::parseTransaction(*model::TransactionTrytes::parse(trytes));
}

/// Transactions straight from the input: nothing about them is right but, if `repaired`, indexes and hash.
std::vector<model::Transaction> anyTransactions(const std::uint8_t* data, std::size_t size, bool repaired) {
    std::vector<model::Transaction> transactions;
    for (std::size_t at = 0; at < size && transactions.size() < 8; at += kEssence)
        transactions.push_back(transactionOf(fuzz::trytesOf(data + at, size - at, kEssence)));
    if (!repaired) return transactions;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        transactions[i].currentIndex = static_cast<std::int64_t>(i);
        transactions[i].lastIndex = static_cast<std::int64_t>(transactions.size() - 1);
    }
    const auto hash = model::bundleHash(transactions);
    for (auto& t : transactions) t.bundle = hash;
    return transactions;
}

model::BundlePlan planOf(const std::uint8_t* data, std::size_t size, const model::Address& input,
                         crypto::SecurityLevel level) {
    model::BundlePlan plan;
    model::Output output;
    output.value = model::Iotas(data[1]);
    output.messageTrytes = fuzz::trytesOf(data, size, size);
    output.tag = *model::Tag::parse(fuzz::trytesOf(data, size, model::Tag::kTrytes));
    plan.outputs.push_back(output);
    plan.inputs.push_back({input, model::Iotas(256), level, model::Tag()});
    plan.remainder = *model::Address::parse(std::string(80, 'R') + "9");
    plan.timestamp = data[2];
    return plan;
}

void buildAndBreak(const std::uint8_t* data, std::size_t size) {
    const auto level = static_cast<crypto::SecurityLevel>(1 + data[0] % 3);
    const auto seed = *crypto::Seed::parse("FUZZ");
    auto draft = model::buildBundle(planOf(data, size, model::addressFrom(deriveAddress(seed, 0, level)), level));
    require(draft.has_value(), "a proper plan is built");
    std::vector<model::Fragment> fragments;
    for (const auto& f : crypto::sign(seed, 0, level, crypto::normalize(draft->bundleHash)))
        fragments.push_back(*model::Fragment::parse(f));
    require(model::putSignature(*draft, 0, fragments).has_value(), "the signature fits");
    require(model::validateBundle(draft->transactions).has_value(), "a built bundle is valid");
    auto& broken = draft->transactions[data[3] % draft->transactions.size()];
    broken.timestamp += 1;
    require(!model::validateBundle(draft->transactions).has_value(), "a changed bundle is not valid");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)model::validateBundle(anyTransactions(data, size, false));
    (void)model::validateBundle(anyTransactions(data, size, true));
    if (size >= 4) buildAndBreak(data, size);
    return 0;
}
