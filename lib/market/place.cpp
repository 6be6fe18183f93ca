// SPDX-License-Identifier: Apache-2.0
// The haversine formula.
#include "market/place.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pegasus::market {
namespace {

constexpr double kRadius = 6'371'008.8;  // metres, the mean one of IUGG

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

double squaredSine(double x) { return std::sin(x) * std::sin(x); }

}  // namespace

double metresBetween(const Place& a, const Place& b) {
    const double across = squaredSine(radians(b.longitude - a.longitude) / 2);
    const double up = squaredSine(radians(b.latitude - a.latitude) / 2);
    const double chord = up + std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) * across;
    return 2 * kRadius * std::asin(std::sqrt(std::clamp(chord, 0.0, 1.0)));
}

}  // namespace pegasus::market
