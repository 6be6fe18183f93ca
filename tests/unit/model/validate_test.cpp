// SPDX-License-Identifier: Apache-2.0
// What a valid bundle is: junk in each field, each way to break values and signatures.
#include <functional>

#include "bundles.hpp"

namespace pegasus::model {
namespace {

using crypto::SecurityLevel;
using test::Key;

const std::vector<Key> kKeys{{0, SecurityLevel::One, 30}, {1, SecurityLevel::Two, 50}, {2, SecurityLevel::Three, 100}};

std::vector<Transaction> validBundle() { return test::signedDraft(test::planOf(150, kKeys), kKeys).transactions; }

/// Sets indexes and hash anew and signs again with `keys` whose inputs start at `starts`.
std::vector<Transaction> resigned(std::vector<Transaction> transactions, const std::vector<Key>& keys,
                                  const std::vector<std::size_t>& starts) {
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        transactions[i].currentIndex = static_cast<std::int64_t>(i);
        transactions[i].lastIndex = static_cast<std::int64_t>(transactions.size() - 1);
    }
    auto done = finalizeBundle(std::move(transactions)).value().transactions;
    for (std::size_t k = 0; k < keys.size(); ++k) {
        const auto fragments = test::signatureOf(keys[k], done.front().bundle);
        for (std::size_t i = 0; i < fragments.size(); ++i) done[starts[k] + i].signatureMessageFragment = fragments[i];
    }
    return done;
}

TEST(ValidateBundle, AcceptsSeveralInputsOfEveryLevel) {
    const auto valid = validateBundle(validBundle());
    EXPECT_TRUE(valid) << valid.error().message;
}

TEST(ValidateBundle, AcceptsMessagesOverSeveralFragments) {
    auto plan = test::planOf(0, {}, std::string(5000, 'M'));
    EXPECT_TRUE(validateBundle(buildBundle(plan).value().transactions));
}

TEST(ValidateBundle, EachTruncationIsRefused) {
    const auto bundle = validBundle();
    for (std::size_t size = 0; size < bundle.size(); ++size)
        EXPECT_FALSE(validateBundle(std::span(bundle).first(size))) << size;
}

TEST(ValidateBundle, MissingFirstRepeatedAndReorderedTransactionsAreRefused) {
    const auto good = validBundle();
    EXPECT_FALSE(validateBundle(std::span(good).subspan(1)));
    auto bad = good;
    bad.push_back(good.back());
    EXPECT_FALSE(validateBundle(bad));
    bad = good;
    std::swap(bad[0], bad[1]);
    EXPECT_FALSE(validateBundle(bad));
}

TEST(ValidateBundle, JunkInEachFieldOfTheEssenceIsRefused) {
    const auto good = validBundle();
    const std::vector<std::function<void(Transaction&)>> changes{
        [](Transaction& t) { t.address = Address::parsePadded("JUNK").value(); },
        [](Transaction& t) { t.value += 1; },
        [](Transaction& t) { t.value = kSupply + 1; },
        [](Transaction& t) { t.value = std::numeric_limits<std::int64_t>::min(); },
        [](Transaction& t) { t.value = std::numeric_limits<std::int64_t>::max(); },
        [](Transaction& t) { t.obsoleteTag = Tag::parsePadded("JUNK").value(); },
        [](Transaction& t) { t.timestamp += 1; },
        [](Transaction& t) { t.currentIndex += 1; },
        [](Transaction& t) { t.currentIndex = -1; },
        [](Transaction& t) { t.lastIndex += 1; },
        [](Transaction& t) { t.bundle = Hash::parsePadded("JUNK").value(); }};
    for (std::size_t c = 0; c < changes.size(); ++c) {
        for (std::size_t i = 0; i < good.size(); ++i) {
            auto bad = good;
            changes[c](bad[i]);
            EXPECT_FALSE(validateBundle(bad)) << "change " << c << " of transaction " << i;
        }
    }
}

TEST(ValidateBundle, WhatIsOutsideTheEssenceDoesNotMatter) {
    auto bundle = validBundle();
    bundle[0].signatureMessageFragment = Fragment::parsePadded("ANOTHERMESSAGE").value();
    for (auto& t : bundle) {
        t.tag = Tag::parsePadded("T").value();
        t.nonce = Nonce::parsePadded("N").value();
        t.trunkTransaction = t.branchTransaction = Hash::parsePadded("X").value();
        t.attachmentTimestamp = -5;
    }
    EXPECT_TRUE(validateBundle(bundle));
}

TEST(ValidateBundle, AChangeInAnySignatureFragmentIsRefused) {
    const auto good = validBundle();
    for (const std::size_t i : {1U, 2U, 3U, 4U, 5U, 6U}) {
        for (const std::size_t at : {0U, 80U, 1000U, 2186U}) {
            auto bad = good;
            auto text = bad[i].signatureMessageFragment.str();
            text[at] = text[at] == 'A' ? 'B' : 'A';
            bad[i].signatureMessageFragment = Fragment::parse(text).value();
            EXPECT_FALSE(validateBundle(bad)) << i << " " << at;
        }
    }
}

TEST(ValidateBundle, ATrit243ThatKerlDoesNotSeeIsRefused) {
    auto bad = validBundle();
    auto text = bad[1].signatureMessageFragment.str();
    const int last = trinary::tryteValue(text[80]);
    text[80] = trinary::tryteChar(last > 0 ? last - 9 : last + 9);
    bad[1].signatureMessageFragment = Fragment::parse(text).value();
    EXPECT_FALSE(validateBundle(bad));
}

TEST(ValidateBundle, ExchangedSignaturesAreRefused) {
    auto bad = validBundle();
    std::swap(bad[2].signatureMessageFragment, bad[3].signatureMessageFragment);
    EXPECT_FALSE(validateBundle(bad));
}

TEST(ValidateBundle, ASumThatIsNotZeroIsRefused) {
    auto bundle = validBundle();
    bundle.pop_back();  // the remainder
    EXPECT_FALSE(validateBundle(resigned(bundle, kKeys, {1, 2, 4})));
}

TEST(ValidateBundle, RunningSumsBeyondTheSupplyAreRefused) {
    std::vector<Transaction> bundle(4);
    for (auto& t : bundle) t.timestamp = test::kTime;
    bundle[0].value = kSupply;
    bundle[1].value = kSupply;
    bundle[2].value = -kSupply;
    bundle[3].value = -kSupply;
    for (std::size_t i = 0; i < 4; ++i) bundle[i].address = test::addressOf(i);
    const auto done = finalizeBundle(resigned(bundle, {}, {})).value().transactions;
    const auto result = validateBundle(done);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("running sum"), std::string::npos) << result.error().message;
}

TEST(ValidateBundle, AValueAddressWithALastTritIsRefused) {
    auto bundle = validBundle();
    auto text = bundle[0].address.str();
    text.back() = 'M';
    bundle[0].address = Address::parse(text).value();
    const auto result = validateBundle(resigned(bundle, kKeys, {1, 2, 4}));
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("last trit"), std::string::npos);
}

/// A message to address `to` at position `at` of a bundle whose one input is at index 1.
std::vector<Transaction> withMessageTo(const Address& to, std::size_t at, const Key& key) {
    auto bundle = test::signedDraft(test::planOf(10, {key}), {key}).transactions;
    Transaction message;
    message.address = to;
    message.timestamp = test::kTime;
    bundle.insert(bundle.begin() + static_cast<std::ptrdiff_t>(at), message);
    return resigned(bundle, {key}, {at <= 1 ? std::size_t{2} : std::size_t{1}});
}

TEST(ValidateBundle, AMessageToAnInputAddressIsHarmlessBeforeTheInputOnly) {
    const Key key{0, SecurityLevel::Two, 30};
    const auto address = test::addressOf(0);
    EXPECT_TRUE(validateBundle(withMessageTo(address, 0, key)));
    EXPECT_FALSE(validateBundle(withMessageTo(address, 3, key)));  // adjacent: a third fragment
    EXPECT_FALSE(validateBundle(withMessageTo(address, 4, key)));  // after the remainder: Hornet's third fragment
    EXPECT_TRUE(validateBundle(withMessageTo(test::addressOf(5), 4, key)));
}

/// Two keys of level three sign for one address, one after the other.
std::vector<Fragment> sharedSignature(const Hash& bundleHash) {
    auto fragments = test::signatureOf({0, SecurityLevel::Three, 0}, bundleHash);
    const auto second = test::signatureOf({1, SecurityLevel::Three, 0}, bundleHash);
    fragments.insert(fragments.end(), second.begin(), second.end());
    return fragments;
}

std::vector<Transaction> sharedBundle() {
    const Hash any;
    const auto signature = sharedSignature(any);
    std::vector<std::string_view> views;
    for (const auto& fragment : signature) views.push_back(fragment.view());
    const auto address = addressFrom(crypto::addressOfSignature(crypto::normalize(any), views));
    std::vector<Transaction> bundle(1 + views.size());
    for (auto& t : bundle) {
        t.timestamp = test::kTime;
        t.address = address;
    }
    bundle[0].address = test::addressOf(1000);
    bundle[0].value = 30;
    bundle[1].value = -30;
    auto done = resigned(std::move(bundle), {}, {});
    const auto fragments = sharedSignature(done.front().bundle);
    for (std::size_t i = 0; i < fragments.size(); ++i) done[1 + i].signatureMessageFragment = fragments[i];
    return done;
}

TEST(ValidateBundle, AcceptsASignatureOfSixFragmentsByTwoSigners) {
    const auto valid = validateBundle(sharedBundle());
    EXPECT_TRUE(valid) << valid.error().message;
}

TEST(ValidateBundle, AWrongFragmentOfSixIsRefused) {
    const auto good = sharedBundle();
    for (std::size_t i = 1; i <= 6; ++i) {
        auto bad = good;
        bad[i].signatureMessageFragment = good[i == 6 ? 1 : i + 1].signatureMessageFragment;
        const auto result = validateBundle(bad);
        ASSERT_FALSE(result) << i;
        EXPECT_NE(result.error().message.find("invalid signature"), std::string::npos) << result.error().message;
    }
}

TEST(ValidateBundle, AFourthFragmentThatNobodySignedIsRefused) {
    const Key key{0, SecurityLevel::Three, 30};
    EXPECT_FALSE(validateBundle(withMessageTo(test::addressOf(0, SecurityLevel::Three), 4, key)));
}

TEST(ValidateBundle, TheSameInputTwiceIsValidAtLevelOneOnly) {
    for (const auto level : {SecurityLevel::One, SecurityLevel::Two}) {
        const Key key{0, level, 30};
        auto bundle = buildBundle(test::planOf(60, {key, {1, level, 30}})).value().transactions;
        const auto count = crypto::levelCount(level);
        for (std::size_t i = 0; i < count; ++i) bundle[1 + count + i].address = bundle[1].address;
        const auto done = resigned(bundle, {key, key}, {1, 1 + count});
        EXPECT_EQ(validateBundle(done).has_value(), level == SecurityLevel::One);
    }
}

}  // namespace
}  // namespace pegasus::model
