// SPDX-License-Identifier: Apache-2.0
// Every driver of this program.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers {

/// Adds the types of all folders that drivers/meson.build lists.
void registerAll(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers
