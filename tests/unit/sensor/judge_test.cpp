// SPDX-License-Identifier: Apache-2.0
// What becomes of nonsense.
#include "sensor/judge.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace pegasus::sensor {
namespace {

const std::vector<Channel> kChannels{{"temperature", "Cel", -40.0, 85.0}, {"humidity", "%", 0.0, 100.0}};
const Timestamp kTime = fromMicros(1'700'000'000'000'000);

Reading given(std::string quantity, std::string unit, std::optional<double> value) {
    return {std::move(quantity), std::move(unit), value, {}, Quality::Good, {}};
}

std::vector<Reading> judged(std::vector<Reading> answer, const std::string& doubt = "") {
    return judge(kChannels, ReadOutcome(std::move(answer)), kTime, doubt);
}

TEST(Judge, KeepsGoodValuesInChannelOrderWithTheTimeOfTheTurn) {
    const auto readings = judged({given("humidity", "%", 40), given("temperature", "Cel", 20)});
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(readings[0], (Reading{"temperature", "Cel", 20, kTime, Quality::Good, ""}));
    EXPECT_EQ(readings[1], (Reading{"humidity", "%", 40, kTime, Quality::Good, ""}));
}

TEST(Judge, TakesTheValueFromWhatIsNotFinite) {
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()}) {
        const auto readings = judged({given("temperature", "Cel", value)});
        EXPECT_EQ(readings[0].quality, Quality::Bad);
        EXPECT_FALSE(readings[0].value);
    }
}

TEST(Judge, KeepsAValueOutOfRangeAndSaysSo) {
    const auto readings = judged({given("temperature", "Cel", 85.5), given("humidity", "%", -1)});
    EXPECT_EQ(readings[0].quality, Quality::Bad);
    EXPECT_EQ(readings[0].value, 85.5);
    EXPECT_EQ(readings[0].reason, "out of range: 85.5 is above the greatest possible 85");
    EXPECT_EQ(readings[1].quality, Quality::Bad);
}

TEST(Judge, AcceptsTheEndsOfTheRange) {
    EXPECT_EQ(judged({given("temperature", "Cel", -40)})[0].quality, Quality::Good);
    EXPECT_EQ(judged({given("temperature", "Cel", 85)})[0].quality, Quality::Good);
}

TEST(Judge, RefusesAValueInAnotherUnit) {
    const auto readings = judged({given("temperature", "K", 20)});
    EXPECT_EQ(readings[0].quality, Quality::Bad);
    EXPECT_FALSE(readings[0].value);
    EXPECT_EQ(readings[0].unit, "Cel");
}

TEST(Judge, MarksChannelsThatWereLeftOut) {
    const auto readings = judged({given("humidity", "%", 40), given("pressure", "hPa", 1000)});
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(readings[0].quality, Quality::Missing);
    EXPECT_EQ(judged({given("temperature", "Cel", std::nullopt)})[0].quality, Quality::Missing);
}

TEST(Judge, DoubtsOnlyWhatIsGood) {
    const auto readings = judged({given("temperature", "Cel", 20), given("humidity", "%", 101)}, "clock");
    EXPECT_EQ(readings[0].quality, Quality::Uncertain);
    EXPECT_EQ(readings[0].reason, "clock");
    EXPECT_EQ(readings[1].quality, Quality::Bad);
}

TEST(Judge, CutsLongReasons) {
    const auto readings = judge(kChannels, fail(ErrorCode::Internal, "{}", std::string(1000, 'x')), kTime, "");
    EXPECT_EQ(readings[0].reason.size(), 120U);
    EXPECT_EQ(readings[1].quality, Quality::Missing);
}

TEST(Quality, NamesGoBothWays) {
    for (const auto q : {Quality::Good, Quality::Uncertain, Quality::Bad, Quality::Missing})
        EXPECT_EQ(qualityFromName(qualityName(q)), q);
    EXPECT_FALSE(qualityFromName("excellent"));
}

}  // namespace
}  // namespace pegasus::sensor
