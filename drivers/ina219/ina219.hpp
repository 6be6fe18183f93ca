// SPDX-License-Identifier: Apache-2.0
// The type "ina219": voltage, current and power by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::ina219 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::ina219
