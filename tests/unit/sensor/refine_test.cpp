// SPDX-License-Identifier: Apache-2.0
// Refinement: correction, ranges, jumps, values that stand still, computed channels.
#include "sensor/refine.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sensor/judge.hpp"
#include "sensor/registry.hpp"
#include "support/fake_sensor.hpp"
#include "support/test_loop.hpp"

namespace pegasus::sensor {
namespace {

class Refine : public testing::Test {
protected:
    Refine() {
        source->channels = {{"temperature", "Cel", -40.0, 85.0}, {"humidity", "%", 0.0, 100.0}, {"pressure", "hPa", 300.0, 1100.0}};
        source->answer = [this] {
            return ReadOutcome(std::vector<Reading>{{"temperature", "Cel", temperature, {}, {}, {}}, {"humidity", "%", humidity, {}, {}, {}},
                                                    {"pressure", "hPa", pressure, {}, {}, {}}});
        };
        registry.add({.name = "box", .summary = "", .make = [this](Parameters&) { return std::make_unique<test::FakeDriver>(source); }, .nature = true});
    }
    std::string refusal(std::map<std::string, Given> parameters) {
        const auto made = registry.create(configOf(std::move(parameters)));
        return made ? "no error" : made.error().message;
    }
    void make(std::map<std::string, Given> parameters) {
        driver = registry.create(configOf(std::move(parameters))).value();
        read = {false, driver->channels(), {}, {}};
    }
    Reading turn(std::string_view quantity) {
        const auto readings = judge(read.channels, openAndRead(*driver, read, {}), clock.now(), "");
        const auto again = judge(read.channels, ReadOutcome(readings), clock.now(), "");
        return *std::ranges::find(again, quantity, &Reading::quantity);
    }
    static SensorConfig configOf(std::map<std::string, Given> parameters) {
        SensorConfig config;
        config.id = "s";
        config.type = "box";
        config.parameters = std::move(parameters);
        return config;
    }

    test::ManualClock clock;
    Registry registry{clock};
    std::shared_ptr<test::FakeSource> source = std::make_shared<test::FakeSource>();
    double temperature = 21.062, humidity = 50, pressure = 954.61;
    std::unique_ptr<Driver> driver;
    Source read;
};

TEST_F(Refine, CorrectsWithoutInventingDigits) {
    make({{"channels.temperature.offset", "-1.5"}, {"channels.temperature.calibrated", "2026-10-01"}, {"channels.humidity.scale", "1.1"}});
    EXPECT_EQ(turn("temperature").value, 19.562);
    EXPECT_EQ(turn("humidity").value, 55);
    EXPECT_EQ(turn("pressure").value, 954.61);
    EXPECT_EQ(read.provenance.at("calibrated"), "2026-10-01");
}

TEST_F(Refine, TheRangeOfTheSourceCountsBeforeTheCorrectionAndTheUsersAfterIt) {
    make({{"channels.temperature.offset", "50"}, {"channels.humidity.maximum", "40"}});
    temperature = 84;
    EXPECT_EQ(turn("temperature").quality, Quality::Good) << turn("temperature").reason;
    temperature = 86;
    const auto high = turn("temperature");
    EXPECT_EQ(high.quality, Quality::Bad);
    EXPECT_EQ(flawName(high.reason), "out-of-range");
    const auto humid = turn("humidity");
    EXPECT_EQ(humid.quality, Quality::Bad);
    EXPECT_EQ(humid.value, 50);
}

TEST_F(Refine, AJumpIsInDoubtUntilASecondReadingConfirmsIt) {
    make({});
    EXPECT_EQ(turn("temperature").quality, Quality::Good);
    clock.advance(20s);
    temperature = 60;
    const auto jump = turn("temperature");
    EXPECT_EQ(jump.quality, Quality::Uncertain);
    EXPECT_EQ(jump.value, 60);
    EXPECT_EQ(flawName(jump.reason), "jump") << jump.reason;
    clock.advance(20s);
    temperature = 21;
    EXPECT_EQ(turn("temperature").quality, Quality::Good) << "one wrong value does not make the next one wrong";
    temperature = 60;
    EXPECT_EQ(turn("temperature").quality, Quality::Uncertain);
    temperature = 61;
    EXPECT_EQ(turn("temperature").quality, Quality::Good) << "it stayed there";
    clock.advance(5min);
    temperature = 20;
    EXPECT_EQ(turn("temperature").quality, Quality::Good) << "in five minutes that is believed";
}

TEST_F(Refine, AThresholdIsAMatterOfTheConfiguration) {
    make({{"channels.temperature.jump", "0"}, {"channels.humidity.jump", "2"}});
    (void)turn("temperature");
    temperature = 60;
    humidity = 53;
    EXPECT_EQ(turn("temperature").quality, Quality::Good);
    EXPECT_EQ(turn("humidity").quality, Quality::Good) << "the second reading of the jump";
}

TEST_F(Refine, AValueThatStandsStillIsInDoubt) {
    make({{"channels.temperature.stuck-after", "1h"}});
    for (int i = 0; i < 60; ++i) {
        EXPECT_EQ(turn("temperature").quality, Quality::Good) << i;
        clock.advance(1min);
    }
    const auto stuck = turn("temperature");
    EXPECT_EQ(stuck.quality, Quality::Uncertain);
    EXPECT_EQ(flawName(stuck.reason), "stuck") << stuck.reason;
    temperature += 0.001;
    EXPECT_EQ(turn("temperature").quality, Quality::Good);
}

TEST_F(Refine, TheDewPointIsThatOfTheTables) {
    make({{"derived", "dew_point"}});
    temperature = 25;
    EXPECT_NEAR(turn("dew_point").value.value_or(0), 13.85, 0.02);
    EXPECT_NEAR(dewPoint(20, 100), 20, 1e-9);
    EXPECT_NEAR(dewPoint(0, 50), -9.2, 0.1);
    humidity = 0;
    EXPECT_EQ(turn("dew_point").quality, Quality::Missing);
    humidity = 130;
    EXPECT_EQ(turn("dew_point").quality, Quality::Missing) << "nothing is computed from what is bad";
}

TEST_F(Refine, TheSeaLevelPressureIsThatOfTheStandardAtmosphere) {
    make({{"derived", "sea_level_pressure"}, {"station-altitude", "500"}});
    temperature = 11.75;  // at 500 m, where the standard atmosphere has 954.61 hPa
    EXPECT_NEAR(turn("sea_level_pressure").value.value_or(0), 1013.25, 0.05);
    EXPECT_NEAR(seaLevelPressure(1000, 10, 0), 1000, 1e-9);
}

TEST_F(Refine, WhatDoesNotFitIsRefused) {
    EXPECT_NE(refusal({{"derived", "dew_pint"}}).find("did you mean 'dew_point'?"), std::string::npos);
    EXPECT_NE(refusal({{"derived", "sea_level_pressure"}}).find("needs station-altitude"), std::string::npos);
    EXPECT_NE(refusal({{"channels.temperature.scale", "0"}}).find("'scale' is 0"), std::string::npos);
    EXPECT_NE(refusal({{"channels.temperature.minimum", "5"}, {"channels.temperature.maximum", "4"}}).find("above maximum"), std::string::npos);
    EXPECT_NE(refusal({{"channels.temperature.calibrated", "yesterday"}}).find("a date"), std::string::npos);
    EXPECT_NE(refusal({{"channels.temperature.jump", "-1"}}).find("at least 0"), std::string::npos);
    source->channels.pop_back();
    source->channels.pop_back();
    EXPECT_NE(refusal({{"derived", "dew_point"}}).find("needs the channels temperature and humidity"), std::string::npos);
}

TEST(Flaws, AreNamedByTheFirstWordsOfTheReason) {
    EXPECT_EQ(flawName("warming up: 5 s"), "warming-up");
    EXPECT_EQ(flawName("stuck"), "stuck");
    EXPECT_EQ(flawName("stuckness"), "");
    EXPECT_EQ(flawName("the laser fails"), "");
}

}  // namespace
}  // namespace pegasus::sensor
