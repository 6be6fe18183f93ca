// SPDX-License-Identifier: Apache-2.0
// The files of a device tell its channels.
#include "drivers/sysfs/scan.hpp"

#include <algorithm>

#include "drivers/linux/file.hpp"
#include "drivers/sysfs/units.hpp"

namespace pegasus::drivers::sysfs {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kThermometerChip = "w1_slave_temp";

struct Class {
    const char* parameter;
    const char* folder;
    std::string_view prefix;                     // of the files of its channels
    std::vector<std::string_view> suffixes;
    Result<Conversion> (*conversion)(std::string_view);
};

std::vector<std::string> channelsOf(const fs::path& device, const Class& kind) {
    std::vector<std::string> channels;
    std::error_code problem;
    for (fs::directory_iterator entry(device, problem); !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
        const auto file = entry->path().filename().string();
        for (const auto suffix : kind.suffixes) {
            if (!file.starts_with(kind.prefix) || !file.ends_with(suffix) || file.size() <= kind.prefix.size() + suffix.size()) continue;
            auto channel = file.substr(kind.prefix.size(), file.size() - kind.prefix.size() - suffix.size());
            if (kind.conversion(channel) && std::ranges::find(channels, channel) == channels.end()) channels.push_back(std::move(channel));
        }
    }
    std::ranges::sort(channels);
    if (channels.size() > sensor::kMaxChannels) channels.resize(sensor::kMaxChannels);
    return channels;
}

/// A part of the parent's path that stays, for a name that several devices have.
std::string parentOf(const fs::path& device) {
    std::error_code problem;
    const auto link = device / "device";
    const auto parent = fs::exists(link, problem) ? fs::canonical(link, problem) : fs::canonical(device, problem).parent_path();
    return problem ? std::string() : parent.filename().string();
}

}  // namespace

std::vector<sensor::Discovery> scan(const fs::path& root) {
    const Class kinds[] = {{"hwmon", "/sys/class/hwmon", "", {"_input"}, hwmonConversion},
                           {"iio", "/sys/bus/iio/devices", "in_", {"_input", "_raw"}, iioConversion}};
    std::vector<sensor::Discovery> found;
    for (const auto& kind : kinds) {
        const auto folders = linux_::foldersIn(linux_::below(root, kind.folder));
        if (!folders) continue;
        std::vector<std::string> names;
        for (const auto& folder : *folders) {
            const auto text = linux_::readFile(folder / "name", 256);
            names.emplace_back(text ? linux_::trimmed(*text) : std::string_view());
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto channels = channelsOf((*folders)[i], kind);
            if (names[i].empty() || names[i] == kThermometerChip || channels.empty()) continue;
            sensor::Discovery one{fmt::format("{} {}: {}", kind.parameter, names[i], fmt::join(channels, ", ")),
                                  {{"type", "sysfs"}, {kind.parameter, names[i]}, {"channel", Given(channels)}}, true};
            if (std::ranges::count(names, names[i]) > 1) one.parameters["device"] = parentOf((*folders)[i]);
            found.push_back(std::move(one));
        }
    }
    return found;
}

}  // namespace pegasus::drivers::sysfs
