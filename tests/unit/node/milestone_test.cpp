// SPDX-License-Identifier: Apache-2.0
// Milestones: format, signature, root.
#include "node/milestone.hpp"
#include "net.hpp"
#include "node/milestone_pace.hpp"

namespace pegasus::node {
namespace {

MilestoneStatement someStatement() {
    MilestoneStatement statement;
    statement.index = 4095;
    statement.trunk = *model::Hash::parsePadded("TRUNK");
    statement.branch = *model::Hash::parsePadded("BRANCH");
    for (std::size_t i = 0; i < statement.root.size(); ++i)
        statement.root[i] = static_cast<std::uint8_t>(i * 37);
    return statement;
}

crypto::Ed25519Key someKey(std::uint64_t seed = 1) {
    test::FakeRandom random(seed);
    return crypto::Ed25519Key::generate(random).value();
}

model::AttachedTransaction someMilestone(const crypto::Ed25519Key& key,
                                         const MilestoneStatement& statement) {
    const auto signature = key.sign(signedBytes("net", statement)).value();
    const auto draft =
        milestoneBundle(coordinatorAddress(key.publicKey()), statement, signature, 1'600'000'000)
            .value();
    return attachTo(draft.transactions, statement.trunk, statement.branch, Timestamp()).front();
}

TEST(Milestone, CarriesItsIndexInTheObsoleteTagWithoutIncrement) {
    const auto milestone = someMilestone(someKey(), someStatement());
    EXPECT_EQ(milestone.transaction.obsoleteTag.view().substr(0, 4), "RQF9");  // tangle.md 4.1
    EXPECT_TRUE(model::validateBundle(std::vector{milestone.transaction}));
}

TEST(Milestone, IsReadBackAsItWasMade) {
    const auto key = someKey();
    const auto statement = someStatement();
    const auto read =
        verifyMilestone(someMilestone(key, statement), coordinatorAddress(key.publicKey()), "net")
            .value();
    EXPECT_EQ(read.statement.index, statement.index);
    EXPECT_EQ(read.statement.trunk, statement.trunk);
    EXPECT_EQ(read.statement.branch, statement.branch);
    EXPECT_EQ(read.statement.root, statement.root);
    EXPECT_EQ(read.timestamp, 1'600'000'000);
}

TEST(Milestone, IsRefusedWhenAnythingThatIsSignedDiffers) {
    const auto key = someKey();
    const auto address = coordinatorAddress(key.publicKey());
    const auto good = someMilestone(key, someStatement());
    EXPECT_FALSE(verifyMilestone(good, address, "other"));
    EXPECT_FALSE(verifyMilestone(good, coordinatorAddress(someKey(2).publicKey()), "net"));
    auto changed = good;
    changed.transaction.trunkTransaction = model::Hash();
    EXPECT_FALSE(verifyMilestone(changed, address, "net"));
    changed = good;
    changed.transaction.branchTransaction = model::Hash();
    EXPECT_FALSE(verifyMilestone(changed, address, "net"));
    changed = good;
    changed.transaction.obsoleteTag = *model::Tag::parsePadded("A");
    EXPECT_FALSE(verifyMilestone(changed, address, "net"));
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{63}, std::size_t{64}, std::size_t{191}}) {
        auto text = good.transaction.signatureMessageFragment.str();
        text[at] = text[at] == '9' ? 'A' : '9';
        changed = good;
        changed.transaction.signatureMessageFragment = *model::Fragment::parse(text);
        EXPECT_FALSE(verifyMilestone(changed, address, "net")) << at;
    }
}

TEST(Milestone, RefusesTrytesThatAreNoBytes) {
    const auto key = someKey();
    auto junk = someMilestone(key, someStatement());
    junk.transaction.signatureMessageFragment = *model::Fragment::parsePadded("MMMM");
    EXPECT_EQ(parseMilestone(junk).error().code, ErrorCode::InvalidArgument);
    junk.transaction.lastIndex = 1;
    EXPECT_EQ(parseMilestone(junk).error().code, ErrorCode::InvalidArgument);
    EXPECT_FALSE(coordinatorKey(*model::Address::parsePadded("MMMM")));
}

TEST(Milestone, HasARootThatDependsOnEveryTailAndItsPlace) {
    std::vector<model::Hash> tails;
    for (const char c : std::string("ABCDE"))
        tails.push_back(*model::Hash::parsePadded(std::string(1, c)));
    const auto root = includedRoot(tails);
    for (std::size_t i = 0; i < tails.size(); ++i) {
        auto changed = tails;
        changed[i] = model::Hash();
        EXPECT_NE(includedRoot(changed), root);
        auto shorter = tails;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_NE(includedRoot(shorter), root);
    }
    std::swap(tails[0], tails[1]);
    EXPECT_NE(includedRoot(tails), root);
    EXPECT_EQ(crypto::toHex(includedRoot({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Milestone, OfTheNodeIsVerifiedByAnyone) {
    Net net;
    net.milestone();
    const auto tail = net.send(message("MINE"));
    net.milestone();
    const auto transaction =
        net.run(net.ledger->transactions({net.latest()})).value().front().value();
    const auto address = *model::Address::parse(net.run(net.ledger->status()).coordinatorAddress);
    const auto milestone = verifyMilestone(transaction, address, net.ledger->networkId());
    ASSERT_TRUE(milestone) << milestone.error().message;
    EXPECT_EQ(milestone->statement.index, 2);
    EXPECT_EQ(milestone->statement.root, includedRoot(std::vector{tail}));
    EXPECT_EQ(net.run(net.ledger->milestone(2)).value().hash, transaction.hash);
    EXPECT_EQ(net.run(net.ledger->milestone(3)).error().code, ErrorCode::NotFound);
}

TEST(Milestones, ComeAtTheIntervalWhenThereIsSomethingToConfirmAndElseAtTheHeartbeat) {
    Net net;
    std::vector<std::int64_t> seen;
    const auto subscription =
        net.ledger->milestones.add([&](const std::int64_t& index) { seen.push_back(index); });
    net.ledger->start();
    net.loop.runFor(1s);
    EXPECT_EQ(seen, (std::vector<std::int64_t>{1}));
    net.loop.runFor(40s);
    EXPECT_EQ(seen.size(), 1U);
    const auto tail = net.send(message());
    net.loop.runFor(11s);
    EXPECT_EQ(seen.size(), 2U);
    EXPECT_TRUE(net.included(tail));
    net.loop.runFor(50s);
    EXPECT_EQ(seen.size(), 2U);
    net.loop.runFor(20s);
    EXPECT_EQ(seen.size(), 3U);
    net.loop.stop();
}

/// A network of its own in which milestones come by themselves; `fund` has paid alice.
class Hurried : public testing::Test {
  protected:
    Hurried() {
        funds_ = net_.fund(alice_.address(0));
        net_.ledger->start();
        net_.loop.runFor(25s);
    }
    ~Hurried() override { net_.loop.stop(); }
    std::int64_t latest() { return net_.run(net_.ledger->status()).latestMilestoneIndex; }

    Net net_;
    Keys alice_{'A'}, bob_{'B'};
    std::int64_t funds_ = 0;
};

TEST_F(Hurried, APaymentCountsLongBeforeTheInterval) {
    const auto before = latest();
    const auto tail = net_.send(alice_.pay(0, funds_, bob_.address(0), 42));
    net_.loop.runFor(1s);
    EXPECT_TRUE(net_.included(tail));
    net_.loop.runFor(30s);
    EXPECT_EQ(latest(), before + 1);  // instead of the next one, not beside it
}

TEST_F(Hurried, APaymentThatArrivesInPartsDoesToo) {
    const auto payment = net_.attach(alice_.pay(0, funds_, bob_.address(0), 42));
    for (std::size_t i = payment.size(); i-- > 0;) EXPECT_TRUE(net_.broadcastOne(payment[i]));
    net_.loop.runFor(1s);
    EXPECT_TRUE(net_.included(payment.front().hash));
}

TEST_F(Hurried, EarlyMilestonesKeepTheirDistance) {
    net_.send(alice_.pay(0, funds_, alice_.address(1), funds_ - 1));
    net_.loop.runFor(100ms);
    const auto before = latest();
    EXPECT_EQ(net_.balance(alice_.address(1)), funds_);
    const auto second = net_.send(alice_.pay(1, funds_, bob_.address(0), 42));
    net_.loop.runFor(800ms);
    EXPECT_EQ(latest(), before);
    net_.loop.runFor(200ms);
    EXPECT_EQ(latest(), before + 1);
    EXPECT_TRUE(net_.included(second));
}

TEST_F(Hurried, WhatCannotCountHurriesNothing) {
    const auto tail = net_.send(message());
    const auto unfunded = net_.send(bob_.pay(7, 1'000'000, alice_.address(5), 1));
    net_.loop.runFor(1s);
    EXPECT_FALSE(net_.included(tail));
    net_.loop.runFor(10s);
    EXPECT_TRUE(net_.included(tail));
    EXPECT_TRUE(net_.info(unfunded).conflicting);
}

TEST(MilestonePace, BoundsEarlyMilestones) {
    const auto start = SteadyTime() + 1h;
    MilestonePace pace(10s, start);
    EXPECT_EQ(pace.regular(), start);
    pace.turned(start);
    EXPECT_EQ(pace.regular(), start + 10s);
    EXPECT_EQ(pace.earliest(), start + 1s);
    for (int i = 0; i < MilestonePace::kEarlyAtOnce; ++i) EXPECT_TRUE(pace.takeEarly(start));
    EXPECT_FALSE(pace.takeEarly(start + 59s));
    EXPECT_TRUE(pace.takeEarly(start + 60s));
    EXPECT_FALSE(pace.takeEarly(start + 119s));
    int taken = 0;
    while (pace.takeEarly(start + 24h)) ++taken;
    EXPECT_EQ(taken, MilestonePace::kEarlyAtOnce);
}

TEST(MilestonePace, HurriesNothingThatIsAsFrequentAnyway) {
    const auto start = SteadyTime() + 1h;
    MilestonePace pace(200ms, start);
    EXPECT_FALSE(pace.takeEarly(start));
}

TEST(Milestones, GoOnWhenTheWallClockJumps) {
    Net net;
    net.ledger->start();
    net.loop.runFor(1s);
    for (const auto jump : {Duration(24h * 400), Duration(-24h * 800)}) {
        net.loop.clock.jumpWallClock(jump);
        const auto tail = net.send(message());
        net.loop.runFor(11s);
        EXPECT_TRUE(net.included(tail));
    }
    net.loop.stop();
}

}  // namespace
}  // namespace pegasus::node
