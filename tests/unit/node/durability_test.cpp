// SPDX-License-Identifier: Apache-2.0
// What lasts: restarts, crashes, failed commits, full disks, damage.
#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "net.hpp"
#include "node/core.hpp"
#include "node/schema.hpp"

namespace {
std::atomic<int> syncs = 0;
}  // namespace

/// In place of the library's, for SQLite too: counts.
extern "C" int fdatasync(int descriptor) {
    ++syncs;
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace pegasus::node {
namespace {

namespace fs = std::filesystem;

TEST(Restart, FindsTheSameLedgerTipsAndMilestones) {
    Net net;
    const Keys alice('A'), bob('B');
    const auto funds = net.fund(alice.address(0));
    net.send(alice.pay(0, funds, bob.address(0), 42));
    net.milestone();
    const auto pending = net.send(message("PENDING"));
    const auto before = net.run(net.ledger->status());
    const auto coordinator = net.ledger->coordinatorAddress();
    const auto network = net.ledger->networkId();
    net.reopen();
    const auto after = net.run(net.ledger->status());
    EXPECT_EQ(after.latestMilestone, before.latestMilestone);
    EXPECT_EQ(after.latestMilestoneIndex, before.latestMilestoneIndex);
    EXPECT_EQ(after.transactionCount, before.transactionCount);
    EXPECT_EQ(net.ledger->coordinatorAddress(), coordinator);
    EXPECT_EQ(net.ledger->networkId(), network);
    EXPECT_EQ(net.balance(bob.address(0)), 42);
    EXPECT_EQ(net.balance(alice.address(1)), funds - 42);
    const auto tips = net.tips();
    EXPECT_TRUE(tips.trunk == pending || tips.branch == pending);
    net.milestone();
    EXPECT_TRUE(net.included(pending));
}

TEST(Restart, RefusesAnotherNetworkAndAnotherMachine) {
    NodeOptions options;
    options.networkId = "here";
    Net net(options);
    net.ledger.reset();
    net.options().networkId = "there";
    EXPECT_EQ(net.open().error().code, ErrorCode::Config);
    net.options().networkId = "";
    EXPECT_TRUE(net.open());
    net.vault = keys::MachineVault::open(net.dir.path() / "another key", net.random).value();
    EXPECT_EQ(net.open().error().code, ErrorCode::Corrupt);
}

TEST(Restart, RefusesBalancesThatAreNotTheSupply) {
    Net net;
    net.ledger.reset();
    {
        auto database = store::Database::open({.path = net.options().database}, migrations()).value();
        ASSERT_TRUE(database->runNow([](store::Connection& c) -> Result<void> {
            c.exec("UPDATE node_balance SET amount = amount - 1");
            return {};
        }));
    }
    const auto opened = net.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
}

TEST(Crash, LeavesTheStateOfAPastInstantWhereverItHappens) {
    Net net;
    const Keys alice('A'), bob('B');
    std::vector<fs::path> instants;
    std::vector<std::int64_t> milestones;
    const auto photograph = [&] {  // what a kill -9 would leave
        const auto copy = net.dir.path() / ("instant" + std::to_string(instants.size()));
        fs::create_directory(copy);
        for (const auto* suffix : {"", "-wal"}) {
            const auto from = net.options().database.string() + suffix;
            if (fs::exists(from)) fs::copy_file(from, copy / ("tangle.db" + std::string(suffix)));
        }
        instants.push_back(copy);
        milestones.push_back(net.run(net.ledger->status()).latestMilestoneIndex);
    };
    photograph();
    ASSERT_TRUE(net.run(net.ledger->requestFunds(alice.address(0), "test")));
    photograph();
    net.milestone();
    photograph();
    const auto funds = net.balance(alice.address(0));
    const auto attached = net.attach(alice.pay(0, funds, bob.address(0), 42));
    for (const auto& one : attached) {
        ASSERT_TRUE(net.broadcastOne(one));
        photograph();
    }
    net.milestone();
    photograph();
    net.ledger.reset();
    for (std::size_t i = 0; i < instants.size(); ++i) {
        net.options().database = instants[i] / "tangle.db";
        net.reopen();  // the sum of the balances is checked
        EXPECT_EQ(net.run(net.ledger->status()).latestMilestoneIndex, milestones[i]) << i;
        ASSERT_TRUE(net.broadcast(net.attach(message("AFTER")))) << i;
        net.milestone();
    }
    EXPECT_EQ(net.balance(bob.address(0)), 42);
}

/// The core without the coroutines around it, so that a test can get at the connection.
class CoreTest : public testing::Test {
  protected:
    CoreTest() {
        options.minWeightMagnitude = kWeight;
        auto database =
            store::Database::open({.path = dir.path() / "tangle.db"}, migrations()).value();
        auto tangle =
            database->runNow([this](store::Connection& c) -> Result<std::unique_ptr<Tangle>> {
                PEGASUS_TRY(const auto network, openNetwork(c, options, vault, random));
                return Tangle::open(c, options,
                                    coordinatorAddress(network.secrets.coordinator.publicKey()), 1);
            });
        base = database.get();
        core = std::make_unique<Core>(std::move(database), std::move(tangle).value());
    }
    Result<Tangle::Stored> store(const Attached& attached) {
        auto batch =
            examineArrivals(trytesOf(attached), {kWeight, loop.clock.now()}, std::stop_token())
                .value();
        auto work = [batch, now = Moment{loop.clock.now(), loop.clock.steady()}](Tangle& t) {
            return t.store(batch, now);
        };
        return loop.run(core->write(work));
    }
    std::size_t unconfirmed() {
        auto work = [](Tangle& t) -> Result<std::size_t> {
            PEGASUS_TRY(const auto heads, t.heads(1));  // reads memory again if it must
            return heads.tails.empty() ? 0 : t.unconfirmed();
        };
        return loop.run(core->read(work)).value();
    }
    template <class F>
    void onConnection(F f) {
        ASSERT_TRUE(base->runNow([&](store::Connection& c) -> Result<void> {
            f(c);
            return {};
        }));
    }
    Attached child(const model::Hash& of, std::string_view tag = "CHILD") {
        return attachTo(message(tag), of, of, loop.clock.now());
    }

    test::TempDir dir;
    test::TestLoop loop;
    test::FakeRandom random;
    keys::MachineVault vault = keys::MachineVault::open(dir.path() / "key", random).value();
    NodeOptions options;
    store::Database* base = nullptr;
    std::unique_ptr<Core> core;
};

TEST_F(CoreTest, ForgetsWhatAFailedCommitTookBack) {
    const auto kept = child({}, "KEPT");
    ASSERT_TRUE(store(kept));
    const auto lost = child(kept[0].hash, "LOST");
    // The work succeeds, then the commit is refused. (The hook is set outside of the refused
    // transaction.)
    auto refuse = [](store::Connection& c) -> Result<void> {
        sqlite3_commit_hook(
            c.getHandle(), [](void*) { return 1; }, nullptr);
        return {};
    };
    auto allow = [](store::Connection& c) -> Result<void> {
        sqlite3_commit_hook(c.getHandle(), nullptr, nullptr);
        return {};
    };
    ASSERT_TRUE(loop.run(base->read(refuse)));
    EXPECT_FALSE(store(lost));
    ASSERT_TRUE(loop.run(base->read(allow)));
    EXPECT_EQ(unconfirmed(), 1U);
    auto tips = [](Tangle& t) { return t.tips(3, std::nullopt, SteadyTime()); };
    EXPECT_EQ(loop.run(core->read(tips)).value().trunk, kept[0].hash);
    EXPECT_TRUE(store(lost));
    EXPECT_EQ(unconfirmed(), 2U);
}

TEST_F(CoreTest, HoldsNoMoreThanTheDiskWhenTheDiskIsFull) {
    auto last = child({}, "FIRST");
    ASSERT_TRUE(store(last));
    onConnection([](store::Connection& c) {
        c.exec("PRAGMA max_page_count = " +
               std::to_string(c.execAndGet("PRAGMA page_count").getInt64() + 8));
    });
    std::size_t stored = 1;
    Attached refused;
    for (int i = 0; i < 500 && refused.empty(); ++i) {
        auto next = child(last[0].hash);
        const auto done = store(next);
        if (done) {
            ++stored;
            last = next;
        } else {
            EXPECT_EQ(done.error().code, ErrorCode::NoSpace);
            refused = next;
        }
    }
    ASSERT_FALSE(refused.empty());
    EXPECT_EQ(unconfirmed(), stored);
    auto tips = [](Tangle& t) { return t.tips(3, std::nullopt, SteadyTime()); };
    EXPECT_NE(loop.run(core->read(tips)).value().trunk, refused[0].hash);
    onConnection([](store::Connection& c) { c.exec("PRAGMA max_page_count = 1000000"); });
    EXPECT_TRUE(store(refused));
    EXPECT_EQ(unconfirmed(), stored + 1);
}

TEST_F(CoreTest, GivesNothingThatWasDamagedAndSaysSo) {
    const auto fetch = [&](const Attached& one) {
        auto work = [hash = one[0].hash](Tangle& t) { return t.transactions({hash}); };
        return loop.run(core->read(work));
    };
    const std::string damages[] = {"timestamp = timestamp + 1", "nonce = x'01'", "tag = address", "signature = x''", "address = tag", "sum = NULL"};
    std::vector<Attached> stored;
    for (std::size_t i = 0; i < std::size(damages); ++i) {
        stored.push_back(child({}, std::string(3, static_cast<char>('A' + i))));
        ASSERT_TRUE(store(stored.back()));
        ASSERT_TRUE(fetch(stored.back()));
    }
    EXPECT_EQ(core->damage(), "");
    for (std::size_t i = 0; i < std::size(damages); ++i) {
        const auto row = " WHERE id = (SELECT id FROM node_tx ORDER BY id LIMIT 1 OFFSET " + std::to_string(i) + ")";
        onConnection([&](store::Connection& c) { c.exec("UPDATE node_tx SET " + damages[i] + row); });
        const auto read = fetch(stored[i]);
        if (damages[i] == "sum = NULL") {
            EXPECT_TRUE(read);  // as an older version left it
            continue;
        }
        ASSERT_FALSE(read) << damages[i];
        EXPECT_EQ(read.error().code, ErrorCode::Corrupt) << damages[i];
    }
    EXPECT_NE(core->damage().find("is not what was written"), std::string::npos) << core->damage();
    ASSERT_TRUE(fetch(stored.back()));
    onConnection([](store::Connection& c) {
        c.exec("UPDATE node_hash SET packed = x'010203' WHERE id = (SELECT tag FROM node_tx WHERE sum IS NULL)");
    });
    const auto name = fetch(stored.back());
    ASSERT_FALSE(name);
    EXPECT_EQ(name.error().code, ErrorCode::Corrupt);
}

TEST_F(CoreTest, RefusesAMilestoneThatIsNotTheNextOrOrdersOtherThanStated) {
    const auto one = child({});
    ASSERT_TRUE(store(one));
    auto next = [tail = one[0].hash](Tangle& t) { return t.nextMilestone(tail); };
    auto statement = loop.run(core->read(next)).value();
    const auto made = attachTo(message(), statement.trunk, statement.branch, loop.clock.now());
    const auto batch =
        examineArrivals(trytesOf(made), {kWeight, loop.clock.now()}, std::stop_token()).value();
    const Moment now{loop.clock.now(), loop.clock.steady()};
    const auto apply = [&](MilestoneStatement s) {
        auto work = [=](Tangle& t) { return t.applyMilestone(batch, s, now); };
        return loop.run(core->write(work));
    };
    auto wrong = statement;
    wrong.index = 2;
    EXPECT_EQ(apply(wrong).error().code, ErrorCode::Internal);
    wrong = statement;
    wrong.root[0] ^= 1;
    EXPECT_EQ(apply(wrong).error().code, ErrorCode::Internal);
    EXPECT_EQ(unconfirmed(), 1U);
    EXPECT_TRUE(apply(statement));
    EXPECT_EQ(unconfirmed(), 0U);
    EXPECT_EQ(apply(statement).error().code, ErrorCode::Internal);
}

TEST_F(CoreTest, PrunesNothingThatAMilestoneMayStillConfirm) {
    // Confirmed link by link, a chain keeps what hangs on its end alive for long.
    std::vector<Attached> chain{child({}, "CHAIN")};
    for (int i = 0; i < 3; ++i) chain.push_back(child(chain.back()[0].hash, "CHAIN"));
    for (const auto& link : chain) ASSERT_TRUE(store(link));
    const auto first = child({}, "FIRST");
    auto last = first;
    for (int i = 1; i <= 46; ++i) {
        ASSERT_TRUE(store(last));
        const auto& branch = i % 12 == 0 && i / 12 <= 3 ? chain[static_cast<std::size_t>(i / 12 - 1)] : last;
        auto next = [tail = branch[0].hash](Tangle& t) { return t.nextMilestone(tail); };
        const auto statement = loop.run(core->read(next)).value();
        const auto made = attachTo(message(), statement.trunk, statement.branch, loop.clock.now());
        const auto batch = examineArrivals(trytesOf(made), {kWeight, loop.clock.now()}, std::stop_token()).value();
        auto apply = [=, now = Moment{loop.clock.now(), loop.clock.steady()}](Tangle& t) { return t.applyMilestone(batch, statement, now); };
        ASSERT_TRUE(loop.run(core->write(apply)));
        for (int hour = 0; hour < 24; ++hour) loop.clock.advance(1h);
        last = child(made[0].hash);
    }
    const auto there = [&](const Attached& one) {
        auto work = [hash = one[0].hash](Tangle& t) { return t.transactions({hash}); };
        return loop.run(core->read(work)).value().front().has_value();
    };
    EXPECT_TRUE(there(first));
    auto clean = [now = Moment{loop.clock.now(), loop.clock.steady()}](Tangle& t) { return t.cleanUp(1000, now); };
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(loop.run(core->write(clean)));
    EXPECT_FALSE(there(first));
    EXPECT_TRUE(there(chain.back()));
}

TEST(SupplyCheck, RefusesADiffThatDoesNotSumToZero) {
    const test::TempDir dir;
    auto database = store::Database::open({.path = dir.path() / "tangle.db"}, migrations()).value();
    const auto done = database->runNow([](store::Connection& c) -> Result<void> {
        LedgerState ledger(c);
        ledger.setBalance(2, 100);
        EXPECT_EQ(ledger.apply({{2, -10}, {3, 9}}).error().code, ErrorCode::Corrupt);
        EXPECT_EQ(ledger.apply({{2, -101}, {3, 101}}).error().code, ErrorCode::Corrupt);
        EXPECT_EQ(ledger.balance(2), 100);
        EXPECT_TRUE(ledger.apply({{2, -100}, {3, 100}}));
        EXPECT_EQ(ledger.balance(3), 100);
        EXPECT_EQ(ledger.checkSupply().error().code, ErrorCode::Corrupt);
        return {};
    });
    EXPECT_TRUE(done);
}

TEST(HashTable, GivesEachNameOneId) {
    const test::TempDir dir;
    auto database = store::Database::open({.path = dir.path() / "tangle.db"}, migrations()).value();
    const auto done = database->runNow([](store::Connection& c) -> Result<void> {
        HashTable hashes(c, {1, 2});
        const Packed a(*model::Hash::parsePadded("ABC")), b(*model::Hash::parsePadded("ABD"));
        c.exec("INSERT INTO node_hash (id, key, packed) VALUES (1, 0, x'')");
        EXPECT_EQ(hashes.find(Packed()), kNullId);
        EXPECT_EQ(hashes.find(a), kNoId);
        const auto first = hashes.intern(a);
        EXPECT_TRUE(first.fresh);
        EXPECT_FALSE(hashes.intern(a).fresh);
        EXPECT_NE(hashes.intern(b).id, first.id);
        EXPECT_EQ(hashes.at(first.id), a);
        return {};
    });
    EXPECT_TRUE(done);
    // The vector of the paper, appendix A: key 00..0f, message 00..0e.
    std::array<std::uint8_t, 15> text{};
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i);
    EXPECT_EQ(sipHash({0x0706050403020100U, 0x0f0e0d0c0b0a0908U}, text), 0xa129ca6149be45e5U);
}

TEST(Milestones, AreOnTheDiskWithAllThatTheyConfirm) {
    Net net;
    net.milestone();
    const int before = syncs;
    net.send(message("PLAIN"));
    EXPECT_EQ(syncs, before);
    net.milestone();
    EXPECT_GT(syncs, before);
}

}  // namespace
}  // namespace pegasus::node
