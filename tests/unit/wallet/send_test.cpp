// SPDX-License-Identifier: Apache-2.0
// Sending: inputs, remainder, refusals, and that no key signs twice.
#include <algorithm>

#include "fixture.hpp"

namespace pegasus::wallet {
namespace {

using WalletSend = WalletTest;

TEST_F(WalletSend, PaysAndKeepsTheRemainderOnAFreshAddress) {
    createWith({100});
    const auto id = send(30);
    settle();
    EXPECT_EQ(stateOf(id), TransferState::Pending);
    EXPECT_EQ(wallet().balance().available, Iotas());
    EXPECT_EQ(wallet().balance().pendingOut, Iotas(30));
    EXPECT_EQ(wallet().balance().pendingIn, Iotas(70));
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(30));
    const auto& now = wallet().balance();
    EXPECT_EQ(now.available, Iotas(70));
    EXPECT_EQ(now.pendingIn, Iotas());
    EXPECT_EQ(now.pendingOut, Iotas());
    EXPECT_EQ(now.late, Iotas());
}

TEST_F(WalletSend, SplitsWhatIsLeftSoThatTheNextPaymentsWaitForNoMilestone) {
    createWith({10'000});
    const auto outputsOf = [&](TransferId id) {
        const auto details = run(wallet().bundleDetails(transfer(id).bundle)).value();
        return std::ranges::count_if(details.lines, [](const BundleLine& l) { return l.own && l.value.count() > 0; });
    };
    int rounds = 0;
    for (int made = 0; made < 40; ++rounds, milestone()) {
        auto id = run(wallet().send(payment(100)));
        for (; id && made < 40; ++made) {
            EXPECT_LE(outputsOf(*id), 4);
            id = run(wallet().send(payment(100)));
        }
    }
    EXPECT_LE(rounds, 6);
    const auto own = run(wallet().addresses()).value();
    const auto spendable = std::ranges::count_if(own, [](const OwnAddress& a) { return !a.spent && a.balance.count() > 0; });
    EXPECT_EQ(spendable, 16);
    EXPECT_GE(wallet().balance().available, Iotas(5000));
}

TEST_F(WalletSend, DoesNotSplitWhatIsNotEnoughForAnotherPayment) {
    createWith({100});
    const auto id = send(60);
    milestone();
    EXPECT_EQ(run(wallet().bundleDetails(transfer(id).bundle)).value().lines.size(), 3U);
}

TEST_F(WalletSend, NeedsNoRemainderForTheWholeBalance) {
    createWith({100});
    const auto id = send(100);
    milestone();
    EXPECT_EQ(run(wallet().bundleDetails(transfer(id).bundle)).value().lines.size(), 2U);
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(100));
}

TEST_F(WalletSend, TakesSeveralInputsAtEverySecurityLevel) {
    options.security = crypto::SecurityLevel::Three;
    restart();
    createWith({10, 20, 30});
    const auto id = send(55);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(wallet().balance().available, Iotas(5));
}

TEST_F(WalletSend, SpendsTheRemainderNextAndNeverAnAddressTwice) {
    createWith({100});
    std::set<Address> inputs;
    for (int i = 0; i < 4; ++i) {
        const auto details = run(wallet().bundleDetails(transfer(send(10)).bundle)).value();
        for (const auto& line : details.lines) {
            if (line.value.count() < 0) {
                EXPECT_TRUE(inputs.insert(line.address).second);
            }
        }
        milestone();
    }
    EXPECT_EQ(wallet().balance().available, Iotas(60));
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(40));
}

TEST_F(WalletSend, SpendsConfirmedFundsOnly) {
    createWith({100});
    (void)send(30);
    EXPECT_EQ(sendError(payment(1)), ErrorCode::InsufficientFunds);  // the remainder is pending
    milestone();
    EXPECT_TRUE(run(wallet().send(payment(1))).has_value());
}

TEST_F(WalletSend, CarriesAMessageInItsFirstTransactions) {
    createWith({100});
    auto request = payment(30);
    request.outputs[0].messageTrytes = std::string(3000, 'M');
    request.outputs.push_back({Address::parsePadded("NOTE").value(), Iotas(), "HELLO", Tag::parsePadded("TAG").value()});
    const auto id = run(wallet().send(request)).value();
    milestone();
    const auto details = run(wallet().bundleDetails(transfer(id).bundle)).value();
    EXPECT_EQ(details.lines[0].messageTrytes.size() + details.lines[1].messageTrytes.size(), 3000U);
    EXPECT_EQ(details.lines[2].messageTrytes, "HELLO");
    EXPECT_EQ(details.state, TransferState::Confirmed);
}

TEST_F(WalletSend, SendsAMessageWhileLocked) {
    create();
    restart();
    auto request = payment(0);
    request.outputs[0].messageTrytes = "HELLO";
    const auto id = run(wallet().send(request)).value();
    const auto other = run(wallet().send(request)).value();
    EXPECT_NE(transfer(id).bundle, transfer(other).bundle);
    milestone();
    EXPECT_EQ(stateOf(id), TransferState::Confirmed);
    EXPECT_EQ(stateOf(other), TransferState::Confirmed);
}

TEST_F(WalletSend, SendsAMessageWithoutAWalletAndWhileItIsRestoring) {
    const auto early = run(wallet().send(payment(0, "listing 1"))).value();
    milestone();
    EXPECT_EQ(stateOf(early), TransferState::Confirmed);
    ledger.knobs.unreachable = true;
    must(wallet().restore(SecretBytes::fromText(std::string(81, 'A')), password()));
    restart();
    ledger.knobs.unreachable = false;
    ASSERT_TRUE(wallet().status().restoring);
    const auto late = run(wallet().send(payment(0, "listing 2"))).value();
    milestone();
    EXPECT_EQ(stateOf(late), TransferState::Confirmed);
}

TEST_F(WalletSend, IsRefusedWhileLocked) {
    createWith({100});
    wallet().lock();
    EXPECT_EQ(sendError(payment(10)), ErrorCode::Locked);
}

TEST_F(WalletSend, IsRefusedWithoutLeavingAnything) {
    createWith({100});
    EXPECT_EQ(sendError(payment(101)), ErrorCode::InsufficientFunds);
    EXPECT_EQ(sendError(SendRequest()), ErrorCode::InvalidArgument);
    auto request = payment(10);
    request.outputs[0].messageTrytes = "lower case";
    EXPECT_EQ(sendError(request), ErrorCode::InvalidArgument);
    request = payment(-10);
    EXPECT_EQ(sendError(request), ErrorCode::InvalidArgument);
    request = payment(10);
    request.outputs[0].address = Address::parse(std::string(81, 'M')).value();
    EXPECT_EQ(sendError(request), ErrorCode::InvalidArgument);
    request = payment(10);
    request.outputs[0].messageTrytes = std::string(2187 * 400, 'A');
    EXPECT_EQ(sendError(request), ErrorCode::LimitExceeded);
    ledger.knobs.unreachable = true;
    EXPECT_EQ(sendError(payment(10)), ErrorCode::Unreachable);
    ledger.knobs.unreachable = false;
    ledger.knobs.shortAnswers = true;
    EXPECT_EQ(sendError(payment(10)), ErrorCode::Corrupt);
    ledger.knobs.shortAnswers = false;
    EXPECT_TRUE(ledger.broadcastBundles().empty());
    EXPECT_TRUE(history().empty());
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(100));
}

TEST_F(WalletSend, IsRefusedToAnAddressThatWasSpentFrom) {
    createWith({100});
    ledger.markSpent(theirs());
    EXPECT_EQ(sendError(payment(10)), ErrorCode::AddressSpent);
    const auto id = run(wallet().send(payment(0)));
    EXPECT_TRUE(id.has_value());  // a message takes no harm there
}

TEST_F(WalletSend, IsRefusedToAnAddressOfOursThatHasSigned) {
    createWith({100, 50});
    const auto details = run(wallet().bundleDetails(transfer(send(60)).bundle)).value();
    auto request = payment(10);
    for (const auto& line : details.lines)
        if (line.value.count() < 0) request.outputs[0].address = line.address;
    ledger.knobs.dropBroadcasts = true;
    EXPECT_EQ(sendError(request), ErrorCode::AddressSpent);
}

TEST_F(WalletSend, LeavesAlonWhatTheLedgerCallsSpent) {
    create();
    const auto bad = fund(100);
    (void)fund(20);
    ledger.markSpent(bad);
    EXPECT_EQ(sendError(payment(50)), ErrorCode::InsufficientFunds);
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().available, Iotas(20));
    EXPECT_EQ(wallet().balance().late, Iotas(100));
}

TEST_F(WalletSend, MakesOneTransferOfOneReference) {
    createWith({100, 100});
    const auto first = run(wallet().send(payment(10, "order 1"))).value();
    restart();
    EXPECT_EQ(run(wallet().send(payment(10, "order 1"))).value(), first);
    EXPECT_EQ(sendError(payment(11, "order 1")), ErrorCode::AlreadyExists);
    EXPECT_EQ(run(wallet().transferByReference("order 1")).value().id, first);
    EXPECT_EQ(run(wallet().transferByReference("order 2")).error().code, ErrorCode::NotFound);
    milestone();
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(10));
}

TEST_F(WalletSend, SerialisesWhatIsSentAtTheSameTime) {
    createWith({100, 100});
    std::vector<Result<TransferId>> outcomes;
    auto one = [&]() -> Async<void> { outcomes.push_back(co_await wallet().send(payment(60))); };
    for (int i = 0; i < 3; ++i) life->loop.spawn("send", one());
    settle();
    milestone();
    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_EQ(std::ranges::count_if(outcomes, [](const auto& o) { return o.has_value(); }), 2);
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(120));
}

TEST_F(WalletSend, CountsAPaymentToItselfAsInternal) {
    createWith({100});
    auto request = payment(40);
    request.outputs[0].address = run(wallet().newAddress(std::string())).value();
    (void)run(wallet().send(request)).value();
    milestone();
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    ASSERT_EQ(history().size(), 1U);
    EXPECT_EQ(history()[0].direction, Direction::Internal);
}

}  // namespace
}  // namespace pegasus::wallet
