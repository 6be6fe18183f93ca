// SPDX-License-Identifier: Apache-2.0
// Every driver of this program.
#pragma once

#include "base/time.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers {

/// Adds the types "sysfs", "system" and "replay". `clock` must outlive the drivers.
void registerAll(sensor::Registry& registry, const Clock& clock);

}  // namespace pegasus::drivers
