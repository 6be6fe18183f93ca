// SPDX-License-Identifier: Apache-2.0
// BH1750 on a modelled bus, with the example of its data sheet.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelBh1750 : public test::ModelledChip {
public:
    bool write(const test::Bytes& bytes, SteadyTime now) override {
        if (bytes.size() != 1) return false;
        if (bytes[0] == 0x01) on_ = true;
        if (bytes[0] == 0x07) return on_;
        if (bytes[0] == 0x20 && on_) ready_ = now + 120ms;
        return true;
    }
    std::optional<test::Bytes> read(std::size_t, SteadyTime now) override {
        const auto counts = now >= ready_ && ready_ != SteadyTime{} ? light : std::uint16_t{0};
        on_ = false;  // after a single measurement
        return test::Bytes{static_cast<std::uint8_t>(counts >> 8), static_cast<std::uint8_t>(counts & 0xFF)};
    }
    void reset() override {
        on_ = false;
        ready_ = {};
    }
    std::uint16_t light = 0x8390;  // 1000 0011 1001 0000: 28067 lx, page 7

private:
    bool on_ = false;
    SteadyTime ready_;
};

using Bh1750 = test::ChipFixture;

TEST_F(Bh1750, GivesTheExampleOfTheDataSheet) {
    bus->put<ModelBh1750>(0x23);
    auto sensor = probe("bh1750");
    EXPECT_NEAR(sensor.value("illuminance"), 28067, 0.5);
    EXPECT_NEAR(sensor.value("illuminance"), 28067, 0.5) << "it is switched on again";
}

TEST_F(Bh1750, DarknessIsAValueAndDazzlingIsNot) {
    auto& chip = bus->put<ModelBh1750>(0x5C);
    auto sensor = probe("bh1750", {{"address", "0x5C"}});
    chip.light = 0;
    EXPECT_EQ(sensor.value("illuminance"), 0);
    chip.light = 0xFFFF;
    EXPECT_EQ(sensor.read("illuminance").quality, Quality::Bad);
}

TEST_F(Bh1750, FaultsOfTheBusAndAResetHeal) {
    auto& chip = bus->put<ModelBh1750>(0x23);
    auto sensor = probe("bh1750");
    chip.light = 1200;
    bus->faults(0x23).silent = true;
    EXPECT_EQ(sensor.read("illuminance").quality, Quality::Missing);
    bus->faults(0x23) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("illuminance").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.reset();
    EXPECT_EQ(sensor.value("illuminance"), 1000);
}

TEST_F(Bh1750, TheKernelsDriverGivesTheSameChannel) {
    put("dev/iio:device0/in_illuminance_raw", "1200\n");
    put("dev/iio:device0/in_illuminance_scale", "0.833333\n");
    bus->faults(0x23).kernel = (dir.path() / "dev").string();
    EXPECT_NEAR(probe("bh1750").value("illuminance"), 1000, 0.5);
}

}  // namespace
}  // namespace pegasus::drivers
