// SPDX-License-Identifier: Apache-2.0
// Continuous measurement at the chip's own interval. Source: Sensirion, "Interface description SCD30", version 1.0 (May 2020), section 1.4.
#include "drivers/scd30/scd30.hpp"

#include <algorithm>
#include <cmath>

#include "drivers/linux/chip.hpp"
#include "drivers/linux/sensirion.hpp"

namespace pegasus::drivers::scd30 {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint16_t kStart = 0x0010, kInterval = 0x4600, kReady = 0x0202, kRead = 0x0300, kSelfCalibration = 0x5306, kOffset = 0x5403,
                        kAltitude = 0x5102, kFirmware = 0xD100, kSerial = 0xD033;
constexpr Duration kAnswer = 4ms;  // 1.1: at least 3 ms between a command and its answer
constexpr int kPolls = 5;
constexpr std::size_t kSerialWords = 16;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "co2", .unit = "[ppm]", .least = 0, .most = 40'000},
                                        {.quantity = "temperature", .unit = "Cel", .least = -40, .most = 70},
                                        {.quantity = "humidity", .unit = "%", .least = 0, .most = 100}};
constexpr int kDigits[] = {1, 2, 1};
constexpr std::string_view kAddresses[] = {"0x61"};
constexpr sensor::Option kOptions[] = {
    {.name = "measure-every", .kind = OptionKind::Time, .help = "The chip's own interval; longer takes less power", .standard = "2s", .least = 2, .most = 1800},
    {.name = "altitude", .kind = OptionKind::Number, .help = "Height above the sea, where ambient-pressure is not given", .standard = "0", .unit = "m", .least = 0, .most = 9000},
    {.name = "ambient-pressure", .kind = OptionKind::Number, .help = "Pressure of the air where it is known; takes the altitude's place", .unit = "hPa", .least = 700, .most = 1400},
    {.name = "temperature-offset", .kind = OptionKind::Number, .help = "How much warmer the chip is than the air around its case", .standard = "0", .unit = "Cel", .least = 0, .most = 100},
    {.name = "self-calibration", .kind = OptionKind::Flag, .help = "Take the lowest values of some days for fresh air (400 ppm)", .standard = "true"}};
constexpr linux_::KernelChannel kShown[] = {{"co2", "concentration_co2"}, {"temperature", "temp"}, {"humidity", "humidityrelative"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

struct Setup {
    Duration every{0};
    std::uint16_t altitude = 0;
    std::uint16_t pressure = 0;  ///< hPa; 0: by the altitude
    std::uint16_t offset = 0;    ///< hundredths of a degree
    std::uint16_t selfCalibration = 1;
};

class Scd30Chip final : public linux_::Chip {
public:
    explicit Scd30Chip(const Setup& setup) : setup_(setup) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto firmware, linux_::askAll(device, kFirmware, 1, kAnswer));
        (void)firmware;  // that it comes with its checksum tells the chip
        const auto serial = linux_::askAll(device, kSerial, kSerialWords, kAnswer);
        serial_ = serial ? textOf(*serial) : "";
        const auto seconds = std::chrono::floor<std::chrono::seconds>(setup_.every).count();
        PEGASUS_CHECK(keep(device, kInterval, static_cast<std::uint16_t>(seconds)));
        PEGASUS_CHECK(keep(device, kOffset, setup_.offset));
        PEGASUS_CHECK(keep(device, kAltitude, setup_.altitude));
        PEGASUS_CHECK(keep(device, kSelfCalibration, setup_.selfCalibration));
        PEGASUS_CHECK(linux_::command(device, kStart, {setup_.pressure}, kAnswer));
        started_ = newest_ = device.now();
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto there, ready(device));
        if (!there) return nothingYet(device.now());
        PEGASUS_TRY(const auto words, linux_::ask(device, kRead, 6, kAnswer));
        newest_ = device.now();
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < std::size(kRows); ++i) readings.push_back(readingOf(i, words[2 * i], words[2 * i + 1]));
        return readings;
    }

    [[nodiscard]] std::string serial() const override { return serial_; }

private:
    /// Whether there is a new measurement. Its clock and ours differ: where a turn comes just before one, it is waited for.
    Result<bool> ready(I2cDevice& device) const {
        for (int i = 0;; ++i) {
            PEGASUS_TRY(const auto words, linux_::askAll(device, kReady, 1, kAnswer));
            if (words[0] == 1) return true;
            if (newest_ == started_ || i == kPolls) return false;
            PEGASUS_CHECK(device.pause(100ms));
        }
    }
    /// The chip keeps its settings in a memory that bears few writes, and a bad line has it set up again and again: only what differs
    /// is written. A command without its argument asks for the setting.
    static Result<void> keep(I2cDevice& device, std::uint16_t setting, std::uint16_t value) {
        PEGASUS_TRY(const auto now, linux_::askAll(device, setting, 1, kAnswer));
        return now[0] == value ? Result<void>() : linux_::command(device, setting, {value}, kAnswer);
    }
    static Reading readingOf(std::size_t i, std::optional<std::uint16_t> high, std::optional<std::uint16_t> low) {
        if (!high || !low) return linux_::absent(kRows[i], linux_::kFailedCrc);
        const double value = static_cast<double>(linux_::floatOf(*high, *low));
        if (!std::isfinite(value)) return linux_::nonsense(kRows[i], "out of range: not a finite number");
        if (i == 0 && value == 0) return linux_::absent(kRows[i], "warming up: the chip has no value yet");
        return linux_::reading(kRows[i], sensor::roundedTo(value, std::pow(10, -kDigits[i]), kDigits[i]));
    }
    /// Characters, two in a word, up to the first zero.
    static std::string textOf(std::span<const std::uint16_t> words) {
        std::string text;
        for (const auto word : words)
            for (const auto byte : {static_cast<char>(word >> 8), static_cast<char>(word & 0xFF)}) {
                if (byte < '!' || byte > '~') return text;
                text += byte;
            }
        return text;
    }
    [[nodiscard]] Result<std::vector<Reading>> nothingYet(SteadyTime now) const {
        if (now - newest_ > 3 * setup_.every + 10s) return fail(ErrorCode::InvalidState, "no measurement for three of its intervals: the chip was reset");
        const auto* reason = newest_ == started_ ? "warming up: no measurement yet" : "stale: no new measurement yet";
        std::vector<Reading> readings;
        for (const auto& row : kRows) readings.push_back(linux_::absent(row, reason));
        return readings;
    }

    Setup setup_;
    std::string serial_;
    SteadyTime started_;
    SteadyTime newest_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "scd30";
    type.summary = "Sensirion SCD30: carbon dioxide, temperature, humidity (I2C)";
    type.marking = "SCD30";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.period = 2s;
    type.probe = [](I2cDevice& device) -> Result<bool> { return linux_::askAll(device, kFirmware, 1, kAnswer).has_value(); };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        Setup setup;
        setup.every = parameters.time("measure-every").value_or(2s);
        setup.altitude = static_cast<std::uint16_t>(parameters.number("altitude").value_or(0));
        setup.pressure = static_cast<std::uint16_t>(parameters.number("ambient-pressure").value_or(0));
        setup.offset = static_cast<std::uint16_t>(std::lround(100 * parameters.number("temperature-offset").value_or(0)));
        setup.selfCalibration = parameters.flag("self-calibration") ? 1 : 0;
        if (setup.every > parameters.config().interval)
            parameters.wrong("measure-every", "measure-every is longer than the interval of the sensor");
        return {std::make_unique<Scd30Chip>(setup), {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::scd30
