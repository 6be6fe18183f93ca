// SPDX-License-Identifier: Apache-2.0
// The type "mqtt": numbers in messages of an MQTT broker. Options: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::mqtt {

void registerType(sensor::Registry& registry, const Hardware& hardware);

}  // namespace pegasus::drivers::mqtt
