// SPDX-License-Identifier: Apache-2.0
// Copies of a wallet's state that are put back, or run beside their original: no key signs two bundles.
#include <algorithm>
#include <map>
#include <random>

#include "fixture.hpp"
#include "ledger/bundles.hpp"

namespace pegasus::wallet {
namespace {

namespace fs = std::filesystem;

class Copies : public WalletTest {
protected:
    void stop() {
        clock.target = &ledgerLoop.clock;
        life.reset();
    }
    void keepAs(const fs::path& to) {
        stop();
        fs::copy_file(dir.path() / "state.db", to, fs::copy_options::overwrite_existing);
    }
    void putBack(const fs::path& from) {
        stop();
        fs::remove(dir.path() / "state.db-wal");
        fs::copy_file(from, dir.path() / "state.db", fs::copy_options::overwrite_existing);
        startUnlocked();
    }
    void startUnlocked() {
        startLife();
        must(wallet().unlock(password()));
        settle();
    }
    /// Addresses that sign more than one bundle of the ledger, confirmed or not.
    std::size_t keysUsedTwice() {
        std::map<Address, std::set<Hash>> bundles;
        for (const auto& bundle : ledger.broadcastBundles()) {
            const auto tails = ledger.tailsOf(bundle);
            if (tails.empty()) continue;
            const auto whole = run(ledger::fetchBundle(ledger, life->loop.pool, tails.front()));
            if (!whole) continue;
            for (const auto& one : whole->transactions)
                if (one.transaction.value < 0) bundles[one.transaction.address].insert(bundle);
        }
        return static_cast<std::size_t>(
            std::ranges::count_if(bundles, [](const auto& one) { return one.second.size() > 1; }));
    }
    fs::path copy(int i) const { return dir.path() / ("copy" + std::to_string(i)); }
};

TEST_F(Copies, AKeyThatSignedSinceSignsNothingElse) {
    ledger.knobs.hidesPendingSpends = true;  // a node that tells what is confirmed only
    createWith({100, 70});
    keepAs(copy(0));
    startUnlocked();
    send(60);  // takes the address of 70; not confirmed
    settle();
    ASSERT_EQ(valueBundles().size(), 1U);
    putBack(copy(0));
    send(50);
    settle();
    EXPECT_EQ(valueBundles().size(), 2U);
    EXPECT_EQ(keysUsedTwice(), 0U);
    EXPECT_EQ(sendError(payment(10)), ErrorCode::InsufficientFunds);  // what is left hangs on keys that have signed
}

TEST_F(Copies, AForgedClaimOnAnAddressKeepsNobodyFromSpending) {
    ledger.knobs.hidesPendingSpends = true;
    createWith({100});
    const auto own = run(wallet().addresses()).value().front().address;
    model::BundlePlan plan;
    plan.outputs.push_back({theirs(), Iotas(100), Tag(), std::string()});
    plan.inputs.push_back({own, Iotas(100), kLevel, Tag()});
    plan.timestamp = 1;
    auto draft = model::buildBundle(plan).value();  // unsigned
    ledger::Attacher attacher(ledger, life->loop.pool, life->loop.clock);
    ASSERT_TRUE(run(attacher.attach(std::move(draft.transactions))));
    const auto id = send(60);
    settle();
    EXPECT_FALSE(ledger.tailsOf(transfer(id).bundle).empty());
}

TEST_F(Copies, WhileInDoubtNothingIsSpent) {
    createWith({100});
    wallet().setDoubt("a copy");
    const auto refused = run(wallet().send(payment(10)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidState);
    EXPECT_EQ(refused.error().message, "a copy");
    wallet().setDoubt({});
    send(10);
}

TEST_F(Copies, AtRandomTimesNoKeySignsTwice) {
    constexpr int kPairs = 250;
    ledger.knobs.hidesPendingSpends = true;
    create();
    keepAs(copy(0));
    int kept = 1;
    std::mt19937 dice(3);
    for (int pair = 0; pair < kPairs; ++pair) {
        putBack(copy(static_cast<int>(dice() % static_cast<unsigned>(kept))));
        life->loop.clock.advance(std::chrono::hours(pair));  // bundles of one second would be one bundle
        const auto receive = run(wallet().receiveAddress());
        if (receive && dice() % 2 == 0) ledger.fund(*receive, Iotas(20));
        for (auto sends = dice() % 3; sends > 0; --sends) {
            (void)run(wallet().send(payment(1 + static_cast<int>(dice() % 15))));  // may lack funds
            settle();
            if (dice() % 2 == 0) milestone();
        }
        const int place = kept < 6 ? kept++ : static_cast<int>(dice() % 6);
        keepAs(copy(place));
    }
    startUnlocked();
    EXPECT_GT(valueBundles().size(), 50U);
    EXPECT_EQ(keysUsedTwice(), 0U);
}

}  // namespace
}  // namespace pegasus::wallet
