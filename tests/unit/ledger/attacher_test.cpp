// SPDX-License-Identifier: Apache-2.0
// Attacher: what reaches the ledger, and in which order things happen.
#include "fixture.hpp"

namespace pegasus::ledger {
namespace {

using AttacherTest = LedgerTest;

TEST_F(AttacherTest, PutsABundleOnTheLedgerWithValidLinks) {
    const auto attachment = attach(message(std::string(5000, 'A')));
    EXPECT_EQ(attachment.transactions.size(), 3U);
    EXPECT_TRUE(model::validateLinks(attachment.transactions).has_value());
    EXPECT_EQ(loop.run(fetchBundle(ledger, loop.pool, attachment.tail)).value().transactions.size(), 3U);
}

TEST_F(AttacherTest, KeepsTheBundleHashWhenItAttachesAgain) {
    const auto first = attach(message("A"));
    const auto second = loop.run(attacher.reattach(first.tail)).value();
    EXPECT_NE(first.tail, second.tail);
    EXPECT_EQ(first.transactions[0].transaction.bundle, second.transactions[0].transaction.bundle);
}

class TwoThreads final : public Pool {
public:
    void post(std::function<void(std::stop_token)> job) override {
        ++posted;
        inner.post(std::move(job));
    }
    [[nodiscard]] unsigned size() const override { return 2; }
    test::InlinePool inner;
    int posted = 0;
};

TEST_F(AttacherTest, WorksWithAllThreadsWhereItIsHard) {
    ledger.knobs.minWeightMagnitude = 12;
    TwoThreads pool;
    Attacher together(ledger, pool, loop.clock);
    const auto attachment = loop.run(together.attach(message(std::string(3000, 'A')))).value();
    ASSERT_EQ(attachment.transactions.size(), 2U);
    EXPECT_GE(pool.posted, 4);
    for (const auto& one : attachment.transactions) EXPECT_GE(model::weight(one.hash), 12);
    EXPECT_TRUE(model::validateLinks(attachment.transactions).has_value());
}

TEST_F(AttacherTest, AwaitsTheHookBeforeAnythingIsSent) {
    Hash announced;
    AttachOptions options;
    options.beforeBroadcast = [&](const Attachment& attachment) -> Task<void> {
        announced = attachment.tail;
        EXPECT_EQ(ledger.broadcastCalls(), 0U);
        co_return Result<void>();
    };
    const auto attachment = loop.run(attacher.attach(message("A"), std::move(options))).value();
    EXPECT_EQ(announced, attachment.tail);
    EXPECT_EQ(ledger.broadcastCalls(), 1U);
}

TEST_F(AttacherTest, SendsNothingWhenTheHookFails) {
    AttachOptions options;
    options.beforeBroadcast = [](const Attachment&) -> Task<void> {
        co_return fail(ErrorCode::NoSpace, "the disk is full");
    };
    EXPECT_EQ(loop.run(attacher.attach(message("A"), std::move(options))).error().code, ErrorCode::NoSpace);
    EXPECT_EQ(ledger.broadcastCalls(), 0U);
}

TEST_F(AttacherTest, ApprovesTheReference) {
    const auto first = attach(message("A"));
    (void)attach(message("B"));
    AttachOptions options;
    options.reference = first.tail;
    const auto third = loop.run(attacher.attach(message("C"), std::move(options))).value();
    const auto& head = third.transactions.back().transaction;
    EXPECT_TRUE(head.trunkTransaction == first.tail || head.branchTransaction == first.tail);
}

TEST_F(AttacherTest, PromotesAConsistentTail) {
    const auto tail = attach(message("A")).tail;
    const auto promotion = loop.run(attacher.promote(tail)).value();
    ASSERT_EQ(promotion.transactions.size(), 1U);
    EXPECT_EQ(promotion.transactions[0].transaction.branchTransaction, tail);
    EXPECT_EQ(promotion.transactions[0].transaction.value, 0);
}

TEST_F(AttacherTest, RefusesToPromoteWhatIsNotFunded) {
    const auto tail = attach(payment(0, 1, 10)).tail;
    EXPECT_EQ(loop.run(attacher.promote(tail)).error().code, ErrorCode::Conflict);
}

TEST_F(AttacherTest, BroadcastsTheSameTrytesAgain) {
    const auto attachment = attach(message("A"));
    std::vector<TransactionTrytes> trytes;
    for (const auto& t : attachment.transactions) trytes.push_back(t.trytes);
    EXPECT_TRUE(loop.run(attacher.rebroadcast(trytes)).has_value());
    EXPECT_EQ(ledger.tailsOf(attachment.transactions[0].transaction.bundle).size(), 1U);
}

TEST_F(AttacherTest, PassesOnThatTheLedgerIsAway) {
    ledger.knobs.unreachable = true;
    EXPECT_EQ(loop.run(attacher.attach(message("A"))).error().code, ErrorCode::Unreachable);
}

TEST_F(AttacherTest, StopsWithTheProgram) {
    loop.pool.stop.request_stop();
    EXPECT_EQ(loop.run(attacher.attach(message("A"))).error().code, ErrorCode::Cancelled);
}

TEST_F(AttacherTest, RefusesAnEmptyBundle) {
    EXPECT_EQ(loop.run(attacher.attach({})).error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace pegasus::ledger
