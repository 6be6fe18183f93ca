// SPDX-License-Identifier: Apache-2.0
// Finding a device by what it is called and by what stays of it, since its number changes from boot to boot.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pegasus::drivers::linux_ {

/// All that is given must fit; it must leave exactly one device.
struct DeviceWish {
    std::filesystem::path root = "/";  ///< paths of parents are told and compared below it
    std::filesystem::path folder;      ///< of the class, with one folder for each device
    std::string attribute;             ///< the file that holds `name`: "name", "type"
    std::string name;
    std::string parent;  ///< one or more whole components of the path of the parent device, such as "1-0048"; * as in a shell
    std::string serial;  ///< what the file "serial" of the device or its parent holds
    std::string label;   ///< likewise "label"
};

/// Looks at all devices of the class. NotFound says what there is. InvalidState: several fit; says which, and what tells them
/// apart.
[[nodiscard]] Result<std::filesystem::path> findDevice(const DeviceWish& wish);

/// Those whose `attribute` holds `name`, in the order of their numbers; NotFound says which names there are.
[[nodiscard]] Result<std::vector<std::filesystem::path>> devicesNamed(const std::filesystem::path& folder,
                                                                      std::string_view attribute,
                                                                      std::string_view name);

/// Whether `fragment` stands in `path`, component by component.
[[nodiscard]] bool hasFragment(const std::filesystem::path& path, const std::filesystem::path& fragment);

}  // namespace pegasus::drivers::linux_
