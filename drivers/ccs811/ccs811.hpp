// SPDX-License-Identifier: Apache-2.0
// The type "ccs811": volatile organic compounds by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::ccs811 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::ccs811
