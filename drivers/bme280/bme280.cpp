// SPDX-License-Identifier: Apache-2.0
// One forced measurement a turn: the chip sleeps between, and warms itself less. Source: BST-BME280-DS002, BST-BMP280-DS001.
#include "drivers/bme280/bme280.hpp"

#include "drivers/bme280/formulas.hpp"
#include "drivers/linux/chip.hpp"

namespace pegasus::drivers::bme280 {
namespace {

using linux_::Chip;
using linux_::I2cDevice;
using sensor::Reading;

constexpr std::uint8_t kId = 0xD0, kReset = 0xE0, kHumidityControl = 0xF2, kStatus = 0xF3, kControl = 0xF4, kConfig = 0xF5, kData = 0xF7;
constexpr std::uint8_t kFirst = 0x88, kSecond = 0xE1;
constexpr std::uint8_t kBme280 = 0x60, kBmp280 = 0x58;
constexpr std::uint8_t kResetWord = 0xB6, kForced = 0x01, kMeasuring = 0x08, kCopying = 0x01;
constexpr int kPolls = 20;

constexpr sensor::ChannelRow kRows[] = {{.quantity = "temperature", .unit = "Cel", .least = -40, .most = 85},
                                        {.quantity = "pressure", .unit = "hPa", .least = 300, .most = 1100},
                                        {.quantity = "humidity", .unit = "%", .least = 0, .most = 100}};
constexpr auto kDry = std::span(kRows).first(2);
constexpr double kStep = 0.01;  // of all three, within a factor of two

constexpr std::string_view kAddresses[] = {"0x76", "0x77"};
constexpr std::string_view kOversamplings[] = {"1", "2", "4", "8", "16"};
constexpr sensor::Option kOptions[] = {{.name = "oversampling", .kind = sensor::OptionKind::Choice,
                                        .help = "Measurements that are averaged for a reading: less noise, more warmth of its own",
                                        .standard = "1", .choices = kOversamplings}};
constexpr linux_::KernelChannel kShown[] = {{"temperature", "temp"}, {"pressure", "pressure"}, {"humidity", "humidityrelative"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

class BoschChip final : public Chip {
public:
    /// `oversampling`: 1 to 5 for 1, 2, 4, 8, 16 measurements.
    BoschChip(bool wet, std::uint8_t oversampling) : wet_(wet), oversampling_(oversampling) {}

    Result<void> begin(I2cDevice& device) override {
        const auto expected = wet_ ? kBme280 : kBmp280;
        PEGASUS_TRY(const auto id, device.readRegister(kId));
        if (id != expected)
            return fail(ErrorCode::NotFound, "the chip at {:#04x} has the id {:#04x}{}, expected {:#04x} of a {}", device.address(), id,
                        id == kBmp280 ? " (a BMP280)" : id == kBme280 ? " (a BME280)" : id == 0x61 ? " (a BME680)" : "", expected,
                        wet_ ? "BME280" : "BMP280");
        PEGASUS_CHECK(device.writeRegister(kReset, kResetWord));
        PEGASUS_CHECK(waitFor(device, kCopying, 2ms));
        PEGASUS_TRY(const auto first, device.readRegisters(kFirst, kFirstBlock));
        linux_::Bytes second;
        if (wet_) {
            PEGASUS_TRY(second, device.readRegisters(kSecond, kSecondBlock));
        }
        calibration_ = calibrationOf(first, second);
        if (calibration_.t1 == 0 || calibration_.t1 == 0xFFFF || calibration_.p1 == 0)
            return fail(ErrorCode::Corrupt, "the calibration of the chip at {:#04x} is empty", device.address());
        return device.writeRegister(kConfig, 0);
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        if (wet_) PEGASUS_CHECK(device.writeRegister(kHumidityControl, oversampling_));
        const auto control = static_cast<std::uint8_t>(oversampling_ << 5 | oversampling_ << 2 | kForced);
        PEGASUS_CHECK(device.writeRegister(kControl, control));
        PEGASUS_CHECK(waitFor(device, kMeasuring, longest()));
        PEGASUS_TRY(const auto data, device.readRegisters(kData, wet_ ? 8 : 6));
        // The last four bits of both are always 0: an answer that broke off has ones there.
        if ((data[2] & 0x0F) != 0 || (data[5] & 0x0F) != 0) return fail(ErrorCode::Corrupt, "half an answer: the chip broke off");
        return readingsOf(countsOf(data));
    }

private:
    /// Appendix 9.1: 1.25 ms, and for each quantity 2.3 ms a measurement and 0.575 ms.
    [[nodiscard]] Duration longest() const { return Duration(1250 + (wet_ ? 3 : 2) * (575 + 2300 * (1 << (oversampling_ - 1)))); }

    static Result<void> waitFor(I2cDevice& device, std::uint8_t bit, Duration usual) {
        PEGASUS_CHECK(device.pause(usual));
        for (int i = 0; i < kPolls; ++i) {
            PEGASUS_TRY(const auto status, device.readRegister(kStatus));
            if ((status & bit) == 0) return {};
            PEGASUS_CHECK(device.pause(2ms));
        }
        return fail(ErrorCode::Timeout, "the chip at {:#04x} does not come to an end", device.address());
    }

    [[nodiscard]] Result<std::vector<Reading>> readingsOf(const Counts& counts) const {
        if (counts.temperature == kSkipped20 || counts.pressure == kSkipped20)
            return fail(ErrorCode::Corrupt, "the chip measured nothing: it was reset meanwhile");
        const double fine = fineTemperature(calibration_, counts.temperature);
        std::vector<Reading> readings{linux_::reading(kRows[0], sensor::roundedTo(celsius(fine), kStep, 2)),
                                      linux_::reading(kRows[1], sensor::roundedTo(pascal(calibration_, counts.pressure, fine) / 100, kStep, 2))};
        if (!wet_) return readings;
        const double humidity = relativeHumidity(calibration_, counts.humidity, fine);
        readings.push_back(counts.humidity == kSkipped16 ? linux_::absent(kRows[2], "the chip did not measure it")
                                                         : linux_::reading(kRows[2], sensor::roundedTo(humidity, kStep, 2)));
        return readings;
    }

    bool wet_;
    std::uint8_t oversampling_;
    Calibration calibration_;
};

linux_::ChipType typeOf(bool wet) {
    linux_::ChipType type;
    type.name = wet ? "bme280" : "bmp280";
    type.summary = wet ? "Bosch BME280: temperature, humidity, pressure (I2C)" : "Bosch BMP280: temperature, pressure (I2C)";
    type.marking = wet ? "BME280" : "BMP280";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = wet ? std::span<const sensor::ChannelRow>(kRows) : kDry;
    type.kernel = kKernel;
    type.probe = [wet](I2cDevice& device) -> Result<bool> {
        PEGASUS_TRY(const auto id, device.readRegister(kId));
        return id == (wet ? kBme280 : kBmp280);
    };
    type.make = [wet](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        return {std::make_unique<BoschChip>(wet, static_cast<std::uint8_t>(parameters.choice("oversampling") + 1)), {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    linux_::registerChip(registry, hardware, typeOf(true));
    linux_::registerChip(registry, hardware, typeOf(false));
}

}  // namespace pegasus::drivers::bme280
