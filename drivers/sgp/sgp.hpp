// SPDX-License-Identifier: Apache-2.0
// The types "sgp30" and "sgp40": volatile organic compounds by I2C. Options and wiring: README.md.
#pragma once

#include "drivers/hardware.hpp"
#include "sensor/registry.hpp"

namespace pegasus::drivers::sgp {

void registerSgp30(sensor::Registry& registry, const Hardware& hardware);
void registerSgp40(sensor::Registry& registry, const Hardware& hardware);

inline void registerType(sensor::Registry& registry, const Hardware& hardware) {
    registerSgp30(registry, hardware);
    registerSgp40(registry, hardware);
}

/// Grams of water in a cubic metre of air. Source: SGP30 data sheet, section 4 ("absolute humidity"). Pure.
[[nodiscard]] double absoluteHumidity(double celsius, double relative);
/// Counts by which the SGP40 is told humidity and temperature. Source: SGP40 data sheet, section 4.4. Pure.
[[nodiscard]] std::uint16_t humidityTicks(double relative);
[[nodiscard]] std::uint16_t temperatureTicks(double celsius);

}  // namespace pegasus::drivers::sgp
