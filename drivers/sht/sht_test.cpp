// SPDX-License-Identifier: Apache-2.0
// SHT3x and SHT4x on a modelled bus.
#include "drivers/linux/crc.hpp"
#include "drivers/sht/formulas.hpp"
#include "support/chip_fixture.hpp"
#include "support/modelled_sensirion.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelSht3x : public test::ModelledSensirion {
public:
    void reset() override { idle(); }
    std::uint16_t temperature = 0x6666, humidity = 0x8000;  // 25 degrees, 50 %

protected:
    bool perform(std::uint16_t code, const Words&, SteadyTime now) override {
        switch (code) {
            case 0x2400: return answer({temperature, humidity}, now, 15500us);
            case 0x30A2: return busy(now + 1500us), true;
            case 0xF32D: return answer({0x8010}, now, 0us);
            case 0x3682: return answer({0x1234, 0x5678}, now, 500us);
            default: return false;
        }
    }
};

class ModelSht4x : public test::ModelledSensirion {
public:
    void reset() override { idle(); }
    std::uint16_t temperature = 0x6666, humidity = 0x72B0;  // 25 degrees, 50 %

protected:
    [[nodiscard]] std::size_t commandSize(const test::Bytes&) const override { return 1; }
    bool perform(std::uint16_t code, const Words&, SteadyTime now) override {
        switch (code) {
            case 0xFD: return answer({temperature, humidity}, now, 8300us);
            case 0x94: return busy(now + 1ms), true;
            case 0x89: return answer({0x0F0E, 0x0D0C}, now, 500us);
            default: return false;
        }
    }
};

using Sht = test::ChipFixture;

TEST_F(Sht, MeasuresTemperatureAndHumidity) {
    bus->put<ModelSht3x>(0x44);
    bus->put<ModelSht4x>(0x46);
    auto three = probe("sht3x");
    EXPECT_EQ(three.value("temperature"), 25);
    EXPECT_EQ(three.value("humidity"), 50);
    EXPECT_EQ(three.provenance().at("serial"), std::to_string(0x12345678));
    auto four = probe("sht4x", {{"address", "0x46"}});
    EXPECT_EQ(four.value("temperature"), 25);
    EXPECT_NEAR(four.value("humidity"), 50, 0.01);
    EXPECT_EQ(four.provenance().at("serial"), std::to_string(0x0F0E0D0C));
}

TEST_F(Sht, TheEndsOfTheirScales) {
    EXPECT_EQ(sht::celsius(0), -45);
    EXPECT_EQ(sht::celsius(0xFFFF), 130);
    EXPECT_EQ(sht::humidityOf3(0xFFFF), 100);
    EXPECT_EQ(sht::humidityOf4(0), 0) << "cut";
    EXPECT_EQ(sht::humidityOf4(0xFFFF), 100);
    auto& chip = bus->put<ModelSht3x>(0x44);
    chip.temperature = 0;
    auto sensor = probe("sht3x");
    const auto reading = sensor.read("temperature");
    EXPECT_EQ(reading.quality, Quality::Bad);
    EXPECT_TRUE(reading.reason.starts_with("out of range")) << reading.reason;
}

TEST_F(Sht, TheChecksumIsThatOfTheDataSheet) {
    const std::uint8_t example[] = {0xBE, 0xEF};
    EXPECT_EQ(linux_::crc8(example), 0x92);
    EXPECT_EQ(test::checksumOf(0xBEEF), 0x92);
}

TEST_F(Sht, AWrongChecksumTakesItsOwnValueOnly) {
    bus->put<ModelSht3x>(0x44);
    bus->put<ModelSht4x>(0x45);
    auto three = probe("sht3x");
    auto four = probe("sht4x", {{"address", "0x45"}});
    (void)three.turn();
    (void)four.turn();
    bus->faults(0x44).corrupt = bus->faults(0x45).corrupt = true;
    for (auto* sensor : {&three, &four}) {
        EXPECT_EQ(sensor->value("temperature"), 25);
        const auto humidity = sensor->read("humidity");
        EXPECT_EQ(humidity.quality, Quality::Missing);
        EXPECT_TRUE(humidity.reason.starts_with("failed CRC")) << humidity.reason;
    }
}

TEST_F(Sht, SilenceHalfAnAnswerAndAStuckBusHeal) {
    auto& chip = bus->put<ModelSht3x>(0x44);
    auto sensor = probe("sht3x");
    EXPECT_EQ(sensor.value("temperature"), 25);
    bus->faults(0x44) = {.silent = true};
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    bus->faults(0x44) = {.half = true};
    EXPECT_EQ(sensor.read("humidity").quality, Quality::Missing);
    bus->faults(0x44) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("temperature").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.reset();
    EXPECT_EQ(sensor.value("temperature"), 25);
}

TEST_F(Sht, OneIsNotTakenForTheOther) {
    bus->put<ModelSht4x>(0x44);
    bus->put<ModelSht3x>(0x45);
    EXPECT_NE(probe("sht3x").turn()[0].quality, Quality::Good);
    EXPECT_NE(probe("sht4x", {{"address", "0x45"}}).turn()[0].quality, Quality::Good);
    ASSERT_EQ(registry.find("sht4x")->scan({}).size(), 1U);
    EXPECT_EQ(registry.find("sht4x")->scan({})[0].summary, "SHT4x at 0x44 on i2c-1");
    ASSERT_EQ(registry.find("sht3x")->scan({}).size(), 1U);
    EXPECT_EQ(registry.find("sht3x")->scan({})[0].summary, "SHT3x at 0x45 on i2c-1");
}

TEST_F(Sht, TheKernelsDriverGivesTheSameChannels) {
    bus->put<ModelSht3x>(0x44);
    put("dev/hwmon/hwmon4/temp1_input", "25000\n");
    put("dev/hwmon/hwmon4/humidity1_input", "50000\n");
    bus->faults(0x44).kernel = (dir.path() / "dev").string();
    auto sensor = probe("sht3x");
    EXPECT_EQ(sensor.value("temperature"), 25);
    EXPECT_EQ(sensor.value("humidity"), 50);
    EXPECT_EQ(bus->transfers, 0);
    EXPECT_EQ(sensor.provenance().at("way"), "kernel driver");
}

}  // namespace
}  // namespace pegasus::drivers
