// SPDX-License-Identifier: Apache-2.0
// findDevice. The links of a device: Documentation/driver-api/driver-model of the kernel.
#include "drivers/linux/device.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "drivers/linux/file.hpp"
#include "sensor/channel_text.hpp"

namespace pegasus::drivers::linux_ {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxListed = 8;    // devices in a message
constexpr std::size_t kMaxNames = 200;   // bytes of names in a message
constexpr std::size_t kMaxTrait = 120;   // bytes of one trait in a message

/// What stays of a device, by the parameter that it is chosen with.
struct Traits {
    fs::path folder;
    std::array<std::string, 3> values;  // in the order of kTraits; empty: it has none
};
constexpr std::array<std::string_view, 3> kTraits{"device", "serial", "label"};

std::string textOf(const fs::path& file) {
    const auto text = readFile(file, 256);
    return text ? std::string(trimmed(*text)) : std::string();
}

/// Of a class device its `device` link, of a bus device the folder above the one that its link leads to.
std::string parentOf(const DeviceWish& wish, const fs::path& device) {
    std::error_code problem;
    fs::path parent;
    if (fs::exists(device / "device", problem)) {
        parent = fs::canonical(device / "device", problem);
    } else if (fs::is_symlink(device, problem)) {
        parent = fs::canonical(device, problem).parent_path();
    }
    if (problem || parent.empty()) return {};
    if (wish.root == "/") return parent.string();
    const auto root = fs::canonical(wish.root, problem);
    return problem ? std::string() : "/" + parent.lexically_relative(root).string();
}

Traits traitsOf(const DeviceWish& wish, const fs::path& device) {
    const auto either = [&](const char* file) {
        const auto own = textOf(device / file);
        return own.empty() ? textOf(device / "device" / file) : own;
    };
    return {device, {parentOf(wish, device), either("serial"), either("label")}};
}

bool fits(const DeviceWish& wish, const Traits& traits) {
    return (wish.parent.empty() || hasFragment(traits.values[0], wish.parent)) &&
           (wish.serial.empty() || traits.values[1] == wish.serial) &&
           (wish.label.empty() || traits.values[2] == wish.label);
}

/// Whether the devices differ in that trait, and all have it.
bool tellsApart(const std::vector<Traits>& devices, std::size_t trait) {
    std::vector<std::string> values;
    for (const auto& device : devices) values.push_back(device.values[trait]);
    std::ranges::sort(values);
    return !values.front().empty() && std::ranges::adjacent_find(values) == values.end();
}

/// "hwmon2 (serial B), hwmon10 (serial A)", with the traits that `show` says.
template <class Show>
std::string listOf(const std::vector<Traits>& devices, Show show) {
    std::string list;
    for (std::size_t i = 0; i < devices.size() && i < kMaxListed; ++i) {
        std::string facts;
        for (std::size_t trait = 0; trait < kTraits.size(); ++trait)
            if (!devices[i].values[trait].empty() && show(trait))
                facts += fmt::format("{}{} {}", facts.empty() ? "" : ", ", kTraits[trait],
                                     sensor::quotable(devices[i].values[trait], kMaxTrait));
        list += fmt::format("{}{}{}", list.empty() ? "" : ", ", devices[i].folder.filename().string(),
                            facts.empty() ? "" : " (" + facts + ")");
    }
    return devices.size() > kMaxListed ? list + ", ..." : list;
}

Unexpected<Error> ambiguous(const DeviceWish& wish, const std::vector<Traits>& devices) {
    const auto shown = [&](std::size_t trait) { return tellsApart(devices, trait); };
    std::string ways;
    for (std::size_t trait = 0; trait < kTraits.size(); ++trait)
        if (shown(trait)) ways += (ways.empty() ? "choose by " : " or ") + std::string(kTraits[trait]);
    if (ways.empty()) ways = "nothing that stays tells them apart";
    return fail(ErrorCode::InvalidState, "{} devices fit {} '{}': {}; {}", devices.size(), wish.attribute, wish.name,
                listOf(devices, shown), ways);
}

}  // namespace

bool hasFragment(const fs::path& path, const fs::path& fragment) {
    std::vector<std::string> whole;
    std::vector<std::string> part;
    for (const auto& component : path) whole.push_back(component.string());
    for (const auto& component : fragment.relative_path())
        if (!component.empty()) part.push_back(component.string());
    const auto same = [](const std::string& have, const std::string& want) {
        return ::fnmatch(want.c_str(), have.c_str(), 0) == 0;
    };
    if (fragment.is_absolute()) part.insert(part.begin(), "/");
    return !part.empty() && !std::ranges::search(whole, part, same).empty();
}

Result<std::vector<fs::path>> devicesNamed(const fs::path& folder, std::string_view attribute, std::string_view name) {
    PEGASUS_TRY(const auto folders, foldersIn(folder));
    std::vector<fs::path> found;
    std::string seen;
    for (const auto& device : folders) {
        const auto text = readFile(device / attribute);
        if (!text) continue;
        if (trimmed(*text) == name) found.push_back(device);
        if (seen.size() < kMaxNames) seen += (seen.empty() ? "" : ", ") + sensor::quotable(trimmed(*text));
    }
    if (!found.empty()) return found;
    return fail(ErrorCode::NotFound, "{} has nothing with {} '{}'; there is: {}", folder.string(), attribute, name,
                seen.empty() ? "nothing" : seen);
}

Result<fs::path> findDevice(const DeviceWish& wish) {
    PEGASUS_TRY(const auto named, devicesNamed(wish.folder, wish.attribute, wish.name));
    const bool free = wish.parent.empty() && wish.serial.empty() && wish.label.empty();
    if (free && named.size() == 1) return named.front();
    std::vector<Traits> all;
    for (const auto& device : named) all.push_back(traitsOf(wish, device));
    std::vector<Traits> fitting;
    std::ranges::copy_if(all, std::back_inserter(fitting), [&](const Traits& traits) { return fits(wish, traits); });
    if (fitting.size() == 1) return fitting.front().folder;
    if (!fitting.empty()) return ambiguous(wish, fitting);
    std::string wanted;
    if (!wish.parent.empty()) wanted += fmt::format(", device {}", wish.parent);
    if (!wish.serial.empty()) wanted += fmt::format(", serial {}", wish.serial);
    if (!wish.label.empty()) wanted += fmt::format(", label {}", wish.label);
    return fail(ErrorCode::NotFound, "there is no {} '{}'{}; there is: {}", wish.attribute, wish.name, wanted,
                listOf(all, [](std::size_t) { return true; }));
}

}  // namespace pegasus::drivers::linux_
