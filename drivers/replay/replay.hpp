// SPDX-License-Identifier: Apache-2.0
// The type "replay": readings from a recorded table, one row a turn. Format and parameters: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::replay {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::replay
