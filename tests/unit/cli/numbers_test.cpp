// SPDX-License-Identifier: Apache-2.0
// Numbers as people type them.
#include "cli/numbers.hpp"

#include <gtest/gtest.h>

namespace pegasus::cli {
namespace {

constexpr Bounds kSmall{1, 100};

TEST(Counts, AreDecimalWhateverTheyBeginWith) {
    EXPECT_EQ(parseCount("42", kSmall).value(), 42U);
    EXPECT_EQ(parseCount("010", kSmall).value(), 10U);
    EXPECT_EQ(parseCount("0099", kSmall).value(), 99U);
}

TEST(Counts, RefuseAllElseInOneSentence) {
    for (const auto* text : {"", "0", "101", "-1", "+1", " 1", "1 ", "0x10", "1e1", "1.0", "1_0", "ten", "99999999999999999999999999"}) {
        const auto value = parseCount(text, kSmall);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().message, "a whole number from 1 to 100");
    }
}

TEST(Degrees, AreDecimalFractions) {
    EXPECT_EQ(parseDegrees("45.07", 90).value(), 45.07);
    EXPECT_EQ(parseDegrees("-7", 90).value(), -7);
    EXPECT_EQ(parseDegrees("090", 90).value(), 90);
    EXPECT_EQ(parseDegrees("-180", 180).value(), -180);
    EXPECT_EQ(parseDegrees("-0.0", 180).value(), 0);
}

TEST(Degrees, AreNeitherHexNorInfiniteNorOutOfRange) {
    for (const auto* text : {"", "-", ".", "5.", ".5", "45,07", "0x10", "1e1", "nan", "inf", "-inf", "90.0001", "-91", "+5", "1 2", "45.07N"})
        EXPECT_EQ(parseDegrees(text, 90).error().message, "degrees from -90 to 90, such as 45.07") << text;
}

TEST(Positions, AreLatitudeAndLongitude) {
    EXPECT_EQ(parsePosition("45.07,7.69")->latitude, 45.07);
    EXPECT_EQ(parsePosition("-33.86, 151.2")->longitude, 151.2);
    for (const auto* text : {"", "45.07", "45.07;7.69", "45.07,", ",7", "91,0", "0,181", "1,2,3", "0x1,0x2"}) EXPECT_FALSE(parsePosition(text)) << text;
}

TEST(Distances, HaveAUnit) {
    EXPECT_EQ(parseDistance("800m").value(), 800);
    EXPECT_EQ(parseDistance("5km").value(), 5000);
    EXPECT_EQ(parseDistance("2.5 km").value(), 2500);
    for (const auto* text : {"", "5", "km", "-5km", "5mi", "5  km", "0x5km", "5KM", "1e3m", "nan km"}) EXPECT_FALSE(parseDistance(text)) << text;
}

TEST(Times, HaveAUnit) {
    EXPECT_EQ(parseTime("90s").value(), 90s);
    EXPECT_EQ(parseTime("30min").value(), 30min);
    EXPECT_EQ(parseTime("1.5h").value(), 90min);
    EXPECT_EQ(parseTime("7d").value(), 168h);
    for (const auto* text : {"", "7", "d", "-1h", "1y", "0x1h", "99999999999999999d", "999999w"}) EXPECT_FALSE(parseTime(text)) << text;
}

}  // namespace
}  // namespace pegasus::cli
