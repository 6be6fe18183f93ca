// SPDX-License-Identifier: Apache-2.0
// Measures all the time, in steps of a sixteenth. Source: Microchip MCP9808 data sheet DS25095B (2011), section 5.
#include "drivers/mcp9808/mcp9808.hpp"

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::mcp9808 {
namespace {

using linux_::I2cDevice;
using sensor::Reading;

constexpr std::uint8_t kConfig = 0x01, kTemperature = 0x05, kMaker = 0x06, kDevice = 0x07, kResolution = 0x08;
constexpr std::uint16_t kMicrochip = 0x0054;
constexpr std::uint8_t kMcp9808 = 0x04;
constexpr Duration kConversion = 260ms;  // table 5-1: 250 ms at this resolution
constexpr double kStep = 0.0625;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "temperature", .unit = "Cel", .least = -40, .most = 125}};
constexpr std::string_view kAddresses[] = {"0x18", "0x19", "0x1a", "0x1b", "0x1c", "0x1d", "0x1e", "0x1f"};
constexpr linux_::KernelChannel kShown[] = {{"temperature", "temp1"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Hwmon, kShown}};

/// 13 bits with sign, below three flags of the alarms.
constexpr double celsius(std::uint16_t word) { return ((word & 0x0FFF) - ((word & 0x1000) != 0 ? 4096 : 0)) * kStep; }
static_assert(celsius(0xC190) == 25 && celsius(0x1E70) == -25 && celsius(0x1FFF) == -0.0625);

Result<void> identify(I2cDevice& device) {
    PEGASUS_TRY(const auto maker, device.readWord(kMaker));
    PEGASUS_TRY(const auto chip, device.readWord(kDevice));
    if (maker == kMicrochip && chip >> 8 == kMcp9808) return {};
    return fail(ErrorCode::NotFound, "the chip at {:#04x} says maker {:#06x}, device {:#06x}, expected {:#06x} and {:#04x}..", device.address(), maker, chip,
                kMicrochip, kMcp9808);
}

class Mcp9808Chip final : public linux_::Chip {
public:
    Result<void> begin(I2cDevice& device) override {
        PEGASUS_CHECK(identify(device));
        PEGASUS_CHECK(device.writeWord(kConfig, 0));
        PEGASUS_CHECK(device.writeRegister(kResolution, 3));
        return device.pause(kConversion);
    }
    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        // No checksum tells an answer that broke off; the maker's number, read before and after, does.
        PEGASUS_CHECK(identify(device));
        PEGASUS_TRY(const auto word, device.readWord(kTemperature));
        PEGASUS_CHECK(identify(device));
        return std::vector<Reading>{linux_::reading(kRows[0], sensor::roundedTo(celsius(word), kStep, 4))};
    }
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "mcp9808";
    type.summary = "Microchip MCP9808: temperature (I2C)";
    type.marking = "MCP9808";
    type.addresses = kAddresses;
    type.channels = kRows;
    type.kernel = kKernel;
    type.probe = [](I2cDevice& device) -> Result<bool> { return identify(device).has_value(); };
    type.make = [](sensor::Parameters&) -> linux_::ChipType::Made { return {std::make_unique<Mcp9808Chip>(), {}}; };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::mcp9808
