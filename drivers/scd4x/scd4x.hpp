// SPDX-License-Identifier: Apache-2.0
// The type "scd4x": carbon dioxide, temperature and humidity by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::scd4x {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::scd4x
