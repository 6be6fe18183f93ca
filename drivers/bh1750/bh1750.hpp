// SPDX-License-Identifier: Apache-2.0
// The type "bh1750": brightness by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::bh1750 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::bh1750
