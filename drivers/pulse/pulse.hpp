// SPDX-License-Identifier: Apache-2.0
// The type "pulse": a counter of pulses on a GPIO line. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::pulse {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::pulse
