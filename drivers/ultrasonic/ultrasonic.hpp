// SPDX-License-Identifier: Apache-2.0
// The type "ultrasonic": distance by the time of an echo, on two GPIO lines. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::ultrasonic {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::ultrasonic
