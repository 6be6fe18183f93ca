// SPDX-License-Identifier: Apache-2.0
// From counts to values, and back for the offset. Source: SCD4x data sheet, version 1.4, sections 3.5.2 and 3.6.1. Pure.
#pragma once

#include <cstdint>

namespace pegasus::drivers::scd4x {

inline constexpr double kSpan = 65535;
inline constexpr double kCelsiusStep = 175 / kSpan;
inline constexpr double kHumidityStep = 100 / kSpan;

[[nodiscard]] constexpr double celsius(std::uint16_t counts) { return -45 + 175 * (counts / kSpan); }
[[nodiscard]] constexpr double humidity(std::uint16_t counts) { return 100 * (counts / kSpan); }
/// `offset` in degrees, 0 to 20.
[[nodiscard]] constexpr std::uint16_t offsetCounts(double offset) { return static_cast<std::uint16_t>(offset * kSpan / 175 + 0.5); }

}  // namespace pegasus::drivers::scd4x
