// SPDX-License-Identifier: Apache-2.0
// An ultrasonic sensor on modelled lines: its echo comes as the trigger falls.
#include "drivers/ultrasonic/formulas.hpp"

#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Ultrasonic : public test::ChipFixture {
protected:
    Ultrasonic() {
        (void)gpio->line("GPIO24");
        gpio->line("GPIO23").driven = [this](bool active) {
            if (active || echoes.empty()) return;
            const auto echo = echoes.front();
            if (echoes.size() > 1) echoes.erase(echoes.begin());
            if (echo == Duration(0)) return;
            auto& line = gpio->line("GPIO24");
            const auto start = clock.steady().time_since_epoch() + 450us;
            line.waiting.push_back({true, start});
            line.waiting.push_back({false, start + echo});
        };
    }
    Probe tank(std::map<std::string, Given> parameters = {}) {
        parameters.try_emplace("trigger", "GPIO23");
        parameters.try_emplace("echo", "GPIO24");
        return probe("ultrasonic", std::move(parameters));
    }
    std::vector<Duration> echoes{5831us};  ///< one after another, the last again and again; 0: none
};

TEST_F(Ultrasonic, MeasuresByTheSpeedOfSound) {
    EXPECT_EQ(tank().value("distance"), 1.001);
    EXPECT_NEAR(ultrasonic::speedOfSound(20), 343.2, 0.1);
    EXPECT_NEAR(ultrasonic::distanceOf(0.00583, 20), 1.0, 0.001);
    EXPECT_LT(tank({{"temperature", "-20"}}).value("distance"), 0.94);
}

TEST_F(Ultrasonic, OneWrongEchoAmongFiveIsPassedOver) {
    echoes = {5831us, 900us, 5831us, 0us, 5831us, 5831us};
    EXPECT_EQ(tank().value("distance"), 1.001);
}

TEST_F(Ultrasonic, NoEchoNothingWithinReachAndNonsenseAreToldApart) {
    echoes = {0us};
    EXPECT_EQ(tank().read("distance").reason, "no echo: the sensor does not answer");
    echoes = {38ms};
    EXPECT_EQ(tank().read("distance").reason, "no echo: nothing within reach");
    echoes = {30us};
    const auto near = tank().read("distance");
    EXPECT_EQ(near.quality, Quality::Bad);
    EXPECT_TRUE(near.reason.starts_with("out of range")) << near.reason;
}

TEST_F(Ultrasonic, LinesThatGoHeal) {
    auto sensor = tank();
    EXPECT_EQ(sensor.value("distance"), 1.001);
    gpio->line("GPIO24").gone = true;
    EXPECT_EQ(sensor.read("distance").quality, Quality::Missing);
    gpio->line("GPIO24").gone = false;
    EXPECT_EQ(sensor.value("distance"), 1.001);
}

TEST_F(Ultrasonic, WrongOptionsAreRefused) {
    EXPECT_NE(refusal("ultrasonic", {{"trigger", "GPIO1"}, {"echo", "GPIO1"}}).find("the same line"), std::string::npos);
    EXPECT_NE(refusal("ultrasonic", {{"trigger", "GPIO1"}}).find("'echo' is needed"), std::string::npos);
    EXPECT_EQ(registry.check(configOf("ultrasonic", {{"trigger", "A"}, {"echo", "B"}})).claims.size(), 2U);
}

}  // namespace
}  // namespace pegasus::drivers
