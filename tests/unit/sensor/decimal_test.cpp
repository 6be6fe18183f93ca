// SPDX-License-Identifier: Apache-2.0
// Decimal numbers: scaling without noise, and the digits that a source warrants.
#include "sensor/decimal.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

namespace pegasus::sensor {
namespace {

Decimal dec(std::string_view text) { return Decimal::parse(text).value(); }
std::string shown(double value) { return fmt::format("{}", value); }
std::string shown(const Decimal& value) { return shown(value.toDouble()); }
/// `text` as a source gives it, after `factor`.
std::string scaled(std::string_view text, std::string_view factor) {
    return shown(Measured::parse(text).value().times(dec(factor)).published());
}

TEST(Decimal, ReadsTheFormsInUse) {
    EXPECT_EQ(shown(dec("21.5")), "21.5");
    EXPECT_EQ(shown(dec("+21.5")), "21.5");
    EXPECT_EQ(shown(dec("-3.25")), "-3.25");
    EXPECT_EQ(shown(dec(".5")), "0.5");
    EXPECT_EQ(shown(dec("5.")), "5");
    EXPECT_EQ(shown(dec("1E2")), "100");
    EXPECT_EQ(shown(dec("1.25e-3")), "0.00125");
    EXPECT_EQ(shown(dec("-0")), "0");
    EXPECT_EQ(shown(dec("0021")), "21");
}

TEST(Decimal, RefusesEverythingElse) {
    for (const char* text : {"", "+", "-", ".", "e5", "1e", "1e+", "1e5.0", "0x10", "1,5", "1.2.3", " 1", "1 ", "--1", "+-1", "nan",
                             "inf", "1e400", "1e999999999999", "1_000", "\xC2\xB2"})
        EXPECT_FALSE(Decimal::parse(text)) << text;
    EXPECT_FALSE(Decimal::parse(std::string_view("1\0", 2)));
}

TEST(Decimal, KeepsTheDigitsOfAFile) {
    for (const char* text : {"17.741158961812328", "0.1", "0.30000000000000004", "123456789.123456", "-273.15", "1e-07"})
        EXPECT_EQ(shown(dec(text)), text);
}

TEST(Decimal, ScalesEveryThousandthWithoutNoise) {
    const auto factor = dec("0.001");
    for (int i = -300'000; i <= 300'000; i += 7) {
        const auto whole = std::abs(i) / 1000;
        auto expected = fmt::format("{}{}.{:03}", i < 0 ? "-" : "", whole, std::abs(i) % 1000);
        while (expected.back() == '0') expected.pop_back();
        if (expected.back() == '.') expected.pop_back();
        ASSERT_EQ(shown(Decimal(i, 0) * factor), i == 0 ? "0" : expected);
    }
    EXPECT_EQ(shown(Decimal(-273'150, 0) * factor), "-273.15");
}

TEST(Decimal, AddsAndMultipliesExactly) {
    EXPECT_EQ(shown(dec("0.1") + dec("0.2")), "0.3");
    EXPECT_EQ(shown(dec("1e14") + dec("1")), "100000000000001");
    EXPECT_EQ(shown(dec("1e30") + dec("1e-30")), "1e+30");
    EXPECT_EQ(shown(dec("1.1") * dec("1.1")), "1.21");
    EXPECT_EQ(shown(dec("999999999999999999") * dec("999999999999999999")), "1e+36");
    EXPECT_EQ(shown(dec("5") + dec("-5")), "0");
}

TEST(Decimal, RoundsHalvesAwayFromZero) {
    EXPECT_EQ(shown(dec("2.345").rounded(2)), "2.35");
    EXPECT_EQ(shown(dec("-2.345").rounded(2)), "-2.35");
    EXPECT_EQ(shown(dec("2.344999").rounded(2)), "2.34");
    EXPECT_EQ(shown(dec("9.99").rounded(0)), "10");
    EXPECT_EQ(shown(dec("0.004").rounded(2)), "0");
}

TEST(Measured, PublishesEveryDigitOfAPowerOfTen) {
    EXPECT_EQ(scaled("21062", "0.001"), "21.062");
    EXPECT_EQ(scaled("-273150", "0.001"), "-273.15");
    EXPECT_EQ(scaled("101.325", "10"), "1013.25");
    EXPECT_EQ(scaled("15500123", "0.000001"), "15.500123");
}

TEST(Measured, PublishesWhatTheStepOfTheSourceWarrants) {
    EXPECT_EQ(scaled("1900", "0.0009765625"), "1.8555");     // 1.85546875
    EXPECT_EQ(scaled("1234", "0.3333"), "411.3");            // 411.2922
    EXPECT_EQ(scaled("2047", "0.805664062"), "1649.2");      // 1649.194334914
    EXPECT_EQ(scaled("87", "0.25"), "21.75");                // a step that two digits hold is left alone
    EXPECT_EQ(scaled("43", "0.5"), "21.5");
    EXPECT_EQ(scaled("100", "1.8"), "180");
}

TEST(Measured, KeepsNeighboursApart) {
    for (const char* step : {"0.0625", "0.015258789", "0.0011", "0.019", "0.3333", "7.3", "0.00098765"}) {
        double before = -1;
        for (int i = 0; i < 500; ++i) {
            const double value = Measured{Decimal(i, 0), Decimal(1, 0)}.times(dec(step)).published();
            ASSERT_GT(value, before) << step;
            ASSERT_LE(std::abs(value - i * dec(step).toDouble()), 0.26 * dec(step).toDouble()) << step;
            before = value;
        }
    }
}

TEST(Measured, TakesTheDigitsOfACorrectionForMeant) {
    const auto kelvin = Measured::parse("21").value().plus(Measured::parse("273.15").value());
    EXPECT_EQ(shown(kelvin.published()), "294.15");
}

TEST(RoundedTo, DropsWhatNoCountCanTell) {
    EXPECT_EQ(shown(roundedTo(17.741158961812328, 1e-5, 2)), "17.74");
    EXPECT_EQ(shown(roundedTo(100.0 / 3, 100.0 / 3, 2)), "33");
    EXPECT_EQ(shown(roundedTo(0.1 + 0.2, 1e-9, 2)), "0.3");
}

}  // namespace
}  // namespace pegasus::sensor
