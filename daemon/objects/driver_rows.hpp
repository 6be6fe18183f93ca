// SPDX-License-Identifier: Apache-2.0
// What the bus shows of drivers, and of what a scan found.
#pragma once

#include "bus/value.hpp"
#include "sensor/registry.hpp"
#include "sensor/sampler.hpp"

namespace pegasus::daemon {

/// One row for each type, and a last one with an empty name for what every sensor has.
[[nodiscard]] bus::Dicts driverRows(const sensor::Registry& registry);

/// `configured`: the sensors that there are.
[[nodiscard]] bus::Dict rowOf(const sensor::Discovery& found, const std::vector<sensor::SensorInfo>& configured);

}  // namespace pegasus::daemon
