// SPDX-License-Identifier: Apache-2.0
// Genesis, confirmation by white flag, conflicts.
#include "net.hpp"

namespace pegasus::node {
namespace {

TEST(Genesis, MakesTheFirstMilestoneAndKnowsNothingElse) {
    Net net;
    const auto tips = net.tips();
    EXPECT_TRUE(tips.trunk.isNull());
    EXPECT_TRUE(tips.branch.isNull());
    EXPECT_EQ(net.milestone(), 1);
    EXPECT_EQ(net.tips().trunk, net.latest());
    const auto status = net.run(net.ledger->status());
    EXPECT_EQ(status.state, ledger::LedgerState::Ready);
    EXPECT_EQ(status.latestMilestoneIndex, 1);
    EXPECT_EQ(status.transactionCount, 1U);
    EXPECT_TRUE(net.included(net.latest()));
}

TEST(Confirmation, MovesFundsWhenAMilestoneIncludesATransfer) {
    Net net;
    const Keys alice('A'), bob('B');
    const auto funds = net.fund(alice.address(0));
    EXPECT_EQ(funds, net.options().faucetLimits.perRequest.count());
    const auto tail = net.send(alice.pay(0, funds, bob.address(0), 300));
    EXPECT_EQ(net.balance(bob.address(0)), 0);
    EXPECT_FALSE(net.included(tail));
    net.milestone();
    EXPECT_TRUE(net.included(tail));
    EXPECT_TRUE(net.info(tail).confirmed);
    EXPECT_EQ(net.balance(bob.address(0)), 300);
    EXPECT_EQ(net.balance(alice.address(0)), 0);
    EXPECT_EQ(net.balance(alice.address(1)), funds - 300);
}

TEST(Confirmation, IncludesEveryTransactionOfABundle) {
    Net net;
    const auto attached = net.attach(message("PARTS", 4));
    net.store(attached);
    net.milestone();
    for (const auto& part : attached) EXPECT_TRUE(net.included(part.hash));
}

TEST(Confirmation, IncludesOneOfTwoSpendsAndPassesTheOtherOver) {
    Net net;
    const Keys alice('A'), bob('B'), carol('C');
    const auto funds = net.fund(alice.address(0));
    const auto base = net.latest();
    const auto first = net.send(alice.pay(0, funds, bob.address(0), 100), base, base);
    const auto second = net.send(alice.pay(0, funds, carol.address(0), 200), base, base);
    const auto after = net.send(message("AFTER"), first, second);
    net.milestone();
    EXPECT_TRUE(net.included(first));  // trunk before branch
    EXPECT_FALSE(net.included(second));
    EXPECT_TRUE(net.info(second).conflicting);
    EXPECT_TRUE(net.included(after));  // not hurt by the conflict under it
    EXPECT_EQ(net.balance(bob.address(0)), 100);
    EXPECT_EQ(net.balance(carol.address(0)), 0);
}

TEST(Confirmation, OrdersTrunkBeforeBranch) {
    Net net;
    const Keys alice('A'), bob('B'), carol('C');
    const auto funds = net.fund(alice.address(0));
    const auto base = net.latest();
    const auto first = net.send(alice.pay(0, funds, bob.address(0), 100), base, base);
    const auto second = net.send(alice.pay(0, funds, carol.address(0), 200), base, base);
    net.send(message("AFTER"), second, first);
    net.milestone();
    EXPECT_TRUE(net.included(second));
    EXPECT_FALSE(net.included(first));
}

TEST(Confirmation, RefusesASpendThatIsOrderedBeforeItsFundingUntilItIsAttachedAgain) {
    Net net;
    const Keys alice('A'), bob('B'), carol('C');
    const auto funds = net.fund(alice.address(0));
    const auto base = net.latest();
    const auto spend = bob.pay(0, 100, carol.address(0), 60);
    const auto early = net.send(spend, base, base);
    const auto funding = net.send(alice.pay(0, funds, bob.address(0), 100), base, base);
    net.send(message("AFTER"), early, funding);
    net.milestone();
    EXPECT_TRUE(net.info(early).conflicting);
    EXPECT_TRUE(net.included(funding));
    EXPECT_EQ(net.balance(bob.address(0)), 100);

    const auto again = net.send(spend);
    net.milestone();
    EXPECT_TRUE(net.included(again));
    EXPECT_FALSE(net.included(early));
    EXPECT_EQ(net.balance(carol.address(0)), 60);
}

TEST(Confirmation, NeverIncludesABundleTwiceEvenIfItsAddressReceivesAgain) {
    Net net;
    const Keys alice('A'), bob('B');
    const auto funds = net.fund(alice.address(0));
    const auto payment = alice.pay(0, funds, bob.address(0), 100);
    net.send(payment);
    net.milestone();
    // Somebody pays the spent address once more, exactly the old balance.
    const Keys dave('D');
    const auto more = net.fund(dave.address(0));
    ASSERT_EQ(more, funds);
    net.send(dave.pay(0, more, alice.address(0), funds - 1));
    net.milestone();
    net.send(dave.pay(1, 1, alice.address(0), 1));
    net.milestone();
    ASSERT_EQ(net.balance(alice.address(0)), funds);

    const auto replay = net.send(payment);
    net.milestone();
    EXPECT_TRUE(net.info(replay).conflicting);
    EXPECT_EQ(net.balance(bob.address(0)), 100);
    EXPECT_EQ(net.balance(alice.address(0)), funds);
}

TEST(Confirmation, IncludesASecondAttachmentOfABundleWithoutValue) {
    Net net;
    const auto bundle = message("TWICE");
    const auto first = net.send(bundle);
    net.milestone();
    net.loop.clock.advance(1s);
    const auto second = net.send(bundle);
    net.milestone();
    EXPECT_NE(first, second);
    EXPECT_TRUE(net.included(first));
    EXPECT_TRUE(net.included(second));
}

TEST(Confirmation, ReachesAllTipsWithOneMilestone) {
    Net net;
    net.milestone();
    const auto base = net.latest();
    std::vector<model::Hash> tails;
    for (const char c : std::string("ABCDEFGHIJKL"))
        tails.push_back(net.send(message(std::string(1, c)), base, base));
    net.milestone();
    for (const auto& tail : tails) EXPECT_TRUE(net.included(tail));
}

TEST(Confirmation, OrdersALongChainOfOneCall) {
    Net net;
    net.milestone();
    const auto first = net.latest();
    auto last = first;
    std::vector<model::TransactionTrytes> batch;
    for (int i = 0; i < 300; ++i) {
        const auto attached = net.attach(message("CHAIN"), last, first);
        last = attached.front().hash;
        batch.insert(batch.begin(), attached.front().trytes);  // approvers first
    }
    ASSERT_TRUE(net.run(net.ledger->broadcast(batch)));
    EXPECT_EQ(net.run(net.ledger->status()).transactionsToRequest, 0U);
    net.milestone();
    EXPECT_TRUE(net.included(last));
}

TEST(SpentAddresses, AreThoseOfValidBundlesBeforeAndAfterConfirmation) {
    Net net;
    const Keys alice('A'), bob('B');
    const auto spent = [&](const model::Address& a) -> bool {
        return net.run(net.ledger->spentFrom({a})).value().front();
    };
    EXPECT_FALSE(spent(alice.address(0)));
    net.send(alice.pay(0, 50, bob.address(0), 50));  // there is nothing: it will conflict
    EXPECT_TRUE(spent(alice.address(0)));
    EXPECT_FALSE(spent(bob.address(0)));
    net.milestone();
    EXPECT_TRUE(spent(alice.address(0)));
}

TEST(Consistency, IsJudgedTogetherAtThePresentLedger) {
    Net net;
    const Keys alice('A'), bob('B'), carol('C');
    const auto funds = net.fund(alice.address(0));
    const auto base = net.latest();
    const auto first = net.send(alice.pay(0, funds, bob.address(0), 100), base, base);
    const auto second = net.send(alice.pay(0, funds, carol.address(0), 200), base, base);
    const auto check = [&](std::vector<model::Hash> tails) {
        return net.run(net.ledger->checkConsistency(std::move(tails)));
    };
    EXPECT_TRUE(check({first}).value().consistent);
    EXPECT_TRUE(check({second}).value().consistent);
    const auto both = check({first, second}).value();
    EXPECT_FALSE(both.consistent);
    EXPECT_FALSE(both.info.empty());
    net.milestone();
    EXPECT_TRUE(check({first}).value().consistent);
    EXPECT_FALSE(check({second}).value().consistent);
    EXPECT_EQ(check({model::hashFrom(bob.address(0))}).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace pegasus::node
