// SPDX-License-Identifier: Apache-2.0
// INA219 on a modelled bus, with the example of its data sheet.
#include <cmath>

#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelIna219 : public test::WordRegisterChip {
public:
    void reset() override { words = {{0x00, 0x399F}}; }
    double across = 0.020, volts = 11.98;  // 20 mV, 11.98 V: figure 27 of the data sheet

protected:
    void stored(std::uint8_t reg, std::uint16_t value, SteadyTime) override {
        if (reg == 0x00 && (value & 0x8000) != 0) return reset();
        words[reg] = value;
    }
    std::uint16_t loaded(std::uint8_t reg, SteadyTime) override {
        if (reg == 0x01) return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(std::clamp(across / 1e-5, -32000.0, 32000.0))));
        if (reg == 0x02) return static_cast<std::uint16_t>(static_cast<int>(std::lround(volts / 4e-3)) << 3 | 2);
        return words[reg];
    }
};

using Ina219 = test::ChipFixture;

TEST_F(Ina219, GivesTheExampleOfTheDataSheet) {
    bus->put<ModelIna219>(0x40);
    auto sensor = probe("ina219", {{"shunt", "0.002"}});
    EXPECT_NEAR(sensor.value("voltage"), 11.98, 0.002);
    EXPECT_NEAR(sensor.value("current"), 10, 0.005);
    EXPECT_NEAR(sensor.value("power"), 119.8, 0.1);
}

TEST_F(Ina219, ACurrentBackwardsIsNegative) {
    auto& chip = bus->put<ModelIna219>(0x45);
    chip.across = -0.1;
    auto sensor = probe("ina219", {{"address", "0x45"}});
    EXPECT_EQ(sensor.value("current"), -1);
    EXPECT_NEAR(sensor.value("power"), -11.98, 0.01);
}

TEST_F(Ina219, MoreThanTheShuntIsMadeForIsBad) {
    bus->put<ModelIna219>(0x40).across = 0.5;
    auto sensor = probe("ina219");
    EXPECT_EQ(sensor.read("current").quality, Quality::Bad);
    EXPECT_EQ(sensor.read("power").quality, Quality::Bad);
    EXPECT_EQ(sensor.read("voltage").quality, Quality::Good);
}

TEST_F(Ina219, FaultsOfTheBusAndAResetHeal) {
    auto& chip = bus->put<ModelIna219>(0x40);
    auto sensor = probe("ina219");
    (void)sensor.turn();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.corrupt = true}}) {
        bus->faults(0x40) = fault;
        EXPECT_EQ(sensor.read("voltage").quality, Quality::Missing);
    }
    bus->faults(0x40) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("voltage").reason, "i2c-1 is stuck");
    bus->stuck = false;
    EXPECT_NEAR(sensor.value("voltage"), 11.98, 0.002);
    chip.reset();
    EXPECT_EQ(sensor.read("voltage").quality, Quality::Missing);
    EXPECT_NE(sensor.problem.find("was reset"), std::string::npos);
    EXPECT_NEAR(sensor.value("voltage"), 11.98, 0.002);
}

TEST_F(Ina219, TheKernelsDriversGiveTheSameChannels) {
    put("dev/hwmon/hwmon2/in1_input", "11980\n");
    put("dev/hwmon/hwmon2/curr1_input", "200\n");
    put("dev/hwmon/hwmon2/power1_input", "2396000\n");
    bus->faults(0x40).kernel = (dir.path() / "dev").string();
    auto sensor = probe("ina219");
    EXPECT_EQ(sensor.value("voltage"), 11.98);
    EXPECT_EQ(sensor.value("current"), 0.2);
    EXPECT_EQ(sensor.value("power"), 2.396);
}

}  // namespace
}  // namespace pegasus::drivers
