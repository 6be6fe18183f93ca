// SPDX-License-Identifier: Apache-2.0
// replay: what is read, what is refused and how, looping and ending, and files that come late.
#include "drivers/replay/recording.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "driver_fixture.hpp"

namespace pegasus::drivers {
namespace {

std::string problemOf(std::string_view csv) {
    const auto parsed = replay::parseRecording(csv, std::nullopt);
    return parsed ? "no error" : parsed.error().message;
}

TEST(Recording, ReadsColumnsCommentsAndEmptyFields) {
    const auto recording =
        replay::parseRecording("# made up\ntime,temperature:Cel,humidity:%\r\n0,20.5,40\n\n1,,41\n2,inf,42\n", std::nullopt)
            .value();
    ASSERT_EQ(recording.columns.size(), 2U);
    EXPECT_EQ(recording.columns[1].unit, "%");
    ASSERT_EQ(recording.rows(), 3U);
    EXPECT_EQ(recording.values[0], 20.5);
    EXPECT_FALSE(recording.values[2]);
    EXPECT_TRUE(std::isinf(*recording.values[4]));
    EXPECT_EQ(recording.notice, "");
}

TEST(Recording, NamesTheLineOfEachProblem) {
    EXPECT_EQ(problemOf("a:1\n1\n\nx\n"), "line 4, field 1: 'x', expected a number");
    EXPECT_EQ(problemOf("a:1,b:1\n1\n"), "line 2: 1 field, expected 2");
    EXPECT_EQ(problemOf("a:1,a:2\n1,2\n"), "line 1: 'a' is there twice");
    EXPECT_EQ(problemOf("temperature\n1\n"),
              "line 1: column 'temperature', expected quantity:unit, such as temperature:Cel");
    EXPECT_EQ(problemOf("value\n1\n"), "line 1: column 'value' needs the parameters quantity and unit");
    EXPECT_EQ(problemOf(""), "line 0: there is no header");
    EXPECT_EQ(problemOf("# only\n"), "line 1: there is no header");
    EXPECT_EQ(problemOf("a:1\n"), "line 1: there is no row of values");
    EXPECT_NE(problemOf("time\n1\n"), "no error");
}

TEST(Recording, KnowsTheWordsForAMissingValueWhateverTheirCase) {
    for (const char* word : {"", " ", "NA", "n/a", "NULL", "None", "NaN", "nan", "-", "\"\"", "\"NA\""}) {
        const auto recording = replay::parseRecording(fmt::format("a:1,b:1\n1,{}\n", word), std::nullopt);
        ASSERT_TRUE(recording) << word << recording.error().message;
        EXPECT_FALSE(recording->values[1]) << word;
    }
    for (const char* word : {"nan(0x1)", "missing", "--", "1-", "#N/A", "0x10", "1 000", "1'000", "21,5", "\u221221"})
        EXPECT_NE(problemOf(fmt::format("a:1\n\"{}\"\n", word)).find("line 2, field 1: "), std::string::npos) << word;
}

TEST(Recording, ReadsQuotesAsRfc4180Says) {
    const auto recording =
        replay::parseRecording("note,\"a:1\",\"b, \"\"c\"\":1\n,1,2\n", std::nullopt);
    EXPECT_FALSE(recording);  // "note" has no unit
    const auto quoted = replay::parseRecording("time,\"a:1\",\"b, \"\"c\"\":1\"\r\n\"1\r\n2\", \"1\" ,2\r\n,\"x\",1\r\n", std::nullopt);
    ASSERT_FALSE(quoted);
    EXPECT_EQ(quoted.error().message, "line 4, field 2: 'x', expected a number");
    const auto fine = replay::parseRecording("time,\"a:1\",\"b, \"\"c\"\":1\"\n\"1\n2\", \"1\" ,2\n", std::nullopt);
    ASSERT_TRUE(fine) << fine.error().message;
    EXPECT_EQ(fine->columns[1].quantity, "b, \"c\"");
    EXPECT_EQ(fine->values[0], 1);
    EXPECT_EQ(problemOf("a:1\n\"1\n"), "line 2, field 1: a quote that is not closed");
    EXPECT_EQ(problemOf("a:1\n\"1\"x\n"), "line 2, field 1: text after a quoted field");
}

TEST(Recording, ReadsSemicolonsAndTabsWithOneDecimalMark) {
    for (const char* csv : {"a:1;b:1\n21,5;-0,5\n", "a:1\tb:1\n21,5\t-0,5\n", "a:1;b:1\n21.5;-0.5\n", "sep=;\na:1;b:1\n21,5;-0,5\n"}) {
        const auto recording = replay::parseRecording(csv, std::nullopt);
        ASSERT_TRUE(recording) << csv << recording.error().message;
        EXPECT_EQ(recording->values[0], 21.5) << csv;
        EXPECT_EQ(recording->values[1], -0.5) << csv;
    }
    EXPECT_EQ(problemOf("a:1;b:1\n21,5;1\n1;21.5\n"),
              "line 3, field 2: '21.5' has a decimal point, but line 2 has a decimal comma");
    EXPECT_EQ(problemOf("a:1;b:1\n1.234,5;1\n"), "line 2, field 1: '1.234,5', expected a number");
    EXPECT_NE(problemOf("a:1,b:1\n21,5,40,2\n").find("decimal commas need semicolons"), std::string::npos);
}

TEST(Recording, SaysWhatAHeaderIsWhenThereIsNone) {
    EXPECT_EQ(problemOf("21.5,40\n22,41\n"),
              "line 1: '21.5' is a value, expected a header of quantity:unit, such as temperature:Cel");
    EXPECT_NE(problemOf("2024-01-01T00:00:00Z,21.5\n").find("line 1: "), std::string::npos);
}

TEST(Recording, LeavesOutALastLineThatMayBeCutAndSaysSo) {
    const auto recording = replay::parseRecording("a:1,b:1\n1,2\n3", std::nullopt).value();
    EXPECT_EQ(recording.rows(), 1U);
    EXPECT_EQ(recording.notice, "line 3 has no line end and may be cut off: it is left out");
    EXPECT_EQ(problemOf("a:1\n1"),
              "line 2: there is no row of values; line 2 has no line end and may be cut off: it is left out");
}

TEST(Recording, RefusesOtherEncodingsByName) {
    using namespace std::string_literals;
    EXPECT_EQ(problemOf("\xFF\xFE" "a\0:\0"s), "the file is UTF-16, expected UTF-8: save it as such");
    EXPECT_EQ(problemOf("\xFE\xFF\0a\0:"s), "the file is UTF-16, expected UTF-8: save it as such");
    EXPECT_EQ(problemOf("a\0:\0001\0"s), "the file is UTF-16, expected UTF-8: save it as such");
    EXPECT_EQ(problemOf("\xFF\xFE\0\0a\0\0\0"s), "the file is UTF-32, expected UTF-8: save it as such");
    EXPECT_EQ(problemOf("a:1\r\n1\r\n# gr\xFC\xDF e\r\n"),
              "line 3: not UTF-8, perhaps Latin-1 or Windows-1252: save the file as UTF-8");
}

TEST(Recording, RefusesUnitsAndQuantitiesThatCannotBeSeen) {
    EXPECT_NE(problemOf("a:\u00B5g/m\u00B3\n1\n").find("write 'ug/m3'"), std::string::npos);
    for (const char* header : {"a\x1b[2J:Cel", "a\u202Eb:Cel", "a:m s", "a:C\x07", "a\tb:Cel;c:1"})
        EXPECT_NE(problemOf(std::string(header) + "\n1\n").find("line 1: "), std::string::npos) << header;
}

TEST(Recording, GivesTheDigitsOfTheFile) {
    const auto recording = replay::parseRecording("a:1\n17.741158961812328\n-273.15\n1E2\n0.1\n", std::nullopt).value();
    std::string shown;
    for (const auto& value : recording.values) shown += fmt::format("{} ", *value);
    EXPECT_EQ(shown, "17.741158961812328 -273.15 100 0.1 ");
}

TEST(Recording, RefusesTooManyValuesAndColumns) {
    std::string rows = "a:1\n";
    for (std::size_t i = 0; i <= replay::kMaxValues; ++i) rows += "1\n";
    EXPECT_NE(problemOf(rows).find("more than 200000 values"), std::string::npos);
    std::string wide;
    for (int i = 0; i < 33; ++i) wide += (i == 0 ? "c" : ",c") + std::to_string(i) + ":1";
    EXPECT_NE(problemOf(wide + "\n").find("33 columns"), std::string::npos);
}

TEST(Recording, SurvivesJunk) {
    test::FakeRandom random(7);
    for (int i = 0; i < 500; ++i) {
        std::string junk = i % 2 == 0 ? "" : "a:1,b:2\n";
        std::array<std::uint8_t, 64> bytes{};
        random.fill(bytes);
        for (const auto b : bytes) junk += "0123456789,:\n\r.-e#time\";\t\0\xC3\xA9"[b % 28];
        (void)replay::parseRecording(junk, std::nullopt);
    }
}

class Replay : public DriverFixture {
protected:
    std::string file() const { return (dir.path() / "r.csv").string(); }
};

TEST_F(Replay, LoopsByDefault) {
    put("r.csv", "temperature:Cel\n1\n2\n");
    auto replay = probe("replay", {{"file", file()}});
    std::vector<double> values;
    for (int i = 0; i < 5; ++i) values.push_back(*replay.read().value()[0].value);
    EXPECT_EQ(values, (std::vector<double>{1, 2, 1, 2, 1}));
}

TEST_F(Replay, EndsWhenAskedTo) {
    put("r.csv", "time,value\n100,1\n");
    auto replay = probe("replay", {{"file", file()}, {"loop", "False"}, {"quantity", "rain"}, {"unit", "mm"}});
    EXPECT_TRUE(replay.read());
    EXPECT_EQ(replay.source.channels[0].quantity, "rain");
    EXPECT_FALSE(replay.read());
    EXPECT_EQ(replay.problem(), "the recording has ended");
}

TEST_F(Replay, IsMadeWithoutItsFileAndReadsItOnceItIsThere) {
    auto replay = probe("replay", {{"file", file()}});
    EXPECT_TRUE(replay.driver->channels().empty());
    EXPECT_EQ(replay.problem(), file() + ": No such file or directory");
    put("r.csv", "a:1\nx\n");
    EXPECT_EQ(replay.problem(), file() + ": line 2, field 1: 'x', expected a number");
    put("r.csv", "a:1\n7\n8");
    EXPECT_EQ(replay.read().value()[0].value, 7);
    EXPECT_EQ(replay.source.notice, file() + ": line 3 has no line end and may be cut off: it is left out");
}

TEST_F(Replay, ChecksItsParametersWithoutOpeningAnything) {
    EXPECT_TRUE(registry.check(configOf("replay", {{"file", "/no/such"}})).problems.empty());
    EXPECT_NE(errorOf("replay", {{"file", "r.csv"}}).find("whole path of a file"), std::string::npos);
    EXPECT_NE(errorOf("replay", {}).find("'file' is needed"), std::string::npos);
    EXPECT_NE(errorOf("replay", {{"file", "/x"}, {"loop", "one"}}).find("expected true or false"), std::string::npos);
    EXPECT_NE(errorOf("replay", {{"file", "/x"}, {"quantity", "a"}}).find("'unit' is needed"), std::string::npos);
    EXPECT_NE(errorOf("replay", {{"file", "/x"}, {"quantity", "a"}, {"unit", "\u00B0C"}}).find("write 'Cel'"), std::string::npos);
    EXPECT_EQ(registry.check(configOf("replay", {{"fil", "/x"}, {"loop", "maybe"}})).problems.size(), 3U);
}

}  // namespace
}  // namespace pegasus::drivers
