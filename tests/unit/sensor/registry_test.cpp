// SPDX-License-Identifier: Apache-2.0
// Registry: what is refused, and how it is said.
#include "sensor/registry.hpp"

#include <gtest/gtest.h>

#include "sensor/channel_text.hpp"
#include "support/fake_sensor.hpp"
#include "support/test_loop.hpp"

namespace pegasus::sensor {
namespace {

constexpr std::string_view kColours[] = {"red", "green"};
constexpr Option kOptions[] = {
    {.name = "path", .kind = OptionKind::File, .help = "A file"},
    {.name = "scale", .kind = OptionKind::Number, .help = "A factor", .standard = "1", .unit = "hPa", .least = -1000, .most = 1000},
    {.name = "count", .kind = OptionKind::Whole, .help = "How many", .least = 1, .most = 9},
    {.name = "address", .kind = OptionKind::Whole, .help = "Where", .standard = "0x76", .least = 8, .most = 0x77},
    {.name = "loop", .kind = OptionKind::Flag, .help = "Again", .standard = "true"},
    {.name = "hold", .kind = OptionKind::Time, .help = "How long", .least = 1, .most = 60},
    {.name = "on", .kind = OptionKind::Date, .help = "When"},
    {.name = "colour", .kind = OptionKind::Choice, .help = "Which", .choices = kColours},
    {.name = "colours", .kind = OptionKind::List, .help = "Which", .choices = kColours},
    {.name = "names", .kind = OptionKind::List, .help = "Any"},
    {.name = "patterns", .kind = OptionKind::Texts, .help = "Any, with commas"},
    {.name = "line", .help = "Of one sensor only"},
};

Registry registryWithFake() {
    static test::ManualClock clock;
    Registry registry(clock);
    registry.add({.name = "fake", .summary = "A sensor for tests", .options = kOptions, .make = [](Parameters& parameters) -> std::unique_ptr<Driver> {
                      if (parameters.has("line")) parameters.claim("line", "line " + parameters.textOr("line"));
                      return std::make_unique<test::FakeDriver>(std::make_shared<test::FakeSource>());
                  }});
    return registry;
}

SensorConfig configOf(std::string type, std::map<std::string, Given> parameters = {}) {
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
    const auto problems = registryWithFake().check(config).problems;
    std::map<std::string, std::string> texts;
    for (const auto& problem : problems) texts[problem.parameter] = problem.text;
    EXPECT_EQ(problems.size(), 4U);
    EXPECT_EQ(texts["scale"], "parameter 'scale' is '0,5', expected a number in hPa from -1000 to 1000, with a point");
    EXPECT_EQ(texts["path"], "parameter 'path' is empty");
    EXPECT_TRUE(texts.contains("sclae"));
    EXPECT_TRUE(texts.contains("interval"));
    EXPECT_TRUE(registryWithFake().check(configOf("fake", {{"scale", "0.5"}})).problems.empty());
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

/// The parameters of a type with kOptions; their configuration lives as long.
struct Asked {
    explicit Asked(std::initializer_list<std::pair<const std::string, Given>> given) : config(configOf("fake", given)) {}
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    SensorConfig config;
    DriverType type{.name = "fake", .summary = "", .options = kOptions};
    Parameters parameters{config, type};
};

bool isRefused(const std::string& name, const Given& given) { return !registryWithFake().check(configOf("fake", {{name, given}})).problems.empty(); }

TEST(Parameters, ReadNumbersStrictly) {
    for (const char* text : {"", "x", "1x", "nan", "inf", "1,5", "0x10", "1e999", "1 2", "--1", "1e", ".", "1000.1", "-1001"}) {
        EXPECT_TRUE(isRefused("scale", text)) << text;
        EXPECT_EQ(Asked({{"scale", text}}).parameters.number("scale"), 1.0) << "its default";
    }
    EXPECT_EQ(Asked({{"scale", " -2.5e-3 "}}).parameters.number("scale"), -2.5e-3);
    for (const char* text : {"0", "10", "1.0", "01", "1 ", "0x0a"}) EXPECT_TRUE(isRefused("count", text)) << text;
    EXPECT_EQ(Asked({{"address", "0x77"}}).parameters.whole("address"), 0x77);
    EXPECT_EQ(Asked({{"address", "118"}}).parameters.whole("address"), 0x76);
    EXPECT_FALSE(Asked({}).parameters.whole("count"));
}

TEST(Parameters, ReadWhatYamlTakesForATruthValue) {
    for (const char* text : {"true", "True", "TRUE", "yes", "Yes", "y", "on", "ON"})
        EXPECT_TRUE(Asked({{"loop", text}}).parameters.flag("loop")) << text;
    for (const char* text : {"false", "False", "no", "NO", "n", "off", "Off"})
        EXPECT_FALSE(Asked({{"loop", text}}).parameters.flag("loop")) << text;
    EXPECT_EQ(errorOf(configOf("fake", {{"loop", "one"}})), "sensor 'garden': parameter 'loop' is 'one', expected true or false");
}

TEST(Parameters, ReadListsOfYamlAndListsWithCommas) {
    EXPECT_EQ(Asked({{"names", " x , y,z"}}).parameters.list("names"), (std::vector<std::string>{"x", "y", "z"}));
    EXPECT_EQ(Asked({{"names", Given(std::vector<std::string>{"x,1", "y"})}}).parameters.list("names"), (std::vector<std::string>{"x,1", "y"}));
    EXPECT_EQ(Asked({{"patterns", "a{1,2}"}}).parameters.list("patterns"), (std::vector<std::string>{"a{1,2}"}));
    EXPECT_TRUE(Asked({}).parameters.list("names").empty());
    for (const char* text : {"x,,y", "x,x", ""}) EXPECT_TRUE(isRefused("names", text)) << text;
    EXPECT_TRUE(isRefused("names", Given(std::vector<std::string>{})));
    EXPECT_TRUE(isRefused("names", Given(std::vector<std::string>(kMaxListItems + 1, "x"))));
    EXPECT_TRUE(isRefused("scale", Given(std::vector<std::string>{"1", "2"}))) << "a list where one value is meant";
}

TEST(Parameters, ReadTimesDatesAndChoices) {
    EXPECT_EQ(Asked({{"hold", "5s"}}).parameters.time("hold"), Duration(5s));
    for (const char* text : {"5", "0s", "2m", "s"}) EXPECT_TRUE(isRefused("hold", text)) << text;
    EXPECT_FALSE(isRefused("on", "2024-02-29"));
    for (const char* text : {"2023-02-29", "2024-2-29", "29.02.2024", "2024-02-2x", "-024-01-01"}) EXPECT_TRUE(isRefused("on", text)) << text;
    EXPECT_EQ(errorOf(configOf("fake", {{"colour", "gren"}})),
              "sensor 'garden': parameter 'colour' is 'gren', expected one of: red, green; did you mean 'green'?");
    EXPECT_EQ(errorOf(configOf("fake", {{"colours", "red, blu"}})), "sensor 'garden': parameter 'colours' names 'blu', and there are red, green");
}

TEST(Parameters, AreAskedForWhatIsDeclaredOnly) {
    Asked asked({});
    EXPECT_FALSE(asked.parameters.text("undeclared"));
    ASSERT_EQ(asked.parameters.problems().size(), 1U);
}

TEST(Registry, ChecksTheChannelsThatAreDescribed) {
    EXPECT_FALSE(isRefused("channels.temperature.maximum", "60"));
    EXPECT_EQ(errorOf(configOf("fake", {{"channels.temprature.maximum", "60"}})),
              "sensor 'garden': there is no channel 'temprature' (there are temperature); did you mean 'temperature'?");
    EXPECT_NE(errorOf(configOf("fake", {{"channels.temperature.maximun", "60"}})).find("did you mean 'maximum'?"), std::string::npos);
    EXPECT_TRUE(isRefused("channels.temperature.maximum", "warm"));
    EXPECT_TRUE(isRefused("channels.temperature", "warm"));
    EXPECT_TRUE(isRefused("channels", "warm"));
}

TEST(Registry, TellsWhatASensorWantsForItself) {
    EXPECT_EQ(registryWithFake().check(configOf("fake", {{"line", "GPIO17"}})).claims, (std::vector<Claim>{{"line", "line GPIO17"}}));
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
