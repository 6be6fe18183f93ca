// SPDX-License-Identifier: Apache-2.0
// Distances.
#include "market/place.hpp"

#include <gtest/gtest.h>

namespace pegasus::market {
namespace {

constexpr Place kTurin{45.0703, 7.6869};
constexpr Place kMilan{45.4642, 9.1900};

TEST(Distance, IsWhatMapsSay) {
    EXPECT_NEAR(metresBetween(kTurin, kMilan), 125'700, 700);
    EXPECT_DOUBLE_EQ(metresBetween(kTurin, kMilan), metresBetween(kMilan, kTurin));
    EXPECT_EQ(metresBetween(kTurin, kTurin), 0);
    EXPECT_NEAR(metresBetween({0, 0}, {1, 0}), 111'195, 1);
}

TEST(Distance, IsShortAcrossTheDateLineAndThePoles) {
    EXPECT_NEAR(metresBetween({0, 179.9}, {0, -179.9}), 22'239, 1);
    EXPECT_NEAR(metresBetween({89.9, 0}, {89.9, 180}), 22'239, 1);
    EXPECT_NEAR(metresBetween({90, 12}, {90, -77}), 0, 1e-3);
    EXPECT_NEAR(metresBetween({0, 0}, {0, 180}), 20'015'115, 1);
}

}  // namespace
}  // namespace pegasus::market
