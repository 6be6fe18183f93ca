// SPDX-License-Identifier: Apache-2.0
// What the kernel shows of hwmon and IIO devices, as sensors that could be configured.
#pragma once

#include <filesystem>
#include <vector>

#include "sensor/driver_type.hpp"

namespace pegasus::drivers::sysfs {

/// Devices below `root` with channels whose units are known. Thermometers on 1-Wire are left to "ds18b20".
[[nodiscard]] std::vector<sensor::Discovery> scan(const std::filesystem::path& root);

}  // namespace pegasus::drivers::sysfs
