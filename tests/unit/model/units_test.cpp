// SPDX-License-Identifier: Apache-2.0
// Amounts as text.
#include "model/units.hpp"

#include <gtest/gtest.h>

namespace pegasus::model {
namespace {

TEST(ParseIotas, TakesPlainNumbersAndUnits) {
    const std::vector<std::pair<std::string, std::int64_t>> values{
        {"0", 0}, {"1500", 1500}, {"1500i", 1500}, {"1500 i", 1500}, {"1.5Ki", 1500}, {"1.5 Ki", 1500}, {"2Mi", 2'000'000},
        {"0.001 Ki", 1}, {"1.500Ki", 1500}, {"1.0", 1}, {"-2 Gi", -2'000'000'000}, {"0.000001Ti", 1'000'000},
        {"1.234567890123456Pi", 1'234'567'890'123'456}, {"007", 7}, {"2779530283277761", kSupply},
        {"2779.530283277761 Ti", kSupply}, {"-2.779530283277761Pi", -kSupply}};
    for (const auto& [text, value] : values) {
        const auto parsed = parseIotas(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        EXPECT_EQ(parsed->count(), value) << text;
    }
}

TEST(ParseIotas, EverythingElseIsRefused) {
    for (const auto* text : {"", " ", "i", "Ki", "-", ".", "1.", ".5Ki", "1.5", "1.5i", "0.0001Ki", "1e3", "1,5Ki", "1 000",
                             "+1", "--1", "1ki", "1KI", "1  Ki", " 1", "1 ", "0x10", "1..5Ki", "1.5.5Ki", "1Ki2", "nan",
                             "2779530283277762", "3Pi", "99999999999999999999999999", "18446744073709551617"})
        EXPECT_FALSE(parseIotas(text)) << text;
}

TEST(FormatIotas, IsExactInEveryUnit) {
    EXPECT_EQ(formatIotas(Iotas(1500), Unit::Ki), "1.5 Ki");
    EXPECT_EQ(formatIotas(Iotas(1500), Unit::I), "1500 i");
    EXPECT_EQ(formatIotas(Iotas(1500), Unit::Mi), "0.0015 Mi");
    EXPECT_EQ(formatIotas(Iotas(-1), Unit::Pi), "-0.000000000000001 Pi");
    EXPECT_EQ(formatIotas(Iotas(0), Unit::Ki), "0 Ki");
    EXPECT_EQ(formatIotas(Iotas(kSupply), Unit::Pi), "2.779530283277761 Pi");
}

TEST(FormatIotas, ChoosesTheLargestUnitThatFits) {
    EXPECT_EQ(formatIotas(Iotas(0)), "0 i");
    EXPECT_EQ(formatIotas(Iotas(999)), "999 i");
    EXPECT_EQ(formatIotas(Iotas(1000)), "1 Ki");
    EXPECT_EQ(formatIotas(Iotas(999'999)), "999.999 Ki");
    EXPECT_EQ(formatIotas(Iotas(-1'000'000)), "-1 Mi");
    EXPECT_EQ(formatIotas(Iotas(kSupply)), "2.779530283277761 Pi");
}

TEST(FormatIotas, ComesBack) {
    for (std::int64_t value = 1; value < kSupply / 7; value = value * 7 + 3) {
        for (int unit = 0; unit <= static_cast<int>(Unit::Pi); ++unit) {
            const auto text = formatIotas(Iotas(value), static_cast<Unit>(unit));
            EXPECT_EQ(parseIotas(text).value(), Iotas(value)) << text;
            EXPECT_EQ(parseIotas(formatIotas(Iotas(-value))).value(), Iotas(-value));
        }
    }
}

TEST(Unit, NamesComeBackAndOthersAreRefused) {
    for (int unit = 0; unit <= static_cast<int>(Unit::Pi); ++unit)
        EXPECT_EQ(parseUnit(unitName(static_cast<Unit>(unit))).value(), static_cast<Unit>(unit));
    for (const auto* name : {"", "I", "ki", "MI", "iota"}) EXPECT_FALSE(parseUnit(name)) << name;
}

}  // namespace
}  // namespace pegasus::model
