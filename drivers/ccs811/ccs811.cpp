// SPDX-License-Identifier: Apache-2.0
// Source: ams CCS811 data sheet DS000459, version 6-00 (2019), and its programming guide AN000369.
#include "drivers/ccs811/ccs811.hpp"

#include <algorithm>
#include <cmath>

#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::ccs811 {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint8_t kStatus = 0x00, kMode = 0x01, kResult = 0x02, kEnvironment = 0x05, kHardware = 0x20, kError = 0xE0, kStart = 0xF4, kReset = 0xFF;
constexpr std::uint8_t kCcs811 = 0x81;
constexpr std::uint8_t kFailed = 0x01, kReady = 0x08, kValid = 0x10, kRunning = 0x80;
constexpr Duration kRunIn = 20min;  // after a start: section 9 of the data sheet
constexpr std::string_view kModes[] = {"1s", "10s", "60s"};
constexpr Duration kPeriods[] = {1s, 10s, 60s};
constexpr std::uint16_t kGuessMost = 29'206, kCompoundsMost = 32'768;

constexpr sensor::ChannelRow kRows[] = {
    {.quantity = "tvoc", .unit = "[ppb]", .least = 0, .most = kCompoundsMost, .help = "All volatile organic compounds together"},
    {.quantity = "eco2", .unit = "[ppm]", .least = 400, .most = kGuessMost, .help = "Carbon dioxide as guessed from them: no measurement of it"}};
constexpr std::string_view kAddresses[] = {"0x5a", "0x5b"};
constexpr sensor::Option kOptions[] = {
    {.name = "measure-every", .kind = OptionKind::Choice, .help = "The chip's own interval; longer takes less power", .standard = "1s", .choices = kModes},
    {.name = "humidity", .kind = OptionKind::Number, .help = "Relative humidity of the air, for compensation", .standard = "50", .unit = "%", .least = 0, .most = 100},
    {.name = "temperature", .kind = OptionKind::Number, .help = "Temperature of the air, for compensation", .standard = "25", .unit = "Cel", .least = -25, .most = 100}};
constexpr linux_::KernelChannel kShown[] = {{"tvoc", "concentration_voc", 3}, {"eco2", "concentration_co2"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

struct Setup {
    std::size_t mode = 0;             ///< of kModes
    std::uint16_t humidity = 0;       ///< in 1/512 %
    std::uint16_t temperature = 0;    ///< above -25 degrees, in 1/512
};

class Ccs811Chip final : public linux_::Chip {
public:
    explicit Ccs811Chip(const Setup& setup) : setup_(setup) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto hardware, device.readRegister(kHardware));
        if (hardware != kCcs811)
            return fail(ErrorCode::NotFound, "the chip at {:#04x} has the id {:#04x}, expected {:#04x}", device.address(), hardware, kCcs811);
        const std::uint8_t reset[] = {kReset, 0x11, 0xE5, 0x72, 0x8A};
        PEGASUS_CHECK(device.write(reset));
        PEGASUS_CHECK(device.pause(20ms));
        PEGASUS_TRY(const auto status, device.readRegister(kStatus));
        if ((status & kValid) == 0) return fail(ErrorCode::InvalidState, "the chip has no program (status {:#04x})", status);
        PEGASUS_CHECK(device.write(std::span(&kStart, 1)));
        PEGASUS_CHECK(device.pause(2ms));
        PEGASUS_TRY(const auto running, device.readRegister(kStatus));
        if ((running & kRunning) == 0) return fail(ErrorCode::InvalidState, "the chip's program does not start (status {:#04x})", running);
        PEGASUS_CHECK(device.writeRegister(kMode, static_cast<std::uint8_t>((setup_.mode + 1) << 4)));
        const std::uint8_t environment[] = {kEnvironment, high(setup_.humidity), low(setup_.humidity), high(setup_.temperature), low(setup_.temperature)};
        PEGASUS_CHECK(device.write(environment));
        started_ = newest_ = device.now();
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto result, device.readRegisters(kResult, 6));
        const auto status = result[4];
        if (status == 0xFF || (status & kRunning) == 0) return fail(ErrorCode::Corrupt, "the chip does not measure: it was reset, or its answer broke off");
        if ((status & kFailed) != 0) {
            PEGASUS_TRY(const auto error, device.readRegister(kError));
            return fail(ErrorCode::InvalidState, "the chip reports the error {:#04x}", error);
        }
        if ((status & kReady) == 0) return nothingYet(device.now());
        newest_ = device.now();
        const auto word = [&](std::size_t i) { return static_cast<std::uint16_t>(result[i] << 8 | result[i + 1]); };
        const bool young = device.now() - started_ < kRunIn;
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < 2; ++i) {
            const auto value = word(2 - 2 * i);  // the chip gives carbon dioxide first
            readings.push_back(young ? linux_::uncertain(kRows[i], value, "warming up: 20 minutes after the start") : linux_::reading(kRows[i], value));
        }
        return readings;
    }

private:
    static std::uint8_t high(std::uint16_t word) { return static_cast<std::uint8_t>(word >> 8); }
    static std::uint8_t low(std::uint16_t word) { return static_cast<std::uint8_t>(word & 0xFF); }

    [[nodiscard]] Result<std::vector<Reading>> nothingYet(SteadyTime now) const {
        if (now - newest_ > 5 * kPeriods[setup_.mode] + 5s) return fail(ErrorCode::InvalidState, "no measurement for five of its intervals");
        const auto* reason = newest_ == started_ ? "warming up: no measurement yet" : "stale: no new measurement yet";
        std::vector<Reading> readings;
        for (const auto& row : kRows) readings.push_back(linux_::absent(row, reason));
        return readings;
    }

    Setup setup_;
    SteadyTime started_;
    SteadyTime newest_;
};

std::uint16_t fixedPoint(double value) { return static_cast<std::uint16_t>(std::clamp(std::lround(value * 512), 0L, 65535L)); }

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "ccs811";
    type.summary = "ams CCS811: volatile organic compounds, and a guess of carbon dioxide (I2C)";
    type.marking = "CCS811";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.period = 1s;
    type.probe = [](I2cDevice& device) -> Result<bool> {
        PEGASUS_TRY(const auto hardware, device.readRegister(kHardware));
        return hardware == kCcs811;
    };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        const Setup setup{parameters.choice("measure-every"), fixedPoint(parameters.number("humidity").value_or(50)),
                          fixedPoint(parameters.number("temperature").value_or(25) + 25)};
        if (kPeriods[setup.mode] > parameters.config().interval) parameters.wrong("measure-every", "measure-every is longer than the interval of the sensor");
        return {std::make_unique<Ccs811Chip>(setup), {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::ccs811
