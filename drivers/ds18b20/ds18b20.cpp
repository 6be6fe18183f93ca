// SPDX-License-Identifier: Apache-2.0
// The kernel's w1_therm reads the chip; here it is found, and what is no temperature is told apart.
#include "drivers/ds18b20/ds18b20.hpp"

#include <filesystem>

#include "drivers/linux/file.hpp"
#include "drivers/sysfs/attributes.hpp"
#include "drivers/sysfs/thermometer.hpp"

namespace pegasus::drivers::ds18b20 {
namespace {

namespace fs = std::filesystem;
using sensor::OptionKind;
using sensor::Quality;
using sensor::Reading;

constexpr const char* kFolder = "/sys/bus/w1/devices";
constexpr sensor::ChannelRow kRows[] = {{.quantity = "temperature", .unit = "Cel", .least = sysfs::kThermometerLeast, .most = sysfs::kThermometerMost}};
constexpr sensor::Option kOptions[] = {
    {.name = "address", .help = "Which one, such as 28-000000000001; without it the only one that is there"},
    {.name = "root", .kind = OptionKind::File, .help = "Folder that stands for /, for tests and containers", .standard = "/"}};

/// Addresses of the thermometers that the kernel shows.
std::vector<std::string> thermometers(const fs::path& root) {
    std::vector<std::string> found;
    if (const auto folders = linux_::foldersIn(linux_::below(root, kFolder)))
        for (const auto& folder : *folders)
            if (sysfs::isThermometerAddress(folder.filename().string())) found.push_back(folder.filename().string());
    return found;
}

class ThermometerDriver final : public sensor::Driver {
public:
    ThermometerDriver(std::string address, fs::path root) : address_(std::move(address)), root_(std::move(root)), channels_(sensor::channelsOf(kRows)) {}

    [[nodiscard]] const std::vector<sensor::Channel>& channels() const override { return channels_; }
    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        PEGASUS_TRY(const auto folder, locate());
        const auto serial = folder.filename().string();
        return sensor::Opened{channels_, {}, {{"chip", "DS18B20"}, {"serial", serial}, {"way", "kernel driver"}}};
    }
    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        PEGASUS_TRY(const auto folder, locate());
        const auto thousandths = sysfs::readThermometer(folder);
        const auto value = filter_.pass(thousandths);
        if (!thousandths) return fail(thousandths.error());
        Reading reading{"temperature", "Cel", std::nullopt, {}, Quality::Bad, {}};
        if (value) {
            reading.value = value->times({1, -3}).published();
            reading.quality = Quality::Good;
        } else {
            reading.reason = value.error().message;
        }
        return std::vector<Reading>{reading};
    }

private:
    /// The one at the address, or the only one; another that takes its place is not it.
    Result<fs::path> locate() {
        if (address_.empty()) {
            const auto there = thermometers(root_);
            if (there.empty()) return fail(ErrorCode::NotFound, "no thermometer on 1-Wire (is w1-gpio switched on?)");
            if (there.size() > 1)
                return fail(ErrorCode::InvalidState, "{} thermometers on 1-Wire: choose by address: {}", there.size(), sensor::listed(there));
            address_ = there.front();
        }
        return linux_::below(root_, kFolder) / address_;
    }

    std::string address_;
    const fs::path root_;
    const std::vector<sensor::Channel> channels_;
    sysfs::ThermometerFilter filter_;
};

}  // namespace

void registerType(sensor::Registry& registry, const Hardware&) {
    registry.add({.name = "ds18b20",
                  .summary = "Dallas DS18B20, DS18S20, DS1822: temperature (1-Wire, by the kernel's driver)",
                  .options = kOptions,
                  .channels = kRows,
                  .make = [](sensor::Parameters& parameters) -> std::unique_ptr<sensor::Driver> {
                      const auto address = parameters.textOr("address");
                      if (!address.empty() && !sysfs::isThermometerAddress(address))
                          parameters.wrong("address", fmt::format("address '{}' is not that of a thermometer, such as 28-000000000001", address));
                      if (!address.empty()) parameters.claim("address", "the thermometer " + address);
                      return std::make_unique<ThermometerDriver>(address, parameters.textOr("root"));
                  },
                  .nature = true,
                  .scan = [](std::stop_token) {
                      std::vector<sensor::Discovery> found;
                      for (const auto& address : thermometers("/"))
                          found.push_back({"DS18B20 " + address + " on 1-Wire", {{"type", "ds18b20"}, {"address", address}}, true});
                      return found;
                  }});
}

}  // namespace pegasus::drivers::ds18b20
