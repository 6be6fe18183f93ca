// SPDX-License-Identifier: Apache-2.0
// The type "sample": a number in a file. Options: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::sample {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::sample
