// SPDX-License-Identifier: Apache-2.0
// From counts to values. Source: Bosch BME680 data sheet BST-BME680-DS001, revision 1.6 (2021), section 3. Pure.
#pragma once

#include <cstdint>
#include <span>

namespace pegasus::drivers::bme680 {

/// What the maker measured of this one chip; section 3.11, tables 11 to 16.
struct Calibration {
    double t1 = 0, t2 = 0, t3 = 0;
    double p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0, p10 = 0;
    double h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0;
    double g1 = 0, g2 = 0, g3 = 0;
    double heatRange = 0, heatValue = 0, switchingError = 0;
};

inline constexpr std::size_t kFirstBlock = 25;   ///< bytes from 0x89
inline constexpr std::size_t kSecondBlock = 16;  ///< bytes from 0xE1

/// Both blocks, of the sizes above, and the registers 0x00 to 0x04.
[[nodiscard]] Calibration calibrationOf(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second, std::span<const std::uint8_t> heater);

/// The fine temperature; divided by 5120 it is in degrees Celsius.
[[nodiscard]] double fineTemperature(const Calibration& c, std::uint32_t counts);
[[nodiscard]] double celsius(double fine);
[[nodiscard]] double pascal(const Calibration& c, std::uint32_t counts, double fine);
[[nodiscard]] double relativeHumidity(const Calibration& c, std::uint32_t counts, double fine);
/// In Ohm; `range` 0 to 15.
[[nodiscard]] double gasResistance(const Calibration& c, std::uint32_t counts, std::uint8_t range);
/// The register by which the plate comes to `target` degrees in air of `ambient` degrees.
[[nodiscard]] std::uint8_t heaterResistance(const Calibration& c, double target, double ambient);
/// The register that lets it heat so many milliseconds, 1 to 4032: six bits and a factor of 1, 4, 16 or 64.
[[nodiscard]] std::uint8_t heaterTime(unsigned milliseconds);

}  // namespace pegasus::drivers::bme680
