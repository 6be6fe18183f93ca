// SPDX-License-Identifier: Apache-2.0
// Seed, password, locking, restoring.
#include "fixture.hpp"

namespace pegasus::wallet {
namespace {

using WalletSeed = WalletTest;
using WalletRestore = WalletTest;

TEST_F(WalletSeed, IsUnlockedWhenItIsNewAndLockedAfterARestart) {
    create();
    EXPECT_FALSE(wallet().status().locked);
    restart();
    EXPECT_TRUE(wallet().status().exists);
    EXPECT_TRUE(wallet().status().locked);
    must(wallet().unlock(password()));
    EXPECT_FALSE(wallet().status().locked);
}

TEST_F(WalletSeed, OpensToItsPasswordOnly) {
    create();
    wallet().lock();
    EXPECT_EQ(codeOf(wallet().unlock(password("wrong horse"))), ErrorCode::AuthenticationFailed);
    EXPECT_TRUE(wallet().status().locked);
    EXPECT_EQ(run(wallet().exportSeed(password("wrong horse"))).error().code, ErrorCode::AuthenticationFailed);
}

TEST_F(WalletSeed, MakesGuessingSlow) {
    create();
    wallet().lock();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(codeOf(wallet().unlock(password("wrong horse"))), ErrorCode::AuthenticationFailed);
    EXPECT_EQ(codeOf(wallet().unlock(password())), ErrorCode::LimitExceeded);
    life->loop.clock.jumpWallClock(std::chrono::hours(1));
    EXPECT_EQ(codeOf(wallet().unlock(password())), ErrorCode::LimitExceeded);
    life->loop.runFor(1s);
    EXPECT_EQ(codeOf(wallet().unlock(password("wrong horse"))), ErrorCode::AuthenticationFailed);
    life->loop.runFor(1s);
    EXPECT_EQ(codeOf(wallet().unlock(password())), ErrorCode::LimitExceeded);
    life->loop.runFor(1s);
    must(wallet().unlock(password()));
}

TEST_F(WalletSeed, RefusesAShortPasswordAndASecondWallet) {
    EXPECT_EQ(codeOf(wallet().create(password("short"))), ErrorCode::InvalidArgument);
    EXPECT_FALSE(wallet().status().exists);
    create();
    EXPECT_EQ(codeOf(wallet().create(password())), ErrorCode::AlreadyExists);
    EXPECT_EQ(codeOf(wallet().restore(SecretBytes::fromText(std::string(81, 'A')), password())),
              ErrorCode::AlreadyExists);
}

TEST_F(WalletSeed, IsNotFoundBeforeThereIsOne) {
    EXPECT_EQ(codeOf(wallet().unlock(password())), ErrorCode::NotFound);
    EXPECT_EQ(run(wallet().receiveAddress()).error().code, ErrorCode::NotFound);
    EXPECT_EQ(sendError(payment(1)), ErrorCode::NotFound);
}

TEST_F(WalletSeed, ChangesItsPasswordForGood) {
    create();
    const auto seed = run(wallet().exportSeed(password())).value();
    EXPECT_EQ(codeOf(wallet().changePassword(password("wrong horse"), password("another one"))),
              ErrorCode::AuthenticationFailed);
    EXPECT_EQ(codeOf(wallet().changePassword(password(), password("short"))), ErrorCode::InvalidArgument);
    must(wallet().changePassword(password(), password("another one")));
    restart();
    EXPECT_EQ(codeOf(wallet().unlock(password())), ErrorCode::AuthenticationFailed);
    must(wallet().unlock(password("another one")));
    EXPECT_TRUE(run(wallet().exportSeed(password("another one"))).value() == seed);
}

TEST_F(WalletSeed, IsNotInTheDatabaseAsText) {
    create();
    const auto seed = run(wallet().exportSeed(password())).value();
    life.reset();
    for (const auto& file : std::filesystem::directory_iterator(dir.path())) {
        FILE* f = fopen(file.path().c_str(), "r");
        std::string content(std::filesystem::file_size(file.path()), '\0');
        content.resize(fread(content.data(), 1, content.size(), f));
        fclose(f);
        EXPECT_EQ(content.find(seed.text().substr(0, 20)), std::string::npos) << file.path();
    }
    startLife();
}

TEST_F(WalletSeed, LocksItselfAfterATimeWithoutUse) {
    options.autoLock = std::chrono::minutes(5);
    restart();
    create();
    std::vector<bool> changes;
    const auto handle = wallet().lockedChanged.add([&](const bool& locked) { changes.push_back(locked); });
    life->loop.runFor(std::chrono::minutes(4));
    EXPECT_FALSE(wallet().status().locked);
    life->loop.clock.jumpWallClock(std::chrono::hours(24));
    life->loop.runFor(30s);
    EXPECT_FALSE(wallet().status().locked);
    life->loop.runFor(std::chrono::minutes(1));
    EXPECT_TRUE(wallet().status().locked);
    EXPECT_EQ(changes, std::vector<bool>{true});
}

TEST_F(WalletRestore, FindsFundsAndUsedIndicesBeforeAnythingIsSpent) {
    createWith({100, 50});
    (void)send(30);
    milestone();
    const auto before = wallet().balance();
    const auto seed = run(wallet().exportSeed(password())).value();
    life.reset();
    std::filesystem::remove(dir.path() / "state.db");
    std::filesystem::remove(dir.path() / "state.db-wal");
    std::filesystem::remove(dir.path() / "state.db-shm");
    ledger.knobs.unreachable = true;
    startLife();
    std::uint64_t restored = 0;
    const auto handle = wallet().restored.add([&](const std::uint64_t& count) { restored = count; });
    must(wallet().restore(seed.clone(), password()));
    EXPECT_EQ(restored, 1U);
    life->loop.runFor(60s);
    EXPECT_TRUE(wallet().status().restoring);
    EXPECT_FALSE(wallet().status().detail.empty());
    EXPECT_EQ(sendError(payment(10)), ErrorCode::InvalidState);
    EXPECT_EQ(run(wallet().receiveAddress()).error().code, ErrorCode::InvalidState);

    restart();  // still restoring, and locked
    ledger.knobs.unreachable = false;
    life->loop.runFor(60s);
    EXPECT_TRUE(wallet().status().restoring);
    must(wallet().unlock(password()));
    life->loop.runFor(60s);
    EXPECT_FALSE(wallet().status().restoring);
    EXPECT_EQ(wallet().status().restoreCount, 1U);
    EXPECT_EQ(wallet().balance().available, before.available);
    EXPECT_EQ(wallet().balance().late, Iotas());
    EXPECT_EQ(history().size(), 1U);
    EXPECT_EQ(history()[0].direction, Direction::Outgoing);
    EXPECT_EQ(history()[0].amount, Iotas(30));
    (void)send(5);
    milestone();
    EXPECT_EQ(ledger.balanceOf(theirs()), Iotas(35));
}

TEST_F(WalletRestore, NeverHandsOutWhatWasSpentFrom) {
    createWith({100});
    (void)send(100);
    milestone();
    std::set<Address> out;
    const auto addresses = run(wallet().addresses()).value();
    for (const auto& own : addresses) out.insert(own.address);
    const auto seed = run(wallet().exportSeed(password())).value();
    life.reset();
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(dir.path() / (std::string("state.db") + suffix));
    startLife();
    must(wallet().restore(seed.clone(), password()));
    life->loop.runFor(60s);
    const auto address = run(wallet().receiveAddress()).value();
    EXPECT_FALSE(out.contains(address));
}

TEST_F(WalletRestore, RefusesWhatIsNoSeed) {
    for (const auto* text : {"", "A", "abc"})
        EXPECT_EQ(codeOf(wallet().restore(SecretBytes::fromText(text), password())), ErrorCode::InvalidArgument);
    const auto outcome = run(wallet().restore(SecretBytes::fromText(std::string(81, '8')), password()));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message.find("8888"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::wallet
