// SPDX-License-Identifier: Apache-2.0
// One function for each quantity, in a table.
#include "drivers/system/system.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>

#include "drivers/linux/device.hpp"
#include "drivers/linux/file.hpp"
#include "drivers/system/parse.hpp"
#include "sensor/channel_text.hpp"

namespace pegasus::drivers::system {
namespace {

namespace fs = std::filesystem;
using linux_::below;
using linux_::readFile;
using sensor::Channel;
using sensor::Parameters;
using sensor::Quality;
using sensor::Reading;

constexpr std::size_t kMaxProcFile = 256 * 1024;  // /proc/net/dev of a machine with very many interfaces
constexpr std::array<std::string_view, 5> kProcessorZones{"cpu-thermal", "soc-thermal", "x86_pkg_temp", "cpu_thermal",
                                                          "cpu0-thermal"};
constexpr std::array<std::string_view, 3> kProcessorChips{"coretemp", "k10temp", "cpu_thermal"};

/// The hottest of the devices of one name: a machine with two processors has two, in an order that changes.
std::optional<double> hottest(const fs::path& folder, std::string_view attribute, std::string_view name,
                              std::string_view file) {
    std::optional<double> highest;
    const auto devices = linux_::devicesNamed(folder, attribute, name);
    if (!devices) return std::nullopt;
    for (const auto& device : *devices)
        if (const auto value = linux_::readNumber(device / file))
            highest = std::max(highest.value_or(-std::numeric_limits<double>::infinity()),
                               value->times({1, -3}).published());
    return highest;
}

Result<double> readProcessorTemperature(const fs::path& root) {
    for (const auto zone : kProcessorZones)
        if (const auto value = hottest(below(root, "/sys/class/thermal"), "type", zone, "temp")) return *value;
    for (const auto chip : kProcessorChips)
        if (const auto value = hottest(below(root, "/sys/class/hwmon"), "name", chip, "temp1_input")) return *value;
    return fail(ErrorCode::NotFound, "no thermal zone or hwmon chip of the processor");
}

Result<double> readDiskUsed(const fs::path& path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0)
        return fail(ErrorCode::NotFound, "{}: {}", path.string(), std::strerror(errno));
    return diskUsed(status.f_blocks, status.f_bfree, status.f_bavail);
}

constexpr sensor::ChannelRow kRows[] = {
    {.quantity = "load1", .unit = "1", .least = 0, .help = "Processes that want to run, mean of a minute"},
    {.quantity = "memory_used", .unit = "%", .least = 0, .most = 100},
    {.quantity = "disk_used", .unit = "%", .least = 0, .most = 100},
    {.quantity = "network_received", .unit = "By/s", .least = 0, .help = "Since the reading before"},
    {.quantity = "network_sent", .unit = "By/s", .least = 0, .help = "Since the reading before"},
    {.quantity = "uptime", .unit = "s", .least = 0},
    // The last: many virtual machines have no thermometer.
    {.quantity = "cpu_temperature", .unit = "Cel", .least = -100, .most = 200, .help = "Where the machine has a thermometer"},
};
constexpr auto kQuantities = [] {
    std::array<std::string_view, std::size(kRows)> names;
    std::ranges::transform(kRows, names.begin(), &sensor::ChannelRow::quantity);
    return names;
}();

using sensor::OptionKind;
constexpr sensor::Option kOptions[] = {
    {.name = "quantities", .kind = OptionKind::List, .help = "Which of the channels; all without it", .choices = kQuantities},
    {.name = "disk", .kind = OptionKind::File, .help = "A path on the file system whose use is told", .standard = "/"},
    {.name = "interface", .help = "The network interface; without it all but lo together"},
    {.name = "root", .kind = OptionKind::File, .help = "Folder that stands for /, for tests and containers", .standard = "/"},
};

class SystemDriver final : public sensor::Driver {
public:
    struct Setup {
        fs::path root;
        fs::path disk;
        std::string interface;
        std::vector<Channel> channels;
        bool temperatureIfThere = false;  // cpu_temperature too, on a machine that has it
    };
    SystemDriver(const Clock& clock, Setup setup)
        : clock_(clock),
          root_(std::move(setup.root)),
          disk_(std::move(setup.disk)),
          interface_(std::move(setup.interface)),
          known_(setup.temperatureIfThere ? std::vector<Channel>() : setup.channels),
          channels_(std::move(setup.channels)),
          temperatureIfThere_(setup.temperatureIfThere) {}

    [[nodiscard]] const std::vector<Channel>& channels() const override { return known_; }

    [[nodiscard]] Result<sensor::Opened> open(std::stop_token) override {
        // Many virtual machines have no thermometer.
        if (temperatureIfThere_ && readProcessorTemperature(root_)) channels_.push_back(sensor::channelsOf(std::span(kRows).last(1)).front());
        temperatureIfThere_ = false;
        return sensor::Opened{channels_, {}, {}};
    }

    [[nodiscard]] Result<std::vector<Reading>> read(std::stop_token) override {
        const auto wants = [&](std::string_view quantity) {
            return std::ranges::find(channels_, quantity, &Channel::quantity) != channels_.end();
        };
        if (wants("network_received") || wants("network_sent")) updateNetwork();
        std::vector<Reading> readings;
        for (const auto& channel : channels_) {
            auto value = readOne(channel.quantity);
            Reading reading{channel.quantity, channel.unit, std::nullopt, {}, Quality::Missing, {}};
            if (value) {
                reading.value = *value;
                reading.quality = Quality::Good;
            } else {
                reading.reason = value.error().message;
            }
            readings.push_back(std::move(reading));
        }
        return readings;
    }

private:
    struct Rates {
        double received = 0;
        double sent = 0;
    };

    [[nodiscard]] Result<double> readOne(std::string_view quantity) const {
        const auto proc = [&](std::string_view file) { return readFile(below(root_, file), kMaxProcFile); };
        if (quantity == "load1") return proc("/proc/loadavg").and_then([](const auto& t) { return parseLoad(t); });
        if (quantity == "memory_used")
            return proc("/proc/meminfo").and_then([](const auto& t) { return parseMemoryUsed(t); });
        if (quantity == "uptime") return proc("/proc/uptime").and_then([](const auto& t) { return parseUptime(t); });
        if (quantity == "disk_used") return readDiskUsed(below(root_, disk_));
        if (quantity == "cpu_temperature") return readProcessorTemperature(root_);
        if (quantity == "network_received") return rates_.map([](const Rates& r) { return r.received; });
        return rates_.map([](const Rates& r) { return r.sent; });
    }

    /// Bytes a second since the last read. After the first read, or when a counter fell (an interface went), there is none.
    void updateNetwork() {
        rates_ = fail(ErrorCode::NotFound, "a rate needs two reads");
        const auto now = clock_.steady();
        auto counters = readFile(below(root_, "/proc/net/dev"), kMaxProcFile).and_then([&](const std::string& text) {
            return parseNetwork(text, interface_);
        });
        const auto before = std::exchange(counters_, counters);
        const double seconds = std::chrono::duration<double>(now - std::exchange(countersAt_, now)).count();
        if (!counters) {
            rates_ = fail(counters.error());
        } else if (before && (counters->received < before->received || counters->sent < before->sent)) {
            rates_ = fail(ErrorCode::NotFound, "the counters began anew");
        } else if (before && seconds > 0) {
            rates_ = Rates{rateOf(counters->received - before->received, seconds),
                           rateOf(counters->sent - before->sent, seconds)};
        }
    }

    const Clock& clock_;
    fs::path root_;
    fs::path disk_;
    std::string interface_;
    const std::vector<Channel> known_;  // by the configuration alone; other threads look at it
    std::vector<Channel> channels_;     // what is read
    bool temperatureIfThere_;
    Result<NetworkCounters> counters_ = fail(ErrorCode::NotFound, "not read yet");
    SteadyTime countersAt_;
    Result<Rates> rates_ = fail(ErrorCode::NotFound, "not read yet");
};

std::unique_ptr<sensor::Driver> make(Parameters& parameters, const Clock& clock) {
    SystemDriver::Setup setup;
    setup.root = parameters.textOr("root");
    setup.disk = parameters.textOr("disk");
    setup.interface = parameters.textOr("interface");
    const auto chosen = parameters.list("quantities");
    setup.temperatureIfThere = chosen.empty();
    for (const auto& name : chosen)
        if (const auto row = std::ranges::find(kRows, name, &sensor::ChannelRow::quantity); row != std::end(kRows))
            setup.channels.push_back(sensor::channelsOf(std::span(&*row, 1)).front());
    if (chosen.empty()) setup.channels = sensor::channelsOf(std::span(kRows).first(std::size(kRows) - 1));
    return std::make_unique<SystemDriver>(clock, std::move(setup));
}

}  // namespace

void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registry.add({.name = "system",
                  .summary = "Load, memory, disk and network of this machine",
                  .options = kOptions,
                  .channels = kRows,
                  .make = [&clock = hardware.clock](Parameters& parameters) { return make(parameters, clock); }});
}

}  // namespace pegasus::drivers::system
