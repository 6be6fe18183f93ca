// SPDX-License-Identifier: Apache-2.0
// The statements of the streams, each followed by a reopening.
#include "stream/tables.hpp"

#include <gtest/gtest.h>

#include "stream/schema.hpp"
#include "support/test_loop.hpp"

namespace pegasus::stream {
namespace {

class Tables : public testing::Test {
protected:
    Tables() { reopen(); }
    void reopen() {
        database.reset();
        database = store::Database::open({.path = dir.path() / "state.db"}, {kSchema, kQueueByStream, kProof}).value();
    }
    template <class F>
    auto run(F work) {
        auto result = database->runNow(work);
        reopen();
        return result;
    }
    static tables::StoredStream stream(std::string id) {
        tables::StoredStream stored;
        stored.info.spec.id = std::move(id);
        stored.info.spec.name = "Name";
        stored.info.spec.sensor = "s";
        stored.info.spec.quantity = "q";
        stored.info.spec.description = "D\xC3\xA4";
        stored.info.spec.latitude = -33.5;
        stored.info.spec.price = model::Iotas(model::kSupply);
        stored.info.spec.batch = 3;
        stored.info.spec.security = 1;
        stored.info.created = fromMicros(77);
        stored.secrets = {0, 1, 255};
        return stored;
    }
    static Message message(std::uint64_t leaf) {
        Message m;
        m.epoch = 1;
        m.leaf = leaf;
        m.payload = std::string(4001, 'M') + "9A";
        m.timestamp = 1'600'000'000;
        m.bundle = *model::Hash::parsePadded("BUNDLE");
        m.samples = 2;
        m.text = "{}";
        return m;
    }
    tables::QueueState put(const std::vector<Sample>& samples, std::size_t limit = 100) {
        return run([&](store::Connection& c) { return tables::enqueue(c, "a", samples, limit); }).value();
    }
    std::vector<tables::QueuedSample> queue() {
        return run([](store::Connection& c) { return tables::readQueue(c, "a", 1000); }).value();
    }
    void insert(std::string id) {
        ASSERT_TRUE(run([&](store::Connection& c) { return tables::insertStream(c, stream(id)); }));
    }
    std::vector<tables::StoredStream> streams() {
        return run([](store::Connection& c) { return tables::loadStreams(c); }).value();
    }
    std::vector<tables::PendingMessage> pending() {
        return run([](store::Connection& c) { return tables::loadPending(c, "a"); }).value();
    }
    Result<void> reserve(std::uint64_t leaf, std::int64_t last) {
        return run([&](store::Connection& c) { return tables::reserve(c, "a", message(leaf), last); });
    }

    test::TempDir dir;
    std::unique_ptr<store::Database> database;
};

TEST_F(Tables, KeepEveryFieldOfAStream) {
    insert("a");
    const auto loaded = streams();
    ASSERT_EQ(loaded.size(), 1U);
    EXPECT_EQ(loaded[0].info.spec, stream("a").info.spec);
    EXPECT_EQ(loaded[0].secrets, stream("a").secrets);
    EXPECT_EQ(loaded[0].info.created, fromMicros(77));
    EXPECT_FALSE(loaded[0].info.lastMessage);
    const auto again = run([&](store::Connection& c) { return tables::insertStream(c, stream("a")); });
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
}

TEST_F(Tables, TakeALeafOnlyOnceAndInOrder) {
    insert("a");
    put({{"1", 0}, {"2", 0}, {"3", 0}});
    ASSERT_TRUE(reserve(0, queue()[1].sequence));
    EXPECT_EQ(queue().size(), 1U);
    EXPECT_EQ(reserve(0, -1).error().code, ErrorCode::Conflict);
    EXPECT_EQ(reserve(2, -1).error().code, ErrorCode::Conflict);
    EXPECT_EQ(pending().size(), 1U);
    EXPECT_EQ(streams()[0].nextLeaf, 1U);
    ASSERT_TRUE(reserve(1, -1));
    EXPECT_EQ(pending().size(), 2U);
}

TEST_F(Tables, KeepTheWholeEssence) {
    insert("a");
    ASSERT_TRUE(reserve(0, -1));
    const auto loaded = run([](store::Connection& c) { return tables::loadMessage(c, "a", 1, 0); }).value();
    EXPECT_EQ(loaded.payload, message(0).payload);
    EXPECT_EQ(loaded.bundle, message(0).bundle);
    EXPECT_EQ(loaded.timestamp, message(0).timestamp);
    EXPECT_EQ(loaded.obsoleteTag, message(0).obsoleteTag);
    EXPECT_EQ(loaded.text, "{}");
    const auto none = run([](store::Connection& c) { return tables::loadMessage(c, "a", 1, 1); });
    EXPECT_EQ(none.error().code, ErrorCode::NotFound);
}

TEST_F(Tables, CountPublishedAndConfirmedOnce) {
    insert("a");
    ASSERT_TRUE(reserve(0, -1));
    const auto tail = *model::Hash::parsePadded("TAIL");
    const auto later = *model::Hash::parsePadded("LATER");
    const auto apply = [&](const tables::Note& note) {
        return run([&](store::Connection& c) { return tables::apply(c, {{{"a", 1, 0}, note}}); });
    };
    ASSERT_TRUE(apply({tail, fromMicros(5), false}));
    ASSERT_TRUE(apply({later, fromMicros(6), false}));
    EXPECT_EQ(pending()[0].tail, later);
    const tables::Note confirmed{{}, {}, true};
    ASSERT_TRUE(apply(confirmed));
    ASSERT_TRUE(apply(confirmed));
    const auto info = streams()[0].info;
    EXPECT_EQ(info.published, 1U);
    EXPECT_EQ(info.confirmed, 1U);
    EXPECT_EQ(info.lastMessage, fromMicros(5));
    EXPECT_TRUE(pending().empty());
}

TEST_F(Tables, CountAMessageThatWasSentAndConfirmedAtOnce) {
    insert("a");
    ASSERT_TRUE(reserve(0, -1));
    const tables::Note both{*model::Hash::parsePadded("TAIL"), fromMicros(5), true};
    const auto apply = [&] { return run([&](store::Connection& c) { return tables::apply(c, {{{"a", 1, 0}, both}}); }); };
    ASSERT_TRUE(apply());
    ASSERT_TRUE(apply());
    EXPECT_EQ(streams()[0].info.published, 1U);
    EXPECT_EQ(streams()[0].info.confirmed, 1U);
    EXPECT_TRUE(pending().empty());
}

TEST(StreamMigration, KeepsTheQueuesAndTheirOrder) {
    const test::TempDir dir;
    const store::DatabaseOptions options{.path = dir.path() / "state.db"};
    {
        const auto old = store::Database::open(options, {kSchema}).value();
        const auto fill = [](store::Connection& c) -> Result<void> {
            for (const char* id : {"a", "b"})
                c.exec(std::string("INSERT INTO stream_channel (id, name, sensor, description, latitude, longitude, price, batch, "
                                   "security, created, epoch, secrets) VALUES ('") + id + "', '', 's', '', 0, 0, 0, 1, 1, 0, 1, x'00')");
            c.exec("INSERT INTO stream_queue (stream, omitted, sample) VALUES ('b', 0, '1'), ('a', 2, '2'), ('b', 0, '3')");
            return {};
        };
        ASSERT_TRUE(old->runNow(fill));
    }
    const auto database = store::Database::open(options, {kSchema, kQueueByStream, kProof}).value();
    const auto more = [](store::Connection& c) { return tables::enqueue(c, "b", {{"4", 0}}, 9); };
    EXPECT_EQ(database->runNow(more).value().queued, 3U);
    const auto read = [&](std::string id) {
        std::vector<Sample> samples;
        const auto work = [id](store::Connection& c) { return tables::readQueue(c, id, 9); };
        const auto rows = database->runNow(work).value();
        for (const auto& one : rows) samples.push_back(one.sample);
        return samples;
    };
    EXPECT_EQ(read("a"), (std::vector<Sample>{{"2", 2}}));
    EXPECT_EQ(read("b"), (std::vector<Sample>{{"1", 0}, {"3", 0}, {"4", 0}}));
}

TEST_F(Tables, ThinTheQueueAsMemoryIsThinned) {
    insert("a");
    insert("b");
    ASSERT_TRUE(run([](store::Connection& c) { return tables::enqueue(c, "b", {{"b", 0}}, 3); }));
    put({{"1", 0}, {"2", 0}, {"3", 0}, {"4", 2}, {"5", 0}});
    const auto state = put({{"6", 0}, {"7", 0}}, 4);
    EXPECT_EQ(state.queued, 4U);
    EXPECT_EQ(state.omitted, 3U);
    std::vector<Sample> left;
    for (const auto& one : queue()) left.push_back(one.sample);
    EXPECT_EQ(left, (std::vector<Sample>{{"2", 1}, {"4", 3}, {"6", 1}, {"7", 0}}));
    EXPECT_EQ(streams()[0].info.omitted, 3U);
    EXPECT_EQ(streams()[1].info.queued, 1U);  // another stream's queue is not touched
}

TEST_F(Tables, ForgetEverythingOfARemovedStream) {
    insert("a");
    put({{"1", 0}});
    ASSERT_TRUE(reserve(0, -1));
    ASSERT_TRUE(run([](store::Connection& c) { return tables::deleteStream(c, "a"); }));
    EXPECT_TRUE(streams().empty());
    EXPECT_TRUE(queue().empty());
    EXPECT_TRUE(pending().empty());
    const auto orphan = run([](store::Connection& c) { return tables::enqueue(c, "a", {{"1", 0}}, 9); });
    EXPECT_FALSE(orphan);
}

TEST_F(Tables, BeginANewChannelAtItsFirstLeaf) {
    insert("a");
    ASSERT_TRUE(reserve(0, -1));
    ASSERT_TRUE(run([](store::Connection& c) { return tables::startChannel(c, "a", 2, {9}, 0); }));
    const auto loaded = streams()[0];
    EXPECT_EQ(loaded.nextLeaf, 0U);
    EXPECT_EQ(loaded.info.epoch, 2U);
    EXPECT_EQ(loaded.secrets, (std::vector<std::uint8_t>{9}));
    EXPECT_EQ(reserve(1, -1).error().code, ErrorCode::Conflict);  // the old channel signs no more
}

}  // namespace
}  // namespace pegasus::stream
