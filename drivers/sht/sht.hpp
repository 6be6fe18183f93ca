// SPDX-License-Identifier: Apache-2.0
// The types "sht3x" and "sht4x": temperature and humidity by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::sht {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::sht
