// SPDX-License-Identifier: Apache-2.0
// The type "sysfs": hwmon, IIO, thermal zones, and any file that holds one number. Parameters: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::sysfs {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::sysfs
