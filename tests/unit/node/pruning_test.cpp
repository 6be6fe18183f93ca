// SPDX-License-Identifier: Apache-2.0
// What goes with time, and what stays.
#include "net.hpp"

namespace pegasus::node {
namespace {

TEST(Pruning, LeavesWhatWaitsForItsPast) {
    NodeOptions options;
    options.retention = 60s;
    options.milestoneInterval = 1s;
    options.heartbeat = 1s;
    Net net(options);
    const auto missing = net.attach(message("MISSING"));
    const auto waiting = net.attach(message("WAITING"), missing[0].hash, missing[0].hash);
    ASSERT_TRUE(net.broadcast(waiting));
    const auto there = [&] { return net.run(net.ledger->transactions({waiting[0].hash})).value().front().has_value(); };
    net.ledger->start();
    net.loop.runFor(3min);
    EXPECT_TRUE(there());
    net.loop.runFor(11min);
    EXPECT_FALSE(there());
    net.loop.stop();
}

TEST(Pruning, ForgetsOldTransactionsAndKeepsTheLedger) {
    NodeOptions options;
    options.retention = 1h;
    options.milestoneInterval = 60s;
    Net net(options);
    const Keys alice('A'), bob('B');
    const auto funds = net.fund(alice.address(0));
    const auto payment = alice.pay(0, funds, bob.address(0), 42);
    const auto tail = net.send(payment);
    net.ledger->start();
    net.loop.runFor(30min);
    const auto recent = net.run(net.ledger->status()).latestMilestone;
    EXPECT_TRUE(net.included(tail));
    net.loop.runFor(50min);
    EXPECT_FALSE(net.run(net.ledger->transactions({tail})).value().front().has_value());
    EXPECT_TRUE(net.run(net.ledger->transactions({recent})).value().front().has_value());
    EXPECT_GT(net.run(net.ledger->status()).snapshotIndex, 0);
    EXPECT_EQ(net.balance(bob.address(0)), 42);
    EXPECT_TRUE(net.run(net.ledger->spentFrom({alice.address(0)})).value().front());
    // The same signed bundle again is still a second spend.
    const auto replay = net.send(payment);
    net.loop.runFor(2min);
    EXPECT_TRUE(net.info(replay).conflicting);
    const auto count = net.run(net.ledger->status()).transactionCount;
    net.loop.runFor(3h);
    EXPECT_NEAR(static_cast<double>(net.run(net.ledger->status()).transactionCount),
                static_cast<double>(count), 15);
    net.loop.stop();
    net.reopen();
    EXPECT_EQ(net.balance(bob.address(0)), 42);
}

}  // namespace
}  // namespace pegasus::node
