// SPDX-License-Identifier: Apache-2.0
// Database: groups, rollback, schema versions, the lock.
#include "store/database.hpp"

#include <gtest/gtest.h>

#include "support/test_loop.hpp"

namespace pegasus::store {
namespace {

using test::TempDir;
using test::TestLoop;

const std::vector<Migration> kSchema{"CREATE TABLE t (x INTEGER PRIMARY KEY)"};

std::unique_ptr<Database> openIn(const TempDir& dir, std::vector<Migration> schema = kSchema) {
    return Database::open({.path = dir.path() / "a.db"}, std::move(schema)).value();
}

Result<void> insert(Connection& c, int x) {
    c.exec("INSERT INTO t VALUES (" + std::to_string(x) + ")");
    return {};
}

Task<int> countRows(Database& db) {
    auto query = [](Connection& c) { return Result<int>(c.execAndGet("SELECT count(*) FROM t").getInt()); };
    co_return co_await db.read(query);
}

TEST(Database, KeepsWhatWasWrittenAcrossAReopen) {
    const TempDir dir;
    ASSERT_TRUE(openIn(dir)->runNow([](Connection& c) { return insert(c, 7); }));
    TestLoop loop;
    auto db = openIn(dir);
    EXPECT_EQ(loop.run(countRows(*db)).value(), 1);
}

TEST(Database, RollsBackOnlyTheWorkThatFailed) {
    const TempDir dir;
    auto db = openIn(dir);
    TestLoop loop;
    auto task = [&]() -> Task<int> {
        auto good = [](Connection& c) { return insert(c, 1); };
        auto bad = [](Connection& c) -> Result<void> {
            (void)insert(c, 2);
            return fail(ErrorCode::Conflict, "no");
        };
        auto duplicate = [](Connection& c) { return insert(c, 1); };
        PEGASUS_CO_CHECK(co_await db->write(good));
        EXPECT_EQ((co_await db->write(bad)).error().code, ErrorCode::Conflict);
        EXPECT_EQ((co_await db->write(duplicate)).error().code, ErrorCode::Internal);
        co_return co_await countRows(*db);
    };
    EXPECT_EQ(loop.run(task()).value(), 1);
}

TEST(Database, BringsPagesIntoTheFileWhenTheLogIsLong) {
    const auto sizes = [](std::uint64_t logBytes) {
        const TempDir dir;
        const auto path = dir.path() / "t.db";
        auto db = Database::open({.path = path, .pageBytes = 1024, .logBytes = logBytes}, {"CREATE TABLE t (x)"}).value();
        for (int i = 0; i < 300; ++i)
            EXPECT_TRUE(db->runNow([](Connection& c) -> Result<void> {
                c.exec("INSERT INTO t VALUES (zeroblob(900))");
                return {};
            }));
        return std::pair(std::filesystem::file_size(path), std::filesystem::file_size(path.string() + "-wal"));
    };
    const auto [shortFile, shortLog] = sizes(50'000);
    EXPECT_GT(shortFile, 200'000U);
    EXPECT_LT(shortLog, 100'000U);
    const auto [longFile, longLog] = sizes(10'000'000);
    EXPECT_LT(longFile, 10'000U);
    EXPECT_GT(longLog, 300'000U);
}

TEST(Database, RefusesANewerSchema) {
    const TempDir dir;
    (void)openIn(dir, {kSchema[0], "CREATE TABLE u (x)"});
    const auto again = Database::open({.path = dir.path() / "a.db"}, kSchema);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::NotSupported);
}

TEST(Database, RefusesASecondOpener) {
    const TempDir dir;
    const auto first = openIn(dir);
    const auto second = Database::open({.path = dir.path() / "a.db"}, kSchema);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::InvalidState);
}

TEST(Database, ReportsAFileThatIsNoDatabase) {
    const TempDir dir;
    {
        FILE* f = fopen((dir.path() / "a.db").c_str(), "w");
        fputs(std::string(4096, 'x').c_str(), f);
        fclose(f);
    }
    const auto result = Database::open({.path = dir.path() / "a.db"}, kSchema);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace pegasus::store
