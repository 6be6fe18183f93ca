// SPDX-License-Identifier: Apache-2.0
// What is told of changes, and how often.
#include "daemon/objects/changes.hpp"

#include <gtest/gtest.h>

#include "support/test_loop.hpp"

namespace pegasus::daemon {
namespace {

using Names = std::vector<std::string>;

TEST(Differences, AreWhatIsNewOrOther) {
    const bus::Dict told{{"a", 1}, {"b", "x"}, {"c", true}};
    EXPECT_EQ(differences(told, told), Names());
    EXPECT_EQ(differences(told, {{"a", 1}, {"b", "y"}, {"c", false}}), (Names{"b", "c"}));
    EXPECT_EQ(differences({}, told), (Names{"a", "b", "c"}));
}

TEST(Differences, SeeInsideADictionary) {
    const bus::Dict told{{"d", bus::Dict{{"k", 1}}}};
    EXPECT_EQ(differences(told, {{"d", bus::Dict{{"k", 1}}}}), Names());
    EXPECT_EQ(differences(told, {{"d", bus::Dict{{"k", 2}}}}), Names{"d"});
}

struct PacerTest : testing::Test {
    test::TestLoop loop;
    int told = 0;
    Pacer pacer{loop, [this] { ++told; }};
};

TEST_F(PacerTest, TellsTheFirstAtOnce) {
    pacer.touch();
    EXPECT_EQ(told, 1);
}

TEST_F(PacerTest, TellsAFloodOnceASecondAndItsLast) {
    for (int i = 0; i < 98; ++i) {
        pacer.touch();
        loop.runFor(std::chrono::milliseconds(30));
    }  // almost 3 s
    EXPECT_EQ(told, 3);
    loop.runFor(kSignalPause);
    EXPECT_EQ(told, 4);
    loop.runFor(kSignalPause * 10);
    EXPECT_EQ(told, 4);
}

TEST_F(PacerTest, TellsAtOnceAgainAfterAPause) {
    pacer.touch();
    loop.runFor(kSignalPause * 2);
    pacer.touch();
    EXPECT_EQ(told, 2);
}

TEST(Pacer, IsSilentOnceItHasGone) {
    test::TestLoop loop;
    int told = 0;
    {
        Pacer pacer(loop, [&] { ++told; });
        pacer.touch();
        pacer.touch();
    }
    loop.runFor(kSignalPause * 3);
    EXPECT_EQ(told, 1);
}

TEST(Ticker, WorksUntilItGoes) {
    test::TestLoop loop;
    int count = 0;
    {
        Ticker ticker(loop, std::chrono::seconds(5), [&] { ++count; });
        loop.runFor(std::chrono::seconds(16));
        EXPECT_EQ(count, 3);
    }
    loop.runFor(std::chrono::seconds(60));
    EXPECT_EQ(count, 3);
}

}  // namespace
}  // namespace pegasus::daemon
