// SPDX-License-Identifier: Apache-2.0
// The type "system": load, memory, disk, network, uptime and processor temperature of the gateway. Parameters: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::system {

/// The clock must outlive the drivers.
void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::system
