// SPDX-License-Identifier: Apache-2.0
// Guesses at what was meant.
#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pegasus {
namespace {

const std::vector<std::string> kWords{"wallet", "sensor", "stream", "market"};

TEST(Nearest, FindsWhatDiffersByALetterOrASwap) {
    EXPECT_EQ(nearest("walet", kWords), "wallet");
    EXPECT_EQ(nearest("sesnor", kWords), "sensor");
    EXPECT_EQ(nearest("streams", kWords), "stream");
    EXPECT_EQ(nearest("stream", kWords), "stream");
}

TEST(Nearest, GuessesNothingWhereTooMuchDiffers) {
    EXPECT_FALSE(nearest("", kWords));
    EXPECT_FALSE(nearest("node", kWords));
    EXPECT_FALSE(nearest("x", std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(nearest(std::string(100, 'x'), kWords));
    EXPECT_FALSE(nearest("wallet", {}));
}

}  // namespace
}  // namespace pegasus
