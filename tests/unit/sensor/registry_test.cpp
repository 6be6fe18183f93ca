// SPDX-License-Identifier: Apache-2.0
// Registry: what is refused, and how it is said.
#include "sensor/registry.hpp"

#include <gtest/gtest.h>

#include "support/fake_sensor.hpp"

namespace pegasus::sensor {
namespace {

Registry registryWithFake() {
    Registry registry;
    registry.add("fake", {"path", "scale"}, [](const SensorConfig&) -> Result<std::unique_ptr<Driver>> {
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
    EXPECT_EQ(errorOf(configOf("fkae")), "sensor 'garden': there is no sensor type 'fkae'; did you mean 'fake'?");
    EXPECT_EQ(errorOf(configOf("thermometer")), "sensor 'garden': there is no sensor type 'thermometer'");
}

TEST(Registry, SuggestsTheParameterThatWasMeant) {
    EXPECT_EQ(errorOf(configOf("fake", {{"sclae", "2"}})),
              "sensor 'garden': type 'fake' has no parameter 'sclae'; did you mean 'scale'?");
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
    interval.interval = 49ms;
    EXPECT_NE(errorOf(interval), "no error");
    interval.interval = 25h;
    EXPECT_NE(errorOf(interval), "no error");
    auto timeout = configOf("fake");
    timeout.timeout = 0ms;
    EXPECT_NE(errorOf(timeout), "no error");
}

TEST(Parameters, ReadNumbersStrictly) {
    for (const char* text : {"", "x", "1x", "nan", "inf", "1,5", "0x10", "1e999"}) {
        const auto config = configOf("fake", {{"scale", text}});
        EXPECT_FALSE(Parameters(config).number("scale", 1.0)) << text;
    }
    const auto config = configOf("fake", {{"scale", " -2.5e-3 "}});
    EXPECT_EQ(Parameters(config).number("scale", 1.0).value(), -2.5e-3);
    EXPECT_EQ(Parameters(config).number("path", 7.0).value(), 7.0);
}

TEST(Parameters, ReadListsWithoutEmptyOrDoubleItems) {
    const auto config = configOf("fake", {{"a", " x , y,z"}, {"b", "x,,y"}, {"c", "x,x"}, {"d", ""}});
    const Parameters parameters(config);
    EXPECT_EQ(parameters.list("a").value(), (std::vector<std::string>{"x", "y", "z"}));
    EXPECT_FALSE(parameters.list("b"));
    EXPECT_FALSE(parameters.list("c"));
    EXPECT_FALSE(parameters.list("d"));
    EXPECT_TRUE(parameters.list("none").value().empty());
}

}  // namespace
}  // namespace pegasus::sensor
