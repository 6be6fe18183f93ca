// SPDX-License-Identifier: Apache-2.0
// What belongs to a secret and what does not.
#include "cli/secrets.hpp"

#include <gtest/gtest.h>

#include "wallet/types.hpp"

namespace pegasus::cli {
namespace {

std::string without(std::string_view text) { return std::string(withoutLineEnd(SecretBytes::fromText(text)).text()); }

std::string seedOf(const std::string& text) {
    const auto seed = seedFrom(SecretBytes::fromText(text));
    return seed ? std::string(seed->text()) : seed.error().message;
}

const std::string kSeed(81, 'A');

TEST(Passwords, EndBeforeTheLineEnd) {
    EXPECT_EQ(without("secret\n"), "secret");
    EXPECT_EQ(without("secret\r\n"), "secret");
    EXPECT_EQ(without("secret"), "secret");
    EXPECT_EQ(without(" secret \n\n"), " secret \n");  // one line end: the rest may be meant
    EXPECT_EQ(without("secret\r"), "secret\r");
    EXPECT_EQ(without("\r\n"), "");
    EXPECT_EQ(without(""), "");
}

TEST(Passwords, AreBoundAsTheWalletBindsThem) {
    EXPECT_EQ(kMinPasswordLength, wallet::WalletOptions().minPasswordLength);
    EXPECT_FALSE(checkPassword(SecretBytes::fromText("1234567")));
    EXPECT_TRUE(checkPassword(SecretBytes::fromText("12345678")));
    EXPECT_TRUE(checkPassword(SecretBytes::fromText(std::string(1024, 'x'))));
    EXPECT_FALSE(checkPassword(SecretBytes::fromText(std::string(1025, 'x'))));
}

TEST(Seeds, MayHaveBlanksAroundThem) {
    EXPECT_EQ(seedOf(kSeed), kSeed);
    EXPECT_EQ(seedOf("  \t" + kSeed + " \r\n\n"), kSeed);
}

TEST(Seeds, ThatAreNoneAreToldWhatIsWrongAndNothingElse) {
    EXPECT_EQ(seedOf(kSeed.substr(0, 40) + " " + kSeed.substr(40)),
              "the seed has blanks or line ends inside: give its 81 trytes in one piece");
    EXPECT_EQ(seedOf(kSeed.substr(0, 40) + "\r\n" + kSeed.substr(40)),
              "the seed has blanks or line ends inside: give its 81 trytes in one piece");
    EXPECT_EQ(seedOf(kSeed.substr(1)), "the seed has 80 characters, expected 81 trytes");
    EXPECT_EQ(seedOf(kSeed + "A"), "the seed has 82 characters, expected 81 trytes");
    EXPECT_EQ(seedOf(""), "the seed has 0 characters, expected 81 trytes");
    EXPECT_EQ(seedOf("AAAa" + kSeed.substr(4)), "character 4 of the seed is neither of A-Z (capitals) nor 9");
    EXPECT_EQ(seedOf("\xef\xbb\xbf" + kSeed), "character 1 of the seed is neither of A-Z (capitals) nor 9");
}

}  // namespace
}  // namespace pegasus::cli
