// SPDX-License-Identifier: Apache-2.0
// Lines through a pseudo-terminal.
#include "drivers/lines/extract.hpp"
#include "drivers/linux/json_pointer.hpp"
#include "support/chip_fixture.hpp"
#include "support/pty_port.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Lines : public test::ChipFixture {
protected:
    Probe box(std::map<std::string, Given> parameters) {
        parameters.try_emplace("port", port.path());
        auto sensor = probe("lines", std::move(parameters));
        (void)sensor.turn();
        return sensor;
    }
    test::PtyPort port{dir.path() / "port"};
    const std::map<std::string, Given> weather{{"pattern", "T=(?<t>[-+0-9.]+) H=(?<humidity>[0-9.]+)"},
                                               {"channels.temperature.unit", "Cel"},
                                               {"channels.temperature.from", "t"},
                                               {"channels.humidity.unit", "%"}};
    const std::map<std::string, Given> json{{"channels.t.unit", "Cel"}, {"channels.pm.unit", "ug/m3"}, {"channels.pm.from", "/dust/0/pm2~1"}};
};

TEST_F(Lines, TakesNumbersByAPattern) {
    auto sensor = box(weather);
    port.send("boot\r\nT=-3.50 H=81\r\n");
    EXPECT_EQ(sensor.value("temperature"), -3.5);
    EXPECT_EQ(sensor.value("humidity"), 81);
}

TEST_F(Lines, TakesNumbersByPointers) {
    auto sensor = box(json);
    port.send("{\"t\": 21.5, \"dust\": [{\"pm2/\": \"7.25\"}]}\n");
    EXPECT_EQ(sensor.value("t"), 21.5);
    EXPECT_EQ(sensor.value("pm"), 7.25);
}

TEST_F(Lines, TellsTheNewestOfEachUntilItIsStale) {
    auto sensor = box(weather);
    port.send("T=1 H=2\nT=3 H=4\nT=5 H=");
    EXPECT_EQ(sensor.value("temperature"), 3);
    clock.advance(30s);
    EXPECT_EQ(sensor.value("temperature"), 3);
    clock.advance(31s);
    const auto reading = sensor.read("temperature");
    EXPECT_EQ(reading.quality, Quality::Missing);
    EXPECT_TRUE(reading.reason.starts_with("stale")) << reading.reason;
    port.send("6\n");
    EXPECT_EQ(sensor.value("humidity"), 6);
}

TEST_F(Lines, WhatIsNoNumberOrDoesNotFitIsNoValue) {
    auto sensor = box(weather);
    port.send("T=1.2.3 H=5\n");
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    EXPECT_EQ(sensor.value("humidity"), 5);
    port.send("hello\n");
    EXPECT_NE(sensor.read("temperature").reason.find("'hello' does not fit the pattern"), std::string::npos);
    auto other = box(json);
    for (const char* line : {"{\"t\": true}\n", "{\"t\": \"warm\"}\n", "{\"t\": 1e999}\n", "[1]\n", "nonsense\n", "{\"t\": null}\n"}) {
        port.send(line);
        EXPECT_EQ(other.read("t").quality, Quality::Missing) << line;
    }
}

TEST_F(Lines, ALineWithoutEndIsDroppedAndTheNextIsRead) {
    auto sensor = box(weather);
    for (int i = 0; i < 10; ++i) {
        port.send(std::string(1000, 'x'));
        (void)sensor.attend();
    }
    port.send("T=9 H=9\nT=1 H=2\n");
    EXPECT_EQ(sensor.value("temperature"), 1) << "what ends the long line is not taken for one";
}

TEST_F(Lines, APatternThatGoesWildIsEndedByItsLimits) {
    const auto wild = lines::byPattern("^(?<x>(a+)+)$", {"x"});
    ASSERT_TRUE(wild);
    const auto answer = (*wild)->extract(std::string(900, 'a') + "!");
    EXPECT_FALSE(answer);
}

TEST_F(Lines, WrongPatternsPointersAndChannelsAreRefused) {
    const std::string port_ = "/dev/ttyACM0";
    EXPECT_NE(refusal("lines", {{"port", port_}, {"pattern", "T=(?<t>"}, {"channels.t.unit", "Cel"}}).find("at character"), std::string::npos);
    EXPECT_NE(refusal("lines", {{"port", port_}, {"pattern", "T=(?<t>.)"}, {"channels.x.unit", "Cel"}}).find("no group 'x'"), std::string::npos);
    EXPECT_NE(refusal("lines", {{"port", port_}, {"channels.x.unit", "Cel"}, {"channels.x.from", "x"}}).find("no JSON pointer"), std::string::npos);
    EXPECT_NE(refusal("lines", {{"port", port_}}).find("needs channels"), std::string::npos);
    EXPECT_NE(refusal("lines", {{"port", port_}, {"channels.x.from", "/x"}}).find("'unit' is needed"), std::string::npos);
}

TEST(JsonPointer, WalksAsTheStandardSays) {
    const char* text = R"({"foo": [1, 2], "": 0, "a/b": 1, "m~n": 8, "deep": {"x": {"y": -0.5}}})";
    const auto numbers = linux_::numbersAt(text, {"/foo/0", "/foo/1", "/", "/a~1b", "/m~0n", "/deep/x/y", "/foo/2", "/foo/01", "/foo/-", "/nothing"});
    ASSERT_TRUE(numbers);
    const double expected[] = {1, 2, 0, 1, 8, -0.5};
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ((*numbers)[i].value(), expected[i]) << i;
    for (std::size_t i = 6; i < 10; ++i) EXPECT_FALSE((*numbers)[i]) << i;
    EXPECT_EQ(linux_::numbersAt("42", {""})->at(0).value(), 42);
    EXPECT_FALSE(linux_::numbersAt(std::string(100'000, '['), {""}));
    EXPECT_FALSE(linux_::numbersAt(std::string(100, '['), {""})) << "too deep";
    for (const char* bad : {"x", "/~2", "/~"}) EXPECT_FALSE(linux_::checkPointer(bad)) << bad;
}

}  // namespace
}  // namespace pegasus::drivers
