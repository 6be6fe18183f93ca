// SPDX-License-Identifier: Apache-2.0
// From the time of an echo to a distance. Source: speed of sound in dry air, 331.3 m/s at 0 degrees, growing with the root of the
// absolute temperature (ISO 9613-1, annex A). Pure.
#pragma once

#include <cmath>
#include <optional>
#include <span>

#include "drivers/linux/gpio.hpp"

namespace pegasus::drivers::ultrasonic {

/// Metres a second in air of so many degrees Celsius.
[[nodiscard]] inline double speedOfSound(double celsius) { return 331.3 * std::sqrt(1 + celsius / 273.15); }
/// Metres, for a sound that went there and back.
[[nodiscard]] inline double distanceOf(double seconds, double celsius) { return seconds * speedOfSound(celsius) / 2; }
/// Seconds of the first whole pulse in the edges.
[[nodiscard]] std::optional<double> echoOf(std::span<const linux_::Edge> edges);

}  // namespace pegasus::drivers::ultrasonic
