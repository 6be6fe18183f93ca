// SPDX-License-Identifier: Apache-2.0
// From counts to values. Source: BME280 data sheet (Bosch BST-BME280-DS002, revision 1.6), section 4.2.2 and appendix 8.1. Pure.
#pragma once

#include <cstdint>
#include <span>

namespace pegasus::drivers::bme280 {

/// What the maker measured of this one chip; section 4.2.2, table 16.
struct Calibration {
    double t1 = 0, t2 = 0, t3 = 0;
    double p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0;
    double h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0;
};

inline constexpr std::size_t kFirstBlock = 26;   ///< bytes from 0x88
inline constexpr std::size_t kSecondBlock = 7;   ///< bytes from 0xE1: humidity

/// Both blocks, of the sizes above; the second may be empty (BMP280).
[[nodiscard]] Calibration calibrationOf(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second);

struct Counts {
    std::uint32_t pressure = 0;     ///< 20 bits
    std::uint32_t temperature = 0;  ///< 20 bits
    std::uint32_t humidity = 0;     ///< 16 bits
};
inline constexpr std::uint32_t kSkipped20 = 0x80000;  ///< a measurement that is switched off
inline constexpr std::uint32_t kSkipped16 = 0x8000;

/// From the registers 0xF7 to 0xFE, or to 0xFC without humidity.
[[nodiscard]] Counts countsOf(std::span<const std::uint8_t> data);

/// The fine temperature that the others are compensated with; divided by 5120 it is in degrees Celsius.
[[nodiscard]] double fineTemperature(const Calibration& c, std::uint32_t counts);
[[nodiscard]] double celsius(double fine);
[[nodiscard]] double pascal(const Calibration& c, std::uint32_t counts, double fine);
[[nodiscard]] double relativeHumidity(const Calibration& c, std::uint32_t counts, double fine);

}  // namespace pegasus::drivers::bme280
