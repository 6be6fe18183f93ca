// SPDX-License-Identifier: Apache-2.0
// The type "scd30": carbon dioxide, temperature and humidity by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::scd30 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::scd30
