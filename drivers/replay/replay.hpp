// SPDX-License-Identifier: Apache-2.0
// The type "replay": readings from a recorded table, one row a turn. Format and parameters: README.md.
#pragma once

#include "sensor/registry.hpp"

namespace pegasus::drivers::replay {

void registerType(sensor::Registry& registry);

}  // namespace pegasus::drivers::replay
