// SPDX-License-Identifier: Apache-2.0
// Measures once a second while it runs. Source: Sensirion SPS30 data sheet, version 1.0 D1 (March 2020), sections 4 and 6.
#include "drivers/sps30/sps30.hpp"

#include <cmath>

#include "drivers/linux/chip.hpp"
#include "drivers/linux/sensirion.hpp"

namespace pegasus::drivers::sps30 {
namespace {

using linux_::I2cDevice;
using sensor::Reading;

constexpr std::uint16_t kStart = 0x0010, kStop = 0x0104, kReady = 0x0202, kRead = 0x0300, kProduct = 0xD002, kSerial = 0xD033, kStatus = 0xD206,
                        kClean = 0x5607;
constexpr std::uint16_t kFloats = 0x0300;
constexpr std::size_t kProductWords = 4, kSerialWords = 16;
constexpr std::string_view kProductText = "00080000";
constexpr Duration kStartUp = 30s;      // table 1: 8 to 30 s, depending on how many particles there are
constexpr int kPolls = 5;
constexpr Duration kGivenUp = 25s;      // without a measurement: it was reset, and is idle. Cleaning itself takes it 10 s
constexpr std::uint32_t kFanSpeed = 1U << 21, kLaser = 1U << 5, kFan = 1U << 4;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "pm1", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Mass of particles up to 1 um"},
                                        {.quantity = "pm2_5", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Up to 2.5 um"},
                                        {.quantity = "pm4", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Up to 4 um, computed"},
                                        {.quantity = "pm10", .unit = "ug/m3", .least = 0, .most = 1000, .help = "Up to 10 um, computed"}};
constexpr std::string_view kAddresses[] = {"0x69"};
constexpr sensor::Option kOptions[] = {{.name = "clean-at-start", .kind = sensor::OptionKind::Flag,
                                        .help = "Blow the dust out at each start (10 s); the chip does so once a week by itself", .standard = "false"}};
constexpr linux_::KernelChannel kShown[] = {{"pm1", "massconcentration_pm1"}, {"pm2_5", "massconcentration_pm2p5"},
                                            {"pm4", "massconcentration_pm4"}, {"pm10", "massconcentration_pm10"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

std::string textOf(std::span<const std::uint16_t> words) {
    std::string text;
    for (const auto word : words)
        for (const auto byte : {static_cast<char>(word >> 8), static_cast<char>(word & 0xFF)}) {
            if (byte < '!' || byte > '~') return text;
            text += byte;
        }
    return text;
}

class Sps30Chip final : public linux_::Chip {
public:
    explicit Sps30Chip(bool clean) : clean_(clean) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto product, linux_::askAll(device, kProduct, kProductWords, 1ms));
        if (textOf(product) != kProductText)
            return fail(ErrorCode::NotFound, "the chip at {:#04x} is of the type '{}', expected '{}'", device.address(), textOf(product), kProductText);
        PEGASUS_TRY(const auto serial, linux_::askAll(device, kSerial, kSerialWords, 1ms));
        serial_ = textOf(serial);
        (void)linux_::command(device, kStop, {}, 20ms);  // an idle one may refuse it
        PEGASUS_CHECK(linux_::command(device, kStart, {kFloats}, 20ms));
        if (clean_) PEGASUS_CHECK(linux_::command(device, kClean, {}, 20ms));
        clean_ = false;
        started_ = newest_ = device.now();
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto there, ready(device));
        if (!there) return nothingYet(device.now());
        PEGASUS_TRY(const auto words, linux_::ask(device, kRead, 2 * std::size(kRows), 1ms));
        newest_ = device.now();
        PEGASUS_TRY(const auto doubt, doubtOf(device));
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < std::size(kRows); ++i) readings.push_back(readingOf(kRows[i], words[2 * i], words[2 * i + 1], doubt));
        return readings;
    }

    [[nodiscard]] std::string serial() const override { return serial_; }

private:
    /// Whether there is a new measurement. Its clock and ours differ: where a turn comes just before one, it is waited for.
    Result<bool> ready(I2cDevice& device) const {
        for (int i = 0;; ++i) {
            PEGASUS_TRY(const auto words, linux_::askAll(device, kReady, 1, 1ms));
            if ((words[0] & 0xFF) == 1) return true;
            if (newest_ == started_ || i == kPolls) return false;
            PEGASUS_CHECK(device.pause(100ms));
        }
    }
    /// Why its values are in doubt; empty: they are not.
    [[nodiscard]] Result<std::string> doubtOf(I2cDevice& device) const {
        PEGASUS_TRY(const auto words, linux_::askAll(device, kStatus, 2, 1ms));
        const auto status = static_cast<std::uint32_t>(words[0]) << 16 | words[1];
        if ((status & kLaser) != 0) return std::string("the laser fails");
        if ((status & kFan) != 0) return std::string("the fan is blocked or broken");
        if ((status & kFanSpeed) != 0) return std::string("the fan is too slow or too fast");
        if (device.now() - started_ < kStartUp) return std::string("warming up: 30 s after the start");
        return std::string();
    }
    static Reading readingOf(const sensor::ChannelRow& row, std::optional<std::uint16_t> high, std::optional<std::uint16_t> low, const std::string& doubt) {
        if (!high || !low) return linux_::absent(row, linux_::kFailedCrc);
        const double value = static_cast<double>(linux_::floatOf(*high, *low));
        if (!std::isfinite(value)) return linux_::nonsense(row, "out of range: not a finite number");
        const double rounded = sensor::roundedTo(value, 0.1, 1);
        return doubt.empty() ? linux_::reading(row, rounded) : linux_::uncertain(row, rounded, doubt);
    }
    [[nodiscard]] Result<std::vector<Reading>> nothingYet(SteadyTime now) const {
        if (now - newest_ > kGivenUp) return fail(ErrorCode::InvalidState, "no measurement for 25 s: the chip was reset");
        const auto* reason = newest_ == started_ ? "warming up: no measurement yet" : "stale: no new measurement yet";
        std::vector<Reading> readings;
        for (const auto& row : kRows) readings.push_back(linux_::absent(row, reason));
        return readings;
    }

    bool clean_;
    std::string serial_;
    SteadyTime started_;
    SteadyTime newest_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "sps30";
    type.summary = "Sensirion SPS30: particulate matter (I2C)";
    type.marking = "SPS30";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.period = 1s;
    type.probe = [](I2cDevice& device) -> Result<bool> {
        PEGASUS_TRY(const auto product, linux_::askAll(device, kProduct, kProductWords, 1ms));
        return textOf(product) == kProductText;
    };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        return {std::make_unique<Sps30Chip>(parameters.flag("clean-at-start")), {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::sps30
