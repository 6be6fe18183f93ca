// SPDX-License-Identifier: Apache-2.0
// BME280 and BMP280: the worked example of the data sheet, and a model of the chip whose counts are found from the values by search.
#include <gtest/gtest.h>

#include "drivers/bme280/formulas.hpp"
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

/// The calibration of the worked example in BST-BMP280-DS001 3.12, and humidity constants of a usual chip.
const std::map<std::uint8_t, int> kWords{{0x88, 27504}, {0x8A, 26435}, {0x8C, -1000}, {0x8E, 36477}, {0x90, -10685}, {0x92, 3024}, {0x94, 2855},
                                         {0x96, 140},   {0x98, -7},    {0x9A, 15500}, {0x9C, -14600}, {0x9E, 6000}, {0xE1, 362}};

class ModelBme280 : public test::RegisterChip {
public:
    explicit ModelBme280(std::uint8_t id = 0x60) : id_(id) {}
    void reset() override {
        registers.clear();
        registers[0xD0] = id_;
        for (const auto& [reg, word] : kWords) {
            registers[reg] = static_cast<std::uint8_t>(word & 0xFF);
            registers[static_cast<std::uint8_t>(reg + 1)] = static_cast<std::uint8_t>(word >> 8 & 0xFF);
        }
        registers[0xA1] = 75;    // h1
        registers[0xE3] = 0;     // h3
        registers[0xE4] = 0x14;  // h4 = 0x145 = 325
        registers[0xE5] = 0x05;  // its last four bits; h5 = 0
        registers[0xE6] = 0x00;
        registers[0xE7] = 30;    // h6
        setCounts(registers, 0x80000, 0x80000, 0x8000);
        done_ = SteadyTime{};
    }
    std::uint32_t pressure = 415148, temperature = 519888, humidity = 30000;
    int resets = 0;

protected:
    void stored(std::uint8_t reg, std::uint8_t value, SteadyTime now) override {
        if (reg == 0xE0 && value == 0xB6) {
            ++resets;
            return reset();
        }
        registers[reg] = value;
        if (reg == 0xF4 && (value & 3) == 1) done_ = now + 8ms;
    }
    std::uint8_t loaded(std::uint8_t reg, SteadyTime now) override {
        if (reg == 0xF3) return now < done_ ? 0x08 : 0x00;
        if (reg >= 0xF7 && now >= done_ && done_ != SteadyTime{}) {
            const bool measured = (registers[0xF4] >> 5) != 0;
            setCounts(registers, measured ? pressure : 0x80000, measured ? temperature : 0x80000, (registers[0xF2] & 7) != 0 ? humidity : 0x8000);
        }
        return registers[reg];
    }

private:
    static void setCounts(std::map<std::uint8_t, std::uint8_t>& r, std::uint32_t p, std::uint32_t t, std::uint32_t h) {
        const auto put = [&](std::uint8_t first, std::uint32_t counts) {
            r[first] = static_cast<std::uint8_t>(counts >> 12);
            r[static_cast<std::uint8_t>(first + 1)] = static_cast<std::uint8_t>(counts >> 4 & 0xFF);
            r[static_cast<std::uint8_t>(first + 2)] = static_cast<std::uint8_t>((counts & 0xF) << 4);
        };
        put(0xF7, p);
        put(0xFA, t);
        r[0xFD] = static_cast<std::uint8_t>(h >> 8);
        r[0xFE] = static_cast<std::uint8_t>(h & 0xFF);
    }
    std::uint8_t id_;
    SteadyTime done_;
};

using Bme280 = test::ChipFixture;

TEST_F(Bme280, GivesTheValuesOfTheDataSheetsExample) {
    bus->put<ModelBme280>(0x76);
    auto sensor = probe("bme280");
    EXPECT_EQ(sensor.value("temperature"), 25.08);
    EXPECT_EQ(sensor.value("pressure"), 1006.53);
    const double humidity = sensor.value("humidity");
    EXPECT_GT(humidity, 20);
    EXPECT_LT(humidity, 80);
    EXPECT_EQ(sensor.provenance().at("chip"), "BME280");
    EXPECT_EQ(sensor.provenance().at("way"), "user space");
}

TEST_F(Bme280, HumidityGrowsWithItsCountsAndStaysWithinItsRange) {
    auto& chip = bus->put<ModelBme280>(0x76);
    auto sensor = probe("bme280");
    double before = -1;
    for (const std::uint32_t counts : {0U, 22000U, 26000U, 30000U, 34000U, 65000U}) {
        chip.humidity = counts;
        const double now = sensor.value("humidity");
        EXPECT_GE(now, before);
        EXPECT_LE(now, 100);
        before = now;
    }
    EXPECT_EQ(before, 100);
}

TEST_F(Bme280, MeasuresAnewAtEachTurn) {
    auto& chip = bus->put<ModelBme280>(0x77);
    auto sensor = probe("bme280", {{"address", "0x77"}});
    const double warm = sensor.value("temperature");
    chip.temperature -= 10000;
    EXPECT_LT(sensor.value("temperature"), warm - 2);
}

TEST_F(Bme280, KnowsABmp280AndSaysSo) {
    bus->put<ModelBme280>(0x76, std::uint8_t{0x58});
    auto wrong = probe("bme280");
    EXPECT_EQ(wrong.read("humidity").quality, Quality::Missing);
    EXPECT_EQ(wrong.problem, "the chip at 0x76 has the id 0x58 (a BMP280), expected 0x60 of a BME280");
    auto right = probe("bmp280");
    EXPECT_EQ(right.value("temperature"), 25.08);
    EXPECT_EQ(right.turn().size(), 2U);
}

TEST_F(Bme280, ValuesThatTheChipCannotMeasureAreBad) {
    auto& chip = bus->put<ModelBme280>(0x76);
    auto sensor = probe("bme280");
    chip.temperature = 0;
    const auto reading = sensor.read("temperature");
    EXPECT_EQ(reading.quality, Quality::Bad);
    EXPECT_TRUE(reading.reason.starts_with("out of range")) << reading.reason;
}

TEST_F(Bme280, SilenceHalfAnAnswerAndAStuckBusGiveNoValueAndHeal) {
    bus->put<ModelBme280>(0x76);
    auto sensor = probe("bme280");
    EXPECT_EQ(sensor.value("temperature"), 25.08);
    auto& faults = bus->faults(0x76);
    faults.silent = true;
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    EXPECT_EQ(sensor.problem, "no chip answers at 0x76 on i2c-1");
    faults = {.half = true};
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    faults = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    EXPECT_EQ(sensor.problem, "i2c-1 is stuck");
    bus->stuck = false;
    EXPECT_EQ(sensor.value("temperature"), 25.08);
}

TEST_F(Bme280, AChipThatIsResetInTheMiddleIsSetUpAgain) {
    auto& chip = bus->put<ModelBme280>(0x76);
    auto sensor = probe("bme280", {{"oversampling", "16"}});
    EXPECT_EQ(sensor.value("humidity"), sensor.value("humidity"));
    chip.reset();
    EXPECT_EQ(sensor.value("temperature"), 25.08);
    EXPECT_EQ(sensor.read("humidity").quality, Quality::Good);
}

TEST_F(Bme280, TwoOnOneBusDoNotDisturbEachOther) {
    bus->put<ModelBme280>(0x76);
    bus->put<ModelBme280>(0x77).temperature = 400000;
    auto one = probe("bme280");
    auto two = probe("bme280", {{"address", "0x77"}});
    EXPECT_EQ(one.value("temperature"), 25.08);
    EXPECT_LT(two.value("temperature"), 0);
    EXPECT_EQ(one.value("temperature"), 25.08);
}

TEST_F(Bme280, TheKernelsDriverGivesTheSameChannels) {
    auto& chip = bus->put<ModelBme280>(0x76);
    const std::string device = "sys/bus/i2c/devices/1-0076";
    put(device + "/iio:device3/in_temp_input", "25080\n");
    put(device + "/iio:device3/in_pressure_input", "100.653265625\n");
    put(device + "/iio:device3/in_humidityrelative_input", "48250\n");
    auto sensor = probe("bme280");
    EXPECT_EQ(sensor.value("temperature"), 25.08);
    const int resets = chip.resets;
    bus->faults(0x76).kernel = (dir.path() / device).string();
    const int transfers = bus->transfers;
    EXPECT_EQ(sensor.value("temperature"), 25.08);
    EXPECT_NEAR(sensor.value("pressure"), 1006.53, 0.01);
    EXPECT_EQ(sensor.value("humidity"), 48.25);
    EXPECT_EQ(bus->transfers, transfers) << "what the kernel holds is not touched";
    bus->faults(0x76).kernel.clear();
    EXPECT_EQ(sensor.value("temperature"), 25.08);
    EXPECT_EQ(chip.resets, resets + 1) << "it is set up again after the kernel had it";
}

TEST_F(Bme280, TheScanTellsWhichChipIsWhere) {
    bus->put<ModelBme280>(0x77);
    buses->add("i2c-4")->put<ModelBme280>(0x76, std::uint8_t{0x58});
    const auto bme = registry.find("bme280")->scan({});
    ASSERT_EQ(bme.size(), 1U);
    EXPECT_EQ(bme[0].summary, "BME280 at 0x77 on i2c-1");
    EXPECT_EQ(bme[0].parameters, (std::map<std::string, Given>{{"address", "0x77"}, {"type", "bme280"}}));
    const auto bmp = registry.find("bmp280")->scan({});
    ASSERT_EQ(bmp.size(), 1U);
    EXPECT_EQ(bmp[0].parameters, (std::map<std::string, Given>{{"bus", "i2c-4"}, {"type", "bmp280"}}));
}

TEST_F(Bme280, WrongOptionsAreRefusedBeforeAnythingIsOpened) {
    EXPECT_EQ(refusal("bme280", {{"address", "0x78"}}), "sensor 's': parameter 'address' is '0x78', expected one of: 0x76, 0x77");
    EXPECT_NE(refusal("bme280", {{"adress", "0x76"}}).find("did you mean 'address'?"), std::string::npos);
    EXPECT_NE(refusal("bme280", {{"oversampling", "3"}}).find("one of: 1, 2, 4, 8, 16"), std::string::npos);
    EXPECT_EQ(registry.check(configOf("bme280", {{"bus", "1"}})).claims, registry.check(configOf("bme280", {})).claims) << "the same chip";
    EXPECT_EQ(bus->transfers, 0);
}

TEST(Bme280Formulas, ShareAByteBetweenTwoNumbersOfHumidity) {
    std::uint8_t first[bme280::kFirstBlock] = {};
    const std::uint8_t second[bme280::kSecondBlock] = {0x6A, 0x01, 0x00, 0x14, 0x35, 0x02, 0x1E};
    const auto c = bme280::calibrationOf(first, second);
    EXPECT_EQ(c.h2, 362);
    EXPECT_EQ(c.h4, 0x145);
    EXPECT_EQ(c.h5, 0x023);
    EXPECT_EQ(c.h6, 30);
}

}  // namespace
}  // namespace pegasus::drivers
