// SPDX-License-Identifier: Apache-2.0
// SCD30 on a modelled bus, with the example of its interface description.
#include "support/chip_fixture.hpp"
#include "support/modelled_sensirion.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelScd30 : public test::ModelledSensirion {
public:
    void reset() override {
        measuring = false;
    }
    bool measuring = false;
    int written = 0;
    std::uint16_t every = 2, pressure = 9, altitude = 0, offset = 0, selfCalibration = 9;
    Words values{0x43DB, 0x8C2E, 0x41D9, 0xE7FF, 0x4243, 0x3A1B};  // 439 ppm, 27.2 degrees, 48.8 %: the example of 1.4.5

protected:
    bool perform(std::uint16_t code, const Words& arguments, SteadyTime now) override {
        switch (code) {
            case 0xD100: return answer({0x0342}, now, 3ms);
            case 0xD033: return answer({0x4142, 0x3132, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, now, 3ms);
            case 0x4600: return setting(every, arguments, now);
            case 0x5403: return setting(offset, arguments, now);
            case 0x5102: return setting(altitude, arguments, now);
            case 0x5306: return setting(selfCalibration, arguments, now);
            case 0x0010: return pressure = arguments.at(0), measuring = true, next_ = now + std::chrono::seconds(every), true;
            case 0x0202: return answer({static_cast<std::uint16_t>(measuring && now >= next_ ? 1 : 0)}, now, 3ms);
            case 0x0300: next_ = now + std::chrono::seconds(every); return answer(values, now, 3ms);
            default: return false;
        }
    }

private:
    /// Without an argument it is asked for; with one, kept over a loss of power.
    bool setting(std::uint16_t& kept, const Words& arguments, SteadyTime now) {
        if (arguments.empty()) return answer({kept}, now, 3ms);
        ++written;
        return kept = arguments[0], true;
    }
    SteadyTime next_;
};

class Scd30 : public test::ChipFixture {
protected:
    Probe warm(std::map<std::string, Given> parameters = {}) {
        auto sensor = probe("scd30", std::move(parameters));
        (void)sensor.turn();
        clock.advance(5s);
        return sensor;
    }
};

TEST_F(Scd30, GivesTheExampleOfTheInterfaceDescription) {
    bus->put<ModelScd30>(0x61);
    auto sensor = warm();
    EXPECT_EQ(sensor.value("co2"), 439.1);
    clock.advance(2s);
    EXPECT_EQ(sensor.value("temperature"), 27.24);
    clock.advance(2s);
    EXPECT_EQ(sensor.value("humidity"), 48.8);
    EXPECT_EQ(sensor.provenance().at("serial"), "AB12");
}

TEST_F(Scd30, IsSetUpAsConfigured) {
    auto& chip = bus->put<ModelScd30>(0x61);
    (void)warm({{"measure-every", "10s"}, {"altitude", "300"}, {"temperature-offset", "1.23"}, {"self-calibration", "no"}, {"ambient-pressure", "1013"}});
    EXPECT_EQ(chip.every, 10);
    EXPECT_EQ(chip.altitude, 300);
    EXPECT_EQ(chip.offset, 123);
    EXPECT_EQ(chip.selfCalibration, 0);
    EXPECT_EQ(chip.pressure, 1013);
    EXPECT_NE(refusal("scd30", {{"measure-every", "60s"}}).find("longer than the interval"), std::string::npos);
    EXPECT_NE(refusal("scd30", {{"measure-every", "1s"}}).find("from 2s to 30m"), std::string::npos);
}

TEST_F(Scd30, WhatItHasKeptIsNotWrittenAgain) {
    auto& chip = bus->put<ModelScd30>(0x61);
    auto sensor = warm({{"altitude", "300"}});
    const int once = chip.written;
    EXPECT_GT(once, 0);
    for (int i = 0; i < 3; ++i) {
        bus->faults(0x61).silent = true;
        (void)sensor.turn();
        bus->faults(0x61) = {};
        (void)sensor.turn();
    }
    EXPECT_EQ(chip.written, once);
}

TEST_F(Scd30, TheFirstZeroIsNoCarbonDioxide) {
    auto& chip = bus->put<ModelScd30>(0x61);
    chip.values[0] = chip.values[1] = 0;
    auto sensor = warm();
    const auto reading = sensor.read("co2");
    EXPECT_EQ(reading.quality, Quality::Missing);
    EXPECT_TRUE(reading.reason.starts_with("warming up")) << reading.reason;
}

TEST_F(Scd30, WhatIsNoNumberIsBad) {
    auto& chip = bus->put<ModelScd30>(0x61);
    chip.values[2] = 0x7FC0;
    auto sensor = warm();
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Bad);
}

TEST_F(Scd30, AWrongChecksumTakesItsOwnValueOnly) {
    bus->put<ModelScd30>(0x61);
    auto sensor = warm();
    (void)sensor.turn();
    clock.advance(2s);
    bus->faults(0x61).half = true;
    EXPECT_NE(sensor.read("humidity").quality, Quality::Good);
    bus->faults(0x61) = {.silent = true};
    EXPECT_EQ(sensor.read("humidity").reason, "no chip answers at 0x61 on i2c-1");
    bus->faults(0x61) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("co2").reason, "i2c-1 is stuck");
    bus->stuck = false;
    (void)sensor.turn();
    clock.advance(2s);
    EXPECT_EQ(sensor.value("co2"), 439.1);
}

TEST_F(Scd30, AResetIsNoticedAndMended) {
    auto& chip = bus->put<ModelScd30>(0x61);
    auto sensor = warm();
    EXPECT_EQ(sensor.value("co2"), 439.1);
    chip.reset();
    clock.advance(20s);
    EXPECT_NE(sensor.read("co2").quality, Quality::Good);
    EXPECT_FALSE(sensor.problem.empty());
    (void)sensor.turn();
    EXPECT_TRUE(chip.measuring);
    clock.advance(2s);
    EXPECT_EQ(sensor.value("co2"), 439.1);
}

TEST_F(Scd30, TheScanFindsItWithoutStartingIt) {
    auto& chip = bus->put<ModelScd30>(0x61);
    EXPECT_EQ(registry.find("scd30")->scan({}).size(), 1U);
    EXPECT_FALSE(chip.measuring);
    EXPECT_EQ(chip.written, 0);
}

}  // namespace
}  // namespace pegasus::drivers
