// SPDX-License-Identifier: Apache-2.0
// A crash after every step that is durable: the same bundle goes out, no leaf signs twice, no reading is lost.
#include <algorithm>
#include <set>

#include "gateway.hpp"
#include "ledger/bundles.hpp"

namespace pegasus::stream {
namespace {

/// What the ledger had got of the message at which the program died.
enum class Death : std::uint8_t { BeforeBroadcast, AfterBroadcast };

/// Runs a gateway until its `at`-th broadcast, and returns with its state of that moment in `to`.
Access dieAtBroadcast(World& world, int at, Death death, const std::filesystem::path& to, int turns) {
    const test::TempDir folder;
    Gateway first(world, folder.path());
    first.start();
    EXPECT_TRUE(first.add(Gateway::spec()));
    auto access = first.access();
    first.sample();
    int count = 0;
    world.ledger.onBroadcast = [&](const auto&) {
        if (++count != at) return;
        first.snapshot(to);
        world.ledger.knobs.dropBroadcasts = death == Death::BeforeBroadcast;
        world.ledger.knobs.unreachable = true;  // what the first life does from here on did not happen
    };
    for (int i = 0; i < turns && count < at; ++i) first.turns(1);
    EXPECT_EQ(count, at);
    world.ledger.onBroadcast = nullptr;
    world.ledger.knobs = {};
    return access;
}

class Crash : public testing::TestWithParam<std::tuple<int, Death>> {};

TEST_P(Crash, GoesOnWithTheSameBundleAndTheNextLeaf) {
    const auto [at, death] = GetParam();
    World world;
    const test::TempDir folder;
    const auto access = dieAtBroadcast(world, at, death, folder.path(), at + 1);
    Gateway second(world, folder.path(), at + 1);
    second.start();
    second.sample();
    second.turns(3);
    const auto texts = readChannel(world, access.root, std::string(access.sideKey.text()));
    EXPECT_EQ(valuesOf(texts), upTo(at + 4));  // the first life's, then four turns of the second
    EXPECT_EQ(second.info().published, static_cast<std::uint64_t>(at) + 4);
    EXPECT_EQ(second.info().pending, 0U);
    std::map<model::Address, std::set<model::Hash>> bundles;  // by leaf
    for (const auto& bundle : world.ledger.broadcastBundles()) {
        const auto tail = world.ledger.tailsOf(bundle).front();
        const auto transaction = world.loop.run(world.ledger.transactions({tail})).value().front();
        bundles[transaction->transaction.address].insert(bundle);
    }
    for (const auto& [address, hashes] : bundles) EXPECT_EQ(hashes.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(AtEachMessage, Crash,
                         testing::Combine(testing::Values(1, 2, 3),
                                          testing::Values(Death::BeforeBroadcast, Death::AfterBroadcast)));

/// Two gateways' lives: the first takes readings 1, 2, ... every 20 s for `lived` and dies; the second takes 100, 101, ...
std::vector<int> publishedOverACrash(Duration lived, bool clean) {
    World world;
    const test::TempDir before;
    const test::TempDir after;
    StreamLimits limits;
    limits.flushInterval = 60s;
    Access access;
    {
        Gateway first(world, before.path(), 1, limits);
        first.start();
        auto spec = Gateway::spec();
        spec.batch = 8;
        EXPECT_TRUE(first.add(spec));
        access = first.access();
        first.sample();
        first.loop.runFor(lived);
        if (clean) first.loop.stop();
        first.snapshot(after.path());
    }
    Gateway second(world, after.path(), 100, limits);
    second.start();
    second.sample();
    second.turns(8);
    return valuesOf(readChannel(world, access.root, std::string(access.sideKey.text())));
}

TEST(CrashWithAQueue, TakesNoMoreThanTheFlushInterval) {
    // Readings 1 to 7 at 0, 20, ... 120 s: those of the first minute were written at 60 s, with the one of that moment or not.
    auto values = publishedOverACrash(119s, false);
    ASSERT_EQ(values.size(), 8U);
    EXPECT_EQ((std::vector<int>(values.begin(), values.begin() + 3)), upTo(3));
    EXPECT_TRUE(std::ranges::is_sorted(values));
    values = publishedOverACrash(59s, false);
    EXPECT_EQ(values.at(0), 100);
}

TEST(CrashWithAQueue, ACleanStopTakesNothing) {
    const auto values = publishedOverACrash(119s, true);
    EXPECT_EQ(values, (std::vector<int>{1, 2, 3, 4, 5, 6, 100, 101}));
}

TEST(CrashAfterSending, AttachesAgainWhatTheLedgerHasWithOtherContent) {
    World world;
    const test::TempDir before;
    const test::TempDir after;
    {
        Gateway first(world, before.path());
        first.start();
        ASSERT_TRUE(first.add(Gateway::spec()));
        first.sample();
        first.loop.runFor(5s);
        first.snapshot(after.path());
        // Somebody attaches the essence with another text: the bundle hash does not cover it.
        const auto bundle = world.ledger.broadcastBundles().at(0);
        const auto tail = world.ledger.tailsOf(bundle).at(0);
        const auto whole = world.loop.run(ledger::fetchBundle(world.ledger, world.loop.pool, tail)).value();
        std::vector<model::Transaction> forged;
        for (const auto& one : whole.transactions) forged.push_back(one.transaction);
        forged[0].signatureMessageFragment = model::Fragment();
        world.ledger.forget(bundle);
        ledger::Attacher attacher(world.ledger, world.loop.pool, world.clock);
        ASSERT_TRUE(world.loop.run(attacher.attach(forged)));
    }
    Gateway second(world, after.path(), 2);
    second.start();
    second.loop.runFor(5s);
    EXPECT_EQ(second.info().lastError, "");
    EXPECT_EQ(second.info().published, 1U);
    EXPECT_EQ(world.ledger.broadcastBundles().size(), 2U);  // the forged one and that of the second life
}

TEST(CrashAfterSending, DoesNotAttachWhatTheLedgerHas) {
    World world;
    const test::TempDir before;
    const test::TempDir after;
    {
        Gateway first(world, before.path());
        first.start();
        ASSERT_TRUE(first.add(Gateway::spec()));
        first.sample();
        first.loop.runFor(5s);
        first.snapshot(after.path());
    }
    ASSERT_EQ(world.ledger.broadcastBundles().size(), 1U);
    Gateway second(world, after.path(), 2);
    second.start();
    second.loop.runFor(1s);
    EXPECT_EQ(second.info().pending, 1U);
    EXPECT_EQ(second.info().published, 1U);
    world.ledger.milestone();
    second.loop.settle();
    EXPECT_EQ(second.info().pending, 0U);
    EXPECT_EQ(second.info().confirmed, 1U);
    EXPECT_EQ(world.ledger.broadcastBundles().size(), 1U);
}

}  // namespace
}  // namespace pegasus::stream
