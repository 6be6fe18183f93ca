// SPDX-License-Identifier: Apache-2.0
// Text in messages: escapes, padding, junk.
#include "model/text.hpp"

#include <gtest/gtest.h>

#include "trinary/trytes.hpp"

namespace pegasus::model {
namespace {

TEST(EscapeNonAscii, EscapesWhatIsOutsideAscii) {
    EXPECT_EQ(escapeNonAscii("{\"a\":1}").value(), "{\"a\":1}");
    EXPECT_EQ(escapeNonAscii("\"\xC3\xA9\"").value(), "\"\\u00e9\"");
    EXPECT_EQ(escapeNonAscii("\xE4\xB8\xAD").value(), "\\u4e2d");
    EXPECT_EQ(escapeNonAscii("\xF0\x9F\x98\x80").value(), "\\ud83d\\ude00");
    EXPECT_EQ(escapeNonAscii("\xF4\x8F\xBF\xBF").value(), "\\udbff\\udfff");
    EXPECT_EQ(escapeNonAscii("\xEF\xBF\xBF").value(), "\\uffff");
    EXPECT_EQ(escapeNonAscii("\xC2\x80\xDF\xBF").value(), "\\u0080\\u07ff");
}

TEST(EscapeNonAscii, InvalidUtf8IsRefused) {
    for (const std::string text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
                                   "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                                   "\xFE", "\xC3(", "\xE4\xB8", "\xF0\x9F\x98", "a\xC3"})
        EXPECT_FALSE(escapeNonAscii(text)) << text;
}

TEST(TrytesFromText, ComesBackWithAnyPadding) {
    const std::string json = "{\"data\":[1.5,\"x\"],\"timestamp\":1}";
    const auto trytes = trytesFromText(json).value();
    EXPECT_EQ(trytes, trinary::trytesFromAscii(json).value());
    for (std::size_t padding = 0; padding < 7; ++padding)
        EXPECT_EQ(textFromTrytes(trytes + std::string(padding, '9')).value(), json) << padding;
    EXPECT_EQ(textFromTrytes(trytes + std::string(2187 - trytes.size(), '9')).value(), json);
}

TEST(TextFromTrytes, EveryCharacterMayBeTheLast) {
    for (int c = 1; c < 128; ++c) {
        const std::string text = std::string("x") + static_cast<char>(c);
        const auto trytes = trinary::trytesFromAscii(text).value();
        for (std::size_t padding = 0; padding < 4; ++padding)
            EXPECT_EQ(textFromTrytes(trytes + std::string(padding, '9')).value(), text) << c << " " << padding;
    }
}

TEST(TextFromTrytes, ALoneLastTryteCountsWithANine) {
    EXPECT_EQ(textFromTrytes("J").value(), "\n");
    EXPECT_EQ(textFromTrytes("J9").value(), "\n");
    EXPECT_EQ(textFromTrytes("QDD").value(), "}\x04");
}

TEST(TextFromTrytes, NothingButPaddingIsEmpty) {
    EXPECT_EQ(textFromTrytes("").value(), "");
    EXPECT_EQ(textFromTrytes("9").value(), "");
    EXPECT_EQ(textFromTrytes(std::string(2187, '9')).value(), "");
}

TEST(TextFromTrytes, JunkIsRefused) {
    EXPECT_FALSE(textFromTrytes("ZZ"));      // 728
    EXPECT_FALSE(textFromTrytes("TD99TD"));  // a NUL inside
    EXPECT_FALSE(textFromTrytes("td"));
    EXPECT_FALSE(textFromTrytes("TD TD"));
    EXPECT_FALSE(textFromTrytes("TE"));  // 20 + 5 * 27 = 155
}

TEST(TextFromTrytes, TheSizeIsBounded) {
    const auto trytes = trytesFromText("12345").value();
    EXPECT_TRUE(textFromTrytes(trytes + "9999", 5));
    const auto longer = textFromTrytes(trytes, 4);
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(trytesFromText(std::string(kMaxTextSize + 1, 'x')).error().code, ErrorCode::LimitExceeded);
}

TEST(TextFromTrytes, EachTruncationGivesAPrefixOrAnError) {
    const std::string json = "{\"a\":\"b\",\"c\":[1,2,3]}";
    const auto trytes = trytesFromText(json).value();
    for (std::size_t size = 0; size < trytes.size(); size += 2)
        EXPECT_EQ(textFromTrytes(std::string_view(trytes).substr(0, size)).value(), json.substr(0, size / 2));
}

}  // namespace
}  // namespace pegasus::model
