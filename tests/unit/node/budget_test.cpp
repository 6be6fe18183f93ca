// SPDX-License-Identifier: Apache-2.0
// The bound on the disk: who has sent the most makes room, and what this gateway needs stays.
#include "net.hpp"

namespace pegasus::node {
namespace {

constexpr std::uint64_t kBudget = 1'000'000;

NodeOptions small() {
    NodeOptions options;
    options.maxSize = kBudget;
    return options;
}

struct Budget : testing::Test {
    Result<model::Hash> from(std::string peer, std::size_t length = 1) {
        const auto attached = net.attach(message("", length, ++time_));
        const auto done = net.run(net.ledger->broadcast(trytesOf(attached), std::move(peer)));
        if (!done) return fail(done.error());
        return attached.front().hash;
    }
    std::uint64_t used() { return net.run(net.ledger->status()).databaseBytes; }
    bool there(const model::Hash& hash) { return net.run(net.ledger->transactions({hash})).value().front().has_value(); }

    Net net{small()};
    std::int64_t time_ = 0;
};

TEST_F(Budget, AFloodStaysBelowItAndTakesNothingFromOthers) {
    const Keys alice('A');
    net.ledger->start();
    ASSERT_TRUE(net.run(net.ledger->requestFunds(alice.address(0), "a")));
    net.loop.runFor(20s);
    const auto own = from("").value();
    const auto honest = from("honest").value();
    std::uint64_t most = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 120; ++round) {
        for (int i = 0; i < 4; ++i)
            if (!from("greedy", 5)) ++refused;
        net.loop.runFor(10s);
        most = std::max(most, used());
    }
    EXPECT_LE(most, kBudget + kBudget / 20);
    EXPECT_TRUE(there(own));
    EXPECT_TRUE(there(honest));
    EXPECT_EQ(net.balance(alice.address(0)), NodeOptions().faucetLimits.perRequest.count());
    EXPECT_EQ(net.run(net.ledger->status()).databaseLimit, kBudget);
    net.reopen();
    EXPECT_TRUE(there(own));
    net.loop.stop();
}

TEST_F(Budget, WhenNothingCanGoPeersAreRefusedAndThisGatewayIsNot) {
    std::optional<Error> refusal;
    for (int i = 0; i < 400 && !refusal; ++i)
        if (const auto sent = from("greedy", 5); !sent) refusal = sent.error();
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->code, ErrorCode::LimitExceeded);
    EXPECT_NE(refusal->message.find("max-size"), std::string::npos) << refusal->message;
    EXPECT_LE(used(), kBudget + kBudget / 10);
    EXPECT_TRUE(from(""));
}

TEST(Age, IsNotMovedByAClockThatWasSet) {
    NodeOptions options;
    options.retention = std::chrono::hours(1);
    Net net(options);
    net.ledger->start();
    net.loop.runFor(20s);
    const auto sent = net.send(message("AAA"));
    net.loop.runFor(std::chrono::minutes(40));
    net.loop.clock.jumpWallClock(std::chrono::hours(24 * 365));
    net.loop.runFor(std::chrono::minutes(10));
    const auto there = [&] { return net.run(net.ledger->transactions({sent})).value().front().has_value(); };
    EXPECT_TRUE(there());
    net.loop.runFor(std::chrono::minutes(20));
    EXPECT_FALSE(there());
    net.loop.stop();
}

}  // namespace
}  // namespace pegasus::node
