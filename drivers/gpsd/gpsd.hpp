// SPDX-License-Identifier: Apache-2.0
// The type "gpsd": position and time by a receiver that gpsd reads. Options: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::gpsd {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::gpsd
