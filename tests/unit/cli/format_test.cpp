// SPDX-License-Identifier: Apache-2.0
// Tables, amounts, times, hints.
#include "cli/format.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "cli/context.hpp"

namespace pegasus::cli {
namespace {

const std::vector<Column> kColumns{{"name", "NAME"}, {"price", "PRICE", Show::Amount}, {"own", "OWN", Show::Yes}};

TEST(Format, GroupsAmounts) {
    EXPECT_EQ(amountText(0), "0 i");
    EXPECT_EQ(amountText(999), "999 i");
    EXPECT_EQ(amountText(1000), "1 000 i");
    EXPECT_EQ(amountText(-1234567), "-1 234 567 i");
    EXPECT_EQ(amountText(2779530283277761), "2 779 530 283 277 761 i");
}

TEST(Format, ShowsTimesInLocalTimeAndNoneAsADash) {
    setenv("TZ", "UTC", 1);
    tzset();
    EXPECT_EQ(timeText(1'600'000'000'000'000), "2020-09-13 12:26:40");
    EXPECT_EQ(timeText(0), "-");
    EXPECT_EQ(timeText(-5), "-");
}

TEST(Format, ShowsLengthsOfTimeInTheLargestWholeUnit) {
    EXPECT_EQ(spanText(0), "-");
    EXPECT_EQ(spanText(250'000), "250 ms");
    EXPECT_EQ(spanText(20'000'000), "20 s");
    EXPECT_EQ(spanText(90'000'000), "90 s");
    EXPECT_EQ(spanText(300'000'000), "5 min");
    EXPECT_EQ(spanText(86'400'000'000), "24 h");
}

TEST(Format, AlignsColumnsByCodePoints) {
    const Dicts rows{{{"name", "Grüße"}, {"price", 5}, {"own", true}}, {{"name", "x"}, {"price", 12345}}};
    EXPECT_EQ(table(kColumns, rows),
              "NAME      PRICE  OWN\n"
              "Grüße       5 i  yes\n"
              "x      12 345 i  -\n");
}

TEST(Format, SaysNoneForNoRows) { EXPECT_EQ(table(kColumns, {}), "none\n"); }

TEST(Format, LetsNothingOfTheNetworkSteerTheTerminal) {
    const auto text = table(kColumns, {{{"name", "a\x1b]0;x\x07\nb"}}});
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

TEST(Format, CutsLongTextButNotWhereItIsAskedInFull) {
    const Dict row{{"t", std::string(100, 'x')}};
    EXPECT_EQ(shown(row, {"t", "T"}), std::string(59, 'x') + "…");
    EXPECT_EQ(shown(row, {"t", "T", Show::Full}), std::string(100, 'x'));
}

TEST(Format, ShowsTheDigitsThatMeanSomethingAndNoNoise) {
    EXPECT_EQ(numberText(-273.15000000000003), "-273.15");
    EXPECT_EQ(numberText(17.741158961812328), "17.74115896");
    EXPECT_EQ(numberText(45.070312), "45.070312");
    EXPECT_EQ(numberText(21), "21");
    EXPECT_EQ(numberText(123456789012345), "123456789012345");
    EXPECT_EQ(numberText(0.00185547), "0.00185547");
    EXPECT_EQ(toJson(Dict{{"value", 17.741158961812328}}), R"({"value":17.741158961812328})");  // as it came
}

TEST(Format, LeavesAbsentFieldsOutOfARecord) {
    EXPECT_EQ(record({{"a", "first"}, {"b", "second"}}, {{"b", "x"}}), "second  x\n");
}

TEST(Format, PrintsJsonWithTheNamesOfTheApi) {
    EXPECT_EQ(toJson(Dict{{"pending-in", std::uint64_t{3}}, {"name", "é"}}), R"({"name":"\u00e9","pending-in":3})");
    EXPECT_EQ(toJson(Dicts{}), "[]");
}

TEST(Hints, SayWhatToDo) {
    EXPECT_NE(hintFor({ErrorCode::Locked, ""}, false).find("pegasusctl wallet unlock"), std::string::npos);
    EXPECT_NE(hintFor({ErrorCode::Unreachable, ""}, true).find("systemctl start pegasusd"), std::string::npos);
    EXPECT_EQ(hintFor({ErrorCode::Internal, ""}, false), "");
}

}  // namespace
}  // namespace pegasus::cli
