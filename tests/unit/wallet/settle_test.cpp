// SPDX-License-Identifier: Apache-2.0
// From signed to decided: crashes, promotion, attaching again, conflicts, pruning, clocks.
#include "fixture.hpp"

namespace pegasus::wallet {
namespace {

using WalletSettles = WalletTest;

struct WalletCrash : WalletTest {
    /// After a restart everything ends well: one bundle, and the money has moved once.
    void endsWell(TransferId id) {
        ledger.knobs = {};
        restart();
        must(wallet().unlock(password()));
        life->loop.runFor(std::chrono::minutes(2));
        milestone();
        life->loop.runFor(std::chrono::minutes(2));
        EXPECT_EQ(stateOf(id), TransferState::Confirmed);
        EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(30));
        EXPECT_EQ(wallet().balance().available, Iotas(70));
        EXPECT_EQ(valueBundles(), std::set<Hash>{transfer(id).bundle});
    }
};

TEST_F(WalletCrash, BetweenReservationAndSignature) {
    createWith({100});
    life->loop.pool.stop.request_stop();  // signing ends unfinished
    const auto id = send(30);
    EXPECT_EQ(stateOf(id), TransferState::Reserved);
    restart();
    life->loop.runFor(60s);
    EXPECT_EQ(stateOf(id), TransferState::Reserved);  // locked: nothing can be signed
    EXPECT_TRUE(ledger.broadcastBundles().empty());
    endsWell(id);
}

TEST_F(WalletCrash, BetweenSignatureAndAttachment) {
    createWith({100});
    auto request = payment(30);
    const auto handle = wallet().transferChanged.add([&](const TransferId&) { ledger.knobs.unreachable = true; });
    const auto id = run(wallet().send(request)).value();
    settle();
    EXPECT_EQ(stateOf(id), TransferState::Pending);
    EXPECT_TRUE(transfer(id).tails.empty());
    endsWell(id);
}

TEST_F(WalletCrash, BetweenTheRecordOfATailAndItsBroadcast) {
    createWith({100});
    ledger.knobs.dropBroadcasts = true;
    const auto id = send(30);
    settle();
    EXPECT_EQ(transfer(id).tails.size(), 1U);
    EXPECT_TRUE(ledger.broadcastBundles().empty());
    endsWell(id);
}

TEST_F(WalletCrash, BetweenBroadcastAndItsAnswer) {
    createWith({100});
    ledger.knobs.failBroadcasts = 1;
    const auto id = send(30);
    settle();
    EXPECT_EQ(ledger.tailsOf(transfer(id).bundle).size(), 1U);
    endsWell(id);
    EXPECT_EQ(ledger.tailsOf(transfer(id).bundle).size(), 1U);
}

TEST_F(WalletCrash, BetweenConfirmationAndItsRecord) {
    createWith({100});
    const auto id = send(30);
    settle();
    ledger.knobs.unreachable = true;
    ledger.milestone();
    settle();
    EXPECT_EQ(stateOf(id), TransferState::Pending);
    endsWell(id);
}

TEST_F(WalletCrash, DoesNotNeedTheUnlockOnceItIsSigned) {
    createWith({100});
    ledger.knobs.dropBroadcasts = true;
    const auto id = send(30);
    settle();
    ledger.knobs = {};
    restart();
    life->loop.runFor(60s);
    milestone();
    EXPECT_TRUE(wallet().status().locked);
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
}

TEST_F(WalletSettles, ByPromotingWithGrowingPauses) {
    createWith({100});
    ledger.knobs.wantsPromotion = true;
    (void)send(30);
    life->loop.runFor(std::chrono::minutes(30));
    const auto broadcasts = ledger.broadcastBundles().size();
    EXPECT_GE(broadcasts, 5U);
    EXPECT_LE(broadcasts, 14U);
    EXPECT_EQ(valueBundles().size(), 1U);
    milestone();
    const auto after = ledger.broadcastBundles().size();
    life->loop.runFor(std::chrono::minutes(30));
    EXPECT_EQ(ledger.broadcastBundles().size(), after);
}

TEST_F(WalletSettles, ByAttachingTheSameBundleAgain) {
    createWith({100});
    ledger.knobs.wantsReattachment = true;
    const auto id = send(30);
    life->loop.runFor(std::chrono::minutes(10));
    EXPECT_GE(ledger.tailsOf(transfer(id).bundle).size(), 2U);
    milestone();
    life->loop.runFor(std::chrono::minutes(10));
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(valueBundles().size(), 1U);
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(30));
}

TEST_F(WalletSettles, AsConflictingWhenTheFundsWentElsewhere) {
    createWith({100});
    const auto id = send(30);
    settle();
    const auto details = run(wallet().bundleDetails(transfer(id).bundle)).value();
    for (const auto& line : details.lines)
        if (line.value.count() < 0) ledger.fund(line.address, line.value);  // another bundle was included
    milestone();
    life->loop.runFor(60s);
    EXPECT_EQ(stateOf(id), TransferState::Conflicting);
    EXPECT_EQ(history()[0].state, TransferState::Conflicting);
    const auto broadcasts = ledger.broadcastCalls();
    life->loop.runFor(std::chrono::minutes(15));
    EXPECT_EQ(ledger.broadcastCalls(), broadcasts);
    restart();
    life->loop.runFor(std::chrono::minutes(15));
    EXPECT_EQ(ledger.broadcastCalls(), broadcasts);
    EXPECT_EQ(wallet().balance().pendingOut, Iotas());
}

TEST_F(WalletSettles, NotAsConflictingWhileItCouldStillBeIncluded) {
    createWith({100});
    const auto id = send(30);
    settle();
    const auto details = run(wallet().bundleDetails(transfer(id).bundle)).value();
    Address input;
    for (const auto& line : details.lines)
        if (line.value.count() < 0) input = line.address;
    ledger.fund(input, Iotas(-100));  // ordered before its funding
    ledger.milestone();
    ledger.fund(input, Iotas(100));
    life->loop.runFor(60s);
    EXPECT_EQ(stateOf(id), TransferState::Pending);
    EXPECT_EQ(ledger.tailsOf(transfer(id).bundle).size(), 2U);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(valueBundles().size(), 1U);
}

TEST_F(WalletSettles, ByAnAttachmentOfSomebodyElse) {
    createWith({100});
    std::vector<model::Transaction> copied;
    ledger.onBroadcast = [&](const std::vector<ledger::TransactionTrytes>& trytes) {
        for (const auto& t : trytes) copied.push_back(model::parseTransaction(t).value());
    };
    ledger.knobs.dropBroadcasts = true;
    const auto id = send(30);
    settle();
    ledger.knobs.dropBroadcasts = false;
    ledger.onBroadcast = nullptr;
    life->loop.clock.advance(1s);
    ledger::Attacher other(ledger, life->loop.pool, life->loop.clock);
    ASSERT_TRUE(run(other.attach(copied)).has_value());
    milestone();
    life->loop.runFor(std::chrono::minutes(1));
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(ledger.tailsOf(transfer(id).bundle).size(), 1U);
}

TEST_F(WalletSettles, WhenTheLedgerHasForgottenIt) {
    createWith({100});
    const auto id = send(30);
    settle();
    ledger.knobs.unreachable = true;
    ledger.milestone();
    settle();
    ledger.forget(transfer(id).bundle);
    ledger.knobs.unreachable = false;
    life->loop.runFor(60s);
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_TRUE(ledger.tailsOf(transfer(id).bundle).empty());
}

TEST_F(WalletSettles, AndRemembersTheConfirmation) {
    createWith({100});
    const auto id = send(30);
    milestone();
    ledger.knobs.forgetConfirmed = true;
    ledger.forget(transfer(id).bundle);
    restart();
    const auto broadcasts = ledger.broadcastCalls();
    life->loop.runFor(std::chrono::minutes(30));
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(history()[0].state, TransferState::Confirmed);
    EXPECT_EQ(ledger.broadcastCalls(), broadcasts);
}

TEST_F(WalletSettles, WhateverTheWallClockDoes) {
    createWith({100});
    ledger.knobs.wantsPromotion = true;
    const auto id = send(30);
    life->loop.clock.jumpWallClock(-std::chrono::hours(24 * 365));
    life->loop.runFor(std::chrono::minutes(1));
    const auto behind = ledger.broadcastBundles().size();
    EXPECT_GE(behind, 2U);
    life->loop.clock.jumpWallClock(std::chrono::hours(24 * 365 * 3));
    life->loop.runFor(std::chrono::minutes(2));
    EXPECT_GT(ledger.broadcastBundles().size(), behind);
    EXPECT_LE(ledger.broadcastBundles().size(), behind + 4);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
}

TEST_F(WalletSettles, TellsItsObservers) {
    createWith({100});
    int transfers = 0;
    Balance last;
    const auto a = wallet().transferChanged.add([&](const TransferId&) { ++transfers; });
    const auto b = wallet().changed.add([&](const Balance& balance) { last = balance; });
    (void)send(30);
    milestone();
    EXPECT_GE(transfers, 3);  // made, attached, confirmed
    EXPECT_EQ(last, wallet().balance());
    EXPECT_EQ(last.available, Iotas(70));
}

TEST_F(WalletSettles, ARefusalForGoodEndsTheTransferAndFreesItsFunds) {
    createWith({100});
    ledger.knobs.refused = {theirs()};
    ledger.knobs.tellsCoordinator = false;
    const auto id = send(30);
    settle();
    EXPECT_EQ(stateOf(id), TransferState::Refused);
    EXPECT_FALSE(transfer(id).taken);
    EXPECT_EQ(transfer(id).reason, "not to that address");
    EXPECT_EQ(history().front().state, TransferState::Refused);
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    EXPECT_EQ(wallet().balance().late, Iotas(0));
    ledger.knobs.refused.clear();
    life->loop.clock.advance(5s);  // else it would be the same bundle
    const auto next = send(40);
    milestone();
    EXPECT_EQ(stateOf(next), TransferState::Confirmed);
    EXPECT_EQ(wallet().balance().available, Iotas(60));
    EXPECT_EQ(stateOf(id), TransferState::Refused);
}

TEST_F(WalletSettles, WhatTheLedgerWillRefuseIsRefusedBeforehand) {
    createWith({100});
    ledger.knobs.refused = {theirs()};
    EXPECT_EQ(sendError(payment(30)), ErrorCode::Refused);
    EXPECT_EQ(sendError(payment(0)), ErrorCode::Refused);
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    EXPECT_TRUE(history().empty());
    EXPECT_EQ(ledger.broadcastCalls(), 0U);
}

TEST_F(WalletSettles, ANodesRefusalIsHearsayAndKeepsTheKeys) {
    createWith({100});
    ledger.knobs.refused = {theirs()};
    ledger.knobs.refusal = ErrorCode::InvalidArgument;
    ledger.knobs.tellsCoordinator = false;
    const auto id = send(30);
    settle();
    life->loop.runFor(std::chrono::hours(1));
    EXPECT_EQ(stateOf(id), TransferState::Pending);
    EXPECT_FALSE(transfer(id).tails.empty());
    EXPECT_FALSE(transfer(id).taken);
    ledger.knobs.refused.clear();
    life->loop.runFor(std::chrono::minutes(6));
    EXPECT_TRUE(transfer(id).taken);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
}

TEST_F(WalletSettles, ManyHopelessTransfersDoNotHoldUpAnother) {
    createWith({100});
    const auto hopeless = Address::parsePadded("HOPELESS").value();
    ledger.knobs.refused = {hopeless};
    ledger.knobs.refusal = ErrorCode::InvalidArgument;
    ledger.knobs.tellsCoordinator = false;
    for (int i = 0; i < 520; ++i) {
        SendRequest request;
        request.outputs.push_back({hopeless, Iotas(0), std::string(), Tag()});
        (void)run(wallet().send(request)).value();
        life->loop.clock.advance(1s);
    }
    const auto id = send(30);
    life->loop.runFor(std::chrono::minutes(2));
    EXPECT_TRUE(transfer(id).taken);
    milestone();
    life->loop.runFor(std::chrono::minutes(1));
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
}

TEST_F(WalletSettles, WhatWasStoredWithoutAnAnswerIsKnownAsTakenLater) {
    createWith({100});
    ledger.knobs.failBroadcasts = 1;
    const auto id = send(30);
    settle();
    EXPECT_FALSE(transfer(id).taken);
    life->loop.runFor(std::chrono::minutes(1));
    EXPECT_TRUE(transfer(id).taken);
}

}  // namespace
}  // namespace pegasus::wallet
