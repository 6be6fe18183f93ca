// SPDX-License-Identifier: Apache-2.0
// One forced measurement a turn: climate, and then the plate is heated for the gas. Source: BST-BME680-DS001, revision 1.6.
#include "drivers/bme680/bme680.hpp"

#include "drivers/bme680/formulas.hpp"
#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::bme680 {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint8_t kId = 0xD0, kVariant = 0xF0, kReset = 0xE0, kHeater = 0x5A, kHeatTime = 0x64, kGasControl = 0x71, kHumidityControl = 0x72,
                       kControl = 0x74, kStatus = 0x1D;
constexpr std::uint8_t kFirst = 0x89, kSecond = 0xE1;
constexpr std::uint8_t kBme680 = 0x61, kResetWord = 0xB6, kForced = 0x01, kRunGas = 0x10, kOnce = 0x01, kTwice = 0x02;
constexpr std::uint8_t kNew = 0x80, kGasValid = 0x20, kHeatStable = 0x10;
constexpr std::size_t kData = 15;     // bytes from the status on
constexpr int kPolls = 30;
constexpr double kFirstAmbient = 25;  // until a temperature was measured
constexpr Duration kBurnIn = 5min;    // the plate's first minutes after power-on

constexpr sensor::ChannelRow kRows[] = {{.quantity = "temperature", .unit = "Cel", .least = -40, .most = 85},
                                        {.quantity = "pressure", .unit = "hPa", .least = 300, .most = 1100},
                                        {.quantity = "humidity", .unit = "%", .least = 0, .most = 100},
                                        {.quantity = "gas_resistance", .unit = "Ohm", .least = 100, .most = 20'000'000,
                                         .help = "Of the hot plate: falls as compounds come; no index is made of it"}};
constexpr std::string_view kAddresses[] = {"0x76", "0x77"};
constexpr sensor::Option kOptions[] = {
    {.name = "heater-temperature", .kind = OptionKind::Number, .help = "Of the plate while the gas is measured", .standard = "320", .unit = "Cel", .least = 200, .most = 400},
    {.name = "heater-time", .kind = OptionKind::Time, .help = "How long it is heated for a reading; 0s: no gas is measured", .standard = "150ms", .least = 0, .most = 4}};
constexpr linux_::KernelChannel kShown[] = {{"temperature", "temp"}, {"pressure", "pressure"}, {"humidity", "humidityrelative"}, {"gas_resistance", "resistance"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

class Bme680Chip final : public linux_::Chip {
public:
    Bme680Chip(double target, Duration heating) : target_(target), heating_(heating) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto id, device.readRegister(kId));
        if (id != kBme680) return fail(ErrorCode::NotFound, "the chip at {:#04x} has the id {:#04x}, expected {:#04x} of a BME680", device.address(), id, kBme680);
        PEGASUS_TRY(const auto variant, device.readRegister(kVariant));
        if (variant != 0) return fail(ErrorCode::NotSupported, "the chip at {:#04x} is a BME688 (variant {}), whose gas converter is another", device.address(), variant);
        PEGASUS_CHECK(device.writeRegister(kReset, kResetWord));
        PEGASUS_CHECK(device.pause(10ms));
        PEGASUS_TRY(const auto first, device.readRegisters(kFirst, kFirstBlock));
        PEGASUS_TRY(const auto second, device.readRegisters(kSecond, kSecondBlock));
        PEGASUS_TRY(const auto heater, device.readRegisters(0x00, 5));
        calibration_ = calibrationOf(first, second, heater);
        if (calibration_.t1 == 0 || calibration_.t1 == 0xFFFF || calibration_.p1 == 0)
            return fail(ErrorCode::Corrupt, "the calibration of the chip at {:#04x} is empty", device.address());
        ambient_ = kFirstAmbient;
        started_ = device.now();
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_CHECK(start(device));
        PEGASUS_CHECK(device.pause(heating_ + 30ms));
        for (int i = 0; i < kPolls; ++i) {
            PEGASUS_TRY(const auto data, device.readRegisters(kStatus, kData));
            // The last four bits of pressure and temperature are always 0: an answer that broke off has ones there.
            if ((data[4] & 0x0F) != 0 || (data[7] & 0x0F) != 0) return fail(ErrorCode::Corrupt, "half an answer: the chip broke off");
            if ((data[0] & kNew) != 0) return readingsOf(data, device.now());
            PEGASUS_CHECK(device.pause(10ms));
        }
        return fail(ErrorCode::Timeout, "the chip does not come to an end: it was reset meanwhile");
    }

private:
    [[nodiscard]] bool heated() const { return heating_ > Duration(0); }

    Result<void> start(I2cDevice& device) {
        PEGASUS_CHECK(device.writeRegister(kHumidityControl, kOnce));
        if (heated()) {
            const auto time = std::chrono::floor<std::chrono::milliseconds>(heating_).count();
            PEGASUS_CHECK(device.writeRegister(kHeater, heaterResistance(calibration_, target_, ambient_)));
            PEGASUS_CHECK(device.writeRegister(kHeatTime, heaterTime(static_cast<unsigned>(time))));
        }
        PEGASUS_CHECK(device.writeRegister(kGasControl, heated() ? kRunGas : std::uint8_t{0}));
        return device.writeRegister(kControl, static_cast<std::uint8_t>(kTwice << 5 | kOnce << 2 | kForced));
    }

    [[nodiscard]] Result<std::vector<Reading>> readingsOf(const linux_::Bytes& data, SteadyTime now) {
        const auto twenty = [&](std::size_t i) { return static_cast<std::uint32_t>(data[i] << 12 | data[i + 1] << 4 | data[i + 2] >> 4); };
        const double fine = fineTemperature(calibration_, twenty(5));
        ambient_ = celsius(fine);
        const double humidity = relativeHumidity(calibration_, static_cast<std::uint32_t>(data[8] << 8 | data[9]), fine);
        std::vector<Reading> readings{linux_::reading(kRows[0], sensor::roundedTo(ambient_, 0.01, 2)),
                                      linux_::reading(kRows[1], sensor::roundedTo(pascal(calibration_, twenty(2), fine) / 100, 0.01, 2)),
                                      linux_::reading(kRows[2], sensor::roundedTo(humidity, 0.01, 2))};
        if (heated()) readings.push_back(gasOf(data, now));
        return readings;
    }

    [[nodiscard]] Reading gasOf(const linux_::Bytes& data, SteadyTime now) const {
        const auto flags = data[14];
        if ((flags & kGasValid) == 0) return linux_::absent(kRows[3], "the chip did not measure it");
        const auto counts = static_cast<std::uint32_t>(data[13] << 2 | flags >> 6);
        const double ohm = sensor::roundedTo(gasResistance(calibration_, counts, flags & 0x0F), 1, 0);
        if ((flags & kHeatStable) == 0) return linux_::uncertain(kRows[3], ohm, "warming up: the plate did not come to its temperature");
        if (now - started_ < kBurnIn) return linux_::uncertain(kRows[3], ohm, "warming up: 5 minutes after the start");
        return linux_::reading(kRows[3], ohm);
    }

    double target_;
    Duration heating_;
    Calibration calibration_;
    double ambient_ = kFirstAmbient;
    SteadyTime started_;
};

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "bme680";
    type.summary = "Bosch BME680: temperature, humidity, pressure, gas resistance (I2C)";
    type.marking = "BME680";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.probe = [](I2cDevice& device) -> Result<bool> {
        PEGASUS_TRY(const auto id, device.readRegister(kId));
        return id == kBme680;
    };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        const auto heating = parameters.time("heater-time").value_or(0s);
        linux_::ChipType::Made made{std::make_unique<Bme680Chip>(parameters.number("heater-temperature").value_or(0), heating), {}};
        if (heating == 0s) made.channels = sensor::channelsOf(std::span(kRows).first(3));
        return made;
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::bme680
