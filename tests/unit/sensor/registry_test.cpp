// SPDX-License-Identifier: Apache-2.0
// Registry: what is refused, and how it is said.
#include "sensor/registry.hpp"

#include <gtest/gtest.h>

#include "sensor/channel_text.hpp"
#include "support/fake_sensor.hpp"

namespace pegasus::sensor {
namespace {

Registry registryWithFake() {
    Registry registry;
    registry.add("fake", {"path", "scale"}, [](Parameters& parameters) -> std::unique_ptr<Driver> {
        (void)parameters.number("scale");
        if (parameters.text("path", "/x").empty()) parameters.wrong("path", "parameter 'path' is empty");
        return std::make_unique<test::FakeDriver>(std::make_shared<test::FakeSource>());
    });
    return registry;
}

SensorConfig configOf(std::string type, std::map<std::string, std::string> parameters = {}) {
    SensorConfig config;
    config.id = "garden";
    config.type = std::move(type);
    config.parameters = std::move(parameters);
    return config;
}

std::string errorOf(const SensorConfig& config) {
    const auto result = registryWithFake().create(config);
    if (result) return "no error";
    EXPECT_EQ(result.error().code, ErrorCode::Config);
    return result.error().message;
}

TEST(Registry, MakesAKnownType) {
    EXPECT_TRUE(registryWithFake().create(configOf("fake", {{"path", "/x"}})));
}

TEST(Registry, SuggestsTheTypeThatWasMeant) {
    EXPECT_EQ(errorOf(configOf("fkae")), "sensor 'garden': there is no sensor type 'fkae' (there are fake); did you mean 'fake'?");
    EXPECT_EQ(errorOf(configOf("thermometer")),
              "sensor 'garden': there is no sensor type 'thermometer' (there are fake)");
}

TEST(Registry, SuggestsTheParameterThatWasMeant) {
    EXPECT_EQ(errorOf(configOf("fake", {{"sclae", "2"}})),
              "sensor 'garden': type 'fake' has no parameter 'sclae'; did you mean 'scale'?");
}

TEST(Registry, NamesEachProblemWithTheParameterItIsAbout) {
    auto config = configOf("fake", {{"sclae", "2"}, {"scale", "0,5"}, {"path", ""}});
    config.interval = 1ms;
    const auto problems = registryWithFake().check(config);
    std::map<std::string, std::string> texts;
    for (const auto& problem : problems) texts[problem.parameter] = problem.text;
    EXPECT_EQ(problems.size(), 4U);
    EXPECT_EQ(texts["scale"], "parameter 'scale' is '0,5', expected a number, with a point");
    EXPECT_EQ(texts["path"], "parameter 'path' is empty");
    EXPECT_TRUE(texts.contains("sclae"));
    EXPECT_TRUE(texts.contains("interval"));
    EXPECT_TRUE(registryWithFake().check(configOf("fake", {{"scale", "0.5"}})).empty());
}

TEST(Registry, RefusesIdsIntervalsAndTimeoutsOutOfBounds) {
    for (const char* id : {"", "A", "-a", "_a", "a b", "a/b", "ä"}) {
        auto config = configOf("fake");
        config.id = id;
        EXPECT_NE(errorOf(config), "no error") << id;
    }
    auto longId = configOf("fake");
    longId.id = std::string(65, 'a');
    EXPECT_NE(errorOf(longId), "no error");
    auto interval = configOf("fake");
    interval.interval = 99ms;
    EXPECT_NE(errorOf(interval), "no error");
    interval.interval = 25h;
    EXPECT_NE(errorOf(interval), "no error");
    auto timeout = configOf("fake");
    timeout.timeout = 0ms;
    EXPECT_NE(errorOf(timeout), "no error");
}

TEST(Parameters, ReadNumbersStrictly) {
    for (const char* text : {"", "x", "1x", "nan", "inf", "1,5", "0x10", "1e999", "1 2", "--1", "1e", "."}) {
        const auto config = configOf("fake", {{"scale", text}});
        Parameters parameters(config);
        EXPECT_FALSE(parameters.number("scale")) << text;
        EXPECT_EQ(parameters.problems().size(), 1U) << text;
    }
    const auto config = configOf("fake", {{"scale", " -2.5e-3 "}});
    Parameters parameters(config);
    EXPECT_EQ(parameters.number("scale"), -2.5e-3);
    EXPECT_FALSE(parameters.number("path"));
    EXPECT_TRUE(parameters.problems().empty());
}

TEST(Parameters, ReadWhatYamlTakesForATruthValue) {
    for (const char* text : {"true", "True", "TRUE", "yes", "Yes", "y", "on", "ON"}) {
        const auto config = configOf("fake", {{"loop", text}});
        EXPECT_TRUE(Parameters(config).flag("loop", false)) << text;
    }
    for (const char* text : {"false", "False", "no", "NO", "n", "off", "Off"}) {
        const auto config = configOf("fake", {{"loop", text}});
        EXPECT_FALSE(Parameters(config).flag("loop", true)) << text;
    }
    const auto config = configOf("fake", {{"loop", "one"}});
    Parameters parameters(config);
    (void)parameters.flag("loop", true);
    ASSERT_EQ(parameters.problems().size(), 1U);
    EXPECT_EQ(parameters.problems()[0].text, "parameter 'loop' is 'one', expected true or false");
}

TEST(Parameters, ReadListsWithoutEmptyOrDoubleItems) {
    const auto config = configOf("fake", {{"a", " x , y,z"}, {"b", "x,,y"}, {"c", "x,x"}, {"d", ""}});
    Parameters parameters(config);
    EXPECT_EQ(parameters.list("a"), (std::vector<std::string>{"x", "y", "z"}));
    EXPECT_TRUE(parameters.list("none").empty());
    EXPECT_TRUE(parameters.problems().empty());
    for (const char* name : {"b", "c", "d"}) (void)parameters.list(name);
    EXPECT_EQ(parameters.problems().size(), 3U);
}

TEST(ChannelText, TakesWhatCanBeSeen) {
    for (const char* quantity : {"temperature", "pm2_5", "Au\u00DFentemperatur", "room 3", "Temperature (\u00B0C)"})
        EXPECT_TRUE(checkQuantity(quantity)) << quantity;
    for (const char* unit : {"Cel", "%", "ug/m3", "[ppm]", "/min", "10*3/uL", "1"}) EXPECT_TRUE(checkUnit(unit)) << unit;
}

TEST(ChannelText, RefusesWhatCannotBeSeenIsTooLongOrEmpty) {
    const std::string tooLong(65, 'q');
    for (const std::string& quantity :
         {std::string(), tooLong, std::string("a\tb"), std::string("a\x1b[2J"), std::string("a\0b", 3), std::string("a\u202Eb"),
          std::string("a\u200Bb"), std::string("a\u00ADb"), std::string("\xE9t\xE9"), std::string(" a"), std::string("\xC0\x80"),
          std::string("\xED\xA0\x80")})
        EXPECT_FALSE(checkQuantity(quantity)) << quantity;
    EXPECT_TRUE(checkQuantity(std::string(64, 'q')));
    for (const std::string& unit : {std::string(), std::string(33, 'm'), std::string("m s"), std::string("m\n")})
        EXPECT_FALSE(checkUnit(unit)) << unit;
}

TEST(ChannelText, TellsWhatToWriteForAUnitThatIsNotUcum) {
    const std::map<std::string, std::string> known{{"\u00B0C", "'Cel'"},    {"\u2103", "'Cel'"},        {"\u00B0F", "'[degF]'"},
                                                   {"\u00B5g/m\u00B3", "'ug/m3'"}, {"\u03A9", "'Ohm'"}, {"\u00B0", "'deg'"}};
    for (const auto& [unit, ucum] : known) {
        const auto checked = checkUnit(unit);
        ASSERT_FALSE(checked) << unit;
        EXPECT_NE(checked.error().message.find("write " + ucum), std::string::npos) << checked.error().message;
    }
}

}  // namespace
}  // namespace pegasus::sensor
