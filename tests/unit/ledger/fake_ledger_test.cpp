// SPDX-License-Identifier: Apache-2.0
// FakeLedger: it must be as strict as what it stands for.
#include "fixture.hpp"

namespace pegasus::ledger {
namespace {

using FakeLedgerTest = LedgerTest;

TEST_F(FakeLedgerTest, MovesFundsAtTheMilestone) {
    ledger.fund(at(0), Iotas(10));
    const auto tail = attach(payment(0, 1, 10)).tail;
    EXPECT_EQ(ledger.balanceOf(at(1)).count(), 0);
    ledger.milestone();
    EXPECT_EQ(ledger.balanceOf(at(0)).count(), 0);
    EXPECT_EQ(ledger.balanceOf(at(1)).count(), 10);
    EXPECT_TRUE(loop.run(fetchInclusion(ledger, {tail})).value().front());
}

TEST_F(FakeLedgerTest, PassesOverWhatIsNotFunded) {
    const auto tail = attach(payment(0, 1, 10)).tail;
    ledger.milestone();
    EXPECT_TRUE(loop.run(ledger.tailInfo(tail)).value().conflicting);
    ledger.fund(at(0), Iotas(10));
    const auto again = loop.run(attacher.reattach(tail)).value().tail;
    ledger.milestone();
    EXPECT_TRUE(loop.run(ledger.tailInfo(again)).value().confirmed);
    EXPECT_TRUE(loop.run(ledger.tailInfo(tail)).value().conflicting);
}

TEST_F(FakeLedgerTest, IncludesABundleOnce) {
    ledger.fund(at(0), Iotas(10));
    const auto first = attach(payment(0, 1, 10)).tail;
    const auto second = loop.run(attacher.reattach(first)).value().tail;
    ledger.milestone();
    EXPECT_TRUE(loop.run(ledger.tailInfo(first)).value().confirmed);
    EXPECT_TRUE(loop.run(ledger.tailInfo(second)).value().conflicting);
    EXPECT_EQ(ledger.balanceOf(at(1)).count(), 10);
}

TEST_F(FakeLedgerTest, CallsAnAddressSpentOnceASignatureIsOut) {
    EXPECT_FALSE(loop.run(fetchSpent(ledger, {at(0)})).value().front());
    (void)attach(payment(0, 1, 10));
    EXPECT_TRUE(loop.run(fetchSpent(ledger, {at(0)})).value().front());
}

TEST_F(FakeLedgerTest, RefusesJunk) {
    const std::vector<TransactionTrytes> junk{TransactionTrytes::parse(std::string(2673, 'M')).value()};
    EXPECT_FALSE(loop.run(ledger.broadcast(junk)).has_value());
    EXPECT_TRUE(ledger.broadcastBundles().empty());
}

TEST_F(FakeLedgerTest, TellsItsObservers) {
    std::int64_t milestone = 0;
    std::size_t stored = 0;
    const auto a = ledger.milestones.add([&](const std::int64_t& index) { milestone = index; });
    const auto b = ledger.stored.add([&](const std::vector<StoredTransaction>& fresh) { stored += fresh.size(); });
    (void)attach(message("A"));
    ledger.milestone();
    EXPECT_GT(milestone, 0);
    EXPECT_EQ(stored, 1U);
}

TEST_F(FakeLedgerTest, GoesAwayAndLagsWhenTold) {
    ledger.knobs.delay = 5s;
    const auto before = loop.clock.steady();
    (void)loop.run(ledger.tipsToApprove(3, std::nullopt));
    EXPECT_GE(loop.clock.steady() - before, 5s);
    ledger.knobs.notSynchronised = true;
    EXPECT_EQ(loop.run(ledger.tipsToApprove(3, std::nullopt)).error().code, ErrorCode::NotSynchronised);
    ledger.knobs.unreachable = true;
    EXPECT_EQ(loop.run(ledger.tipsToApprove(3, std::nullopt)).error().code, ErrorCode::Unreachable);
}

}  // namespace
}  // namespace pegasus::ledger
