// SPDX-License-Identifier: Apache-2.0
// Lineage: copies are noticed, crashes are not taken for copies.
#include "store/lineage.hpp"

#include <gtest/gtest.h>

#include "support/test_loop.hpp"

namespace pegasus::store {
namespace {

namespace fs = std::filesystem;
using test::TempDir;

const std::vector<Migration> kSteps{kLineageSchema};

std::uint64_t live(const fs::path& folder) {
    const auto database = Database::open({.path = folder / "state.db"}, kSteps).value();
    return countCopies(*database, folder).value();
}

void copyAll(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
}

class LineageTest : public testing::Test {
protected:
    LineageTest() { fs::create_directory(state); }
    const TempDir dir;
    const fs::path state = dir.path() / "state";
    const fs::path backup = dir.path() / "backup";
};

TEST_F(LineageTest, RestartsAreNoCopies) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(live(state), 0U);
}

TEST_F(LineageTest, AFolderThatWasPutBackIsACopy) {
    live(state);
    copyAll(state, backup);
    EXPECT_EQ(live(state), 0U);
    copyAll(backup, state);
    EXPECT_EQ(live(state), 1U);
    EXPECT_EQ(live(state), 1U);  // told again until somebody acts; not counted again
    copyAll(backup, state);
    EXPECT_EQ(live(state), 1U);  // counted in the copy, not in what it replaced
}

TEST_F(LineageTest, FilesThatWerePutBackInPlaceAreACopy) {
    live(state);
    copyAll(state, backup);
    live(state);
    for (const auto& file : fs::directory_iterator(backup))
        fs::copy_file(file.path(), state / file.path().filename(), fs::copy_options::overwrite_existing);
    EXPECT_EQ(live(state), 1U);
}

TEST_F(LineageTest, ADatabaseThatWasPutBackAloneIsACopy) {
    live(state);
    fs::copy_file(state / "state.db", dir.path() / "kept.db");
    live(state);
    fs::copy_file(dir.path() / "kept.db", state / "state.db", fs::copy_options::overwrite_existing);
    EXPECT_EQ(live(state), 1U);
}

TEST_F(LineageTest, ACopyWithoutTheFileIsACopy) {
    live(state);
    live(state);
    fs::remove(state / "life");
    EXPECT_EQ(live(state), 1U);
}

TEST_F(LineageTest, ACopyElsewhereIsACopyAndItsOriginalIsNot) {
    live(state);
    copyAll(state, backup);
    EXPECT_EQ(live(backup), 1U);
    EXPECT_EQ(live(state), 0U);
}

TEST_F(LineageTest, AnOriginalThatWasSetAsideIsNone) {
    live(state);
    fs::rename(state, backup);
    copyAll(backup, state);
    EXPECT_EQ(live(state), 1U);
    fs::remove_all(state);
    fs::rename(backup, state);
    EXPECT_EQ(live(state), 0U);
}

TEST_F(LineageTest, ACrashBetweenRowAndFileIsNoCopy) {
    live(state);
    for (int i = 0; i < 3; ++i) {
        // What is in the way makes the rename fail after the row was written; then the old file is back.
        fs::rename(state / "life", state / "kept");
        fs::create_hard_link(state / "kept", state / "life");
        { const auto database = Database::open({.path = state / "state.db"}, kSteps).value();
          ASSERT_TRUE(countCopies(*database, state)); }
        fs::remove(state / "life");
        fs::rename(state / "kept", state / "life");
        EXPECT_EQ(live(state), 0U);
    }
}

TEST_F(LineageTest, AFirstStartThatWasCutOffIsNoCopy) {
    live(state);
    // As it stood before the rename of the first run.
    fs::rename(state / "life", state / "life.new");
    EXPECT_EQ(live(state), 0U);
    EXPECT_EQ(live(state), 0U);
}

TEST_F(LineageTest, ADatabaseOfAnEarlierProgramIsTakenOver) {
    { const auto old = Database::open({.path = state / "state.db"}, {"CREATE TABLE t (x INTEGER)"}).value(); }
    const auto database =
        Database::open({.path = state / "state.db"}, {"CREATE TABLE t (x INTEGER)", kLineageSchema}).value();
    EXPECT_EQ(countCopies(*database, state).value(), 0U);
}

}  // namespace
}  // namespace pegasus::store
