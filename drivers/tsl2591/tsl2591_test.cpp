// SPDX-License-Identifier: Apache-2.0
// TSL2591 on a modelled bus: the model counts light as its gain and time make it.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelTsl2591 : public test::RegisterChip {
public:
    void reset() override {
        registers = {{0xA0, 0}, {0xA1, 0}, {0xB2, 0x50}};
        started_ = {};
    }
    double light = 100;        ///< counts of all light in 100 ms at gain 1, times 1000
    double infraredShare = 0.25;

protected:
    void stored(std::uint8_t reg, std::uint8_t value, SteadyTime now) override {
        registers[reg] = value;
        if (reg == 0xA0) started_ = value == 3 ? now : SteadyTime{};
    }
    std::uint8_t loaded(std::uint8_t reg, SteadyTime now) override {
        static constexpr double kGain[] = {1, 25, 428, 9876};
        const auto control = registers[0xA1];
        const int steps = (control & 7) + 1;
        const bool done = started_ != SteadyTime{} && now - started_ >= 100ms * steps;
        if (reg == 0xB3) return done ? 0x01 : 0x00;
        if (reg < 0xB4 || reg > 0xB7) return registers[reg];
        const double most = steps == 1 ? 36863 : 65535;
        const double all = std::min(light / 1000 * steps * kGain[control >> 4 & 3], most);
        const double infrared = std::min(all * infraredShare, most);
        const auto counts = static_cast<std::uint16_t>(reg < 0xB6 ? all : infrared);
        return static_cast<std::uint8_t>(reg % 2 == 0 ? counts & 0xFF : counts >> 8);
    }

private:
    SteadyTime started_;
};

using Tsl2591 = test::ChipFixture;

TEST_F(Tsl2591, TheSameLightIsTheSameWithAnyGain) {
    bus->put<ModelTsl2591>(0x29).light = 2000;  // 2 counts in 100 ms at gain 1
    const double expected = 2 * 0.75 * 0.75 * 408 / 100;
    EXPECT_NEAR(probe("tsl2591").value("illuminance"), expected, 0.3);
    for (const char* gain : {"25", "428"}) EXPECT_NEAR(probe("tsl2591", {{"gain", gain}}).value("illuminance"), expected, 0.5) << gain;
}

TEST_F(Tsl2591, FindsItsGainFromNightToSun) {
    auto& chip = bus->put<ModelTsl2591>(0x29);
    auto sensor = probe("tsl2591");
    double before = -1;
    for (const double light : {0.0, 10.0, 1e3, 1e5, 1e6, 1e7}) {
        chip.light = light;
        const double lux = sensor.value("illuminance");
        EXPECT_GT(lux, before);
        before = lux;
    }
    EXPECT_EQ((chip.registers[0xA1] >> 4 & 3), 0) << "the least for the sun";
}

TEST_F(Tsl2591, MoreThanItCanCountIsBad) {
    bus->put<ModelTsl2591>(0x29).light = 1e9;
    const auto reading = probe("tsl2591").read("illuminance");
    EXPECT_EQ(reading.quality, Quality::Bad);
    EXPECT_TRUE(reading.reason.starts_with("out of range")) << reading.reason;
    bus->put<ModelTsl2591>(0x29).infraredShare = 1.5;
    EXPECT_EQ(probe("tsl2591").read("illuminance").quality, Quality::Bad);
}

TEST_F(Tsl2591, FaultsOfTheBusAndAResetHeal) {
    auto& chip = bus->put<ModelTsl2591>(0x29);
    auto sensor = probe("tsl2591");
    const double lux = sensor.value("illuminance");
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}}) {
        bus->faults(0x29) = fault;
        EXPECT_EQ(sensor.read("illuminance").quality, Quality::Missing);
    }
    bus->faults(0x29) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("illuminance").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.reset();
    EXPECT_NEAR(sensor.value("illuminance"), lux, 0.01);
}

TEST_F(Tsl2591, IsFoundByItsId) {
    bus->put<ModelTsl2591>(0x29);
    EXPECT_EQ(registry.find("tsl2591")->scan({}).size(), 1U);
    bus->put<ModelTsl2591>(0x29).registers[0xB2] = 0x11;
    EXPECT_TRUE(registry.find("tsl2591")->scan({}).empty());
}

}  // namespace
}  // namespace pegasus::drivers
