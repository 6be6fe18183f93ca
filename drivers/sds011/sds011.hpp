// SPDX-License-Identifier: Apache-2.0
// The type "sds011": particulate matter by a serial port. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::sds011 {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::sds011
