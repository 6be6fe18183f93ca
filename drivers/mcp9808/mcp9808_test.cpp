// SPDX-License-Identifier: Apache-2.0
// MCP9808 on a modelled bus.
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class ModelMcp9808 : public test::WordRegisterChip {
public:
    void reset() override { words = {{0x06, 0x0054}, {0x07, 0x0400}, {0x01, 0x0000}}; }
    double temperature = 21.0625;

    bool write(const test::Bytes& bytes, SteadyTime now) override {
        if (bytes.size() == 2 && bytes[0] == 0x08) return true;  // the resolution has one byte
        return WordRegisterChip::write(bytes, now);
    }

protected:
    std::uint16_t loaded(std::uint8_t reg, SteadyTime now) override {
        if (reg != 0x05) return WordRegisterChip::loaded(reg, now);
        const int sixteenths = static_cast<int>(temperature * 16);
        return static_cast<std::uint16_t>(0xC000 | (sixteenths & 0x1FFF));  // flags of the alarms above
    }
};

using Mcp9808 = test::ChipFixture;

TEST_F(Mcp9808, GivesSixteenthsOfADegreeAboveAndBelowZero) {
    auto& chip = bus->put<ModelMcp9808>(0x18);
    auto sensor = probe("mcp9808");
    for (const double value : {21.0625, 0.0, -0.0625, -25.25, 100.5, -40.0, 125.0}) {
        chip.temperature = value;
        EXPECT_NEAR(sensor.value("temperature"), value, 0.0126);
    }
    chip.temperature = -100;
    EXPECT_EQ(sensor.read("temperature").quality, Quality::Bad);
}

TEST_F(Mcp9808, AnotherChipIsRefusedAndNotFoundByTheScan) {
    bus->put<ModelMcp9808>(0x18).words[0x07] = 0x2200;
    bus->put<ModelMcp9808>(0x1C);
    EXPECT_NE(probe("mcp9808").read("temperature").reason.find("device 0x2200"), std::string::npos);
    const auto found = registry.find("mcp9808")->scan({});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].parameters.at("address").text(), "0x1c");
}

TEST_F(Mcp9808, HalfAnAnswerSilenceAndAStuckBusGiveNoValueAndHeal) {
    auto& chip = bus->put<ModelMcp9808>(0x18);
    auto sensor = probe("mcp9808");
    (void)sensor.turn();
    for (const auto& fault : {test::Faults{.silent = true}, test::Faults{.half = true}, test::Faults{.corrupt = true}}) {
        bus->faults(0x18) = fault;
        EXPECT_EQ(sensor.read("temperature").quality, Quality::Missing);
    }
    bus->faults(0x18) = {};
    bus->stuck = true;
    EXPECT_EQ(sensor.read("temperature").reason, "i2c-1 is stuck");
    bus->stuck = false;
    chip.reset();
    chip.temperature = 3;
    EXPECT_EQ(sensor.value("temperature"), 3);
}

TEST_F(Mcp9808, TheKernelsDriverGivesTheSameChannel) {
    put("dev/hwmon/hwmon0/temp1_input", "21062\n");
    bus->faults(0x18).kernel = (dir.path() / "dev").string();
    EXPECT_EQ(probe("mcp9808").value("temperature"), 21.062);
}

}  // namespace
}  // namespace pegasus::drivers
