// SPDX-License-Identifier: Apache-2.0
// What is refused, what waits, and what counts once it is complete.
#include "node/arrivals.hpp"
#include "net.hpp"

namespace pegasus::node {
namespace {

/// Serialises and hashes a transaction whose fields a test has changed.
model::AttachedTransaction remade(const model::Transaction& transaction) {
    return model::AttachedTransaction::fromTrytes(model::serialize(transaction)).value();
}

/// Works on it again until it has the weight.
model::AttachedTransaction worked(model::Transaction transaction) {
    const auto found =
        pow::searchNonce(model::serialize(transaction).view(), kWeight, std::stop_token()).value();
    transaction.nonce = *model::Nonce::parse(found.nonce);
    return remade(transaction);
}

ErrorCode refusal(Net& net, const Attached& attached) {
    const auto done = net.broadcast(attached);
    EXPECT_FALSE(done);
    EXPECT_EQ(net.run(net.ledger->status()).transactionCount, 0U);
    return done ? ErrorCode::Internal : done.error().code;
}

TEST(Arrivals, RefuseTooLittleWork) {
    Net net;
    net.options().minWeightMagnitude = 12;
    net.reopen();
    EXPECT_EQ(refusal(net, net.attach(message())), ErrorCode::InvalidArgument);
}

TEST(Arrivals, RefuseAttachmentFromTheFuture) {
    Net net;
    EXPECT_EQ(refusal(net, attachTo(message(), {}, {}, net.loop.clock.now() + 11min)),
              ErrorCode::InvalidArgument);
}

TEST(Arrivals, AcceptAttachmentFromLongAgo) {
    Net net;
    EXPECT_TRUE(net.broadcast(attachTo(message(), {}, {}, net.loop.clock.now() - 24h * 365)));
}

TEST(Arrivals, RefuseAHugeLastIndex) {
    Net net;
    auto transaction = net.attach(message()).front().transaction;
    transaction.lastIndex = 1'000'000'000;
    EXPECT_EQ(refusal(net, {worked(transaction)}), ErrorCode::InvalidArgument);
    transaction.lastIndex = -1;
    transaction.currentIndex = -1;
    EXPECT_EQ(refusal(net, {worked(transaction)}), ErrorCode::InvalidArgument);
}

TEST(Arrivals, RefuseACompleteBundleWithAWrongSum) {
    Net net;
    auto transactions = Keys('A').pay(0, 100, Keys('B').address(0), 60);
    transactions[0].value += 1;
    EXPECT_EQ(refusal(net, net.attach(transactions)), ErrorCode::InvalidArgument);
}

TEST(Arrivals, RefuseACompleteBundleWithAWrongSignature) {
    Net net;
    auto transactions = Keys('A').pay(0, 100, Keys('B').address(0), 60);
    auto& fragment = transactions[1].signatureMessageFragment;
    auto text = fragment.str();
    text[5] = text[5] == 'A' ? 'B' : 'A';
    fragment = *model::Fragment::parse(text);
    EXPECT_EQ(refusal(net, net.attach(transactions)), ErrorCode::InvalidArgument);
}

TEST(Arrivals, RefuseLinksThatAreNotStrict) {
    Net net;
    net.milestone();
    auto attached = net.attach(message("LINKS", 2), net.latest(), net.latest());
    auto tail = attached[0].transaction;
    tail.branchTransaction = model::Hash();  // known, but not the trunk of the head
    EXPECT_EQ(net.broadcast({worked(tail), attached[1]}).error().code, ErrorCode::InvalidArgument);
}

TEST(Arrivals, RefuseAChainOfTailsThatEachClaimItAll) {
    Net net;
    net.milestone();
    auto parent = net.latest();
    Attached chain;
    for (std::int64_t i = 0; i < 300; ++i) {
        auto tail = message("", 1, i);
        tail.front().lastIndex = 399;
        chain.push_back(attachTo(std::move(tail), parent, parent, net.loop.clock.now()).front());
        parent = chain.back().hash;
    }
    const auto refused = net.broadcast(chain);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(refused.error().message.find("does not go on at index 1"), std::string::npos) << refused.error().message;
    // One by one each is stored, and costs no more than its neighbour.
    for (const auto& one : chain) ASSERT_TRUE(net.broadcastOne(one));
    EXPECT_EQ(net.milestone(), 2);
    EXPECT_FALSE(net.included(chain.back().hash));
}

TEST(Arrivals, RefuseWhatClaimsTheCoordinatorsAddress) {
    Net net;
    net.milestone();
    const auto milestone =
        net.run(net.ledger->transactions({net.latest()})).value().front().value();
    auto forged = milestone.transaction;
    forged.timestamp += 1;
    forged.bundle = model::bundleHash(std::vector{forged});
    EXPECT_EQ(net.broadcast({worked(forged)}).error().code, ErrorCode::Refused);
    // The same signature on another attachment.
    auto copied = milestone.transaction;
    copied.attachmentTimestamp += 1;
    EXPECT_EQ(net.broadcast({worked(copied)}).error().code, ErrorCode::Refused);
    EXPECT_EQ(net.run(net.ledger->status()).latestMilestoneIndex, 1);
    EXPECT_TRUE(net.broadcast({milestone}));  // known: no error, and no change
    EXPECT_EQ(net.milestone(), 2);
}

TEST(Arrivals, RefuseTooManyInOneCall) {
    Net net;
    const std::vector<model::TransactionTrytes> many(ledger::kMaxTransactionsPerCall + 1);
    EXPECT_EQ(net.run(net.ledger->broadcast(many)).error().code, ErrorCode::LimitExceeded);
}

TEST(Arrivals, StoreEachTransactionOnce) {
    Net net;
    const auto attached = net.attach(message("ONCE", 3));
    ASSERT_TRUE(net.broadcast(attached));
    ASSERT_TRUE(net.broadcast(attached));
    ASSERT_TRUE(net.broadcast({attached[0], attached[0]}));
    EXPECT_EQ(net.run(net.ledger->status()).transactionCount, 3U);
}

TEST(Arrivals, CompleteABundleThatComesTailFirstInSeveralCalls) {
    Net net;
    const Keys alice('A'), bob('B');
    const auto funds = net.fund(alice.address(0));
    const auto attached = net.attach(alice.pay(0, funds, bob.address(0), 7));
    for (const auto& one : attached) ASSERT_TRUE(net.broadcastOne(one));
    EXPECT_EQ(net.run(net.ledger->status()).transactionsToRequest, 0U);
    net.milestone();
    EXPECT_TRUE(net.included(attached.front().hash));
    EXPECT_EQ(net.balance(bob.address(0)), 7);
}

TEST(Arrivals, KeepWhatWaitsAcrossARestart) {
    Net net;
    const auto attached = net.attach(message("WAITS", 3));
    ASSERT_TRUE(net.broadcastOne(attached[0]));
    ASSERT_TRUE(net.broadcastOne(attached[1]));
    net.reopen();
    EXPECT_EQ(net.run(net.ledger->status()).transactionsToRequest, 2U);
    ASSERT_TRUE(net.broadcastOne(attached[2]));
    net.milestone();
    EXPECT_TRUE(net.included(attached[0].hash));
}

TEST(Arrivals, CountWhatWaitsOnWhatWaits) {
    Net net;
    const auto hidden = net.attach(message("HIDDEN"));
    const auto child = net.attach(message("CHILD"), hidden[0].hash, hidden[0].hash);
    const auto grandchild = net.attach(message("GRANDCHILD"), child[0].hash, child[0].hash);
    ASSERT_TRUE(net.broadcast(child));
    ASSERT_TRUE(net.broadcast(grandchild));
    EXPECT_EQ(net.run(net.ledger->status()).transactionsToRequest, 2U);
    EXPECT_FALSE(net.run(net.ledger->checkConsistency({grandchild[0].hash})).value().consistent);
    ASSERT_TRUE(net.broadcast(hidden));
    EXPECT_EQ(net.run(net.ledger->status()).transactionsToRequest, 0U);
    net.milestone();
    EXPECT_TRUE(net.included(grandchild[0].hash));
}

TEST(Arrivals, BoundAFloodOfUnknownParentsAndForgetItInTime) {
    NodeOptions options;
    options.maxWaiting = 20;
    options.maxWaitingPerCall = 8;
    Net net(options);
    net.ledger->start();
    net.loop.runFor(1s);
    const auto orphan = [&](int i) {
        const auto unknown = *model::Hash::parsePadded(
            "UNKNOWN" + std::string(static_cast<std::size_t>(i + 1), 'X'));
        return net.attach(message("ORPHAN"), unknown, unknown).front();
    };
    Attached call;
    for (int i = 0; i < 9; ++i) call.push_back(orphan(i));
    EXPECT_EQ(net.broadcast(call).error().code, ErrorCode::LimitExceeded);
    int kept = 0;
    for (int i = 0; i < 40; ++i) kept += net.broadcastOne(orphan(i)).has_value();
    EXPECT_EQ(kept, 20);
    const auto honest = net.send(message("HONEST"));  // knows what it approves: nothing to wait for
    const auto before = net.run(net.ledger->status());
    EXPECT_EQ(before.transactionsToRequest, 20U);
    net.loop.runFor(12min);
    EXPECT_TRUE(net.included(honest));
    EXPECT_EQ(net.run(net.ledger->status()).transactionsToRequest, 0U);
    EXPECT_FALSE(net.run(net.ledger->transactions({orphan(0).hash})).value().front().has_value());
    net.loop.stop();
}

TEST(Arrivals, NeverConfirmABundleThatTurnsOutInvalidNorWhatApprovesIt) {
    Net net;
    net.milestone();
    auto transactions = Keys('A').pay(0, 100, Keys('B').address(0), 60);
    transactions[0].value += 1;
    const auto bad = net.attach(transactions, net.latest(), net.latest());
    for (const auto& one : bad) ASSERT_TRUE(net.broadcastOne(one));
    const auto child = net.send(message("CHILD"), bad[0].hash, net.latest());
    const auto grandchild = net.send(message("GRANDCHILD"), child, child);
    for (int i = 0; i < 20; ++i) {
        const auto tips = net.tips();
        for (const auto& tip : {tips.trunk, tips.branch})
            EXPECT_TRUE(tip != bad[0].hash && tip != child && tip != grandchild);
    }
    net.milestone();
    for (const auto& tail : {bad[0].hash, child, grandchild}) {
        EXPECT_FALSE(net.info(tail).confirmed);
        EXPECT_TRUE(net.info(tail).shouldReattach);
        EXPECT_FALSE(net.run(net.ledger->checkConsistency({tail})).value().consistent);
    }
    EXPECT_FALSE(net.run(net.ledger->spentFrom({Keys('A').address(0)})).value()[0]);
}

TEST(Arrivals, NeverConfirmWhatApprovesAnInnerTransaction) {
    Net net;
    net.milestone();
    const auto parts = net.attach(message("PARTS", 2));
    net.store(parts);
    const auto child = net.send(message("CHILD"), parts[1].hash, parts[1].hash);
    net.milestone();
    EXPECT_TRUE(net.included(parts[0].hash));
    EXPECT_FALSE(net.included(child));
}

TEST(Arrivals, LeaveNothingBehindWhenOneOfACallIsBad) {
    Net net;
    auto good = net.attach(message("GOOD"));
    auto bad = net.attach(message("BAD")).front().transaction;
    bad.attachmentTimestamp = model::kMaxTimestampValue;
    good.push_back(worked(bad));
    EXPECT_EQ(refusal(net, good), ErrorCode::InvalidArgument);
}

TEST(Examination, PutsApproveesFirstAndDropsDoubles) {
    Net net;
    auto attached = net.attach(message("ORDER", 5));
    attached.push_back(attached.front());
    const auto batch =
        examineArrivals(trytesOf(attached), {kWeight, net.loop.clock.now()}, std::stop_token())
            .value();
    ASSERT_EQ(batch.records.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_EQ(batch.records[i].currentIndex, static_cast<std::int64_t>(4 - i));
    EXPECT_EQ(batch.attachments.size(), 1U);
}

TEST(Examination, StopsWhenAsked) {
    Net net;
    std::stop_source stop;
    stop.request_stop();
    const auto batch = examineArrivals(trytesOf(net.attach(message())),
                                       {kWeight, net.loop.clock.now()}, stop.get_token());
    EXPECT_EQ(batch.error().code, ErrorCode::Cancelled);
}

TEST(Records, KeepEveryFieldThroughPacking) {
    Net net;
    for (const auto& one : net.attach(Keys('A').pay(3, 1000, Keys('B').address(0), 60))) {
        const auto back = unpack(pack(one)).value();
        EXPECT_EQ(back.transaction, one.transaction);
        EXPECT_EQ(back.trytes, one.trytes);
        EXPECT_EQ(back.hash, one.hash);
    }
}

TEST(Records, RefuseBytesThatAreNoTrits) {
    Net net;
    auto record = pack(net.attach(message()).front());
    record.signature[3] = 127;
    EXPECT_EQ(unpack(record).error().code, ErrorCode::Corrupt);
    record.signature.assign(2000, 0);
    EXPECT_EQ(unpack(record).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace pegasus::node
