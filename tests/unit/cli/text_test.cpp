// SPDX-License-Identifier: Apache-2.0
// Widths on a terminal, checked output, readings as lines.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include "cli/format.hpp"
#include "cli/output.hpp"
#include "cli/readings.hpp"
#include "cli/width.hpp"

namespace pegasus::cli {
namespace {

TEST(Width, OfEastAsianTextAndEmojiIsTwoAndOfMarksNone) {
    EXPECT_EQ(displayWidth("abc"), 3U);
    EXPECT_EQ(displayWidth("Grüße"), 5U);
    EXPECT_EQ(displayWidth("温度"), 4U);
    EXPECT_EQ(displayWidth("한국"), 4U);
    EXPECT_EQ(displayWidth("ｱ"), 1U);           // half width
    EXPECT_EQ(displayWidth("🌡"), displayWidth("🌡"));
    EXPECT_EQ(displayWidth("😀"), 2U);
    EXPECT_EQ(displayWidth("e\u0301"), 1U);     // combining acute
    EXPECT_EQ(displayWidth(""), 0U);
    EXPECT_EQ(displayWidth("\xef\xbf\xbd"), 1U);  // what cannot be shown
}

TEST(Width, BoundsACutWithoutTearingMarksOff) {
    EXPECT_EQ(cutToWidth("abc", 3), "abc");
    EXPECT_EQ(cutToWidth("abcd", 3), "ab…");
    EXPECT_EQ(cutToWidth("温度計", 5), "温度…");
    EXPECT_EQ(cutToWidth("温度計", 4), "温…");
    EXPECT_EQ(cutToWidth("ae\u0301bc", 3), "ae\u0301…");
    for (std::size_t columns = 1; columns < 8; ++columns) EXPECT_LE(displayWidth(cutToWidth("温度a計🌡😀", columns)), columns);
}

TEST(Width, KeepsTheColumnsOfATable) {
    const std::vector<Column> columns{{"name", "NAME"}, {"n", "N", Show::Number}};
    const Dicts rows{{{"name", "温度"}, {"n", 1}}, {{"name", "e\u0301"}, {"n", 2}}, {{"name", "😀😀😀"}, {"n", 3}}};
    EXPECT_EQ(table(columns, rows), "NAME    N\n温度    1\ne\u0301       2\n😀😀😀  3\n");
}

TEST(ShownAmounts, AreInTheUnitThatIsAskedFor) {
    EXPECT_EQ(amountText(12345, Unit::Ki), "12.345 Ki");
    EXPECT_EQ(amountText(12345, Unit::Mi), "0.012345 Mi");
    EXPECT_EQ(amountText(12345), "12 345 i");
    EXPECT_EQ(table({{"p", "PRICE", Show::Amount}}, {{{"p", 1500}}}, Unit::Ki), " PRICE\n1.5 Ki\n");
    EXPECT_EQ(record({{"p", "price", Show::Amount}}, {{"p", 1500}}, Unit::Ki), "price  1.5 Ki\n");
}

TEST(Output, KeepsTheFirstFailure) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    Output out(full);
    EXPECT_FALSE(out.write("x"));
    EXPECT_EQ(out.failure(), ENOSPC);
    EXPECT_FALSE(out.write(""));
    ::close(full);
    Output closed(full);
    EXPECT_FALSE(closed.write("x"));
    EXPECT_EQ(closed.failure(), EBADF);
}

TEST(Output, WritesAllOfIt) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    Output out(ends[1]);
    EXPECT_TRUE(out.write("hello"));
    EXPECT_EQ(out.failure(), 0);
    std::array<char, 8> got{};
    EXPECT_EQ(::read(ends[0], got.data(), got.size()), 5);
    ::close(ends[0]);
    auto* before = ::signal(SIGPIPE, SIG_IGN);
    EXPECT_FALSE(out.write("x"));
    EXPECT_EQ(out.failure(), EPIPE);
    (void)::signal(SIGPIPE, before);
    ::close(ends[1]);
}

class Readings : public testing::Test {
protected:
    Readings() {
        setenv("TZ", "UTC", 1);
        tzset();
    }
    static std::string linesOf(const std::string& payload) {
        return readingLines(bus::Dict{{"index", 12}, {"time", std::int64_t{1'700'000'000'000'000}}, {"payload", payload}});
    }
};

TEST_F(Readings, AreLinesForPeople) {
    EXPECT_EQ(linesOf(R"({"data":21.5,"timestamp":1700000001000,"unit":"Cel","quantity":"temperature","quality":"good"})"),
              "    12  2023-11-14 22:13:21  temperature  21.5 Cel\n");
    EXPECT_EQ(linesOf(R"([{"data":1},{"data":null,"timestamp":1700000002000,"quality":"missing"}])"),
              "    12  2023-11-14 22:13:20  1\n    12  2023-11-14 22:13:22  no value  (missing)\n");
    EXPECT_EQ(linesOf(R"({"data":1,"omitted":7,"quality":"uncertain"})"),
              "    12  2023-11-14 22:13:20  1  (uncertain, 7 left out before this one)\n");
    EXPECT_EQ(linesOf(R"({"time":1700000000000,"data":{"t":1,"h":"x"}})"), "    12  2023-11-14 22:13:20  t  1\n    12  2023-11-14 22:13:20  h  x\n");
}

TEST_F(Readings, ThatAreNoneAreShownAsText) {
    EXPECT_EQ(linesOf("hello"), "    12  2023-11-14 22:13:20  hello\n");
    EXPECT_EQ(linesOf(R"({"a":1})"), "    12  2023-11-14 22:13:20  {\"a\":1}\n");
    EXPECT_EQ(linesOf(std::string(100, '[')), "    12  2023-11-14 22:13:20  " + std::string(100, '[') + "\n");
    EXPECT_EQ(linesOf(R"({"data":1,"timestamp":1e300})"), "    12  2023-11-14 22:13:20  1\n");
}

TEST_F(Readings, NeverSteerTheTerminal) {
    for (const auto* payload : {"\x1b[2J\x07", R"({"data":"\u001b[2J\u0007\u009b\u202e","unit":"\u001b","quantity":"a\nb"})", R"({"data":{"\u001b":"\u001b"}})"}) {
        const auto lines = linesOf(payload) + csvLine({{"payload", payload}}) + readingLines(payload);
        for (const auto* bad : {"\x1b", "\x07", "\xc2\x9b", "\u202e", "\r"}) EXPECT_EQ(lines.find(bad), std::string::npos) << payload;
    }
    EXPECT_EQ(csvLine({{"index", 1}, {"time", 2}, {"root", "R"}, {"payload", "a\"b\nc\x1b"}}), "1,2,R,\"a\"\"b c\xef\xbf\xbd\"\n");
}

TEST_F(Readings, OfAWatchedSocketAreTheSame) {
    EXPECT_EQ(readingLines(std::string(R"({"index":12,"payload":"{\"data\":5}","root":"R","time":1700000000000000})")),
              "    12  2023-11-14 22:13:20  5\n");
    EXPECT_NE(readingLines(std::string(R"({"index":12,"root":"R","time":1700000000000000,"truncated":true})")).find("too long"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::cli
