// SPDX-License-Identifier: Apache-2.0
// The types "bme280" and "bmp280": temperature, humidity and pressure by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::bme280 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::bme280
