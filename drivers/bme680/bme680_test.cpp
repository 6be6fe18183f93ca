// SPDX-License-Identifier: Apache-2.0
// BME680 on a modelled bus. The model turns values into counts by the integer formulas of the data sheet, searched backwards.
#include "drivers/bme680/formulas.hpp"

#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

/// The constants of one real chip.
struct Real {
    int t1 = 26203, t2 = 26518, t3 = 3;
    int p1 = 36477, p2 = -10685, p3 = 88, p4 = 7310, p5 = -132, p6 = 30, p7 = 46, p8 = -590, p9 = -2530, p10 = 30;
    int h1 = 757, h2 = 1019, h3 = 0, h4 = 45, h5 = 20, h6 = 120, h7 = -100;
    int g1 = -29, g2 = -12163, g3 = 18;
    int heatRange = 1, heatValue = 44, switching = -1;
};

/// Section 3.3.1: the same in integers, hundredths of a degree.
int hundredths(const Real& r, int counts, int& fine) {
    const long var1 = (static_cast<long>(counts) >> 3) - (static_cast<long>(r.t1) << 1);
    const long var2 = (var1 * r.t2) >> 11;
    const long var3 = ((((var1 >> 1) * (var1 >> 1)) >> 12) * (static_cast<long>(r.t3) << 4)) >> 14;
    fine = static_cast<int>(var2 + var3);
    return (fine * 5 + 128) >> 8;
}

/// Section 3.4.1: gas resistance in integers needs tables; here from the definition of the converter, in Ohm.
double ohmOf(const Real& r, int counts, int range) {
    static constexpr double k1[] = {0, 0, 0, 0, 0, -1, 0, -0.8, 0, 0, -0.2, -0.5, 0, -1, 0, 0};
    static constexpr double k2[] = {0, 0, 0, 0, 0.1, 0.7, 0, -0.8, -0.1, 0, 0, 0, 0, 0, 0, 0};
    const double slope = (1340.0 + 5.0 * r.switching) * (1.0 + k1[range] / 100.0);
    return 8e6 / ((1.0 + k2[range] / 100.0) * (1 << range) * ((counts - 512.0) / slope + 1.0));
}

class ModelBme680 : public test::RegisterChip {
public:
    void reset() override {
        registers.clear();
        registers[0xD0] = id;
        registers[0xF0] = variant;
        const auto word = [&](int reg, int value) {
            registers[static_cast<std::uint8_t>(reg)] = static_cast<std::uint8_t>(value & 0xFF);
            registers[static_cast<std::uint8_t>(reg + 1)] = static_cast<std::uint8_t>(value >> 8 & 0xFF);
        };
        const auto byte = [&](int reg, int value) { registers[static_cast<std::uint8_t>(reg)] = static_cast<std::uint8_t>(value & 0xFF); };
        word(0xE9, real.t1), word(0x8A, real.t2), byte(0x8C, real.t3);
        word(0x8E, real.p1), word(0x90, real.p2), byte(0x92, real.p3), word(0x94, real.p4), word(0x96, real.p5), byte(0x99, real.p6), byte(0x98, real.p7);
        word(0x9C, real.p8), word(0x9E, real.p9), byte(0xA0, real.p10);
        byte(0xE3, real.h1 >> 4), byte(0xE1, real.h2 >> 4), byte(0xE2, (real.h1 & 15) | (real.h2 & 15) << 4);
        byte(0xE4, real.h3), byte(0xE5, real.h4), byte(0xE6, real.h5), byte(0xE7, real.h6), byte(0xE8, real.h7);
        byte(0xED, real.g1), word(0xEB, real.g2), byte(0xEE, real.g3);
        byte(0x00, real.heatValue), byte(0x02, real.heatRange << 4), byte(0x04, real.switching << 4);
        done_ = {};
    }
    Real real;
    std::uint8_t id = 0x61, variant = 0;
    int temperature = 490'000, pressure = 350'000, humidity = 22'000, gas = 600, range = 4;
    bool stable = true;

protected:
    void stored(std::uint8_t reg, std::uint8_t value, SteadyTime now) override {
        if (reg == 0xE0 && value == 0xB6) return reset();
        registers[reg] = value;
        if (reg != 0x74 || (value & 3) != 1) return;
        const auto time = registers[0x64];
        const int heating = (registers[0x71] & 0x10) != 0 ? (time & 63) << (2 * (time >> 6)) : 0;
        done_ = now + 20ms + std::chrono::milliseconds(heating);
    }
    std::uint8_t loaded(std::uint8_t reg, SteadyTime now) override {
        const bool done = done_ != SteadyTime{} && now >= done_;
        switch (reg) {
            case 0x1D: return done ? 0x80 : 0x20;
            case 0x1F: return static_cast<std::uint8_t>(pressure >> 12);
            case 0x20: return static_cast<std::uint8_t>(pressure >> 4 & 0xFF);
            case 0x21: return static_cast<std::uint8_t>((pressure & 15) << 4);
            case 0x22: return static_cast<std::uint8_t>(temperature >> 12);
            case 0x23: return static_cast<std::uint8_t>(temperature >> 4 & 0xFF);
            case 0x24: return static_cast<std::uint8_t>((temperature & 15) << 4);
            case 0x25: return static_cast<std::uint8_t>(humidity >> 8);
            case 0x26: return static_cast<std::uint8_t>(humidity & 0xFF);
            case 0x2A: return static_cast<std::uint8_t>(gas >> 2);
            case 0x2B: return static_cast<std::uint8_t>((gas & 3) << 6 | ((registers[0x71] & 0x10) != 0 ? 0x20 : 0) | (stable ? 0x10 : 0) | range);
            default: return registers[reg];
        }
    }

private:
    SteadyTime done_;
};

class Bme680 : public test::ChipFixture {
protected:
    Probe warm(std::map<std::string, Given> parameters = {}) {
        auto sensor = probe("bme680", std::move(parameters));
        (void)sensor.turn();
        clock.advance(6min);
        return sensor;
    }
};

TEST_F(Bme680, TemperatureAgreesWithTheIntegerFormula) {
    auto& chip = bus->put<ModelBme680>(0x76);
    auto sensor = warm();
    for (const int counts : {420'000, 450'000, 490'000, 520'000}) {
        chip.temperature = counts;
        int fine = 0;
        EXPECT_NEAR(sensor.value("temperature"), hundredths(chip.real, counts, fine) / 100.0, 0.011);
    }
}

TEST_F(Bme680, PressureAndHumidityAreThoseOfARoom) {
    auto& chip = bus->put<ModelBme680>(0x76);
    auto sensor = warm();
    const double low = sensor.value("pressure");
    chip.pressure -= 20'000;
    EXPECT_GT(sensor.value("pressure"), low);
    const double dry = sensor.value("humidity");
    chip.humidity += 3000;
    EXPECT_GT(sensor.value("humidity"), dry);
}

TEST_F(Bme680, GasResistanceIsThatOfTheConverter) {
    auto& chip = bus->put<ModelBme680>(0x76);
    auto sensor = warm();
    for (const int range : {0, 4, 5, 7, 13}) {
        chip.range = range;
        const double expected = ohmOf(chip.real, chip.gas, range);
        EXPECT_NEAR(sensor.read("gas_resistance").value.value_or(0), expected, 1 + expected / 1e6) << range;
    }
}

TEST_F(Bme680, APlateThatIsNotHotIsInDoubt) {
    auto& chip = bus->put<ModelBme680>(0x76);
    auto sensor = warm();
    EXPECT_EQ(sensor.read("gas_resistance").quality, Quality::Good);
    chip.stable = false;
    const auto reading = sensor.read("gas_resistance");
    EXPECT_EQ(reading.quality, Quality::Uncertain);
    EXPECT_TRUE(reading.reason.starts_with("warming up")) << reading.reason;
    EXPECT_EQ(probe("bme680").read("gas_resistance").quality, Quality::Uncertain) << "just after the start";
}

TEST_F(Bme680, WithoutHeatThereIsNoGas) {
    auto& chip = bus->put<ModelBme680>(0x76);
    auto sensor = probe("bme680", {{"heater-time", "0s"}});
    EXPECT_EQ(sensor.turn().size(), 3U);
    EXPECT_EQ(chip.registers[0x71], 0);
}

TEST_F(Bme680, TheTimeOfTheHeaterIsSixBitsAndAFactor) {
    EXPECT_EQ(bme680::heaterTime(100), 0x59) << "the example of table 5: 25 times 4";
    EXPECT_EQ(bme680::heaterTime(63), 63);
    EXPECT_EQ(bme680::heaterTime(64), 0x40 | 16);
    EXPECT_EQ(bme680::heaterTime(4032), 0xFF);
    EXPECT_EQ(bme680::heaterTime(100'000), 0xFF);
}

TEST_F(Bme680, AHotterPlateTakesALargerValue) {
    const std::uint8_t none[25] = {};
    auto c = bme680::calibrationOf(none, std::span(none).first(16), std::span(none).first(5));
    EXPECT_LT(bme680::heaterResistance(c, 200, 25), bme680::heaterResistance(c, 320, 25));
}

TEST_F(Bme680, FaultsOfTheBusAndAResetHeal) {
    auto& chip = bus->put<ModelBme680>(0x77);
    auto sensor = warm({{"address", "0x77"}});
    const double value = sensor.value("temperature");
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}}) {
        bus->faults(0x77) = fault;
        EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    }
    bus->faults(0x77) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("temperature").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.reset();
    EXPECT_EQ(sensor.value("temperature"), value);
}

TEST_F(Bme680, ItsSiblingsAreToldApart) {
    auto& chip = bus->put<ModelBme680>(0x76);
    chip.variant = 1;
    chip.reset();
    EXPECT_NE(probe("bme680").read("temperature").reason.find("BME688"), std::string::npos);
    chip.id = 0x60;
    chip.variant = 0;
    chip.reset();
    EXPECT_NE(probe("bme680").read("temperature").reason.find("has the id 0x60"), std::string::npos);
    EXPECT_TRUE(registry.find("bme680")->scan({}).empty());
}

}  // namespace
}  // namespace pegasus::drivers
