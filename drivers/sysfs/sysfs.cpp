// SPDX-License-Identifier: Apache-2.0
// Finds the device anew at each read, since devices come and go and change their numbers.
#include "drivers/sysfs/sysfs.hpp"

#include <algorithm>
#include <filesystem>

#include "drivers/linux/device.hpp"
#include "drivers/linux/file.hpp"
#include "drivers/sysfs/attributes.hpp"
#include "drivers/sysfs/scan.hpp"
#include "drivers/sysfs/thermometer.hpp"
#include "drivers/sysfs/units.hpp"

namespace pegasus::drivers::sysfs {
namespace {

namespace fs = std::filesystem;
using linux_::below;
using sensor::Channel;
using sensor::Decimal;
using sensor::Measured;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr std::string_view kThermometerFolder = "/sys/bus/w1/devices";
constexpr std::string_view kThermometerChip = "w1_slave_temp";  // its name as a hwmon chip

enum class Kind : std::uint8_t { File, Thermometer, Hwmon, Iio, Thermal };

/// The parameters that choose a source, and where devices of the class are.
struct KindRow {
    std::string_view parameter;
    Kind kind;
    std::string_view folder;
    std::string_view attribute;
};
constexpr KindRow kKinds[] = {{"path", Kind::File, "", ""},
                              {"w1", Kind::Thermometer, kThermometerFolder, ""},
                              {"hwmon", Kind::Hwmon, "/sys/class/hwmon", "name"},
                              {"iio", Kind::Iio, "/sys/bus/iio/devices", "name"},
                              {"thermal", Kind::Thermal, "/sys/class/thermal", "type"}};

using sensor::OptionKind;

constexpr sensor::Option kOptions[] = {
    {.name = "path", .kind = OptionKind::File, .help = "File with one number; needs quantity and unit"},
    {.name = "w1", .help = "Address of a thermometer on 1-Wire, such as 28-000000000001"},
    {.name = "hwmon", .help = "Name of a hwmon chip, such as k10temp; needs channel"},
    {.name = "iio", .help = "Name of an IIO device, such as bme280; needs channel"},
    {.name = "thermal", .help = "Type of a thermal zone, such as cpu-thermal"},
    {.name = "device", .help = "Of hwmon, iio, thermal: a part of the path of the parent device, such as 1-0048"},
    {.name = "serial", .help = "Likewise: what its file \"serial\" holds"},
    {.name = "label", .help = "Likewise: what its file \"label\" holds"},
    {.name = "channel", .kind = OptionKind::List, .help = "Of hwmon and iio: temp1 or temp, humidityrelative, pressure and so on"},
    {.name = "quantity", .kind = OptionKind::Quantity, .help = "Name of a single channel, in place of the usual one"},
    {.name = "unit", .kind = OptionKind::Unit, .help = "Unit of a single channel (UCUM)"},
    {.name = "offset", .kind = OptionKind::Number, .help = "Correction: value = (value + offset) * scale"},
    {.name = "scale", .kind = OptionKind::Number, .help = "Correction, after the offset"},
    {.name = "minimum", .kind = OptionKind::Number, .help = "Range of a single channel: a value below is bad"},
    {.name = "maximum", .kind = OptionKind::Number, .help = "Likewise: a value above is bad"},
    {.name = "root", .kind = OptionKind::File, .help = "Folder that stands for /, for tests and containers", .standard = "/"},
};

struct Place {
    Kind kind = Kind::File;
    linux_::DeviceWish wish;  // of a hwmon, IIO or thermal device
    fs::path path;            // of File and Thermometer
};

/// value = (value + offset) * scale, after the kernel's factor.
struct Correction {
    Measured offset{{0, 0}, {1, 0}};
    Decimal scale{1, 0};
    bool shifted = false;
};

/// One channel: what the kernel calls it, and its factor.
struct Input {
    std::string channel;
    Decimal factor{1, 0};
    ThermometerFilter filter;
};

class SysfsDriver final : public sensor::Driver {
public:
    SysfsDriver(Place place, std::vector<Channel> channels, std::vector<Input> inputs, Correction correction)
        : place_(std::move(place)),
          channels_(std::move(channels)),
          inputs_(std::move(inputs)),
          correction_(correction) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }

    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token stop) override {
        PEGASUS_TRY(const auto device, locate());
        const bool thermometer = isThermometerDevice(device);
        std::vector<Reading> readings;
        std::optional<Error> last;
        for (std::size_t i = 0; i < inputs_.size() && !stop.stop_requested(); ++i) {
            auto value = readInput(device, inputs_[i].channel);
            if (!value) last = value.error();
            Reading reading{channels_[i].quantity, channels_[i].unit, std::nullopt, {}, Quality::Missing, {}};
            if (thermometer) {
                if (value) reading.quality = Quality::Bad;  // until it has passed
                value = inputs_[i].filter.pass(value);
            }
            if (value) {
                reading.value = corrected(*value, inputs_[i].factor);
                reading.quality = Quality::Good;
            } else {
                reading.reason = value.error().message;
            }
            readings.push_back(std::move(reading));
        }
        if (last && std::ranges::count(readings, Quality::Missing, &Reading::quality) == std::ssize(readings))
            return fail(*last);
        return readings;
    }

private:
    [[nodiscard]] Result<fs::path> locate() const {
        const bool named = place_.kind != Kind::File && place_.kind != Kind::Thermometer;
        return named ? linux_::findDevice(place_.wish) : Result<fs::path>(place_.path);
    }
    /// A thermometer on 1-Wire, also under another name: a link to it, or its hwmon chip.
    [[nodiscard]] bool isThermometerDevice(const fs::path& device) const {
        if (place_.kind == Kind::Iio || place_.kind == Kind::Thermal) return false;
        if (place_.wish.name == kThermometerChip || isThermometer(device)) return true;
        std::error_code problem;
        return isThermometer(fs::weakly_canonical(device, problem));
    }
    [[nodiscard]] Result<Measured> readInput(const fs::path& device, const std::string& channel) const {
        switch (place_.kind) {
            case Kind::File: return readPlain(device);
            case Kind::Thermometer: return readThermometer(device);
            case Kind::Thermal: return linux_::readNumber(device / "temp");
            case Kind::Hwmon: return readHwmon(device, channel);
            case Kind::Iio: return readIio(device, channel);
        }
        return fail(ErrorCode::Internal, "no source");
    }
    [[nodiscard]] double corrected(const Measured& value, const Decimal& factor) const {
        const auto plain = value.times(factor);
        return (correction_.shifted ? plain.plus(correction_.offset) : plain).times(correction_.scale).published();
    }

    Place place_;
    std::vector<Channel> channels_;
    std::vector<Input> inputs_;  // one for each channel
    Correction correction_;
};

const KindRow* kindOf(Parameters& parameters) {
    constexpr std::string_view kAll = "path, w1, hwmon, iio, thermal";
    const KindRow* found = nullptr;
    for (const auto& row : kKinds) {
        if (!parameters.has(row.parameter)) continue;
        if (found != nullptr)
            parameters.wrong(row.parameter, fmt::format("expected exactly one of {}; '{}' is there too", kAll, found->parameter));
        found = &row;
    }
    if (found == nullptr) parameters.wrong("", fmt::format("one of the parameters {} is needed", kAll));
    return found;
}

Place placeFrom(Parameters& parameters, const KindRow& row) {
    const fs::path root = parameters.textOr("root");
    const auto value = parameters.textOr(row.parameter);
    Place place;
    place.kind = row.kind;
    if (row.kind == Kind::Thermometer && !value.empty() && !isThermometerAddress(value))
        parameters.wrong("w1", fmt::format("w1 '{}' is not the address of a thermometer, such as 28-000000000001", value));
    place.path = below(root, row.kind == Kind::Thermometer ? fs::path(row.folder) / value : fs::path(value));
    place.wish = {root, below(root, fs::path(row.folder)), std::string(row.attribute), value,
                  parameters.textOr("device"), parameters.textOr("serial"), parameters.textOr("label")};
    for (const auto* name : {"device", "serial", "label"})
        if (parameters.has(name) && row.attribute.empty())
            parameters.wrong(name, fmt::format("parameter '{}' is for hwmon, iio and thermal only", name));
    return place;
}

/// Thousandths of a degree: thermal zones, thermometers on 1-Wire.
Conversion temperature(Kind kind) {
    auto conversion = *hwmonConversion("temp1");
    if (kind != Kind::Thermometer) return conversion;
    conversion.channel.minimum = kThermometerLeast;
    conversion.channel.maximum = kThermometerMost;
    return conversion;
}

/// A channel of any kind: quantity and unit tell what it is.
std::optional<Conversion> told(Parameters& parameters) {
    const auto quantity = parameters.text("quantity");
    const auto unit = parameters.text("unit");
    if (!quantity || !unit) return std::nullopt;
    return Conversion{{*quantity, *unit, std::nullopt, std::nullopt}, {1, 0}, *unit};
}

/// The conversions of the channels asked for.
std::vector<Conversion> conversionsOf(Parameters& parameters, Kind kind, std::span<const std::string> names) {
    std::vector<Conversion> conversions;
    for (const auto& name : names) {
        auto found = kind == Kind::Hwmon ? hwmonConversion(name) : iioConversion(name);
        const auto any = names.size() == 1 && isChannelName(name) ? told(parameters) : std::nullopt;
        if (!found && any) found = *any;
        if (!found) {
            parameters.wrong("channel", found.error().message);
            continue;
        }
        const auto taken = [&](const Conversion& c) { return c.channel.quantity == found->channel.quantity; };
        if (std::ranges::any_of(conversions, taken)) found->channel.quantity += "_" + name;
        conversions.push_back(*std::move(found));
    }
    if (kind == Kind::Thermal || kind == Kind::Thermometer) conversions.push_back(temperature(kind));
    if (kind == Kind::File) {
        for (const auto* name : {"quantity", "unit"})
            if (!parameters.has(name)) parameters.wrong("", fmt::format("parameter '{}' is needed with path", name));
        conversions.push_back(told(parameters).value_or(Conversion()));
    }
    return conversions;
}

/// The names and the range that the user gave.
void applyOverrides(Parameters& parameters, std::vector<Conversion>& conversions, std::size_t wanted) {
    const auto quantity = parameters.text("quantity");
    const auto unit = parameters.text("unit");
    const auto minimum = parameters.number("minimum");
    const auto maximum = parameters.number("maximum");
    if (minimum && maximum && *minimum > *maximum)
        parameters.wrong("minimum", fmt::format("minimum {} is above maximum {}", *minimum, *maximum));
    for (const auto* name : {"quantity", "unit", "minimum", "maximum"})
        if (parameters.has(name) && wanted > 1)
            parameters.wrong(name, fmt::format("parameter '{}' needs a single channel", name));
    if (conversions.size() != 1) return;
    auto& conversion = conversions.front();
    if (unit) conversion = inUnit(conversion, *unit);
    if (quantity) conversion.channel.quantity = *quantity;
    if (minimum) conversion.channel.minimum = minimum;
    if (maximum) conversion.channel.maximum = maximum;
}

/// What a thermometer cannot measure is no temperature, also where its file is given as any other.
void boundThermometer(const Place& place, Channel& channel) {
    if (place.kind != Kind::File || channel.unit != "Cel" || !isThermometer(place.path)) return;
    if (!channel.minimum) channel.minimum = kThermometerLeast;
    if (!channel.maximum) channel.maximum = kThermometerMost;
}

Correction correctionFrom(Parameters& parameters) {
    Correction correction;
    if (const auto offset = parameters.text("offset")) {
        correction.offset = Measured::parse(linux_::trimmed(*offset)).value_or(correction.offset);
        correction.shifted = true;
    }
    correction.scale = parameters.decimal("scale").value_or(correction.scale);
    if (correction.scale.isZero()) parameters.wrong("scale", "parameter 'scale' is 0: every value would be the same");
    return correction;
}

std::vector<std::string> channelNames(Parameters& parameters, Kind kind) {
    auto names = parameters.list("channel");
    const bool named = kind == Kind::Hwmon || kind == Kind::Iio;
    if (named && !parameters.has("channel"))
        parameters.wrong("", "parameter 'channel' is needed for hwmon and iio");
    if (named || !parameters.has("channel")) return names;
    parameters.wrong("channel", "parameter 'channel' is for hwmon and iio only");
    return {};
}

std::unique_ptr<sensor::Driver> make(Parameters& parameters) {
    const auto* row = kindOf(parameters);
    if (row == nullptr) return nullptr;
    auto place = placeFrom(parameters, *row);
    auto names = channelNames(parameters, place.kind);
    auto conversions = conversionsOf(parameters, place.kind, names);
    applyOverrides(parameters, conversions, std::max<std::size_t>(names.size(), 1));
    const auto correction = correctionFrom(parameters);
    if (!parameters.problems().empty()) return nullptr;
    boundThermometer(place, conversions.front().channel);
    names.resize(conversions.size());
    std::vector<Channel> channels;
    std::vector<Input> inputs;
    for (std::size_t i = 0; i < conversions.size(); ++i) {
        channels.push_back(conversions[i].channel);
        inputs.push_back({names[i], conversions[i].factor, {}});
    }
    return std::make_unique<SysfsDriver>(std::move(place), std::move(channels), std::move(inputs), correction);
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware&) {
    registry.add({.name = "sysfs",
                  .summary = "What the kernel tells of hwmon, IIO, 1-Wire and thermal devices, or any file with one number",
                  .options = kOptions,
                  .make = make,
                  .scan = [](std::stop_token) { return scan("/"); }});
}

}  // namespace pegasus::drivers::sysfs
