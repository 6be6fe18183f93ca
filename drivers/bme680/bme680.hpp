// SPDX-License-Identifier: Apache-2.0
// The type "bme680": temperature, humidity, pressure and gas resistance by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::bme680 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::bme680
