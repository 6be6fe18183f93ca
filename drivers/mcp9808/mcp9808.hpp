// SPDX-License-Identifier: Apache-2.0
// The type "mcp9808": temperature by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::mcp9808 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::mcp9808
