// SPDX-License-Identifier: Apache-2.0
// More comes than a milestone can merge: what is confirmed first, and who may still send.
#include <set>

#include "net.hpp"
#include "node/fair_order.hpp"

namespace pegasus::node {
namespace {

TEST(FairOrder, GivesEveryOriginATurnBeforeAnybodyHasTwo) {
    FairOrder order;
    for (Slot slot = 0; slot < 1000; ++slot) order.add(1, slot);
    order.add(2, 1000);
    order.add(3, 1001);
    TipRandom random(1);
    std::set<Slot> first;
    for (int i = 0; i < 3; ++i) first.insert(order.next(random));
    EXPECT_TRUE(first.contains(1000) && first.contains(1001));
    std::set<Slot> rest;
    for (Slot slot = order.next(random); slot != kNoSlot; slot = order.next(random)) rest.insert(slot);
    EXPECT_EQ(rest.size(), 999U);
    EXPECT_EQ(order.next(random), kNoSlot);
}

TEST(FairOrder, DoesNotGoByAge) {
    std::set<Slot> first;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        FairOrder order;
        for (Slot slot = 0; slot < 10; ++slot) order.add(1, slot);
        TipRandom random(seed);
        first.insert(order.next(random));
    }
    EXPECT_EQ(first.size(), 10U);
}

/// A tangle whose milestones merge a few tails only, and a stranger who sends more.
class Flood : public ::testing::Test {
  protected:
    static NodeOptions slow() {
        NodeOptions options;
        options.maxCheckpoints = 7;
        options.maxUnconfirmed = 400;
        return options;
    }
    model::Hash sendAs(const std::string& peer, Transactions transactions, const model::Hash& on) {
        const auto attached = net.attach(std::move(transactions), on, on);
        const auto done = net.run(net.ledger->broadcast(trytesOf(attached), peer));
        EXPECT_TRUE(done) << done.error().message;
        return attached.front().hash;
    }
    void junk(int count, const model::Hash& on) {
        for (int i = 0; i < count; ++i) sendAs("stranger", message("JUNK", 1, ++time_), on);
    }
    Net net{slow()};

  private:
    std::int64_t time_ = 1'700'000'000;
};

TEST_F(Flood, LeavesRoomForPaymentsOwnMessagesAndOtherPeers) {
    const Keys alice('A'), bob('B');
    const auto funds = net.fund(alice.address(0));
    for (int round = 0; round < 4; ++round) {
        const auto base = net.latest();
        junk(30, base);
        const auto own = net.send(message("OWN", 1, round), base, base);
        const auto theirs = sendAs("neighbour", message("THEIRS", 1, round), base);
        model::Hash payment;
        if (round == 0) payment = sendAs("buyer", alice.pay(0, funds, bob.address(0), 300), base);
        net.milestone();
        EXPECT_TRUE(net.included(own));
        EXPECT_TRUE(net.included(theirs));
        EXPECT_TRUE(round > 0 || net.included(payment));
    }
    EXPECT_EQ(net.balance(bob.address(0)), 300);
}

TEST_F(Flood, CannotHideTheMessagesOfOthersBelowItsOwn) {
    net.milestone();
    const auto base = net.latest();
    const auto own = net.send(message("OWN"), base, base);
    const auto theirs = sendAs("neighbour", message("THEIRS"), base);
    junk(20, own);
    junk(20, theirs);
    net.milestone();
    EXPECT_TRUE(net.included(own));
    EXPECT_TRUE(net.included(theirs));
}

TEST_F(Flood, HasOnePlaceForManySpendsOfOneAddressAndNoneForWhatIsNotFunded) {
    const Keys alice('A'), bob('B'), mallory('M'), poor('P');
    const auto funds = net.fund(mallory.address(0), "mallory");
    net.fund(alice.address(0));
    const auto base = net.latest();
    for (int i = 1; i <= 20; ++i) {
        sendAs("stranger", mallory.pay(0, funds, bob.address(0), i), base);
        sendAs("stranger", poor.pay(0, 1'000'000 + i, bob.address(0), i), base);
    }
    junk(20, base);
    const auto payment = sendAs("stranger", alice.pay(0, funds, bob.address(1), 300), base);
    net.milestone();
    EXPECT_TRUE(net.included(payment));
    EXPECT_EQ(net.balance(bob.address(1)), 300);
    EXPECT_EQ(net.balance(poor.address(0)), 0);
}

TEST_F(Flood, ConfirmsTheDeepestChainWithOnePlace) {
    net.milestone();
    auto last = net.latest();
    for (int i = 0; i < 40; ++i) last = sendAs("stranger", message("CHAIN", 1, i), last);
    net.milestone();
    EXPECT_TRUE(net.included(last));
}

TEST_F(Flood, OfOneOriginFillsItsShareAndLeavesRoomForOthersAndMostForThisGateway) {
    net.milestone();
    const auto base = net.latest();
    const auto send = [&](const std::string& peer, int i) {
        return net.run(net.ledger->broadcast(trytesOf(net.attach(message(peer.empty() ? "OWN" : "ANY", 1, i), base, base)),
                                             peer));
    };
    int i = 0;
    while (send("STRANGER", ++i)) ASSERT_LT(i, 400);
    EXPECT_EQ(i, 201);
    const auto refused = send("STRANGER", ++i);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE(send("NEIGHBOUR", ++i));
    // Many names help up to nine tenths; the rest is this gateway's.
    for (int name = 0; send("NAME" + std::to_string(name), ++i); ++name) ASSERT_LT(name, 200);
    EXPECT_TRUE(send("", ++i));
    for (int k = 0; k < 50; ++k) net.milestone();
    EXPECT_TRUE(send("STRANGER", ++i));
}

TEST_F(Flood, IsRememberedByOriginAcrossARestart) {
    net.milestone();
    const auto base = net.latest();
    junk(30, base);
    const auto own = net.send(message("OWN"), base, base);
    const auto theirs = sendAs("neighbour", message("THEIRS"), base);
    net.reopen();
    net.milestone();
    EXPECT_TRUE(net.included(own));
    EXPECT_TRUE(net.included(theirs));
}

}  // namespace
}  // namespace pegasus::node
