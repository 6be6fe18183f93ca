// SPDX-License-Identifier: Apache-2.0
// SGP30 and SGP40 on a modelled bus.
#include "drivers/sgp/sgp.hpp"

#include "support/chip_fixture.hpp"
#include "support/modelled_sensirion.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelSgp30 : public test::ModelledSensirion {
public:
    void reset() override { initialised = false; }
    bool initialised = false;
    std::uint16_t tvoc = 120, eco2 = 640, features = 0x0022, humidity = 0;
    int measured = 0;

protected:
    bool perform(std::uint16_t code, const Words& arguments, SteadyTime now) override {
        switch (code) {
            case 0x202F: return answer({features}, now, 10ms);
            case 0x3682: return answer({0, 0x0012, 0x3456}, now, 500us);
            case 0x2003: return initialised = true, since_ = now, busy(now + 10ms), true;
            case 0x2061: return humidity = arguments.at(0), busy(now + 10ms), true;
            case 0x2008:
                if (!initialised) return false;
                ++measured;
                if (now - since_ < 15s) return answer({400, 0}, now, 12ms);
                return answer({eco2, tvoc}, now, 12ms);
            default: return false;
        }
    }

private:
    SteadyTime since_;
};

class ModelSgp40 : public test::ModelledSensirion {
public:
    void reset() override {}
    std::uint16_t raw = 30'000, test = 0xD400;
    Words told;

protected:
    bool perform(std::uint16_t code, const Words& arguments, SteadyTime now) override {
        switch (code) {
            case 0x3682: return answer({0, 1, 2}, now, 500us);
            case 0x280E: return answer({test}, now, 320ms);
            case 0x260F: return told = arguments, answer({raw}, now, 30ms);
            default: return false;
        }
    }
};

using Sgp = test::ChipFixture;

TEST_F(Sgp, ThirtyGivesBothGuessesAfterItsFixedValues) {
    bus->put<ModelSgp30>(0x58);
    auto sensor = probe("sgp30");
    const auto first = sensor.read("tvoc");
    EXPECT_EQ(first.quality, Quality::Missing);
    EXPECT_TRUE(first.reason.starts_with("warming up")) << first.reason;
    clock.advance(15s);
    EXPECT_EQ(sensor.value("tvoc"), 120);
    EXPECT_EQ(sensor.value("eco2"), 640);
    EXPECT_EQ(sensor.provenance().at("serial"), std::to_string(0x123456));
}

TEST_F(Sgp, ThirtyIsAskedEachSecondWhateverTheInterval) {
    auto& chip = bus->put<ModelSgp30>(0x58);
    auto driver = registry.create(configOf("sgp30", {})).value();
    sensor::Source source;
    ASSERT_TRUE(sensor::openAndRead(*driver, source, {}));
    const int before = chip.measured;
    for (int i = 0; i < 20; ++i) {
        const auto wait = driver->attention().within;
        ASSERT_TRUE(wait);
        EXPECT_LE(*wait, 1s);
        clock.advance(*wait);
        EXPECT_FALSE(driver->attend()) << "no news";
    }
    EXPECT_EQ(chip.measured, before + 20);
}

TEST_F(Sgp, ThirtyIsToldTheHumidity) {
    auto& chip = bus->put<ModelSgp30>(0x58);
    (void)probe("sgp30", {{"humidity", "50"}, {"temperature", "25"}}).turn();
    EXPECT_NEAR(chip.humidity / 256.0, 11.5, 0.1);  // grams in a cubic metre at 25 degrees and 50 %
    EXPECT_NEAR(sgp::absoluteHumidity(20, 100), 17.3, 0.1);
    EXPECT_NE(refusal("sgp30", {{"humidity", "50"}}).find("needed together"), std::string::npos);
}

TEST_F(Sgp, ThirtyThatWasResetIsInitialisedAgain) {
    auto& chip = bus->put<ModelSgp30>(0x58);
    auto sensor = probe("sgp30");
    (void)sensor.turn();
    clock.advance(16s);
    EXPECT_EQ(sensor.value("tvoc"), 120);
    chip.reset();
    clock.advance(2s);
    EXPECT_EQ(sensor.read("tvoc").quality, Quality::Missing);
    (void)sensor.turn();
    EXPECT_TRUE(chip.initialised);
    clock.advance(16s);
    EXPECT_EQ(sensor.value("tvoc"), 120);
}

TEST_F(Sgp, FaultsOfTheBusGiveNoValue) {
    bus->put<ModelSgp30>(0x58);
    bus->put<ModelSgp40>(0x59);
    auto thirty = probe("sgp30");
    auto forty = probe("sgp40");
    (void)thirty.turn();
    (void)forty.turn();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}, test::Faults{.corrupt = true}}) {
        clock.advance(61s);
        bus->faults(0x58) = bus->faults(0x59) = fault;
        EXPECT_NE(thirty.read("tvoc").quality, Quality::Good);
        EXPECT_NE(forty.read("voc_raw").quality, Quality::Good);
    }
    bus->faults(0x58) = bus->faults(0x59) = {};
    bus->stuck = true;
    EXPECT_EQ(forty.read("voc_raw").reason, "i2c-1 is stuck");
    bus->stuck = false;
    (void)forty.turn();
    clock.advance(61s);
    EXPECT_EQ(forty.value("voc_raw"), 30'000);
}

TEST_F(Sgp, FortyGivesItsRawSignalCompensated) {
    auto& chip = bus->put<ModelSgp40>(0x59);
    auto sensor = probe("sgp40");
    EXPECT_EQ(sensor.read("voc_raw").quality, Quality::Uncertain) << "the first minute";
    EXPECT_EQ(chip.told, (test::ModelledSensirion::Words{0x8000, 0x6666})) << "50 % and 25 degrees, as in table 10";
    clock.advance(61s);
    EXPECT_EQ(sensor.value("voc_raw"), 30'000);
    EXPECT_EQ(sgp::humidityTicks(100), 0xFFFF);
    EXPECT_EQ(sgp::temperatureTicks(-45), 0);
}

TEST_F(Sgp, FortyThatFailsItsTestIsNotSold) {
    bus->put<ModelSgp40>(0x59).test = 0x4B00;
    EXPECT_NE(probe("sgp40").read("voc_raw").reason.find("self-test"), std::string::npos);
}

TEST_F(Sgp, TheScanFindsBothWithoutStartingThem) {
    auto& thirty = bus->put<ModelSgp30>(0x58);
    auto& forty = bus->put<ModelSgp40>(0x59);
    EXPECT_EQ(registry.find("sgp30")->scan({}).size(), 1U);
    EXPECT_EQ(registry.find("sgp40")->scan({}).size(), 1U);
    EXPECT_FALSE(thirty.initialised);
    EXPECT_EQ(forty.commands, (test::ModelledSensirion::Words{0x3682}));
}

TEST_F(Sgp, ThirtyByTheKernelHasTheSameUnits) {
    const std::string device = "sys/bus/i2c/devices/1-0058";
    put(device + "/iio:device0/name", "sgp30\n");
    put(device + "/iio:device0/in_concentration_voc_input", "0.000012000\n");  // percent
    put(device + "/iio:device0/in_concentration_co2_input", "0.064000\n");
    bus->faults(0x58).kernel = (dir.path() / device).string();
    auto sensor = probe("sgp30");
    EXPECT_EQ(sensor.value("tvoc"), 120);
    EXPECT_EQ(sensor.value("eco2"), 640);
}

}  // namespace
}  // namespace pegasus::drivers
