// SPDX-License-Identifier: Apache-2.0
// StreamService: what is held in memory, and when it is written (README.md, "What is promised").
#include "gateway.hpp"

namespace pegasus::stream {
namespace {

/// Bytes of the write-ahead log; each transaction adds to it.
std::uintmax_t writtenTo(const test::TempDir& folder) { return std::filesystem::file_size(folder.path() / "state.db-wal"); }

TEST_F(StreamServiceTest, WritesNothingWhileABatchFillsInTime) {
    auto spec = Gateway::spec();
    spec.batch = 15;
    StreamLimits limits;
    limits.flushInterval = 300s;
    beginWith(spec, limits);
    gateway->loop.settle();
    const auto before = writtenTo(folder);
    gateway->turns(13);
    EXPECT_EQ(writtenTo(folder), before);
    EXPECT_EQ(gateway->info().queued, 14U);
    gateway->turns(1);
    EXPECT_EQ(gateway->info().published, 1U);
    const auto message = writtenTo(folder);
    EXPECT_GT(message, before);
    gateway->turns(10);  // that it was sent and confirmed waits for the next message
    EXPECT_EQ(writtenTo(folder), message);
    EXPECT_EQ(gateway->info().confirmed, 1U);
}

TEST_F(StreamServiceTest, WritesTheReadingsOfAllStreamsInOneTransaction) {
    StreamLimits limits;
    limits.flushInterval = 60s;
    begin(limits);
    auto spec = Gateway::spec("a");
    spec.batch = 64;
    ASSERT_TRUE(gateway->add(spec));
    spec.id = "b";
    ASSERT_TRUE(gateway->add(spec));
    gateway->sample();
    gateway->loop.runFor(59s);
    const auto changes = [&] {
        return gateway->database->runNow([](store::Connection& c) -> Result<int> {
            return c.execAndGet("SELECT count(*) FROM stream_queue").getInt();
        }).value();
    };
    EXPECT_EQ(changes(), 0);
    gateway->loop.runFor(2s);
    EXPECT_GE(changes(), 6);
    ASSERT_TRUE(gateway->loop.run(gateway->streams->flush()));
    EXPECT_EQ(static_cast<std::uint64_t>(changes()), gateway->info("a").queued + gateway->info("b").queued);
}

TEST_F(StreamServiceTest, HoldsNoMoreReadingsInMemoryThanItsBound) {
    auto spec = Gateway::spec();
    spec.batch = 64;
    StreamLimits limits;
    limits.flushInterval = 1h;
    limits.heldSamples = 5;
    beginWith(spec, limits);
    gateway->turns(9);
    const auto stored = gateway->database->runNow([](store::Connection& c) -> Result<int> {
        return c.execAndGet("SELECT count(*) FROM stream_queue").getInt();
    });
    EXPECT_GT(stored.value(), 5 - 1);
    EXPECT_EQ(gateway->info().queued, 10U);
}

TEST_F(StreamServiceTest, WritesTheReadingsWhenTheLedgerGoesAway) {
    StreamLimits limits;
    limits.flushInterval = 1h;
    const auto access = beginWith(Gateway::spec(), limits);
    world.ledger.knobs.unreachable = true;
    gateway->loop.runFor(1s);
    const auto written = gateway->database->runNow([](store::Connection& c) -> Result<int> {
        return c.execAndGet("SELECT count(*) FROM stream_queue").getInt();
    });
    EXPECT_EQ(written.value(), 1);
    gateway->loop.runFor(50s);
    gateway.reset();
    gateway = std::make_unique<Gateway>(world, folder.path(), 100, limits);
    world.ledger.knobs.unreachable = false;
    gateway->start();
    gateway->loop.runFor(5s);
    EXPECT_EQ(valuesOf(read(access)), upTo(3));
}

TEST_F(StreamServiceTest, KeepsWhatItHoldsWhileTheDiskIsFull) {
    auto spec = Gateway::spec();
    spec.batch = 12;
    const auto access = beginWith(spec);
    gateway->loop.settle();
    const auto limitPages = [&](int pages) {
        return gateway->database->runNow([pages](store::Connection& c) -> Result<void> {
            c.execAndGet("PRAGMA max_page_count = " + std::to_string(pages));
            return {};
        });
    };
    ASSERT_TRUE(limitPages(1));
    gateway->loop.runFor(10min);
    ASSERT_TRUE(limitPages(1'000'000));
    gateway->loop.runFor(2min);
    gateway->turns(12);
    const auto values = valuesOf(read(access));
    EXPECT_GE(values.size(), 36U);
    EXPECT_EQ(values, upTo(static_cast<int>(values.size())));
}

}  // namespace
}  // namespace pegasus::stream
