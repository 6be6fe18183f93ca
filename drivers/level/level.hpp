// SPDX-License-Identifier: Apache-2.0
// The type "level": a contact on a GPIO line: door, movement, float. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::level {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::level
