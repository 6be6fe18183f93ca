// SPDX-License-Identifier: Apache-2.0
// Two diodes, one for all light and one for infrared. Source: ams TSL2591 data sheet, version 1-04 (2013); the data sheet has no formula
// for lux: it is the one that the kernel's driver and most others use, with its constant of 408.
#include "drivers/tsl2591/tsl2591.hpp"

#include <algorithm>

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::tsl2591 {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint8_t kCommand = 0xA0, kEnable = 0x00, kControl = 0x01, kId = 0x12, kStatus = 0x13, kData = 0x14;
constexpr std::uint8_t kOn = 0x03, kOff = 0x00, kValid = 0x01, kTsl2591 = 0x50;
constexpr std::string_view kGains[] = {"auto", "1", "25", "428", "9876"};
constexpr double kGainValues[] = {1, 25, 428, 9876};
constexpr std::string_view kTimes[] = {"100ms", "200ms", "300ms", "400ms", "500ms", "600ms"};
constexpr double kLux = 408;
constexpr std::size_t kAutoFirst = 1;   // gain 25
constexpr double kAutoDark = 0.01;      // of full scale: the next gain up
constexpr int kPolls = 20;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "illuminance", .unit = "lx", .least = 0, .most = 88'000}};
constexpr std::string_view kAddresses[] = {"0x29"};
constexpr sensor::Option kOptions[] = {
    {.name = "gain", .kind = OptionKind::Choice, .help = "Amplification; auto finds the one that fits the light", .standard = "auto", .choices = kGains},
    {.name = "integration-time", .kind = OptionKind::Choice, .help = "How long light is gathered", .standard = "200ms", .choices = kTimes}};
constexpr linux_::KernelChannel kShown[] = {{"illuminance", "illuminance"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

struct Light {
    std::uint16_t all = 0;
    std::uint16_t infrared = 0;
};

class Tsl2591Chip final : public linux_::Chip {
public:
    /// `gain`: index of kGainValues, none: automatic. `time`: of kTimes.
    Tsl2591Chip(std::optional<std::size_t> gain, std::size_t time) : fixed_(gain), gain_(gain.value_or(kAutoFirst)), time_(time) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto id, read(device, kId, 1));
        if (id[0] != kTsl2591) return fail(ErrorCode::NotFound, "the chip at {:#04x} has the id {:#04x}, expected {:#04x}", device.address(), id[0], kTsl2591);
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        for (std::size_t i = 0; i < std::size(kGainValues); ++i) {
            PEGASUS_TRY(const auto light, gather(device));
            const auto better = fixed_ ? gain_ : fitting(light);
            if (better == gain_) return std::vector<Reading>{readingOf(light)};
            gain_ = better;
        }
        return fail(ErrorCode::InvalidState, "the light changes too fast for the automatic gain");
    }

private:
    [[nodiscard]] Duration time() const { return 100ms * static_cast<int>(time_ + 1); }
    /// Page 6: the counter of 100 ms ends earlier.
    [[nodiscard]] std::uint16_t full() const { return time_ == 0 ? 36'863 : 65'535; }
    [[nodiscard]] bool saturated(const Light& light) const { return light.all >= full() || light.infrared >= full(); }

    static Result<void> write(I2cDevice& device, std::uint8_t reg, std::uint8_t value) {
        return device.writeRegister(static_cast<std::uint8_t>(kCommand | reg), value);
    }
    static Result<linux_::Bytes> read(I2cDevice& device, std::uint8_t reg, std::size_t size) {
        return device.readRegisters(static_cast<std::uint8_t>(kCommand | reg), size);
    }

    Result<Light> gather(I2cDevice& device) const {
        PEGASUS_CHECK(write(device, kEnable, kOff));
        PEGASUS_CHECK(write(device, kControl, static_cast<std::uint8_t>(gain_ << 4 | time_)));
        PEGASUS_CHECK(write(device, kEnable, kOn));
        PEGASUS_CHECK(device.pause(time() + time() / 10));
        for (int i = 0; i < kPolls; ++i) {
            PEGASUS_TRY(const auto status, read(device, kStatus, 1));
            if (status[0] == 0xFF) return fail(ErrorCode::Corrupt, "half an answer: the chip broke off");
            if ((status[0] & kValid) != 0) {
                PEGASUS_TRY(const auto data, read(device, kData, 4));
                PEGASUS_CHECK(write(device, kEnable, kOff));
                return Light{static_cast<std::uint16_t>(data[0] | data[1] << 8), static_cast<std::uint16_t>(data[2] | data[3] << 8)};
            }
            PEGASUS_CHECK(device.pause(time() / 10));
        }
        return fail(ErrorCode::Timeout, "the chip does not come to an end");
    }

    [[nodiscard]] std::size_t fitting(const Light& light) const {
        if (saturated(light)) return gain_ == 0 ? 0 : gain_ - 1;
        const bool dark = light.all < kAutoDark * full();
        return dark && gain_ + 1 < std::size(kGainValues) ? gain_ + 1 : gain_;
    }

    [[nodiscard]] Reading readingOf(const Light& light) const {
        if (saturated(light)) return linux_::nonsense(kRows[0], "out of range: brighter than it can count");
        if (light.infrared > light.all) return linux_::nonsense(kRows[0], "out of range: more infrared than light");
        const double counts = static_cast<double>(time().count()) / 1000 * kGainValues[gain_] / kLux;
        const double all = light.all;
        const double visible = all - light.infrared;
        const double lux = all == 0 ? 0 : visible * (visible / all) / counts;
        return linux_::reading(kRows[0], sensor::roundedTo(lux, 1 / counts, 4));
    }

    std::optional<std::size_t> fixed_;
    std::size_t gain_;
    std::size_t time_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "tsl2591";
    type.summary = "ams TSL2591: brightness from starlight to sun (I2C)";
    type.marking = "TSL2591";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.probe = [](I2cDevice& device) -> Result<bool> {
        PEGASUS_TRY(const auto id, device.readRegister(kCommand | kId));
        return id == kTsl2591;
    };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        const auto gain = parameters.choice("gain");
        return {std::make_unique<Tsl2591Chip>(gain == 0 ? std::nullopt : std::optional(gain - 1), parameters.choice("integration-time")), {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::tsl2591
