// SPDX-License-Identifier: Apache-2.0
#include "iri/url.hpp"

#include <gtest/gtest.h>

namespace pegasus::iri {
namespace {

TEST(Url, HasHostPortAndPath) {
    const Url expected{true, "node.example.org", 14265, "/api/v0"};
    EXPECT_EQ(parseUrl("https://node.example.org:14265/api/v0").value(), expected);
    EXPECT_EQ(expected.text(), "https://node.example.org:14265/api/v0");
    EXPECT_EQ(expected.authority(), "node.example.org:14265");
}

TEST(Url, DefaultsToThePortOfItsScheme) {
    EXPECT_EQ(parseUrl("http://h").value(), (Url{false, "h", 80, "/"}));
    EXPECT_EQ(parseUrl("https://h/").value(), (Url{true, "h", 443, "/"}));
    EXPECT_EQ(parseUrl("https://h:443").value().authority(), "h");
}

TEST(Url, TakesAnIpv6AddressInBrackets) {
    const auto url = parseUrl("http://[::1]:14265").value();
    EXPECT_EQ(url.host, "::1");
    EXPECT_EQ(url.authority(), "[::1]:14265");
}

TEST(Url, RefusesEverythingElse) {
    for (const auto* text :
         {"", "h", "ftp://h", "http://", "http://:80", "http://h:", "http://h:0", "http://h:65536", "http://h:8x",
          "http://u:p@h/", "http://h/?q=1", "http://h/#f", "http://h /", "http://h/\r\nX: y", "http://[::1", "http://[]",
          "http://[h]", "http://h\n", "HTTP://h", "http://[::1]x"}) {
        const auto url = parseUrl(text);
        ASSERT_FALSE(url) << text;
        EXPECT_EQ(url.error().code, ErrorCode::InvalidArgument);
    }
    EXPECT_FALSE(parseUrl("http://" + std::string(300, 'h')));
}

TEST(Url, TakesAUserAndAPasswordOverHttps) {
    const auto url = parseUrl("https://user:pa%3Ass@h:14265/x").value();
    EXPECT_EQ(url.authorization, "Basic dXNlcjpwYTpzcw==");  // user:pa:ss
    EXPECT_EQ(url.host, "h");
    EXPECT_EQ(url.text(), "https://h:14265/x");
    EXPECT_EQ(url.authority(), "h:14265");
    for (const auto* text : {"https://@h/", "https://:p@h/", "https://u:%zz@h/", "https://u:%0a@h/", "https://u:p%4@h/"})
        EXPECT_FALSE(parseUrl(text)) << text;
}

TEST(Url, RefusesAPasswordThatAnybodyCouldRead) {
    const auto url = parseUrl("http://user:hunter2@h/");
    ASSERT_FALSE(url);
    EXPECT_NE(url.error().message.find("https"), std::string::npos);
}

TEST(Url, KeepsAPasswordOutOfTheError) {
    for (const auto* text : {"http://user:hunter2@h/", "https://user:hunter2@h:0/", "https://user:hunter2@h/?", "user:hunter2@h"})
        EXPECT_EQ(parseUrl(text).error().message.find("hunter2"), std::string::npos) << text;
    EXPECT_EQ(parseUrl("http://user:hunter2@h/").error().message.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::iri
