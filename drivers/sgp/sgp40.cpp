// SPDX-License-Identifier: Apache-2.0
// SGP40: the raw signal, and no index made of it. Source: Sensirion SGP40 data sheet, version 1.2 (February 2022), section 4.
#include <algorithm>
#include <cmath>

#include "drivers/linux/chip.hpp"
#include "drivers/linux/sensirion.hpp"
#include "drivers/sgp/sgp.hpp"

namespace pegasus::drivers::sgp {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint16_t kMeasure = 0x260F, kSerial = 0x3682, kSelfTest = 0x280E;
constexpr std::uint16_t kPassed = 0xD400;
constexpr Duration kRhythm = 1s;    // keeps its plate hot, as it is made for
constexpr Duration kWarmUp = 60s;   // table 1: switch-on behaviour

constexpr sensor::ChannelRow kRows[] = {{.quantity = "voc_raw", .unit = "1", .least = 0, .most = 65'535,
                                         .help = "Logarithm of the plate's resistance in counts: falls as compounds come; no concentration"}};
constexpr std::string_view kAddresses[] = {"0x59"};
constexpr sensor::Option kOptions[] = {
    {.name = "humidity", .kind = OptionKind::Number, .help = "Relative humidity of the air, for compensation", .standard = "50", .unit = "%", .least = 0, .most = 100},
    {.name = "temperature", .kind = OptionKind::Number, .help = "Temperature of the air, for compensation", .standard = "25", .unit = "Cel", .least = -45, .most = 130}};

class Sgp40Chip final : public linux_::Chip {
public:
    Sgp40Chip(std::uint16_t humidity, std::uint16_t temperature) : humidity_(humidity), temperature_(temperature) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto serial, linux_::askAll(device, kSerial, 3, 1ms));
        serial_ = linux_::serialText(serial);
        PEGASUS_TRY(const auto test, linux_::askAll(device, kSelfTest, 1, 320ms));
        if ((test[0] & 0xFF00) != kPassed) return fail(ErrorCode::InvalidState, "the self-test of the chip says {:#06x}, expected {:#06x}", test[0], kPassed);
        started_ = device.now();
        return {};
    }

    [[nodiscard]] std::optional<Duration> rhythm() const override { return kRhythm; }
    Result<void> tick(I2cDevice& device) override {
        const auto word = ask(device);
        return word ? Result<void>() : fail(word.error());
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto word, ask(device));
        if (device.now() - started_ < kWarmUp)
            return std::vector<Reading>{linux_::uncertain(kRows[0], word, "warming up: the first minute")};
        return std::vector<Reading>{linux_::reading(kRows[0], word)};
    }

    [[nodiscard]] std::string serial() const override { return serial_; }

private:
    [[nodiscard]] Result<std::uint16_t> ask(I2cDevice& device) const {
        PEGASUS_TRY(const auto words, linux_::askAll(device, kMeasure, 1, 30ms, {humidity_, temperature_}));
        return words[0];
    }

    std::uint16_t humidity_;
    std::uint16_t temperature_;
    std::string serial_;
    SteadyTime started_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "sgp40";
    type.summary = "Sensirion SGP40: raw signal of volatile organic compounds (I2C)";
    type.marking = "SGP40";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.probe = [](I2cDevice& device) -> Result<bool> { return linux_::askAll(device, kSerial, 3, 1ms).has_value(); };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        return {std::make_unique<Sgp40Chip>(humidityTicks(parameters.number("humidity").value_or(50)),
                                            temperatureTicks(parameters.number("temperature").value_or(25))),
                {}};
    };
    return type;
}

std::uint16_t ticks(double share) { return static_cast<std::uint16_t>(std::clamp(std::lround(share * 65535), 0L, 65535L)); }

}  // namespace

std::uint16_t humidityTicks(double relative) { return ticks(relative / 100); }
std::uint16_t temperatureTicks(double celsius) { return ticks((celsius + 45) / 175); }

void registerSgp40(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::sgp
