// SPDX-License-Identifier: Apache-2.0
// SecretBytes.
#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace pegasus {
namespace {

TEST(SecretBytes, MovesItsContentAndLeavesNothing) {
    auto a = SecretBytes::fromText("hush");
    SecretBytes b = std::move(a);
    EXPECT_EQ(b.text(), "hush");
    EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST(SecretBytes, ComparesByContent) {
    EXPECT_TRUE(SecretBytes::fromText("hush") == SecretBytes::fromText("hush"));
    EXPECT_FALSE(SecretBytes::fromText("hush") == SecretBytes::fromText("husk"));
    EXPECT_FALSE(SecretBytes::fromText("hush") == SecretBytes::fromText("hus"));
}

}  // namespace
}  // namespace pegasus
