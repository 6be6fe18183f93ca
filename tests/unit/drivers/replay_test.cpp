// SPDX-License-Identifier: Apache-2.0
// replay: the strict parser, looping and ending.
#include "drivers/replay/replay.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "driver_fixture.hpp"

namespace pegasus::drivers {
namespace {

std::string problemOf(std::string_view csv) {
    const auto parsed = replay::parseRecording(csv, std::nullopt);
    return parsed ? "no error" : parsed.error().message;
}

TEST(Recording, ReadsColumnsCommentsAndEmptyFields) {
    const auto recording =
        replay::parseRecording("# made up\ntime,temperature:Cel,humidity:%\r\n0,20.5,40\n\n1,,41\n2,nan,42", std::nullopt)
            .value();
    ASSERT_EQ(recording.columns.size(), 2U);
    EXPECT_EQ(recording.columns[1].unit, "%");
    ASSERT_EQ(recording.rows(), 3U);
    EXPECT_EQ(recording.values[0], 20.5);
    EXPECT_FALSE(recording.values[2]);
    EXPECT_TRUE(std::isnan(*recording.values[4]));
}

TEST(Recording, NamesTheLineOfEachProblem) {
    EXPECT_EQ(problemOf("a:1\n1\n\nx\n"), "line 4, field 1: 'x', expected a number");
    EXPECT_EQ(problemOf("a:1,b:1\n1\n"), "line 2: 1 fields, expected 2");
    EXPECT_EQ(problemOf("a:1,a:2\n1,2\n"), "line 1: 'a' is there twice");
    EXPECT_EQ(problemOf("temperature\n1\n"),
              "line 1: column 'temperature', expected quantity:unit, such as temperature:Cel");
    EXPECT_EQ(problemOf("value\n1\n"), "line 1: column 'value' needs the parameters quantity and unit");
    EXPECT_EQ(problemOf(""), "line 0: there is no header");
    EXPECT_EQ(problemOf("# only\n"), "line 1: there is no header");
    EXPECT_EQ(problemOf("a:1\n"), "line 1: there is no row of values");
    EXPECT_NE(problemOf("time\n1\n"), "no error");
}

TEST(Recording, RefusesTooManyValuesAndColumns) {
    std::string rows = "a:1\n";
    for (std::size_t i = 0; i <= replay::kMaxValues; ++i) rows += "1\n";
    EXPECT_NE(problemOf(rows).find("more than 200000 values"), std::string::npos);
    std::string wide;
    for (int i = 0; i < 33; ++i) wide += (i == 0 ? "c" : ",c") + std::to_string(i) + ":1";
    EXPECT_NE(problemOf(wide + "\n").find("33 columns"), std::string::npos);
}

TEST(Recording, SurvivesJunk) {
    test::FakeRandom random(7);
    for (int i = 0; i < 500; ++i) {
        std::string junk = i % 2 == 0 ? "" : "a:1,b:2\n";
        std::array<std::uint8_t, 64> bytes{};
        random.fill(bytes);
        for (const auto b : bytes) junk += "0123456789,:\n\r.-e#time"[b % 22];
        (void)replay::parseRecording(junk, std::nullopt);
    }
}

class Replay : public DriverFixture {
protected:
    std::string file() const { return (dir.path() / "r.csv").string(); }
};

TEST_F(Replay, LoopsByDefault) {
    put("r.csv", "temperature:Cel\n1\n2\n");
    auto driver = make("replay", {{"file", file()}}).value();
    std::vector<double> values;
    for (int i = 0; i < 5; ++i) values.push_back(*driver->read({}).value()[0].value);
    EXPECT_EQ(values, (std::vector<double>{1, 2, 1, 2, 1}));
}

TEST_F(Replay, EndsWhenAskedTo) {
    put("r.csv", "time,value\n100,1\n");
    auto driver =
        make("replay", {{"file", file()}, {"loop", "false"}, {"quantity", "rain"}, {"unit", "mm"}}).value();
    EXPECT_EQ(driver->channels()[0].quantity, "rain");
    EXPECT_TRUE(driver->read({}));
    EXPECT_FALSE(driver->read({}));
    EXPECT_FALSE(driver->read({}));
}

TEST_F(Replay, NamesFileAndLineWhenItIsSetUp) {
    put("r.csv", "a:1\nx\n");
    EXPECT_EQ(errorOf("replay", {{"file", file()}}),
              "sensor 's': " + file() + ": line 2, field 1: 'x', expected a number");
    EXPECT_NE(errorOf("replay", {{"file", "/no/such"}}).find("No such file"), std::string::npos);
    EXPECT_NE(errorOf("replay", {{"file", "r.csv"}}).find("not absolute"), std::string::npos);
    EXPECT_NE(errorOf("replay", {}).find("'file' is needed"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::drivers
