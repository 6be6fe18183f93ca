// SPDX-License-Identifier: Apache-2.0
// One function for each quantity, in a table.
#include "drivers/system/system.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "drivers/linux/file.hpp"
#include "drivers/system/parse.hpp"

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

Result<double> readProcessorTemperature(const fs::path& root) {
    for (const auto zone : kProcessorZones)
        if (const auto folder = linux_::findByAttribute(below(root, "/sys/class/thermal"), "type", zone))
            if (const auto value = linux_::readNumber(*folder / "temp")) return *value / 1000;
    for (const auto chip : kProcessorChips)
        if (const auto folder = linux_::findByAttribute(below(root, "/sys/class/hwmon"), "name", chip))
            if (const auto value = linux_::readNumber(*folder / "temp1_input")) return *value / 1000;
    return fail(ErrorCode::NotFound, "no thermal zone or hwmon chip of the processor");
}

Result<double> readDiskUsed(const fs::path& path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0)
        return fail(ErrorCode::NotFound, "{}: {}", path.string(), std::strerror(errno));
    return diskUsed(status.f_blocks, status.f_bfree, status.f_bavail);
}

class SystemDriver final : public sensor::Driver {
public:
    SystemDriver(const Clock& clock, fs::path root, fs::path disk, std::string interface)
        : clock_(clock), root_(std::move(root)), disk_(std::move(disk)), interface_(std::move(interface)) {}

    [[nodiscard]] static std::vector<Channel> known() {
        return {{"load1", "1", 0, std::nullopt},
                {"memory_used", "%", 0, 100},
                {"disk_used", "%", 0, 100},
                {"network_received", "By/s", 0, std::nullopt},
                {"network_sent", "By/s", 0, std::nullopt},
                {"uptime", "s", 0, std::nullopt},
                {"cpu_temperature", "Cel", -273.15, 200}};
    }
    void choose(std::vector<Channel> channels) { channels_ = std::move(channels); }

    [[nodiscard]] const std::vector<Channel>& channels() const override { return channels_; }

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
            rates_ = Rates{static_cast<double>(counters->received - before->received) / seconds,
                           static_cast<double>(counters->sent - before->sent) / seconds};
        }
    }

    const Clock& clock_;
    fs::path root_;
    fs::path disk_;
    std::string interface_;
    std::vector<Channel> channels_;
    Result<NetworkCounters> counters_ = fail(ErrorCode::NotFound, "not read yet");
    SteadyTime countersAt_;
    Result<Rates> rates_ = fail(ErrorCode::NotFound, "not read yet");
};

Result<std::vector<Channel>> chosenChannels(const Parameters& parameters, const fs::path& root) {
    auto known = SystemDriver::known();
    PEGASUS_TRY(const auto names, parameters.list("quantities"));
    if (names.empty()) {
        if (!readProcessorTemperature(root)) known.pop_back();  // many virtual machines have none
        return known;
    }
    std::vector<std::string> all;
    for (const auto& channel : known) all.push_back(channel.quantity);
    std::vector<Channel> chosen;
    for (const auto& name : names) {
        const auto it = std::ranges::find(known, name, &Channel::quantity);
        if (it == known.end())
            return fail(
                parameters.error(fmt::format("there is no quantity '{}'{}", name, sensor::suggestion(name, all))));
        chosen.push_back(*it);
    }
    return chosen;
}

Result<std::unique_ptr<sensor::Driver>> make(const sensor::SensorConfig& config, const Clock& clock) {
    const Parameters parameters(config);
    const fs::path root = parameters.text("root", "/");
    const fs::path disk = parameters.text("disk", "/");
    if (!disk.is_absolute()) return fail(parameters.error(fmt::format("disk '{}' is not absolute", disk.string())));
    PEGASUS_TRY(auto channels, chosenChannels(parameters, root));
    auto driver = std::make_unique<SystemDriver>(clock, root, disk, parameters.text("interface", ""));
    driver->choose(std::move(channels));
    return driver;
}

}  // namespace

void registerType(sensor::Registry& registry, const Clock& clock) {
    registry.add("system", {"quantities", "disk", "interface", "root"},
                 [&clock](const sensor::SensorConfig& config) { return make(config, clock); });
}

}  // namespace pegasus::drivers::system
