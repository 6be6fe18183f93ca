// SPDX-License-Identifier: Apache-2.0
// No leaf signs twice: states that were copied and put back, ledgers that forgot or were set back, two machines with one state.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "gateway.hpp"

namespace pegasus::stream {
namespace {

using Origin = Gateway::Origin;

void copyState(const std::filesystem::path& from, const std::filesystem::path& to) {
    for (const char* file : {"state.db", "state.db-wal"}) std::filesystem::remove(to / file);
    for (const char* file : {"state.db", "state.db-wal", "machine.key"})
        if (std::filesystem::exists(from / file))
            std::filesystem::copy_file(from / file, to / file, std::filesystem::copy_options::overwrite_existing);
}

/// Addresses at which more than one message stands. Two messages of one second have one bundle hash.
std::size_t leavesUsedTwice(World& world) {
    std::map<model::Address, std::set<std::string>> messages;
    std::set<model::Hash> bundles;
    for (const auto& bundle : world.ledger.broadcastBundles()) bundles.insert(bundle);
    for (const auto& bundle : bundles) {
        const auto tails = world.loop.run(world.ledger.transactions(world.ledger.tailsOf(bundle))).value();
        for (const auto& tail : tails)
            if (!tail->transaction.address.isNull())
                messages[tail->transaction.address].insert(tail->transaction.signatureMessageFragment.str());
    }
    return static_cast<std::size_t>(std::ranges::count_if(messages, [](const auto& one) { return one.second.size() > 1; }));
}

std::vector<int> valuesAt(World& world, const Access& access) {
    return valuesOf(readChannel(world, access.root, std::string(access.sideKey.text())));
}

/// A first life of `before` messages, its state, and a second life of `since` more that the state does not know.
class PutBack : public testing::Test {
protected:
    Access liveTwice(int before, int since) {
        Gateway first(world, folder.path());
        first.start();
        EXPECT_TRUE(first.add(Gateway::spec()));
        auto access = first.access();
        if (before > 0) first.sample();
        if (before > 1) first.turns(before - 1);
        first.loop.runFor(1s);
        world.ledger.milestone();
        first.loop.settle();
        first.snapshot(backup.path());
        if (before == 0 && since > 0) first.sample();
        first.turns(before == 0 ? since - 1 : since);
        first.loop.runFor(1s);
        return access;
    }
    std::unique_ptr<Gateway> restored(double firstValue, Origin origin = {1, false, 7}) {
        auto gateway = std::make_unique<Gateway>(world, backup.path(), firstValue, StreamLimits(), origin);
        gateway->start();
        gateway->sample();
        return gateway;
    }

    World world;
    const test::TempDir folder;
    const test::TempDir backup;
};

TEST_F(PutBack, GoesOnBehindWhatWasPublishedSince) {
    const auto access = liveTwice(3, 2);
    auto gateway = restored(6);
    gateway->turns(2);
    EXPECT_EQ(valuesAt(world, access), upTo(8));
    EXPECT_EQ(gateway->info().epoch, 1U);
    EXPECT_EQ(leavesUsedTwice(world), 0U);
    EXPECT_EQ(gateway->info().lastError, "");
}

TEST_F(PutBack, FindsItsPlaceBehindHundredsInAFewCalls) {
    const auto access = liveTwice(3, 200);
    const auto before = world.ledger.findCalls();
    Gateway gateway(world, backup.path(), 204, StreamLimits(), {1, false, 7});
    gateway.start();
    gateway.loop.runFor(1s);
    EXPECT_LE(world.ledger.findCalls() - before, 8U);
    EXPECT_EQ(gateway.access().message, 203U);
    gateway.sample();
    gateway.turns(1);
    EXPECT_EQ(leavesUsedTwice(world), 0U);
    EXPECT_EQ(valuesAt(world, access).size(), 205U);
}

TEST_F(PutBack, ARestartWithNothingSinceCostsTwoQuestionsAndOneForWhatIsPending) {
    liveTwice(3, 0);
    const auto before = world.ledger.findCalls();
    Gateway gateway(world, backup.path(), 4, StreamLimits(), {0, false, 7});
    gateway.start();
    gateway.loop.runFor(1s);
    EXPECT_EQ(world.ledger.findCalls() - before, 3U);
    EXPECT_EQ(gateway.access().message, 3U);
}

TEST_F(PutBack, IsTakenForOldWithoutBeingACopyToo) {
    // A disk image that was set back keeps every file's identity.
    const auto access = liveTwice(3, 2);
    auto gateway = restored(6, {0, false, 7});
    gateway->turns(1);
    EXPECT_EQ(valuesAt(world, access), upTo(7));
    EXPECT_EQ(leavesUsedTwice(world), 0U);
}

TEST_F(PutBack, BeginsANewChannelWhereTheLedgerHasPrunedWhatCouldProveIt) {
    liveTwice(3, 2);
    for (const auto& bundle : world.ledger.broadcastBundles()) world.ledger.forget(bundle);
    auto gateway = restored(6);
    gateway->loop.settle();
    EXPECT_GT(gateway->info().epoch, 1U);
    const auto access = gateway->access();
    gateway->turns(2);
    EXPECT_EQ(valuesAt(world, access), (std::vector<int>{7, 8}));
}

TEST_F(PutBack, BeginsANewChannelAfterALongRestToo) {
    // No copy, but the ledger has forgotten everything: it proves nothing.
    liveTwice(3, 0);
    for (const auto& bundle : world.ledger.broadcastBundles()) world.ledger.forget(bundle);
    auto gateway = restored(4, {0, false, 7});
    gateway->loop.settle();
    EXPECT_GT(gateway->info().epoch, 1U);
}

TEST_F(PutBack, FindsWhatWasPublishedSinceACopyBeforeTheFirstMessage) {
    const auto access = liveTwice(0, 2);
    auto gateway = restored(3);
    gateway->turns(1);
    EXPECT_EQ(valuesAt(world, access), upTo(4));
    EXPECT_EQ(leavesUsedTwice(world), 0U);
}

TEST_F(PutBack, BeginsANewChannelWhereNothingWasPublishedBeforeTheCopyAndTheLedgerIsSilent) {
    liveTwice(0, 2);
    for (const auto& bundle : world.ledger.broadcastBundles()) world.ledger.forget(bundle);
    auto gateway = restored(3);
    gateway->loop.settle();
    EXPECT_GT(gateway->info().epoch, 1U);
    EXPECT_EQ(leavesUsedTwice(world), 0U);
}

TEST_F(PutBack, BeginsANewChannelWhereTheLedgerWasPutBackToo) {
    liveTwice(3, 2);
    auto gateway = restored(6, {1, true, 7});
    gateway->loop.settle();
    const auto epoch = gateway->info().epoch;
    EXPECT_GT(epoch, 1U);
    EXPECT_EQ(leavesUsedTwice(world), 0U);
    // Once for each time it was put back, not at each start.
    gateway->turns(1);
    gateway.reset();
    gateway = restored(8, {1, true, 9});
    gateway->turns(1);
    EXPECT_EQ(gateway->info().epoch, epoch);
}

TEST_F(PutBack, SignsNothingWhileTheLedgerCannotBeAsked) {
    liveTwice(3, 2);
    for (const bool behind : {false, true}) {
        world.ledger.knobs.unreachable = !behind;
        world.ledger.knobs.notSynchronised = behind;
        Gateway gateway(world, backup.path(), 6, StreamLimits(), {1, false, 7});
        gateway.start();
        gateway.sample();
        gateway.loop.runFor(10min);
        EXPECT_EQ(gateway.info().pending, 1U);  // signed before the copy was made
        EXPECT_GE(gateway.info().queued, 30U);
        EXPECT_NE(gateway.info().lastError.find("which keys were used"), std::string::npos) << gateway.info().lastError;
        const auto access = gateway.loop.run(gateway.streams->access("a"));
        EXPECT_FALSE(access);  // a key that may be the wrong one is not sold
    }
    world.ledger.knobs = {};
    EXPECT_EQ(leavesUsedTwice(world), 0U);
}

TEST_F(PutBack, JunkAtTheNextRootHoldsNobodyUp) {
    liveTwice(3, 0);
    model::BundlePlan plan;
    auto gateway = std::make_unique<Gateway>(world, backup.path(), 4, StreamLimits(), Origin{0, false, 7});
    gateway->start();
    gateway->loop.runFor(1s);  // the message before is found on the ledger
    const auto next = gateway->access().root;
    plan.outputs.push_back({mam::addressOf(next, mam::Mode::Restricted), model::Iotas(), model::Tag(), "JUNK"});
    plan.timestamp = 1;
    ledger::Attacher attacher(world.ledger, world.loop.pool, world.clock);
    ASSERT_TRUE(world.loop.run(attacher.attach(model::buildBundle(plan).value().transactions)));
    gateway.reset();
    gateway = restored(4);
    gateway->turns(1);
    EXPECT_EQ(gateway->info().epoch, 1U);
    EXPECT_EQ(gateway->info().halted, "");
    EXPECT_EQ(gateway->access().message, 5U);
    EXPECT_EQ(leavesUsedTwice(world), 1U);  // the junk and our message
}

TEST_F(PutBack, BeginsANewChannelBehindAPartOfABundle) {
    // It may be a part of a message of ours, whose signature is out.
    liveTwice(3, 0);
    auto gateway = std::make_unique<Gateway>(world, backup.path(), 4, StreamLimits(), Origin{0, false, 7});
    gateway->start();
    gateway->loop.runFor(1s);  // the message before is found on the ledger
    const auto next = gateway->access().root;
    model::BundlePlan plan;
    plan.outputs.push_back({mam::addressOf(next, mam::Mode::Restricted), model::Iotas(), model::Tag(), std::string(3000, 'A')});
    plan.timestamp = 1;
    auto draft = model::buildBundle(plan).value();
    const auto noWork = [](const auto&) { return Result<model::Nonce>(model::Nonce()); };
    const auto attached =
        model::attachBundle(std::move(draft.transactions), model::Hash(), model::Hash(), world.clock.now(), noWork).value();
    ASSERT_EQ(attached.size(), 2U);
    world.ledger.inject(attached.front().trytes);
    gateway.reset();
    gateway = restored(4);
    gateway->loop.settle();
    EXPECT_GT(gateway->info().epoch, 1U);
}

/// Two machines with one state: what each publishes the other meets.
TEST_F(PutBack, TwoMachinesWithOneStateStopEachOther) {
    liveTwice(3, 0);
    const test::TempDir elsewhere;
    copyState(backup.path(), elsewhere.path());
    Gateway one(world, backup.path(), 100, StreamLimits(), {1, false, 7});
    Gateway two(world, elsewhere.path(), 200, StreamLimits(), {1, false, 8});
    one.start();
    one.loop.settle();  // each loop is at rest before the other one runs
    two.start();
    two.loop.settle();
    one.sample();
    one.loop.runFor(1s);
    two.sample();
    two.loop.runFor(1s);  // meets message 3 of the first, and stops
    EXPECT_NE(two.info().halted, "");
    EXPECT_EQ(two.info().pending, 1U);  // signed before the copy was made
    one.turns(2);
    EXPECT_EQ(one.info().halted, "");
    EXPECT_EQ(leavesUsedTwice(world), 0U);
    const auto refused = two.loop.run(two.streams->access("a"));
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidState);
    // It stays stopped over a restart, and goes on with a new channel when told to.
    const test::TempDir later;
    two.snapshot(later.path());
    Gateway again(world, later.path(), 300, StreamLimits(), {1, false, 9});
    again.start();
    again.sample();
    again.turns(2);
    EXPECT_NE(again.info().halted, "");
    ASSERT_TRUE(again.loop.run(again.streams->resume("a")));
    EXPECT_EQ(again.info().halted, "");
    EXPECT_GT(again.info().epoch, 1U);
    const auto access = again.access();
    again.turns(2);
    EXPECT_EQ(valuesAt(world, access).size(), 2U);
    EXPECT_EQ(leavesUsedTwice(world), 0U);
}

TEST_F(PutBack, OneThatWasOvertakenAtItsLastMessageStops) {
    liveTwice(3, 0);
    const test::TempDir elsewhere;
    copyState(backup.path(), elsewhere.path());
    Gateway one(world, backup.path(), 100, StreamLimits(), {1, false, 7});
    one.start();
    one.loop.settle();
    // At the same moment: the second one signs the same leaf just before the first one's message is there.
    Gateway two(world, elsewhere.path(), 200, StreamLimits(), {1, false, 8});
    two.start();
    two.loop.settle();
    bool met = false;
    world.ledger.onBroadcast = [&](const auto&) {
        if (std::exchange(met, true)) return;
        one.sample();
        one.loop.runFor(1s);
    };
    two.sample();
    two.loop.runFor(1s);
    EXPECT_EQ(leavesUsedTwice(world), 1U);  // too close for anybody to notice before
    one.turns(1);
    two.turns(1);
    EXPECT_NE(one.info().halted, "");
    EXPECT_NE(two.info().halted, "");
    EXPECT_EQ(one.info().published, two.info().published);
}

/// Copies are taken and put back again and again, at random.
class RandomPutBack : public testing::TestWithParam<bool> {};

TEST_P(RandomPutBack, NoLeafSignsTwiceAndChannelsGoOn) {
    const bool ledgerInState = GetParam();
    constexpr int kPairs = 500;
    World world;
    std::mt19937 random(ledgerInState ? 1 : 2);
    struct Copy {
        std::unique_ptr<test::TempDir> folder;
        std::uint64_t copies = 0;
    };
    std::vector<Copy> copies;
    {
        Copy first{std::make_unique<test::TempDir>()};
        Gateway gateway(world, first.folder->path(), 1, StreamLimits(), {0, ledgerInState, 1});
        gateway.start();
        ASSERT_TRUE(gateway.add(Gateway::spec()));
        gateway.loop.stop();
        copies.push_back(std::move(first));
    }
    std::map<std::uint64_t, Access> channels;  // what a buyer was given first, by epoch
    int value = 1;
    for (int pair = 0; pair < kPairs; ++pair) {
        const auto& from = copies[random() % copies.size()];
        Copy life{std::make_unique<test::TempDir>(), from.copies + 1};
        copyState(from.folder->path(), life.folder->path());
        const auto seed = static_cast<std::uint64_t>(pair) + 100;
        {
            Gateway gateway(world, life.folder->path(), value, StreamLimits(), {life.copies, ledgerInState, seed});
            gateway.loop.clock.advance(std::chrono::hours(pair + 1));
            gateway.start();
            auto access = gateway.access();
            channels.try_emplace(access.epoch, std::move(access));
            gateway.sample();
            gateway.loop.runFor(1s);
            const auto turns = static_cast<int>(random() % 4);
            gateway.turns(turns);
            value += turns + 1;
            ASSERT_EQ(gateway.info().halted, "");
            gateway.loop.stop();
        }
        if (copies.size() < 8) copies.push_back(std::move(life));
        else copies[random() % copies.size()] = std::move(life);
    }
    EXPECT_EQ(leavesUsedTwice(world), 0U);
    std::vector<int> read;
    for (const auto& [epoch, access] : channels) {
        const auto values = valuesAt(world, access);
        read.insert(read.end(), values.begin(), values.end());
    }
    std::ranges::sort(read);
    const auto all = upTo(value - 1);
    std::vector<int> missing;
    std::ranges::set_difference(all, read, std::back_inserter(missing));
    EXPECT_EQ(missing, std::vector<int>());  // a buyer who follows every epoch reads everything
    std::vector<int> twice;
    std::ranges::set_difference(read, all, std::back_inserter(twice));
    EXPECT_EQ(twice, std::vector<int>());
}

INSTANTIATE_TEST_SUITE_P(BothLedgers, RandomPutBack, testing::Values(false, true));

}  // namespace
}  // namespace pegasus::stream
