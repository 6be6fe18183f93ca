// SPDX-License-Identifier: Apache-2.0
// The type "system": load, memory, disk, network, uptime and processor temperature of the gateway. Parameters: README.md.
#pragma once

#include "base/time.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::system {

/// `clock` must outlive the drivers.
void registerType(sensor::Registry& registry, const Clock& clock);

}  // namespace pegasus::drivers::system
