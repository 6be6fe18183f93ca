// SPDX-License-Identifier: Apache-2.0
// Amounts as text.
#include "base/amount.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "model/types.hpp"

namespace pegasus {
namespace {

static_assert(kIotaSupply == model::kSupply);

TEST(ParseAmount, TakesPlainNumbersAndUnits) {
    const std::vector<std::pair<std::string, std::int64_t>> values{
        {"0", 0}, {"1500", 1500}, {"1500i", 1500}, {"1500 i", 1500}, {"1.5Ki", 1500}, {"1.5 Ki", 1500}, {"2Mi", 2'000'000},
        {"0.001 Ki", 1}, {"1.500Ki", 1500}, {"2 Gi", 2'000'000'000}, {"0.000001Ti", 1'000'000},
        {"1.234567890123456Pi", 1'234'567'890'123'456}, {"2779530283277761", kIotaSupply},
        {"2779.530283277761 Ti", kIotaSupply}, {"2.779530283277761Pi", kIotaSupply}};
    for (const auto& [text, value] : values) {
        const auto parsed = parseAmount(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        EXPECT_EQ(*parsed, value) << text;
    }
}

TEST(ParseAmount, IsDecimalWhateverTheNumberBeginsWith) {
    EXPECT_EQ(parseAmount("0100").value(), 100);
    EXPECT_EQ(parseAmount("007").value(), 7);
    EXPECT_EQ(parseAmount("0008").value(), 8);
    EXPECT_EQ(parseAmount("00.5Ki").value(), 500);
    for (const auto* text : {"0x10", "0X10", "0b1", "0o17", "1e3", "10h", "0x1p3", "1_000"}) EXPECT_FALSE(parseAmount(text)) << text;
}

TEST(ParseAmount, RefusesEverythingElseInOneShortSentence) {
    for (const auto* text : {"", " ", "i", "Ki", "-", ".", "1.", ".5Ki", "1.5", "1.0", "1.000", "1.5i", "0.0001Ki", "1.0005Ki", "1,5Ki",
                             "1 000", "+1", "-1", "--1", "1ki", "1KI", "1  Ki", " 1", "1 ", "1..5Ki", "1.5.5Ki", "1Ki2", "nan", "inf"}) {
        const auto parsed = parseAmount(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().message, "whole iotas, such as 10000 or 10Ki") << text;
    }
    for (const auto* text : {"2779530283277762", "3Pi", "99999999999999999999999999", "18446744073709551617"}) {
        const auto parsed = parseAmount(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().message, "at most 2779530283277761 i, which is all there are") << text;
    }
}

TEST(FormatAmount, IsExactInEveryUnit) {
    EXPECT_EQ(formatAmount(1500, Unit::Ki), "1.5 Ki");
    EXPECT_EQ(formatAmount(1500, Unit::I), "1500 i");
    EXPECT_EQ(formatAmount(1500, Unit::Mi), "0.0015 Mi");
    EXPECT_EQ(formatAmount(-1, Unit::Pi), "-0.000000000000001 Pi");
    EXPECT_EQ(formatAmount(0, Unit::Ki), "0 Ki");
    EXPECT_EQ(formatAmount(kIotaSupply, Unit::Pi), "2.779530283277761 Pi");
    EXPECT_EQ(formatAmount(std::numeric_limits<std::int64_t>::min(), Unit::I), "-9223372036854775808 i");
}

TEST(FormatAmount, ComesBack) {
    for (std::int64_t value = 1; value < kIotaSupply / 7; value = value * 7 + 3)
        for (int unit = 0; unit <= static_cast<int>(Unit::Pi); ++unit) {
            const auto text = formatAmount(value, static_cast<Unit>(unit));
            EXPECT_EQ(parseAmount(text).value(), value) << text;
        }
}

TEST(Unit, NamesComeBackAndOthersAreRefused) {
    for (int unit = 0; unit <= static_cast<int>(Unit::Pi); ++unit)
        EXPECT_EQ(parseUnit(unitName(static_cast<Unit>(unit))), static_cast<Unit>(unit));
    for (const auto* name : {"", "I", "ki", "MI", "mi", "iota"}) EXPECT_FALSE(parseUnit(name)) << name;
}

}  // namespace
}  // namespace pegasus
