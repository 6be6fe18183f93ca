// SPDX-License-Identifier: Apache-2.0
// Reading bundles from a ledger that holds junk, and one that lies.
#include "fixture.hpp"

namespace pegasus::ledger {
namespace {

using BundlesTest = LedgerTest;

TransactionTrytes changed(const AttachedTransaction& attached, std::int64_t lastIndex) {
    auto transaction = attached.transaction;
    transaction.lastIndex = lastIndex;
    return model::serialize(transaction);
}

TEST_F(BundlesTest, AreReadInIndexOrder) {
    const auto tail = attach(payment(0, 1, 10)).tail;
    const auto bundle = loop.run(fetchBundle(ledger, loop.pool, tail)).value();
    ASSERT_EQ(bundle.transactions.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(bundle.transactions[i].transaction.currentIndex, static_cast<std::int64_t>(i));
}

TEST_F(BundlesTest, AreRefusedWhereTheyDoNotStartAtATail) {
    const auto attachment = attach(payment(0, 1, 10));
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, attachment.transactions[1].hash)).error().code,
              ErrorCode::InvalidArgument);
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, Hash())).error().code, ErrorCode::NotFound);
}

TEST_F(BundlesTest, AreRefusedWhenAPartIsMissing) {
    const auto attachment = attach(payment(0, 1, 10));
    ledger.forget(attachment.transactions[0].transaction.bundle);
    ledger.inject(attachment.transactions[0].trytes);
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, attachment.tail)).error().code, ErrorCode::NotFound);
}

TEST_F(BundlesTest, AreRefusedWhenTheSignatureIsNotValid) {
    auto transactions = payment(0, 1, 10);
    transactions[1].signatureMessageFragment = model::Fragment();
    const auto attachment = attach(std::move(transactions));
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, attachment.tail)).error().code, ErrorCode::Corrupt);
}

TEST_F(BundlesTest, AreRefusedWhenTheyClaimToBeEndless) {
    const auto attachment = attach(message("A"));
    const auto trytes = changed(attachment.transactions[0], 1'000'000'000);
    ledger.inject(trytes);
    const auto hash = model::transactionHash(trytes);
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, hash)).error().code, ErrorCode::LimitExceeded);
}

TEST_F(BundlesTest, ListEveryValidAttachmentAndNoJunk) {
    const auto first = attach(payment(0, 1, 10));
    const auto second = loop.run(attacher.reattach(first.tail)).value();
    const auto bundle = first.transactions[0].transaction.bundle;
    ledger.inject(changed(first.transactions[0], 7));
    const auto list = loop.run(attachmentsOf(ledger, loop.pool, bundle)).value();
    EXPECT_TRUE(list.complete);
    ASSERT_EQ(list.list.size(), 2U);
    for (const auto& attachment : list.list)
        EXPECT_TRUE(attachment.tail == first.tail || attachment.tail == second.tail);
}

TEST_F(BundlesTest, HaveNoAttachmentsWhenTheyAreUnknown) {
    EXPECT_TRUE(loop.run(attachmentsOf(ledger, loop.pool, Hash())).value().list.empty());
}

TEST_F(BundlesTest, NoticeALedgerThatAnswersWithAnotherTransaction) {
    const auto tail = attach(message("A")).tail;
    (void)attach(message("B"));
    ledger.knobs.wrongTransactions = true;
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, tail)).error().code, ErrorCode::Corrupt);
}

TEST_F(BundlesTest, NoticeALedgerThatLiesAboutLength) {
    const auto tail = attach(message("A")).tail;
    ledger.knobs.shortAnswers = true;
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, tail)).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(loop.run(fetchInclusion(ledger, {tail})).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(loop.run(fetchSpent(ledger, {at(0)})).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(loop.run(fetchBalances(ledger, {at(0)})).error().code, ErrorCode::Corrupt);
}

TEST_F(BundlesTest, SplitListsThatAreTooLongForOneCall) {
    const std::vector<Hash> many(kMaxHashesPerCall * 2 + 1);
    EXPECT_EQ(loop.run(fetchTransactions(ledger, many)).value().size(), many.size());
    EXPECT_EQ(loop.run(fetchInclusion(ledger, many)).value().size(), many.size());
    EXPECT_TRUE(loop.run(fetchInclusion(ledger, {})).value().empty());
}

}  // namespace
}  // namespace pegasus::ledger
