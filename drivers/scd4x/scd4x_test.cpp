// SPDX-License-Identifier: Apache-2.0
// SCD4x on a modelled bus, with the examples of its data sheet.
#include "drivers/scd4x/formulas.hpp"
#include "support/chip_fixture.hpp"
#include "support/modelled_sensirion.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelScd4x : public test::ModelledSensirion {
public:
    void reset() override {
        measuring = false;
        idle();
    }
    bool measuring = false;
    std::uint16_t co2 = 0x01F4, temperature = 0x6667, humidity = 0x5EB9;  // 500 ppm, 25 degrees, 37 %: the example of 3.5.2
    std::uint16_t altitude = 0, offset = 0, selfCalibration = 9;

protected:
    bool perform(std::uint16_t code, const Words& arguments, SteadyTime now) override {
        if (code == 0x3F86) {
            measuring = false;
            busy(now + 500ms);
            return true;
        }
        if (code == 0xE4B8) return answer({static_cast<std::uint16_t>(measuring && now >= next_ ? 0x8006 : 0x8000)}, now, 1ms);
        if (code == 0xEC05) {
            if (!measuring || now < next_) return false;
            next_ = now + 5s;
            return answer({co2, temperature, humidity}, now, 1ms);
        }
        if (measuring) return false;  // nothing else is taken meanwhile
        switch (code) {
            case 0x3682: return answer({0xF896, 0x9F07, 0x3BBE}, now, 1ms);
            case 0x241D: return offset = arguments.at(0), true;
            case 0x2427: return altitude = arguments.at(0), true;
            case 0x2416: return selfCalibration = arguments.at(0), true;
            case 0x21B1: return measuring = true, next_ = now + 5s, true;
            default: return false;
        }
    }

private:
    SteadyTime next_;
};

class Scd4x : public test::ChipFixture {
protected:
    /// After its first measurement.
    Probe warm(std::map<std::string, Given> parameters = {}) {
        auto sensor = probe("scd4x", std::move(parameters));
        (void)sensor.turn();
        clock.advance(5s);
        return sensor;
    }
};

TEST_F(Scd4x, GivesTheExampleOfTheDataSheet) {
    bus->put<ModelScd4x>(0x62);
    auto sensor = warm();
    EXPECT_EQ(sensor.value("co2"), 500);
    clock.advance(5s);
    EXPECT_EQ(sensor.value("temperature"), 25);
    clock.advance(5s);
    EXPECT_EQ(sensor.value("humidity"), 37);
    EXPECT_EQ(sensor.provenance().at("serial"), "273325796834238");
}

TEST_F(Scd4x, IsMissingUntilItHasMeasured) {
    bus->put<ModelScd4x>(0x62);
    auto sensor = probe("scd4x");
    const auto first = sensor.read("co2");
    EXPECT_EQ(first.quality, Quality::Missing);
    EXPECT_TRUE(first.reason.starts_with("warming up")) << first.reason;
    clock.advance(5s);
    EXPECT_EQ(sensor.value("co2"), 500);
    EXPECT_TRUE(sensor.read("co2").reason.starts_with("stale"));
}

TEST_F(Scd4x, AMeasurementThatComesJustAfterTheTurnIsWaitedFor) {
    bus->put<ModelScd4x>(0x62);
    auto sensor = warm();
    EXPECT_EQ(sensor.value("co2"), 500);
    clock.advance(4700ms);
    EXPECT_EQ(sensor.value("co2"), 500);
}

TEST_F(Scd4x, IsSetUpAsConfigured) {
    auto& chip = bus->put<ModelScd4x>(0x62);
    (void)warm({{"altitude", "520"}, {"temperature-offset", "2.5"}, {"self-calibration", "false"}});
    EXPECT_EQ(chip.altitude, 520);
    EXPECT_NEAR(chip.offset * 175 / 65535.0, 2.5, 0.005);
    EXPECT_EQ(chip.selfCalibration, 0);
}

TEST_F(Scd4x, ChecksEachWord) {
    bus->put<ModelScd4x>(0x62);
    auto sensor = warm();
    (void)sensor.turn();
    clock.advance(5s);
    bus->faults(0x62).corrupt = true;
    EXPECT_EQ(sensor.read("co2").quality, Quality::Missing);
    EXPECT_TRUE(sensor.problem.starts_with("failed CRC")) << sensor.problem;
    bus->faults(0x62) = {};
    (void)sensor.turn();
    clock.advance(5s);
    EXPECT_EQ(sensor.value("co2"), 500);
}

TEST_F(Scd4x, AResetIsNoticedAndMended) {
    auto& chip = bus->put<ModelScd4x>(0x62);
    auto sensor = warm();
    EXPECT_EQ(sensor.value("co2"), 500);
    chip.reset();
    for (int i = 0; i < 3; ++i) {
        clock.advance(5s);
        EXPECT_NE(sensor.read("co2").quality, Quality::Good);
    }
    EXPECT_NE(sensor.problem.find("was reset"), std::string::npos) << sensor.problem;
    (void)sensor.turn();
    EXPECT_TRUE(chip.measuring);
    clock.advance(5s);
    EXPECT_EQ(sensor.value("co2"), 500);
}

TEST_F(Scd4x, SilenceHalfAnAnswerAndAStuckBusHeal) {
    bus->put<ModelScd4x>(0x62);
    auto sensor = warm();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}}) {
        bus->faults(0x62) = fault;
        EXPECT_NE(sensor.read("humidity").quality, Quality::Good);
    }
    bus->faults(0x62) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("co2").reason, "i2c-1 is stuck");
    bus->stuck = false;
    (void)sensor.turn();
    clock.advance(5s);
    EXPECT_EQ(sensor.value("co2"), 500);
}

TEST_F(Scd4x, MeasuresNoFasterThanItCan) {
    auto config = configOf("scd4x", {});
    config.interval = 1s;
    const auto checked = registry.check(config);
    ASSERT_EQ(checked.problems.size(), 1U);
    EXPECT_EQ(checked.problems[0].text, "interval is 1s, and a SCD4x measures once in 5s");
}

TEST_F(Scd4x, TheScanFindsItWithoutStoppingIt) {
    auto& chip = bus->put<ModelScd4x>(0x62);
    chip.measuring = true;
    EXPECT_EQ(registry.find("scd4x")->scan({}).size(), 1U);
    EXPECT_TRUE(chip.measuring);
}

}  // namespace
}  // namespace pegasus::drivers
