// SPDX-License-Identifier: Apache-2.0
// What others pay, late funds, pages of history.
#include "fixture.hpp"
#include "keys/signer.hpp"

namespace pegasus::wallet {
namespace {

struct WalletHistory : WalletTest {
    /// Somebody else pays `to`; the payer's key `index` is used once. Returns the bundle.
    Hash payTo(const Address& to, std::int64_t amount, bool funded = true) {
        const auto index = nextIndex++;
        const auto from = run(payer.address({index, kLevel})).value();
        if (funded) ledger.fund(from, Iotas(amount));
        model::BundlePlan plan;
        plan.outputs.push_back({to, Iotas(amount), Tag(), std::string()});
        plan.inputs.push_back({from, Iotas(amount), kLevel, Tag()});
        plan.timestamp = 1'600'000'000;
        auto complete = run(payer.sign(model::buildBundle(plan).value(), {{index, kLevel}})).value();
        const auto bundle = complete[0].bundle;
        attach(std::move(complete));
        return bundle;
    }
    void attach(std::vector<model::Transaction> transactions) {
        ledger::Attacher attacher(ledger, life->loop.pool, life->loop.clock);
        ASSERT_TRUE(run(attacher.attach(std::move(transactions))).has_value());
    }
    test::InlinePool pool;
    test::FakeRandom theirRandom{99};
    keys::Signer payer{crypto::Seed::generate(theirRandom), pool};
    crypto::KeyIndex nextIndex = 0;
};

TEST_F(WalletHistory, ShowsAPaymentPendingThenConfirmed) {
    create();
    const auto address = run(wallet().receiveAddress()).value();
    const auto bundle = payTo(address, 42);
    life->loop.runFor(10s);
    ASSERT_EQ(history().size(), 1U);
    EXPECT_EQ(history()[0].bundle, bundle);
    EXPECT_EQ(history()[0].direction, Direction::Incoming);
    EXPECT_EQ(history()[0].state, TransferState::Pending);
    EXPECT_EQ(wallet().balance().pendingIn, Iotas(42));
    EXPECT_EQ(wallet().balance().available, Iotas());
    EXPECT_NE(run(wallet().receiveAddress()).value(), address);
    milestone();
    EXPECT_EQ(history()[0].state, TransferState::Confirmed);
    EXPECT_EQ(wallet().balance().pendingIn, Iotas());
    EXPECT_EQ(wallet().balance().available, Iotas(42));
    restart();
    ledger.forget(bundle);
    life->loop.runFor(60s);
    EXPECT_EQ(history()[0].state, TransferState::Confirmed);
    EXPECT_EQ(wallet().balance().available, Iotas(42));
}

TEST_F(WalletHistory, SeesPaymentsWhileLocked) {
    create();
    const auto address = run(wallet().receiveAddress()).value();
    restart();
    (void)payTo(address, 42);
    milestone();
    EXPECT_EQ(wallet().balance().available, Iotas(42));
    EXPECT_EQ(history().size(), 1U);
}

TEST_F(WalletHistory, CountsAPaymentOnceHoweverOftenItIsAttached) {
    create();
    const auto address = run(wallet().receiveAddress()).value();
    const auto bundle = payTo(address, 42);
    life->loop.clock.advance(1s);
    ledger::Attacher attacher(ledger, life->loop.pool, life->loop.clock);
    ASSERT_TRUE(run(attacher.reattach(ledger.tailsOf(bundle)[0])).has_value());
    life->loop.runFor(10s);
    EXPECT_EQ(wallet().balance().pendingIn, Iotas(42));
    milestone();
    EXPECT_EQ(history().size(), 1U);
    EXPECT_EQ(history()[0].state, TransferState::Confirmed);
    EXPECT_EQ(wallet().balance().available, Iotas(42));
}

TEST_F(WalletHistory, ShowsAPaymentFromAnEmptyAddressAsConflicting) {
    create();
    (void)payTo(run(wallet().receiveAddress()).value(), 42, false);
    life->loop.runFor(10s);
    milestone();
    ASSERT_EQ(history().size(), 1U);
    EXPECT_EQ(history()[0].state, TransferState::Conflicting);
    EXPECT_EQ(wallet().balance().available, Iotas());
    EXPECT_EQ(wallet().balance().pendingIn, Iotas());
}

TEST_F(WalletHistory, IgnoresJunkOnItsAddresses) {
    create();
    const auto address = run(wallet().receiveAddress()).value();
    model::Transaction junk;
    junk.address = address;
    junk.value = 1'000'000;
    junk.lastIndex = 5;
    junk.bundle = Hash::parsePadded("JUNK").value();
    ledger.inject(model::serialize(junk));
    junk.value = 0;
    ledger.inject(model::serialize(junk));
    (void)payTo(address, 42);
    life->loop.runFor(std::chrono::minutes(10));
    milestone();
    EXPECT_EQ(history().size(), 1U);
    EXPECT_EQ(wallet().balance().available, Iotas(42));
    EXPECT_TRUE(wallet().status().detail.empty());
}

TEST_F(WalletHistory, ReportsFundsThatCameTooLateAndLeavesThemAlone) {
    createWith({100});
    const auto details = run(wallet().bundleDetails(transfer(send(100)).bundle)).value();
    milestone();
    for (const auto& line : details.lines)
        if (line.value.count() < 0) (void)payTo(line.address, 7);
    milestone();
    life->loop.runFor(std::chrono::minutes(3));
    EXPECT_EQ(wallet().balance().late, Iotas(7));
    EXPECT_EQ(wallet().balance().available, Iotas());
    EXPECT_EQ(sendError(payment(1)), ErrorCode::InsufficientFunds);
}

TEST_F(WalletHistory, ComesInPages) {
    createWith({10, 10, 10});
    for (int i = 0; i < 3; ++i) {
        (void)send(10);
        milestone();
    }
    const auto first = run(wallet().history(2, std::nullopt)).value();
    ASSERT_EQ(first.entries.size(), 2U);
    ASSERT_TRUE(first.next.has_value());
    const auto second = run(wallet().history(2, first.next)).value();
    ASSERT_EQ(second.entries.size(), 1U);
    EXPECT_FALSE(second.next.has_value());
    EXPECT_LT(second.entries[0].cursor, first.entries[1].cursor);
}

TEST_F(WalletHistory, KnowsDetailsOfForeignBundlesAndOfNoOther) {
    create();
    const auto address = run(wallet().receiveAddress()).value();
    const auto bundle = payTo(address, 42);
    life->loop.runFor(10s);
    const auto details = run(wallet().bundleDetails(bundle)).value();
    ASSERT_EQ(details.lines.size(), 2U);
    EXPECT_TRUE(details.lines[0].own);
    EXPECT_FALSE(details.lines[1].own);
    EXPECT_EQ(run(wallet().bundleDetails(Hash())).error().code, ErrorCode::NotFound);
}

TEST_F(WalletHistory, GoesOnWhenTheLedgerComesBack) {
    create();
    const auto address = run(wallet().receiveAddress()).value();
    ledger.knobs.unreachable = true;
    life->loop.runFor(60s);
    EXPECT_FALSE(wallet().status().detail.empty());
    ledger.knobs.unreachable = false;
    (void)payTo(address, 42);
    milestone();
    EXPECT_TRUE(wallet().status().detail.empty());
    EXPECT_EQ(wallet().balance().available, Iotas(42));
}

// ---- what a node says is not yet true ----

TEST_F(WalletHistory, ANodesWordThatAnAddressWasSpentIsTakenBackWithIt) {
    create();
    const auto address = fund(100);
    ledger.markSpent(address);
    EXPECT_EQ(sendError(payment(10)), ErrorCode::InsufficientFunds);
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().late, Iotas(100));
    ledger.unmarkSpent(address);
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    const auto id = send(10);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
}

TEST_F(WalletHistory, BalancesThatExceedTheSupplyAreNotBelieved) {
    createWith({50, 50});
    ledger.knobs.everyBalance = Iotas(model::kSupply);
    const auto looked = run(wallet().poll());
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().code, ErrorCode::Corrupt);
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    ledger.knobs.everyBalance.reset();
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
}

TEST_F(WalletHistory, StartsWhateverItsDatabaseLearnt) {
    createWith({50, 50});
    const auto lie = [](store::Connection& c) -> Result<void> {
        SQLite::Statement(c, "UPDATE wallet_address SET balance = 2779530283277761").exec();
        return {};
    };
    ASSERT_TRUE(life->database->runNow(lie));
    restart();
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
}

TEST_F(WalletHistory, FollowsWhatAnotherCopyOfTheSeedReceives) {
    create();
    const auto third = [](store::Connection& c) -> Result<std::string> {
        SQLite::Statement query(c, "SELECT address FROM keys_key WHERE state = 0 ORDER BY idx LIMIT 1 OFFSET 2");
        query.executeStep();
        return query.getColumn(0).getString();
    };
    const auto address = Address::parse(life->database->runNow(third).value()).value();
    ledger.knobs.everyBalance = Iotas(7);  // a node's word alone
    must(wallet().poll());
    ledger.knobs.everyBalance.reset();
    must(wallet().poll());
    EXPECT_EQ(life->database->runNow(third).value(), address.str());
    payTo(address, 100);
    milestone();
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    const auto id = send(30);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(wallet().balance().available, Iotas(70));
}

}  // namespace
}  // namespace pegasus::wallet
