// SPDX-License-Identifier: Apache-2.0
// Voltage of the bus and of a shunt; current and power are computed here. Source: Texas Instruments INA219 data sheet SBOS448G
// (December 2015), section 8.6.
#include "drivers/ina219/ina219.hpp"

#include <cmath>

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::ina219 {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint8_t kConfig = 0x00, kShunt = 0x01, kBus = 0x02;
constexpr std::uint16_t kReset = 0x8000;
constexpr std::uint16_t kSettings = 0x3FFF;  // 32 V, 320 mV, means of 128 of both, all the time
constexpr std::uint16_t kAfterReset = 0x399F;
constexpr Duration kConversion = 140ms;      // table 5: 68 ms each
constexpr double kShuntStep = 10e-6, kBusStep = 4e-3;
constexpr std::int16_t kShuntMost = 32'000;  // 320 mV

constexpr sensor::ChannelRow kRows[] = {{.quantity = "voltage", .unit = "V", .least = 0, .most = 26, .help = "Of V- against ground"},
                                        {.quantity = "current", .unit = "A", .help = "From V+ to V-"},
                                        {.quantity = "power", .unit = "W", .help = "Voltage times current"}};
constexpr std::string_view kAddresses[] = {"0x40", "0x41", "0x42", "0x43", "0x44", "0x45", "0x46", "0x47",
                                           "0x48", "0x49", "0x4a", "0x4b", "0x4c", "0x4d", "0x4e", "0x4f"};
constexpr sensor::Option kOptions[] = {{.name = "shunt", .kind = OptionKind::Number, .help = "Resistance of the shunt", .standard = "0.1", .unit = "Ohm", .least = 0.0001, .most = 100}};
constexpr linux_::KernelChannel kHwmon[] = {{"voltage", "in1"}, {"current", "curr1"}, {"power", "power1"}};
constexpr linux_::KernelChannel kIio[] = {{"voltage", "voltage1"}, {"current", "current3"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Hwmon, kHwmon}, {linux_::KernelView::Class::Iio, kIio}};

class Ina219Chip final : public linux_::Chip {
public:
    explicit Ina219Chip(double shunt) : shunt_(shunt) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_CHECK(device.writeWord(kConfig, kReset));
        PEGASUS_TRY(const auto fresh, device.readWord(kConfig));
        if (fresh != kAfterReset)
            return fail(ErrorCode::NotFound, "the chip at {:#04x} has the settings {:#06x} after its reset, expected {:#06x}", device.address(), fresh, kAfterReset);
        PEGASUS_CHECK(device.writeWord(kConfig, kSettings));
        return device.pause(kConversion);
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto settings, device.readWord(kConfig));
        if (settings != kSettings) return fail(ErrorCode::Corrupt, "the chip lost its settings: it was reset, or its answer broke off");
        PEGASUS_TRY(const auto across, device.readWord(kShunt));
        PEGASUS_TRY(const auto bus, device.readWord(kBus));
        const double volts = (bus >> 3) * kBusStep;
        const auto counts = static_cast<std::int16_t>(across);
        std::vector<Reading> readings{linux_::reading(kRows[0], sensor::roundedTo(volts, kBusStep, 3))};
        if (std::abs(counts) >= kShuntMost) {
            for (const auto i : {1, 2}) readings.push_back(linux_::nonsense(kRows[i], "out of range: more than 320 mV at the shunt"));
            return readings;
        }
        const double step = kShuntStep / shunt_;
        const double amperes = counts * step;
        readings.push_back(linux_::reading(kRows[1], sensor::roundedTo(amperes, step, 6)));
        readings.push_back(linux_::reading(kRows[2], sensor::roundedTo(amperes * volts, step * std::max(volts, 1.0), 6)));
        return readings;
    }

private:
    double shunt_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "ina219";
    type.summary = "Texas Instruments INA219: voltage, current, power (I2C)";
    type.marking = "INA219";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;  // no probe: it has neither an id nor a checksum
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        return {std::make_unique<Ina219Chip>(parameters.number("shunt").value_or(0.1)), {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::ina219
