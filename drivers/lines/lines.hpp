// SPDX-License-Identifier: Apache-2.0
// The type "lines": numbers in lines of text from a serial port. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::lines {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::lines
