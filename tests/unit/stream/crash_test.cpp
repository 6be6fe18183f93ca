// SPDX-License-Identifier: Apache-2.0
// A crash after every step that is durable: the same bundle goes out, no leaf signs twice, no reading is lost.
#include <set>

#include "gateway.hpp"

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

TEST(CrashWithAQueue, KeepsTheSamplesOfABatchThatIsNotFull) {
    World world;
    const test::TempDir before;
    const test::TempDir after;
    Access access;
    {
        Gateway first(world, before.path());
        first.start();
        auto spec = Gateway::spec();
        spec.batch = 3;
        ASSERT_TRUE(first.add(spec));
        access = first.access();
        first.sample();
        first.loop.runFor(25s);  // two of three samples
        EXPECT_EQ(first.info().queued, 2U);
        first.snapshot(after.path());
    }
    Gateway second(world, after.path(), 3);
    second.start();
    EXPECT_EQ(second.info().queued, 2U);
    second.sample();
    second.loop.runFor(5s);
    const auto texts = readChannel(world, access.root, std::string(access.sideKey.text()));
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(valuesOf(texts), upTo(3));
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
    ASSERT_TRUE(second.loop.run(second.streams->start()));
    EXPECT_EQ(second.info().pending, 1U);
    world.ledger.milestone();
    second.loop.settle();
    EXPECT_EQ(second.info().pending, 0U);
    EXPECT_EQ(second.info().confirmed, 1U);
    EXPECT_EQ(world.ledger.broadcastBundles().size(), 1U);
}

}  // namespace
}  // namespace pegasus::stream
