// SPDX-License-Identifier: Apache-2.0
// ADS1115 on a modelled bus.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelAds1115 : public test::WordRegisterChip {
public:
    void reset() override { words = {{0x00, 0}, {0x01, 0x8583}}; }
    double pins[4] = {1.0, 2.5, 0.25, 3.3};

protected:
    void stored(std::uint8_t reg, std::uint16_t value, SteadyTime now) override {
        words[reg] = value;
        if (reg == 0x01 && (value & 0x8000) != 0) done_ = now + 8ms;
    }
    std::uint16_t loaded(std::uint8_t reg, SteadyTime now) override {
        const auto config = words[0x01];
        if (reg == 0x01) return static_cast<std::uint16_t>(now >= done_ ? config | 0x8000 : config & 0x7FFF);
        // 000 0-1, 001 0-3, 010 1-3, 011 2-3, 1xx x against ground; gains from 2/3 on.
        static constexpr int kPlus[] = {0, 0, 1, 2, 0, 1, 2, 3};
        static constexpr int kMinus[] = {1, 3, 3, 3, -1, -1, -1, -1};
        static constexpr double kFull[] = {6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256};
        const auto mux = config >> 12 & 7;
        const double volts = pins[kPlus[mux]] - (kMinus[mux] < 0 ? 0 : pins[kMinus[mux]]);
        const double counts = std::clamp(volts / kFull[config >> 9 & 7] * 32768, -32768.0, 32767.0);
        return static_cast<std::uint16_t>(static_cast<std::int16_t>(counts));
    }

private:
    SteadyTime done_;
};

using Ads1115 = test::ChipFixture;

TEST_F(Ads1115, ReadsItsFourInputs) {
    bus->put<ModelAds1115>(0x48);
    auto sensor = probe("ads1115");
    const auto readings = sensor.turn();
    ASSERT_EQ(readings.size(), 4U);
    const double expected[] = {1.0, 2.5, 0.25, 3.3};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(readings[i].value.value_or(0), expected[i], 0.0002) << readings[i].quantity;
}

TEST_F(Ads1115, ReadsDifferencesWithTheirSign) {
    bus->put<ModelAds1115>(0x48);
    auto sensor = probe("ads1115", {{"inputs", "voltage2-voltage3, voltage0"}, {"range", "6.144"}});
    EXPECT_EQ(sensor.turn().size(), 2U);
    EXPECT_NEAR(sensor.value("voltage2-voltage3"), -3.05, 0.0002);
    EXPECT_NEAR(sensor.value("voltage0"), 1, 0.0002);
}

TEST_F(Ads1115, BeyondItsRangeIsBad) {
    bus->put<ModelAds1115>(0x48);
    auto sensor = probe("ads1115", {{"range", "2.048"}});
    const auto reading = sensor.read("voltage1");
    EXPECT_EQ(reading.quality, Quality::Bad);
    EXPECT_EQ(reading.reason, "out of range: beyond 2.048 V");
    EXPECT_NEAR(sensor.value("voltage2"), 0.25, 0.0001);
}

TEST_F(Ads1115, FaultsOfTheBusAndAResetHeal) {
    auto& chip = bus->put<ModelAds1115>(0x48);
    auto sensor = probe("ads1115");
    (void)sensor.turn();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}}) {
        bus->faults(0x48) = fault;
        EXPECT_EQ(sensor.read("voltage0").quality, Quality::Missing);
    }
    bus->faults(0x48) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("voltage0").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.reset();
    EXPECT_NEAR(sensor.value("voltage0"), 1, 0.0002);
}

TEST_F(Ads1115, RefusesInputsThatItDoesNotHave) {
    EXPECT_NE(refusal("ads1115", {{"inputs", "voltage4"}}).find("parameter 'inputs' names 'voltage4'"), std::string::npos);
    EXPECT_NE(refusal("ads1115", {{"range", "5"}}).find("one of: 6.144"), std::string::npos);
}

TEST_F(Ads1115, TheKernelsDriverGivesTheSameChannels) {
    put("dev/iio:device1/in_voltage0_raw", "8000\n");
    put("dev/iio:device1/in_voltage0_scale", "0.125000000\n");
    put("dev/iio:device1/in_voltage2-voltage3_raw", "-8\n");
    put("dev/iio:device1/in_voltage2-voltage3_scale", "0.125000000\n");
    bus->faults(0x48).kernel = (dir.path() / "dev").string();
    auto sensor = probe("ads1115", {{"inputs", "voltage0, voltage2-voltage3"}});
    EXPECT_EQ(sensor.value("voltage0"), 1);
    EXPECT_EQ(sensor.value("voltage2-voltage3"), -0.001);
}

}  // namespace
}  // namespace pegasus::drivers
