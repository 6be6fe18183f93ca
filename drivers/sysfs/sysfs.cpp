// SPDX-License-Identifier: Apache-2.0
// Finds the device anew at each read, since devices come and go and change their numbers.
#include "drivers/sysfs/sysfs.hpp"

#include <algorithm>
#include <filesystem>

#include "drivers/linux/file.hpp"
#include "drivers/sysfs/units.hpp"

namespace pegasus::drivers::sysfs {
namespace {

namespace fs = std::filesystem;
using linux_::below;
using linux_::readNumber;
using sensor::Channel;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr std::string_view kHwmonFolder = "/sys/class/hwmon";
constexpr std::string_view kIioFolder = "/sys/bus/iio/devices";
constexpr std::string_view kThermalFolder = "/sys/class/thermal";

enum class Source : std::uint8_t { File, Hwmon, Iio, Thermal };

struct Place {
    Source source = Source::File;
    fs::path folder;      // where devices are looked for; of File: the file
    std::string device;   // name of the chip, type of the zone
};

/// One channel: what the kernel calls it, its factor, and the user's correction.
struct Input {
    std::string channel;
    double factor = 1;
};

struct Correction {
    double offset = 0;
    double scale = 1;
};

/// The first of the files that is there, else the error of the first.
Result<double> firstNumber(const std::vector<fs::path>& files) {
    auto first = readNumber(files.front());
    if (first || first.error().code != ErrorCode::NotFound) return first;
    for (std::size_t i = 1; i < files.size(); ++i)
        if (auto next = readNumber(files[i]); next || next.error().code != ErrorCode::NotFound) return next;
    return first;
}

Result<double> optionalNumber(const std::vector<fs::path>& files, double fallback) {
    auto number = firstNumber(files);
    if (!number && number.error().code == ErrorCode::NotFound) return fallback;
    return number;
}

Result<double> readHwmon(const fs::path& device, const std::string& channel) {
    PEGASUS_TRY(const double fault, optionalNumber({device / (channel + "_fault")}, 0));
    if (fault != 0) return fail(ErrorCode::Corrupt, "the chip reports a fault of {}", channel);
    return firstNumber({device / (channel + "_input"), device / (channel + "_average")});
}

/// value = (raw + offset) * scale, unless the kernel gives a processed value (_input).
Result<double> readIio(const fs::path& device, const std::string& channel) {
    const auto file = [&](std::string_view name, std::string_view attribute) {
        return device / fmt::format("in_{}_{}", name, attribute);
    };
    const auto processed = readNumber(file(channel, "input"));
    if (processed || processed.error().code != ErrorCode::NotFound) return processed;
    PEGASUS_TRY(const double raw, readNumber(file(channel, "raw")));
    const auto kind = channelKind(channel);  // attributes may be shared by all channels of a kind
    PEGASUS_TRY(const double offset, optionalNumber({file(channel, "offset"), file(kind, "offset")}, 0));
    PEGASUS_TRY(const double scale, optionalNumber({file(channel, "scale"), file(kind, "scale")}, 1));
    return (raw + offset) * scale;
}

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
        std::vector<Reading> readings;
        std::optional<Error> last;
        for (std::size_t i = 0; i < inputs_.size() && !stop.stop_requested(); ++i) {
            auto value = readInput(device, inputs_[i].channel);
            Reading reading{channels_[i].quantity, channels_[i].unit, std::nullopt, {}, Quality::Missing, {}};
            if (value) {
                reading.value = (*value * inputs_[i].factor + correction_.offset) * correction_.scale;
                reading.quality = Quality::Good;
            } else {
                last = value.error();
                reading.reason = last->message;
            }
            readings.push_back(std::move(reading));
        }
        const bool any = std::ranges::any_of(readings, [](const Reading& r) { return r.value.has_value(); });
        if (!any && last) return fail(*last);
        return readings;
    }

private:
    [[nodiscard]] Result<fs::path> locate() const {
        switch (place_.source) {
            case Source::File: return place_.folder;
            case Source::Thermal: return linux_::findByAttribute(place_.folder, "type", place_.device);
            case Source::Hwmon:
            case Source::Iio: return linux_::findByAttribute(place_.folder, "name", place_.device);
        }
        return fail(ErrorCode::Internal, "no source");
    }
    [[nodiscard]] Result<double> readInput(const fs::path& device, const std::string& channel) const {
        switch (place_.source) {
            case Source::File: return readNumber(device);
            case Source::Thermal: return readNumber(device / "temp");
            case Source::Hwmon: return readHwmon(device, channel);
            case Source::Iio: return readIio(device, channel);
        }
        return fail(ErrorCode::Internal, "no source");
    }

    Place place_;
    std::vector<Channel> channels_;
    std::vector<Input> inputs_;  // one for each channel
    Correction correction_;
};

Result<Place> placeFrom(const Parameters& parameters) {
    struct Kind {
        std::string_view parameter;
        Source source;
        std::string_view folder;
    };
    constexpr Kind kKinds[] = {{"path", Source::File, ""},
                               {"hwmon", Source::Hwmon, kHwmonFolder},
                               {"iio", Source::Iio, kIioFolder},
                               {"thermal", Source::Thermal, kThermalFolder}};
    const fs::path root = parameters.text("root", "/");
    std::optional<Place> place;
    for (const auto& kind : kKinds) {
        const auto value = parameters.text(kind.parameter);
        if (!value) continue;
        if (place || value->empty())
            return fail(parameters.error("expected exactly one of path, hwmon, iio, thermal, and not empty"));
        const bool file = kind.source == Source::File;
        place = Place{kind.source, below(root, file ? fs::path(*value) : fs::path(kind.folder)), *value};
    }
    if (!place) return fail(parameters.error("one of the parameters path, hwmon, iio, thermal is needed"));
    if (place->source == Source::File && !fs::path(place->device).is_absolute())
        return fail(parameters.error(fmt::format("path '{}' is not absolute", place->device)));
    return *std::move(place);
}

/// The conversions of the channels asked for, with the names and ranges that the user gave.
Result<std::vector<Conversion>> conversionsOf(const Parameters& parameters, const Place& place,
                                              std::span<const std::string> names) {
    std::vector<Conversion> conversions;
    for (const auto& name : names) {
        auto found = place.source == Source::Hwmon ? hwmonConversion(name) : iioConversion(name);
        if (!found) return fail(parameters.error(found.error().message));
        const auto taken = [&](const Conversion& c) { return c.channel.quantity == found->channel.quantity; };
        if (std::ranges::any_of(conversions, taken)) found->channel.quantity += "_" + name;
        conversions.push_back(*std::move(found));
    }
    if (place.source == Source::Thermal)
        conversions.push_back(*hwmonConversion("temp1"));  // the same unit: thousandths of a degree
    if (place.source == Source::File) {
        PEGASUS_TRY(auto quantity, parameters.required("quantity"));
        PEGASUS_TRY(auto unit, parameters.required("unit"));
        conversions.push_back({{std::move(quantity), std::move(unit), std::nullopt, std::nullopt}, 1});
    }
    return conversions;
}

Result<void> applyOverrides(const Parameters& parameters, std::vector<Conversion>& conversions) {
    PEGASUS_TRY(const auto minimum, parameters.number("minimum"));
    PEGASUS_TRY(const auto maximum, parameters.number("maximum"));
    const bool overrides = parameters.has("quantity") || parameters.has("unit") || minimum || maximum;
    if (overrides && conversions.size() != 1)
        return fail(parameters.error("quantity, unit, minimum and maximum need a single channel"));
    if (minimum && maximum && *minimum > *maximum)
        return fail(parameters.error(fmt::format("minimum {} is above maximum {}", *minimum, *maximum)));
    auto& channel = conversions.front().channel;
    channel.quantity = parameters.text("quantity", channel.quantity);
    channel.unit = parameters.text("unit", channel.unit);
    if (minimum) channel.minimum = minimum;
    if (maximum) channel.maximum = maximum;
    if (channel.quantity.empty() || channel.quantity.size() > 64 || channel.unit.size() > 32)
        return fail(parameters.error("quantity takes 1 to 64 bytes, unit at most 32"));
    return {};
}

Result<std::unique_ptr<sensor::Driver>> make(const sensor::SensorConfig& config) {
    const Parameters parameters(config);
    PEGASUS_TRY(auto place, placeFrom(parameters));
    PEGASUS_TRY(auto names, parameters.list("channel"));
    const bool named = place.source == Source::Hwmon || place.source == Source::Iio;
    if (named == names.empty())
        return fail(parameters.error(named ? "parameter 'channel' is needed for hwmon and iio"
                                           : "parameter 'channel' is for hwmon and iio only"));
    PEGASUS_TRY(auto conversions, conversionsOf(parameters, place, names));
    PEGASUS_CHECK(applyOverrides(parameters, conversions));
    Correction correction;
    PEGASUS_TRY(correction.offset, parameters.number("offset", 0.0));
    PEGASUS_TRY(correction.scale, parameters.number("scale", 1.0));
    names.resize(conversions.size());
    std::vector<Channel> channels;
    std::vector<Input> inputs;
    for (std::size_t i = 0; i < conversions.size(); ++i) {
        channels.push_back(conversions[i].channel);
        inputs.push_back({names[i], conversions[i].factor});
    }
    return std::make_unique<SysfsDriver>(std::move(place), std::move(channels), std::move(inputs), correction);
}

}  // namespace

void registerType(sensor::Registry& registry) {
    registry.add("sysfs",
                 {"path", "hwmon", "iio", "thermal", "channel", "quantity", "unit", "scale", "offset", "minimum",
                  "maximum", "root"},
                 make);
}

}  // namespace pegasus::drivers::sysfs
