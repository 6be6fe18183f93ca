// SPDX-License-Identifier: Apache-2.0
// One measurement of high resolution a turn; the chip switches itself off after it. Source: Rohm BH1750FVI data sheet, revision D
// (November 2011).
#include "drivers/bh1750/bh1750.hpp"

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::bh1750 {
namespace {

using linux_::I2cDevice;
using sensor::Reading;

constexpr std::uint8_t kPowerOn = 0x01, kReset = 0x07, kOnce = 0x20;
constexpr Duration kMeasuring = 180ms;         // page 2: at most
constexpr double kCountsForALux = 1.2;         // page 11, with the usual measurement time
constexpr std::uint16_t kMost = 0xFFFF;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "illuminance", .unit = "lx", .least = 0, .most = 54'612}};
constexpr std::string_view kAddresses[] = {"0x23", "0x5c"};
constexpr linux_::KernelChannel kShown[] = {{"illuminance", "illuminance"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

class Bh1750Chip final : public linux_::Chip {
public:
    Result<void> begin(I2cDevice& device) override {
        PEGASUS_CHECK(send(device, kPowerOn));
        return send(device, kReset);
    }
    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_CHECK(send(device, kPowerOn));
        PEGASUS_CHECK(send(device, kOnce));
        PEGASUS_CHECK(device.pause(kMeasuring));
        PEGASUS_TRY(const auto answer, device.read(2));
        const auto counts = static_cast<std::uint16_t>(answer[0] << 8 | answer[1]);
        if (counts == kMost) return std::vector<Reading>{linux_::nonsense(kRows[0], "out of range: as bright as it can count, or half an answer")};
        return std::vector<Reading>{linux_::reading(kRows[0], sensor::roundedTo(counts / kCountsForALux, 1 / kCountsForALux, 1))};
    }

private:
    static Result<void> send(I2cDevice& device, std::uint8_t code) { return device.write(std::span(&code, 1)); }
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "bh1750";
    type.summary = "Rohm BH1750: brightness (I2C)";
    type.marking = "BH1750";
    type.addresses = kAddresses;
    type.channels = kRows;
    type.kernel = kKernel;  // no probe: it has neither an id nor a checksum
    type.make = [](sensor::Parameters&) -> linux_::ChipType::Made { return {std::make_unique<Bh1750Chip>(), {}}; };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::bh1750
