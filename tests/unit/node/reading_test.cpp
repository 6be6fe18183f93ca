// SPDX-License-Identifier: Apache-2.0
// Readings that go on where they were.
#include <algorithm>

#include "net.hpp"
#include "node/arrival_log.hpp"

namespace pegasus::node {
namespace {

struct Reading : testing::Test {
    ledger::FoundPage step(std::string cursor, std::size_t limit = 10) {
        auto page = net.run(net.ledger->findNext(query, std::move(cursor), limit));
        EXPECT_TRUE(page) << page.error().message;
        return page.value_or(ledger::FoundPage());
    }
    ErrorCode refusal(std::string cursor, std::size_t limit = 10) {
        return net.run(net.ledger->findNext(query, std::move(cursor), limit)).error().code;
    }
    model::Hash send(std::string_view tag, std::int64_t time) { return net.send(message(tag, 1, time)); }

    Net net;
    ledger::TransactionQuery query{.tags = {*model::Tag::parsePadded("AAA")}};
};

TEST_F(Reading, GoesThroughWhatIsStoredInSteps) {
    std::vector<model::Hash> sent;
    for (int i = 0; i < 25; ++i) {
        sent.push_back(send("AAA", i));
        send("BBB", i);
    }
    std::vector<model::Hash> read;
    std::string cursor;
    for (int steps = 0; steps < 10; ++steps) {
        auto page = step(cursor);
        EXPECT_LE(page.hashes.size(), 10U);
        EXPECT_FALSE(page.restarted);
        read.insert(read.end(), page.hashes.begin(), page.hashes.end());
        cursor = page.cursor;
        if (!page.more) break;
    }
    EXPECT_EQ(read, sent);
    net.reopen();
    EXPECT_EQ(step("", 1000).hashes, sent);
}

TEST_F(Reading, TellsOfWhatComesOnce) {
    send("AAA", 1);
    auto page = step(std::string(ledger::kFromNow));
    EXPECT_TRUE(page.hashes.empty());
    const auto second = send("AAA", 2);
    send("BBB", 2);
    page = step(page.cursor);
    EXPECT_EQ(page.hashes, std::vector{second});
    page = step(page.cursor);
    EXPECT_TRUE(page.hashes.empty());
    EXPECT_FALSE(page.more);
}

TEST_F(Reading, ReachesWhatWasNamedBeforeItCame) {
    // An approvee that is named first has a lower id than what is stored meanwhile.
    const auto early = net.attach(message("AAA", 1, 1));
    const auto approver = net.attach(message("BBB", 1, 2), early.front().hash, early.front().hash);
    net.store(approver);
    const auto other = send("AAA", 3);
    const auto from = step(std::string(ledger::kFromNow));
    EXPECT_EQ(step("").hashes, std::vector{other});
    net.store(early);
    EXPECT_EQ(step(from.cursor).hashes, std::vector{early.front().hash});
}

TEST_F(Reading, SaysThatItLostItsPlace) {
    const auto before = step(std::string(ledger::kFromNow));
    net.reopen();
    send("AAA", 1);
    const auto page = step(before.cursor);
    EXPECT_TRUE(page.restarted);
    EXPECT_TRUE(page.hashes.empty());
    const auto next = send("AAA", 2);
    EXPECT_EQ(step(page.cursor).hashes, std::vector{next});
}

TEST_F(Reading, LeavesOutWhatHasNoValueIfAsked) {
    const Keys alice('A'), bob('B');
    query = {.addresses = {bob.address(0)}, .valueOnly = true};
    model::BundlePlan plan;
    plan.outputs.push_back({bob.address(0), model::Iotas(), model::Tag(), ""});
    const auto from = step(std::string(ledger::kFromNow));
    net.send(model::buildBundle(plan).value().transactions);
    const auto paid = net.send(alice.pay(0, 10, bob.address(0), 10));
    EXPECT_EQ(step("").hashes, std::vector{paid});
    EXPECT_EQ(step(from.cursor).hashes, std::vector{paid});
}

TEST_F(Reading, ANameThatIsGivenOftenCountsOnce) {
    const auto sent = send("AAA", 1);
    query.tags = std::vector<model::Tag>(1000, *model::Tag::parsePadded("AAA"));
    EXPECT_EQ(step("").hashes, std::vector{sent});
    query.tags.push_back(*model::Tag::parsePadded("AAA"));
    EXPECT_EQ(refusal(""), ErrorCode::LimitExceeded);
}

TEST_F(Reading, RefusesNonsense) {
    for (const char* cursor : {"x", "b", "b1x", "b99999999999999999999"}) EXPECT_EQ(refusal(cursor), ErrorCode::InvalidArgument) << cursor;
    for (const char* cursor : {"n", "n1", "n1.", "n1.x", "n.1", "-"}) EXPECT_EQ(refusal(cursor), ErrorCode::InvalidArgument) << cursor;
    EXPECT_EQ(refusal("", 0), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal("", 1001), ErrorCode::InvalidArgument);
    query = {};
    EXPECT_EQ(refusal(""), ErrorCode::InvalidArgument);
}

TEST(ArrivalLog, KeepsSoManyAndKnowsItsLife) {
    ArrivalLog log;
    log.restart(7);
    for (Id id = 1; id <= static_cast<Id>(ArrivalLog::kKept) + 5; ++id) log.add(id, Links());
    EXPECT_EQ(log.end(), ArrivalLog::kKept + 5);
    EXPECT_FALSE(log.knows(7, 4));
    EXPECT_TRUE(log.knows(7, 5));
    EXPECT_EQ(log.at(5).id, 6);
    EXPECT_TRUE(log.knows(7, log.end()));
    EXPECT_FALSE(log.knows(7, log.end() + 1));
    EXPECT_FALSE(log.knows(8, 5));
}

}  // namespace
}  // namespace pegasus::node
