// SPDX-License-Identifier: Apache-2.0
// Building, signing, attaching bundles.
#include "model/bundle.hpp"

#include "bundles.hpp"

namespace pegasus::model {
namespace {

using crypto::SecurityLevel;
using test::Key;
using test::output;
using test::planOf;

std::vector<std::int64_t> valuesOf(const BundleDraft& draft) {
    std::vector<std::int64_t> values;
    for (const auto& t : draft.transactions) values.push_back(t.value);
    return values;
}

BundlePlan messagePlan(std::size_t size) {
    auto plan = planOf(0, {}, std::string(size, 'X'));
    plan.remainder.reset();
    return plan;
}

TEST(BuildBundle, PutsOutputsThenInputsThenTheRemainder) {
    const std::vector<Key> keys{{0, SecurityLevel::One, 30}, {1, SecurityLevel::Two, 50}, {2, SecurityLevel::Three, 100}};
    const auto draft = buildBundle(planOf(150, keys)).value();
    EXPECT_EQ(valuesOf(draft), (std::vector<std::int64_t>{150, -30, -50, 0, -100, 0, 0, 30}));
    EXPECT_EQ(draft.inputStarts, (std::vector<std::size_t>{1, 2, 4}));
    EXPECT_EQ(draft.transactions.back().address, test::addressOf(2000));
    for (std::size_t i = 0; i < draft.transactions.size(); ++i) {
        EXPECT_EQ(draft.transactions[i].currentIndex, static_cast<std::int64_t>(i));
        EXPECT_EQ(draft.transactions[i].lastIndex, 7);
        EXPECT_EQ(draft.transactions[i].bundle, draft.bundleHash);
    }
}

TEST(BuildBundle, HasNoRemainderWhenNothingIsLeft) {
    const auto draft = buildBundle(planOf(30, {{0, SecurityLevel::Two, 30}})).value();
    EXPECT_EQ(valuesOf(draft), (std::vector<std::int64_t>{30, -30, 0}));
}

TEST(BuildBundle, AMessageThatFillsItsLastFragmentGetsAnEmptyOne) {
    for (const auto& [size, count] : std::vector<std::pair<std::size_t, std::size_t>>{
             {0, 1}, {1, 1}, {2186, 1}, {2187, 2}, {2188, 2}, {4373, 2}, {4374, 3}, {10000, 5}}) {
        const auto draft = buildBundle(messagePlan(size)).value();
        EXPECT_EQ(draft.transactions.size(), count) << size;
        const auto message = messageTrytes(draft.transactions);
        EXPECT_EQ(message, std::string(size, 'X') + std::string(count * 2187 - size, '9'));
    }
}

TEST(BuildBundle, TagsBelongToOutputsOnly) {
    const auto draft = buildBundle(planOf(10, {{0, SecurityLevel::Two, 30}})).value();
    EXPECT_TRUE(draft.transactions[0].tag.view().starts_with("OUT9"));
    for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(draft.transactions[i].tag.isNull());
}

TEST(BuildBundle, LeavesNoThirteenInTheHash) {
    for (int i = 0; i < 20; ++i) {
        const auto draft = buildBundle(messagePlan(static_cast<std::size_t>(i))).value();
        EXPECT_FALSE(crypto::containsThirteen(crypto::normalize(draft.bundleHash)));
        EXPECT_EQ(bundleHash(draft.transactions), draft.bundleHash);
    }
}

TEST(BuildUnincremented, KeepsTheObsoleteTag) {
    auto plan = messagePlan(3);
    plan.outputs[0].tag = Tag::parsePadded("SD").value();
    const auto draft = buildUnincremented(plan).value();
    EXPECT_EQ(draft.transactions[0].obsoleteTag, plan.outputs[0].tag);
    EXPECT_EQ(bundleHash(draft.transactions), draft.bundleHash);
}

TEST(BuildBundle, SumsThatDoNotMatchAreRefused) {
    EXPECT_FALSE(buildBundle(planOf(31, {{0, SecurityLevel::Two, 30}})));
    EXPECT_FALSE(buildBundle(planOf(1, {})));
    auto plan = planOf(10, {{0, SecurityLevel::Two, 30}});
    plan.remainder.reset();
    EXPECT_FALSE(buildBundle(plan));
}

TEST(BuildBundle, SumsBeyondTheSupplyAreRefused) {
    auto plan = planOf(kSupply, {{0, SecurityLevel::Two, kSupply}, {1, SecurityLevel::Two, kSupply}});
    EXPECT_FALSE(buildBundle(plan));
    plan.outputs.push_back(plan.outputs[0]);
    EXPECT_FALSE(buildBundle(plan));
}

TEST(BuildBundle, ImpossiblePartsAreRefused) {
    const std::vector<Key> keys{{0, SecurityLevel::Two, 30}};
    EXPECT_FALSE(buildBundle({}));
    EXPECT_FALSE(buildBundle(planOf(-1, keys)));
    EXPECT_FALSE(buildBundle(planOf(10, keys, "lower case")));
    EXPECT_FALSE(buildBundle(planOf(10, {{0, SecurityLevel::Two, 0}})));
    EXPECT_FALSE(buildBundle(planOf(10, {{0, SecurityLevel::Two, -5}})));
    EXPECT_FALSE(buildBundle(planOf(10, {keys[0], keys[0]})));
    auto plan = planOf(10, keys);
    plan.timestamp = kMaxTimestampValue + 1;
    EXPECT_FALSE(buildBundle(plan));
    plan.timestamp = -1;
    EXPECT_FALSE(buildBundle(plan));
}

TEST(BuildBundle, ValueAddressesEndInAZeroTrit) {
    const auto bad = Address::parse(std::string(80, 'A') + "M").value();
    const std::vector<Key> keys{{0, SecurityLevel::Two, 30}};
    auto plan = planOf(10, keys);
    plan.outputs[0].address = bad;
    EXPECT_FALSE(buildBundle(plan));
    plan.outputs[0].value = Iotas();
    EXPECT_TRUE(buildBundle(plan));  // a message may go anywhere, as MAM's do
    plan = planOf(10, keys);
    plan.inputs[0].address = bad;
    EXPECT_FALSE(buildBundle(plan));
    plan = planOf(10, keys);
    plan.remainder = bad;
    EXPECT_FALSE(buildBundle(plan));
}

TEST(FinalizeBundle, NoTransactionsAreRefused) { EXPECT_FALSE(finalizeBundle({})); }

TEST(PutSignature, TakesAsManyFragmentsAsTheInputHas) {
    const Key key{0, SecurityLevel::Two, 30};
    auto draft = buildBundle(planOf(30, {key})).value();
    auto fragments = test::signatureOf(key, draft.bundleHash);
    EXPECT_FALSE(putSignature(draft, 1, fragments));
    EXPECT_TRUE(putSignature(draft, 0, fragments));
    EXPECT_EQ(draft.transactions[1].signatureMessageFragment, fragments[0]);
    EXPECT_EQ(draft.transactions[2].signatureMessageFragment, fragments[1]);
    fragments.emplace_back();
    EXPECT_FALSE(putSignature(draft, 0, fragments));
    fragments.resize(1);
    EXPECT_FALSE(putSignature(draft, 0, fragments));
}

TEST(MessageTrytes, EndsAtTheNextOutputOrInput) {
    auto plan = planOf(10, {{0, SecurityLevel::Two, 30}}, std::string(3000, 'Q'));
    plan.outputs.push_back(output(test::addressOf(3000), 0, "OTHER"));
    const auto draft = buildBundle(plan).value();
    EXPECT_EQ(messageTrytes(draft.transactions), std::string(3000, 'Q') + std::string(4374 - 3000, '9'));
    const auto rest = std::span(draft.transactions).subspan(2);
    EXPECT_TRUE(messageTrytes(rest).starts_with("OTHER9"));
    EXPECT_EQ(messageTrytes(rest).size(), 2187U);
    EXPECT_TRUE(messageTrytes(rest.subspan(1)).empty());  // an input has no message
    EXPECT_TRUE(messageTrytes({}).empty());
}

class AttachBundle : public testing::Test {
protected:
    /// Finds nothing in particular, but a different nonce for each transaction.
    NonceSearch search = [this](const TransactionTrytes&) -> Result<Nonce> {
        return Nonce::parsePadded(std::string(1, static_cast<char>('A' + calls++)));
    };
    int calls = 0;
    Hash trunk = Hash::parsePadded("TRUNK").value();
    Hash branch = Hash::parsePadded("BRANCH").value();
    Timestamp now = fromMicros(test::kTime * 1'000'000 + 123'000);
    std::vector<Transaction> transactions = buildBundle(planOf(10, {{0, SecurityLevel::Two, 30}})).value().transactions;
};

TEST_F(AttachBundle, LinksFromTheHeadDown) {
    const auto attached = attachBundle(transactions, trunk, branch, now, search).value();
    ASSERT_EQ(attached.size(), transactions.size());
    EXPECT_TRUE(validateLinks(attached));
    EXPECT_EQ(attached.back().transaction.trunkTransaction, trunk);
    EXPECT_EQ(attached.back().transaction.branchTransaction, branch);
    EXPECT_EQ(attached.back().transaction.nonce.view().front(), 'A');
    for (std::size_t i = 0; i < attached.size(); ++i) {
        EXPECT_EQ(attached[i].transaction.currentIndex, static_cast<std::int64_t>(i));
        EXPECT_EQ(attached[i].hash, transactionHash(attached[i].trytes));
        EXPECT_EQ(parseTransaction(attached[i].trytes).value(), attached[i].transaction);
    }
}

TEST_F(AttachBundle, KeepsTheEssenceAndSetsTheRest) {
    const auto attached = attachBundle(transactions, trunk, branch, now, search).value();
    for (const auto& a : attached) {
        EXPECT_EQ(a.transaction.bundle, transactions[0].bundle);
        EXPECT_EQ(a.transaction.attachmentTimestamp, test::kTime * 1000 + 123);
        EXPECT_EQ(a.transaction.attachmentTimestampLowerBound, 0);
        EXPECT_EQ(a.transaction.attachmentTimestampUpperBound, kMaxTimestampValue);
    }
    EXPECT_EQ(attached[0].transaction.tag, transactions[0].tag);
}

TEST_F(AttachBundle, AnEmptyTagBecomesTheObsoleteTag) {
    transactions[0].tag = Tag();
    const auto attached = attachBundle(transactions, trunk, branch, now, search).value();
    EXPECT_EQ(attached[0].transaction.tag, transactions[0].obsoleteTag);
}

TEST_F(AttachBundle, PassesOnThatTheSearchWasCancelled) {
    const NonceSearch cancelled = [](const TransactionTrytes&) -> Result<Nonce> {
        return fail(ErrorCode::Cancelled, "stopped");
    };
    EXPECT_EQ(attachBundle(transactions, trunk, branch, now, cancelled).error().code, ErrorCode::Cancelled);
}

TEST_F(AttachBundle, OtherLinksAreRefused) {
    const auto good = attachBundle(transactions, trunk, branch, now, search).value();
    auto bad = good;
    bad[0].transaction.trunkTransaction = trunk;
    EXPECT_FALSE(validateLinks(bad));
    bad = good;
    bad[1].transaction.branchTransaction = branch;
    EXPECT_FALSE(validateLinks(bad));
    bad = good;
    std::swap(bad[0], bad[1]);
    EXPECT_FALSE(validateLinks(bad));
    EXPECT_FALSE(validateLinks({}));
}

}  // namespace
}  // namespace pegasus::model
