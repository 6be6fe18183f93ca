// SPDX-License-Identifier: Apache-2.0
// SGP30: asked once a second, whatever the interval of the sensor, since its own baseline needs that. Source: Sensirion SGP30 data
// sheet, version 1.0 (May 2020), section 6.3.
#include <cmath>

#include "drivers/linux/chip.hpp"
#include "drivers/linux/sensirion.hpp"
#include "drivers/sgp/sgp.hpp"

namespace pegasus::drivers::sgp {
namespace {

using linux_::I2cDevice;
using sensor::OptionKind;
using sensor::Reading;

constexpr std::uint16_t kInit = 0x2003, kMeasure = 0x2008, kFeatures = 0x202F, kSerial = 0x3682, kHumidity = 0x2061;
constexpr std::uint16_t kProductBits = 0xF000;  // of the feature set: 0 is the SGP30
constexpr Duration kRhythm = 1s;
constexpr Duration kFixed = 15s;  // 400 ppm and 0 ppb are given so long after the initialisation
constexpr Duration kFresh = 3s;

constexpr sensor::ChannelRow kRows[] = {
    {.quantity = "tvoc", .unit = "[ppb]", .least = 0, .most = 60'000, .help = "All volatile organic compounds together"},
    {.quantity = "eco2", .unit = "[ppm]", .least = 400, .most = 60'000, .help = "Carbon dioxide as guessed from hydrogen: no measurement of it"}};
constexpr std::string_view kAddresses[] = {"0x58"};
constexpr sensor::Option kOptions[] = {
    {.name = "humidity", .kind = OptionKind::Number, .help = "Relative humidity of the air, for compensation; needs temperature", .unit = "%", .least = 0, .most = 100},
    {.name = "temperature", .kind = OptionKind::Number, .help = "Temperature of the air, for compensation; needs humidity", .unit = "Cel", .least = -20, .most = 55}};
constexpr linux_::KernelChannel kShown[] = {{"tvoc", "concentration_voc", 3}, {"eco2", "concentration_co2"}};
constexpr linux_::KernelView kKernel[] = {{linux_::KernelView::Class::Iio, kShown}};

class Sgp30Chip final : public linux_::Chip {
public:
    /// `humidity`: 8.8 fixed point of grams in a cubic metre; 0: without compensation.
    explicit Sgp30Chip(std::uint16_t humidity) : humidity_(humidity) {}

    Result<void> begin(I2cDevice& device) override {
        PEGASUS_TRY(const auto features, linux_::askAll(device, kFeatures, 1, 10ms));
        if ((features[0] & kProductBits) != 0)
            return fail(ErrorCode::NotFound, "the chip at {:#04x} has the feature set {:#06x}, expected one of an SGP30", device.address(), features[0]);
        PEGASUS_TRY(const auto serial, linux_::askAll(device, kSerial, 3, 1ms));
        serial_ = linux_::serialText(serial);
        PEGASUS_CHECK(linux_::command(device, kInit, {}, 10ms));
        if (humidity_ != 0) PEGASUS_CHECK(linux_::command(device, kHumidity, {humidity_}, 10ms));
        started_ = device.now();
        last_.clear();
        return tick(device);
    }

    [[nodiscard]] std::optional<Duration> rhythm() const override { return kRhythm; }

    Result<void> tick(I2cDevice& device) override {
        PEGASUS_TRY(last_, linux_::ask(device, kMeasure, 2, 12ms));
        lastAt_ = device.now();
        return {};
    }

    Result<std::vector<Reading>> measure(I2cDevice& device) override {
        if (device.now() - lastAt_ > kFresh / 3) PEGASUS_CHECK(tick(device));
        const bool warming = device.now() - started_ < kFixed;
        std::vector<Reading> readings;
        for (std::size_t i = 0; i < 2; ++i) {
            const auto word = last_[1 - i];  // the chip gives carbon dioxide first
            if (warming)
                readings.push_back(linux_::absent(kRows[i], "warming up: fixed values for 15 s"));
            else
                readings.push_back(word ? linux_::reading(kRows[i], *word) : linux_::absent(kRows[i], linux_::kFailedCrc));
        }
        return readings;
    }

    [[nodiscard]] std::string serial() const override { return serial_; }

private:
    std::uint16_t humidity_;
    std::string serial_;
    linux_::Words last_;
    SteadyTime lastAt_;
    SteadyTime started_;
};

std::uint16_t compensation(sensor::Parameters& parameters) {
    const auto humidity = parameters.number("humidity");
    const auto temperature = parameters.number("temperature");
    if (parameters.has("humidity") != parameters.has("temperature")) parameters.wrong("", "humidity and temperature are needed together");
    if (!humidity || !temperature) return 0;
    return static_cast<std::uint16_t>(std::clamp(std::lround(256 * absoluteHumidity(*temperature, *humidity)), 1L, 65535L));
}

linux_::ChipType type() {
    linux_::ChipType type;
    type.name = "sgp30";
    type.summary = "Sensirion SGP30: volatile organic compounds, and a guess of carbon dioxide (I2C)";
    type.marking = "SGP30";
    type.addresses = kAddresses;
    type.options = kOptions;
    type.channels = kRows;
    type.kernel = kKernel;
    type.period = 1s;
    type.probe = [](I2cDevice& device) -> Result<bool> {
        PEGASUS_TRY(const auto features, linux_::askAll(device, kFeatures, 1, 10ms));
        return (features[0] & kProductBits) == 0;
    };
    type.make = [](sensor::Parameters& parameters) -> linux_::ChipType::Made { return {std::make_unique<Sgp30Chip>(compensation(parameters)), {}}; };
    return type;
}

}  // namespace

double absoluteHumidity(double celsius, double relative) {
    const double pressure = relative / 100 * 6.112 * std::exp(17.62 * celsius / (243.12 + celsius));
    return 216.7 * pressure / (273.15 + celsius);
}

void registerSgp30(sensor::Registry& registry, const Hardware& hardware) { linux_::registerChip(registry, hardware, type()); }

}  // namespace pegasus::drivers::sgp
