// SPDX-License-Identifier: Apache-2.0
// Single measurements of high repeatability; between turns the chip is idle. Sources: SHT3x-DIS data sheet, version 7 (December 2022);
// SHT4x data sheet, version 6.6 (May 2024).
#include "drivers/sht/sht.hpp"

#include <algorithm>

#include "drivers/linux/chip.hpp"
#include "drivers/linux/sensirion.hpp"
#include "drivers/sht/formulas.hpp"

namespace pegasus::drivers::sht {
namespace {

using linux_::Chip;
using linux_::I2cDevice;
using sensor::Reading;

// SHT3x: section 4.3 (no clock stretching), 4.9 (reset), 4.11 (status); the serial number: "Electronic identification code of SHT3x".
constexpr std::uint16_t kMeasure3 = 0x2400, kReset3 = 0x30A2, kStatus3 = 0xF32D, kSerial3 = 0x3682;
// SHT4x: section 4.5, commands of one byte.
constexpr std::uint8_t kMeasure4 = 0xFD, kReset4 = 0x94, kSerial4 = 0x89;

constexpr sensor::ChannelRow kRows3[] = {{.quantity = "temperature", .unit = "Cel", .least = -40, .most = 125},
                                         {.quantity = "humidity", .unit = "%", .least = 0, .most = 100}};
constexpr std::string_view kAddresses3[] = {"0x44", "0x45"};
constexpr std::string_view kAddresses4[] = {"0x44", "0x45", "0x46"};
constexpr linux_::KernelChannel kShown[] = {{"temperature", "temp1"}, {"humidity", "humidity1"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Hwmon, kShown}};

Result<linux_::Words> ask4(I2cDevice& device, std::uint8_t code, Duration wait) {
    PEGASUS_CHECK(device.write(std::span(&code, 1)));
    PEGASUS_CHECK(device.pause(wait));
    PEGASUS_TRY(const auto answer, device.read(6));
    return linux_::checkedWords(answer);
}

Result<std::string> serialOf(const linux_::Words& words) {
    if (words.size() != 2 || !words[0] || !words[1]) return fail(ErrorCode::Corrupt, "{}", linux_::kFailedCrc);
    const std::uint16_t both[] = {*words[0], *words[1]};
    return linux_::serialText(both);
}

class ShtChip final : public Chip {
public:
    explicit ShtChip(bool four) : four_(four) {}

    Result<void> begin(I2cDevice& device) override {
        if (four_) {
            PEGASUS_CHECK(device.write(std::span(&kReset4, 1)));
            PEGASUS_CHECK(device.pause(1ms));
            PEGASUS_TRY(const auto words, ask4(device, kSerial4, 1ms));
            PEGASUS_TRY(serial_, serialOf(words));
            return {};
        }
        PEGASUS_CHECK(linux_::command(device, kReset3, {}, 2ms));
        PEGASUS_TRY(const auto status, linux_::askAll(device, kStatus3, 1, 1ms));
        (void)status;  // that it comes with its checksum tells the chip
        const auto words = linux_::ask(device, kSerial3, 2, 1ms);
        serial_ = words ? serialOf(*words).value_or("") : "";  // copies of the chip have none
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto words, four_ ? ask4(device, kMeasure4, 10ms) : linux_::ask(device, kMeasure3, 2, 16ms));
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < 2; ++i) {
            if (!words[i]) {
                readings.push_back(linux_::absent(kRows3[i], linux_::kFailedCrc));
                continue;
            }
            const double value = i == 0 ? celsius(*words[i]) : four_ ? humidityOf4(*words[i]) : humidityOf3(*words[i]);
            readings.push_back(linux_::reading(kRows3[i], sensor::roundedTo(value, i == 0 ? kCelsiusStep : kHumidityStep, 2)));
        }
        if (!words[0] && !words[1]) return fail(ErrorCode::Corrupt, "{}", linux_::kFailedCrc);
        return readings;
    }

    [[nodiscard]] std::string serial() const override { return serial_; }

private:
    bool four_;
    std::string serial_;
};

linux_::ChipType typeOf(bool four) {
    linux_::ChipType type;
    type.name = four ? "sht4x" : "sht3x";
    type.summary = four ? "Sensirion SHT40, SHT41, SHT45: temperature, humidity (I2C)" : "Sensirion SHT30, SHT31, SHT35: temperature, humidity (I2C)";
    type.marking = four ? "SHT4x" : "SHT3x";
    type.addresses = four ? std::span<const std::string_view>(kAddresses4) : kAddresses3;
    type.channels = kRows3;
    type.kernel = kKernel;
    type.probe = [four](I2cDevice& device) -> Result<bool> {
        // Only an SHT3x has a status.
        const bool three = linux_::askAll(device, kStatus3, 1, 1ms).has_value();
        if (!four || three) return three != four;
        PEGASUS_TRY(const auto words, ask4(device, kSerial4, 1ms));
        return words[0] && words[1];
    };
    type.make = [four](sensor::Parameters&) -> linux_::ChipType::Made { return {std::make_unique<ShtChip>(four), {}}; };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    linux_::registerChip(registry, hardware, typeOf(false));
    linux_::registerChip(registry, hardware, typeOf(true));
}

}  // namespace pegasus::drivers::sht
