// SPDX-License-Identifier: Apache-2.0
// From counts to values. Sources: SHT3x-DIS data sheet, version 7, section 4.13; SHT4x data sheet, version 6.6, section 4.6. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pegasus::drivers::sht {

inline constexpr double kSpan = 65535;
inline constexpr double kCelsiusStep = 175 / kSpan;
inline constexpr double kHumidityStep = 100 / kSpan;

[[nodiscard]] constexpr double celsius(std::uint16_t counts) { return -45 + 175 * (counts / kSpan); }
[[nodiscard]] constexpr double humidityOf3(std::uint16_t counts) { return 100 * (counts / kSpan); }
/// Beyond 0 and 100 only by the errors of the sensor, and cut there, as the data sheet says.
[[nodiscard]] constexpr double humidityOf4(std::uint16_t counts) { return std::clamp(-6 + 125 * (counts / kSpan), 0.0, 100.0); }

}  // namespace pegasus::drivers::sht
