// SPDX-License-Identifier: Apache-2.0
// The compensation in floating point; its constants are powers of two.
#include "drivers/bme680/formulas.hpp"

#include <algorithm>
#include <array>

namespace pegasus::drivers::bme680 {
namespace {

double signedByte(std::uint8_t byte) { return static_cast<std::int8_t>(byte); }
double signedAt(std::span<const std::uint8_t> bytes, std::size_t i) { return static_cast<std::int16_t>(bytes[i] | bytes[i + 1] << 8); }
double unsignedAt(std::span<const std::uint8_t> bytes, std::size_t i) { return bytes[i] | bytes[i + 1] << 8; }

// Corrections of the ranges of the gas converter, in percent; table 16.
constexpr std::array<double, 16> kRangeGain{0, 0, 0, 0, 0, -1, 0, -0.8, 0, 0, -0.2, -0.5, 0, -1, 0, 0};
constexpr std::array<double, 16> kRangeOffset{0, 0, 0, 0, 0.1, 0.7, 0, -0.8, -0.1, 0, 0, 0, 0, 0, 0, 0};

}  // namespace

Calibration calibrationOf(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second, std::span<const std::uint8_t> heater) {
    const auto a = [&](unsigned reg) { return static_cast<std::size_t>(reg - 0x89); };
    const auto b = [&](unsigned reg) { return static_cast<std::size_t>(reg - 0xE1); };
    Calibration c;
    c.t1 = unsignedAt(second, b(0xE9));
    c.t2 = signedAt(first, a(0x8A));
    c.t3 = signedByte(first[a(0x8C)]);
    c.p1 = unsignedAt(first, a(0x8E));
    c.p2 = signedAt(first, a(0x90));
    c.p3 = signedByte(first[a(0x92)]);
    c.p4 = signedAt(first, a(0x94));
    c.p5 = signedAt(first, a(0x96));
    c.p6 = signedByte(first[a(0x99)]);
    c.p7 = signedByte(first[a(0x98)]);
    c.p8 = signedAt(first, a(0x9C));
    c.p9 = signedAt(first, a(0x9E));
    c.p10 = first[a(0xA0)];
    c.h1 = second[b(0xE3)] * 16 + (second[b(0xE2)] & 0x0F);  // two numbers of twelve bits share 0xE2
    c.h2 = second[b(0xE1)] * 16 + (second[b(0xE2)] >> 4);
    c.h3 = signedByte(second[b(0xE4)]);
    c.h4 = signedByte(second[b(0xE5)]);
    c.h5 = signedByte(second[b(0xE6)]);
    c.h6 = second[b(0xE7)];
    c.h7 = signedByte(second[b(0xE8)]);
    c.g1 = signedByte(second[b(0xED)]);
    c.g2 = signedAt(second, b(0xEB));
    c.g3 = signedByte(second[b(0xEE)]);
    c.heatValue = signedByte(heater[0]);
    c.heatRange = heater[2] >> 4 & 0x03;
    c.switchingError = static_cast<std::int8_t>(heater[4]) / 16;  // the upper four bits, signed
    return c;
}

double fineTemperature(const Calibration& c, std::uint32_t counts) {
    const double linear = (counts / 16384.0 - c.t1 / 1024) * c.t2;
    const double bend = counts / 131072.0 - c.t1 / 8192;
    return linear + bend * bend * c.t3 * 16;
}

double celsius(double fine) { return fine / 5120; }

double pascal(const Calibration& c, std::uint32_t counts, double fine) {
    const double t = fine / 2 - 64000;
    const double offset = (t * t * c.p6 / 131072 + t * c.p5 * 2) / 4 + c.p4 * 65536;
    const double scale = (1 + (c.p3 * t * t / 16384 + c.p2 * t) / 524288 / 32768) * c.p1;
    if (scale == 0) return 0;  // a chip without calibration
    const double p = (1048576.0 - counts - offset / 4096) * 6250 / scale;
    const double cubic = p / 256 * (p / 256) * (p / 256) * c.p10 / 131072;
    return p + (c.p9 * p * p / 2147483648.0 + p * c.p8 / 32768 + cubic + c.p7 * 128) / 16;
}

double relativeHumidity(const Calibration& c, std::uint32_t counts, double fine) {
    const double t = celsius(fine);
    const double raw = (counts - (c.h1 * 16 + c.h3 / 2 * t)) * (c.h2 / 262144 * (1 + c.h4 / 16384 * t + c.h5 / 1048576 * t * t));
    return std::clamp(raw + (c.h6 / 16384 + c.h7 / 2097152 * t) * raw * raw, 0.0, 100.0);
}

double gasResistance(const Calibration& c, std::uint32_t counts, std::uint8_t range) {
    const double gain = (1340 + 5 * c.switchingError) * (1 + kRangeGain[range & 15U] / 100);
    const double offset = 1 + kRangeOffset[range & 15U] / 100;
    return 1 / (offset * 0.000000125 * static_cast<double>(1U << (range & 15U)) * ((static_cast<double>(counts) - 512) / gain + 1));
}

std::uint8_t heaterResistance(const Calibration& c, double target, double ambient) {
    const double base = (c.g1 / 16 + 49) * (1 + (c.g2 / 32768 * 0.0005 + 0.00235) * target);
    const double resistance = base + c.g3 / 1024 * ambient;
    const double reg = 3.4 * (resistance * (4 / (4 + c.heatRange)) * (1 / (1 + c.heatValue * 0.002)) - 25);
    return static_cast<std::uint8_t>(std::clamp(reg, 0.0, 255.0));
}

std::uint8_t heaterTime(unsigned milliseconds) {
    unsigned factor = 0;
    while (milliseconds > 63 && factor < 3) {
        milliseconds /= 4;
        ++factor;
    }
    return static_cast<std::uint8_t>(factor << 6 | std::min(milliseconds, 63U));
}

}  // namespace pegasus::drivers::bme680
