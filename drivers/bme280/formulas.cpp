// SPDX-License-Identifier: Apache-2.0
// The compensation in floating point, appendix 8.1 of the data sheet; its constants are powers of two.
#include "drivers/bme280/formulas.hpp"

#include <algorithm>

namespace pegasus::drivers::bme280 {
namespace {

double unsignedAt(std::span<const std::uint8_t> bytes, std::size_t i) { return bytes[i] | bytes[i + 1] << 8; }
double signedAt(std::span<const std::uint8_t> bytes, std::size_t i) { return static_cast<std::int16_t>(bytes[i] | bytes[i + 1] << 8); }
double signedByte(std::uint8_t byte) { return static_cast<std::int8_t>(byte); }
std::uint32_t twenty(std::span<const std::uint8_t> bytes, std::size_t i) {
    return static_cast<std::uint32_t>(bytes[i] << 12 | bytes[i + 1] << 4 | bytes[i + 2] >> 4);
}

}  // namespace

Calibration calibrationOf(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second) {
    Calibration c;
    c.t1 = unsignedAt(first, 0);
    c.t2 = signedAt(first, 2);
    c.t3 = signedAt(first, 4);
    c.p1 = unsignedAt(first, 6);
    double* const pressure[] = {&c.p2, &c.p3, &c.p4, &c.p5, &c.p6, &c.p7, &c.p8, &c.p9};
    for (std::size_t i = 0; i < std::size(pressure); ++i) *pressure[i] = signedAt(first, 8 + 2 * i);
    c.h1 = first[25];
    if (second.size() < kSecondBlock) return c;
    c.h2 = signedAt(second, 0);
    c.h3 = second[2];
    // Two numbers of twelve bits share the byte 0xE5.
    c.h4 = signedByte(second[3]) * 16 + (second[4] & 0x0F);
    c.h5 = signedByte(second[5]) * 16 + (second[4] >> 4);
    c.h6 = signedByte(second[6]);
    return c;
}

Counts countsOf(std::span<const std::uint8_t> data) {
    Counts counts{twenty(data, 0), twenty(data, 3), 0};
    if (data.size() >= 8) counts.humidity = static_cast<std::uint32_t>(data[6] << 8 | data[7]);
    return counts;
}

double fineTemperature(const Calibration& c, std::uint32_t counts) {
    const double linear = (counts / 16384.0 - c.t1 / 1024) * c.t2;
    const double bend = counts / 131072.0 - c.t1 / 8192;
    return linear + bend * bend * c.t3;
}

double celsius(double fine) { return fine / 5120; }

double pascal(const Calibration& c, std::uint32_t counts, double fine) {
    const double t = fine / 2 - 64000;
    const double offset = (t * t * c.p6 / 32768 + t * c.p5 * 2) / 4 + c.p4 * 65536;
    const double scale = (1 + (c.p3 * t * t / 524288 + c.p2 * t) / 524288 / 32768) * c.p1;
    if (scale == 0) return 0;  // a chip without calibration
    const double p = (1048576.0 - counts - offset / 4096) * 6250 / scale;
    return p + (c.p9 * p * p / 2147483648.0 + p * c.p8 / 32768 + c.p7) / 16;
}

double relativeHumidity(const Calibration& c, std::uint32_t counts, double fine) {
    const double t = fine - 76800;
    const double raw = (counts - (c.h4 * 64 + c.h5 / 16384 * t)) * (c.h2 / 65536 * (1 + c.h6 / 67108864 * t * (1 + c.h3 / 67108864 * t)));
    return std::clamp(raw * (1 - c.h1 * raw / 524288), 0.0, 100.0);
}

}  // namespace pegasus::drivers::bme280
