// SPDX-License-Identifier: Apache-2.0
// Periodic measurement, each 5 s. Source: Sensirion SCD4x data sheet, version 1.4 (February 2023), section 3.
#include "drivers/scd4x/scd4x.hpp"

#include "drivers/linux/chip.hpp"
#include "drivers/linux/sensirion.hpp"
#include "drivers/scd4x/formulas.hpp"

namespace pegasus::drivers::scd4x {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint16_t kStart = 0x21B1, kStop = 0x3F86, kRead = 0xEC05, kReady = 0xE4B8, kSerial = 0x3682, kOffset = 0x241D, kAltitude = 0x2427,
                        kSelfCalibration = 0x2416;
constexpr std::uint16_t kReadyBits = 0x07FF;  // 3.8.2: none of these is set while nothing is there
constexpr Duration kPeriod = 5s;
constexpr int kPolls = 5;
constexpr Duration kGivenUp = 3 * kPeriod;    // without a measurement: it was reset, and is idle

constexpr sensor::ChannelRow kRows[] = {{.quantity = "co2", .unit = "[ppm]", .least = 0, .most = 40'000},
                                        {.quantity = "temperature", .unit = "Cel", .least = -10, .most = 60},
                                        {.quantity = "humidity", .unit = "%", .least = 0, .most = 100}};
constexpr std::string_view kAddresses[] = {"0x62"};
constexpr sensor::Option kOptions[] = {
    {.name = "altitude", .kind = OptionKind::Number, .help = "Height above the sea, which the air's pressure depends on", .standard = "0", .unit = "m", .least = 0, .most = 3000},
    {.name = "temperature-offset", .kind = OptionKind::Number, .help = "How much warmer the chip is than the air around its case", .standard = "4", .unit = "Cel", .least = 0, .most = 20},
    {.name = "self-calibration", .kind = OptionKind::Flag, .help = "Take the lowest value of a week for fresh air (400 ppm)", .standard = "true"}};
constexpr linux_::KernelChannel kShown[] = {{"co2", "concentration_co2"}, {"temperature", "temp"}, {"humidity", "humidityrelative"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

struct Setup {
    std::uint16_t altitude = 0;
    std::uint16_t offset = 0;
    std::uint16_t selfCalibration = 1;
};

class Scd4xChip final : public linux_::Chip {
public:
    explicit Scd4xChip(const Setup& setup) : setup_(setup) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_CHECK(linux_::command(device, kStop, {}, 500ms));  // it may be measuring since before; nothing else is taken then
        PEGASUS_TRY(const auto serial, linux_::askAll(device, kSerial, 3, 1ms));
        serial_ = linux_::serialText(serial);
        PEGASUS_CHECK(linux_::command(device, kOffset, {setup_.offset}, 1ms));
        PEGASUS_CHECK(linux_::command(device, kAltitude, {setup_.altitude}, 1ms));
        PEGASUS_CHECK(linux_::command(device, kSelfCalibration, {setup_.selfCalibration}, 1ms));
        PEGASUS_CHECK(linux_::command(device, kStart));
        started_ = newest_ = device.now();
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        PEGASUS_TRY(const auto there, ready(device));
        if (!there) return nothingYet(device.now());
        PEGASUS_TRY(const auto words, linux_::ask(device, kRead, 3, 1ms));
        newest_ = device.now();
        const double values[] = {words[0] ? static_cast<double>(*words[0]) : 0, words[1] ? celsius(*words[1]) : 0, words[2] ? humidity(*words[2]) : 0};
        const double steps[] = {1, kCelsiusStep, kHumidityStep};
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < std::size(kRows); ++i)
            readings.push_back(words[i] ? linux_::reading(kRows[i], sensor::roundedTo(values[i], steps[i], 2)) : linux_::absent(kRows[i], linux_::kFailedCrc));
        return readings;
    }

    [[nodiscard]] std::string serial() const override { return serial_; }

private:
    /// Whether there is a new measurement. Its clock and ours differ: where a turn comes just before one, it is waited for.
    Result<bool> ready(I2cDevice& device) const {
        for (int i = 0;; ++i) {
            PEGASUS_TRY(const auto words, linux_::askAll(device, kReady, 1, 1ms));
            if ((words[0] & kReadyBits) != 0) return true;
            if (newest_ == started_ || i == kPolls) return false;
            PEGASUS_CHECK(device.pause(100ms));
        }
    }
    [[nodiscard]] Result<std::vector<Reading>> nothingYet(SteadyTime now) const {
        if (now - newest_ > kGivenUp) return fail(ErrorCode::InvalidState, "no measurement for 15 s: the chip was reset");
        const auto* reason = newest_ == started_ ? "warming up: the first measurement takes 5 s" : "stale: no new measurement yet";
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
    type.name = "scd4x";
    type.summary = "Sensirion SCD40, SCD41: carbon dioxide, temperature, humidity (I2C)";
    type.marking = "SCD4x";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.period = kPeriod;
    // While it measures it takes no command for its serial number; whether data are there it tells at any time.
    type.probe = [](I2cDevice& device) -> Result<bool> { return linux_::askAll(device, kReady, 1, 1ms).has_value(); };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made {
        return {std::make_unique<Scd4xChip>(Setup{static_cast<std::uint16_t>(parameters.number("altitude").value_or(0)),
                                                  offsetCounts(parameters.number("temperature-offset").value_or(0)),
                                                  static_cast<std::uint16_t>(parameters.flag("self-calibration") ? 1 : 0)}),
                {}};
    };
    return type;
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::scd4x
