// SPDX-License-Identifier: Apache-2.0
// The type "ds18b20": thermometers on 1-Wire. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::ds18b20 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::ds18b20
