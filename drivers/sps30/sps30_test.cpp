// SPDX-License-Identifier: Apache-2.0
// SPS30 on a modelled bus.
#include <bit>

#include "support/chip_fixture.hpp"
#include "support/modelled_sensirion.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelSps30 : public test::ModelledSensirion {
public:
    void reset() override { measuring = false; }
    bool measuring = false;
    bool cleaned = false;
    std::array<float, 10> values{3.2F, 5.6F, 6.1F, 7.04F, 20, 25, 26, 26, 26, 0.6F};
    std::uint32_t status = 0;
    Words product{0x3030, 0x3038, 0x3030, 0x3030};
    /// Section 4.2: the fan blows for 10 s, and values stay as they were.
    void clean(SteadyTime now) { next_ = now + 11s; }

protected:
    bool perform(std::uint16_t code, const Words& arguments, SteadyTime now) override {
        switch (code) {
            case 0xD002: return answer(product, now, 0us);
            case 0xD033: return answer({0x3842, 0x3446, 0x3741, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, now, 0us);
            case 0xD206: return answer({static_cast<std::uint16_t>(status >> 16), static_cast<std::uint16_t>(status & 0xFFFF)}, now, 0us);
            case 0x0104: return std::exchange(measuring, false);
            case 0x0010: return measuring = arguments.at(0) == 0x0300, next_ = now + 1s, measuring;
            case 0x5607: return cleaned = measuring, clean(now), cleaned;
            case 0x0202: return answer({static_cast<std::uint16_t>(measuring && now >= next_ ? 1 : 0)}, now, 0us);
            case 0x0300: {
                next_ = now + 1s;
                Words words;
                for (const float value : values) {
                    const auto bits = std::bit_cast<std::uint32_t>(value);
                    words.push_back(static_cast<std::uint16_t>(bits >> 16));
                    words.push_back(static_cast<std::uint16_t>(bits & 0xFFFF));
                }
                return answer(words, now, 0us);
            }
            default: return false;
        }
    }

private:
    SteadyTime next_;
};

class Sps30 : public test::ChipFixture {
protected:
    /// After its start-up.
    Probe warm(std::map<std::string, Given> parameters = {}) {
        auto sensor = probe("sps30", std::move(parameters));
        (void)sensor.turn();
        clock.advance(31s);
        (void)sensor.turn();
        clock.advance(1s);
        return sensor;
    }
};

TEST_F(Sps30, MeasuresTheMassOfParticles) {
    bus->put<ModelSps30>(0x69);
    auto sensor = warm();
    const auto readings = sensor.turn();
    ASSERT_EQ(readings.size(), 4U);
    const double expected[] = {3.2, 5.6, 6.1, 7.0};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(readings[i].value, expected[i]);
        EXPECT_EQ(readings[i].quality, Quality::Good) << readings[i].reason;
    }
    EXPECT_EQ(sensor.provenance().at("serial"), "8B4F7A");
}

TEST_F(Sps30, ItsFirstValuesAreInDoubt) {
    bus->put<ModelSps30>(0x69);
    auto sensor = probe("sps30");
    EXPECT_EQ(sensor.read("pm10").quality, Quality::Missing);
    clock.advance(2s);
    const auto reading = sensor.read("pm10");
    EXPECT_EQ(reading.quality, Quality::Uncertain);
    EXPECT_TRUE(reading.reason.starts_with("warming up")) << reading.reason;
}

TEST_F(Sps30, FaultsOfFanAndLaserMakeItDoubtful) {
    auto& chip = bus->put<ModelSps30>(0x69);
    auto sensor = warm();
    for (const int bit : {21, 5, 4}) {
        chip.status = 1U << bit;
        EXPECT_EQ(sensor.read("pm1").quality, Quality::Uncertain);
        clock.advance(1s);
    }
}

TEST_F(Sps30, ValuesBeyondItsRangeAreBad) {
    auto& chip = bus->put<ModelSps30>(0x69);
    auto sensor = warm();
    chip.values[0] = 5000;
    chip.values[1] = std::numeric_limits<float>::quiet_NaN();
    const auto readings = sensor.turn();
    EXPECT_EQ(readings[0].quality, Quality::Bad);
    EXPECT_EQ(readings[1].quality, Quality::Bad);
    EXPECT_EQ(readings[2].quality, Quality::Good);
}

TEST_F(Sps30, FaultsOfTheBusHealAndAResetToo) {
    auto& chip = bus->put<ModelSps30>(0x69);
    auto sensor = warm();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.corrupt = true}, test::Faults{.half = true}}) {
        bus->faults(0x69) = fault;
        EXPECT_NE(sensor.read("pm2_5").quality, Quality::Good);
    }
    bus->faults(0x69) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("pm1").reason, "i2c-1 is stuck");
    bus->stuck = false;
    (void)sensor.turn();
    clock.advance(31s);
    (void)sensor.turn();
    clock.advance(1s);
    EXPECT_EQ(sensor.value("pm2_5"), 5.6);
    chip.reset();
    clock.advance(30s);
    EXPECT_FALSE(sensor.turn()[0].value);
    (void)sensor.turn();
    EXPECT_TRUE(chip.measuring);
}

TEST_F(Sps30, IsCleanedWhenAskedTo) {
    auto& chip = bus->put<ModelSps30>(0x69);
    (void)warm();
    EXPECT_FALSE(chip.cleaned);
    (void)warm({{"clean-at-start", "yes"}});
    EXPECT_TRUE(chip.cleaned);
}

TEST_F(Sps30, CleaningItselfIsNoReset) {
    auto& chip = bus->put<ModelSps30>(0x69);
    auto sensor = warm();
    EXPECT_EQ(sensor.value("pm1"), 3.2);
    chip.clean(clock.steady());
    clock.advance(9s);
    const auto reading = sensor.read("pm1");
    EXPECT_EQ(reading.quality, Quality::Missing);
    EXPECT_TRUE(reading.reason.starts_with("stale")) << reading.reason;
    clock.advance(2s);
    EXPECT_EQ(sensor.value("pm1"), 3.2);
}

TEST_F(Sps30, AnotherChipAtItsAddressIsRefused) {
    bus->put<ModelSps30>(0x69).product[0] = 0x3131;
    auto sensor = probe("sps30");
    EXPECT_NE(sensor.read("pm1").reason.find("is of the type '11080000'"), std::string::npos);
    EXPECT_TRUE(registry.find("sps30")->scan({}).empty());
}

}  // namespace
}  // namespace pegasus::drivers
