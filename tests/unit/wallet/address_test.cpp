// SPDX-License-Identifier: Apache-2.0
// Addresses: rotation, holding, what is handed out while locked.
#include "fixture.hpp"
#include "wallet/selection.hpp"

namespace pegasus::wallet {
namespace {

using WalletAddress = WalletTest;

TEST_F(WalletAddress, StaysTheSameUntilItWasUsed) {
    create();
    const auto first = run(wallet().receiveAddress()).value();
    restart();
    EXPECT_EQ(run(wallet().receiveAddress()).value(), first);
    ledger.fund(first, Iotas(5));
    const auto second = run(wallet().receiveAddress()).value();
    EXPECT_NE(second, first);
    ledger.markSpent(second);
    EXPECT_NE(run(wallet().receiveAddress()).value(), second);
}

TEST_F(WalletAddress, IsGivenWhileLockedAsLongAsSomeAreReady) {
    create();
    restart();
    std::set<Address> given;
    for (std::size_t i = 0; i < options.readyAddresses; ++i)
        EXPECT_TRUE(given.insert(run(wallet().reserveAddress("offer")).value()).second);
    ledger.fund(*given.begin(), Iotas(1));
    options.gapLimit = 50;
    restart();
    EXPECT_EQ(run(wallet().reserveAddress("offer")).error().code, ErrorCode::Locked);
    must(wallet().unlock(password()));
    EXPECT_TRUE(given.insert(run(wallet().reserveAddress("offer")).value()).second);
}

TEST_F(WalletAddress, IsRefusedBeyondTheGapOfARecovery) {
    create();
    for (std::size_t i = 0; i < options.gapLimit; ++i) ASSERT_TRUE(run(wallet().newAddress("a")).has_value());
    EXPECT_EQ(run(wallet().newAddress("a")).error().code, ErrorCode::LimitExceeded);
}

TEST_F(WalletAddress, IsNotGivenWhenTheLedgerCannotBeAsked) {
    create();
    ledger.knobs.unreachable = true;
    EXPECT_EQ(run(wallet().receiveAddress()).error().code, ErrorCode::Unreachable);
    ledger.knobs.unreachable = false;
    ledger.knobs.shortAnswers = true;
    EXPECT_EQ(run(wallet().receiveAddress()).error().code, ErrorCode::Corrupt);
}

TEST_F(WalletAddress, IsNeverAnInputWhileItIsHeld) {
    create();
    const auto announced = run(wallet().reserveAddress("offer")).value();
    ledger.fund(announced, Iotas(100));
    must(wallet().poll());
    EXPECT_EQ(wallet().balance().reserved, Iotas(100));
    EXPECT_EQ(sendError(payment(10)), ErrorCode::InsufficientFunds);
    restart();
    must(wallet().unlock(password()));
    EXPECT_EQ(sendError(payment(10)), ErrorCode::InsufficientFunds);
    must(wallet().releaseAddress(announced));
    EXPECT_EQ(wallet().balance().available, Iotas(100));
    (void)send(10);
    EXPECT_EQ(codeOf(wallet().holdAddress(announced)), ErrorCode::InvalidState);
    EXPECT_EQ(codeOf(wallet().holdAddress(theirs())), ErrorCode::NotFound);
}

TEST_F(WalletAddress, KeepsThePurposeItWasReservedFor) {
    create();
    const auto address = run(wallet().reserveAddress("listing garden")).value();
    restart();
    const auto own = run(wallet().addresses()).value();
    ASSERT_EQ(own.size(), 1U);
    EXPECT_EQ(own[0].address, address);
    EXPECT_EQ(own[0].purpose, "listing garden");
    EXPECT_TRUE(own[0].held);
    for (const auto* taken : {"", "receive", "receive mail", "remainder", "restored"})
        EXPECT_EQ(run(wallet().reserveAddress(taken)).error().code, ErrorCode::InvalidArgument) << taken;
}

TEST_F(WalletAddress, IsNotShownToBePaidWhileItIsHeld) {
    create();
    const auto shown = run(wallet().receiveAddress()).value();
    must(wallet().holdAddress(shown));
    EXPECT_NE(run(wallet().receiveAddress()).value(), shown);
}

Candidate candidate(std::uint64_t index, std::int64_t balance, bool expectsMore = false) {
    Candidate out;
    out.entry.key.index = index;
    out.balance = Iotas(balance);
    out.expectsMore = expectsMore;
    return out;
}

std::vector<std::uint64_t> chosen(const std::vector<Candidate>& candidates, std::int64_t target) {
    std::vector<std::uint64_t> out;
    const auto selected = selectInputs(candidates, Iotas(target), 3);
    if (selected)
        for (const auto& c : *selected) out.push_back(c.entry.key.index);
    return out;
}

TEST(Selection, TakesTheSmallestAddressThatIsEnough) {
    const std::vector<Candidate> all{candidate(0, 5), candidate(1, 100), candidate(2, 20), candidate(3, 0)};
    EXPECT_EQ(chosen(all, 20), std::vector<std::uint64_t>{2});
    EXPECT_EQ(chosen(all, 21), std::vector<std::uint64_t>{1});
    EXPECT_EQ(chosen(all, 110), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(chosen(all, 125), (std::vector<std::uint64_t>{1, 2, 0}));
}

TEST(Selection, SparesAddressesThatExpectMore) {
    const std::vector<Candidate> all{candidate(0, 10, true), candidate(1, 100)};
    EXPECT_EQ(chosen(all, 5), std::vector<std::uint64_t>{1});
    EXPECT_EQ(chosen(all, 105), (std::vector<std::uint64_t>{1, 0}));
}

TEST(Selection, SplitsChangeIntoPartsThatAreEnoughForMore) {
    const auto parts = [](std::int64_t left, std::int64_t amount, std::size_t present) {
        return splitChange(Iotas(left), Iotas(amount), present, 16);
    };
    EXPECT_EQ(parts(1003, 10, 0), (std::vector<Iotas>{Iotas(250), Iotas(250), Iotas(250), Iotas(253)}));
    EXPECT_EQ(parts(29, 10, 0), (std::vector<Iotas>{Iotas(14), Iotas(15)}));
    EXPECT_EQ(parts(1000, 10, 15), std::vector<Iotas>{Iotas(1000)});
    EXPECT_EQ(parts(1000, 10, 20), std::vector<Iotas>{Iotas(1000)});
    EXPECT_EQ(parts(5, 10, 0), std::vector<Iotas>{Iotas(5)});
}

TEST(Selection, SaysWhatIsMissing) {
    EXPECT_EQ(selectInputs({candidate(0, 5)}, Iotas(6), 3).error().code, ErrorCode::InsufficientFunds);
    EXPECT_EQ(selectInputs({}, Iotas(1), 3).error().code, ErrorCode::InsufficientFunds);
    const std::vector<Candidate> small{candidate(0, 1), candidate(1, 1), candidate(2, 1), candidate(3, 1)};
    EXPECT_EQ(selectInputs(small, Iotas(4), 3).error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace pegasus::wallet
