// SPDX-License-Identifier: Apache-2.0
#include "mam/pascal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pegasus::mam {
namespace {

using trinary::Trit;
using trinary::Trits;

std::string signs(const Trits& trits) {
    std::string out;
    for (const auto trit : trits) out += trit == 0 ? '0' : trit > 0 ? '+' : '-';
    return out;
}
Trits fromSigns(std::string_view text) {
    Trits out;
    for (const char c : text) out.push_back(static_cast<Trit>(c == '+' ? 1 : c == '-' ? -1 : 0));
    return out;
}

TEST(Pascal, GivesTheExamplesOfTheSpecification) {
    const std::pair<std::uint32_t, const char*> examples[] = {
        {0, "+00-"},         {1, "+000"},         {4, "++00"},
        {13, "+++0"},        {14, "---+0000"},    {42, "0---+000"},
        {60, "0+--+0+0"},    {348, "0-0+++00"},   {364, "---++++0"},
        {365, "------+00000"}, {729, "000000+00000"}, {6561, "00000000+000"},
        {9841, "------+++0+0"}, {15000, "0--+--0+-+000000"}, {265'720, "---------++++-+0"},
        {265'721, "------------+000000"}};
    for (const auto& [value, code] : examples) {
        EXPECT_EQ(signs(encodePascal(value)), code) << value;
        EXPECT_EQ(pascalLength(value), std::string_view(code).size()) << value;
    }
}

TEST(Pascal, ReadsBackEveryValue) {
    for (std::uint32_t value = 0; value <= 100'000; ++value) {
        auto code = encodePascal(value);
        ASSERT_EQ(code.size(), pascalLength(value));
        code.insert(code.end(), {1, -1, 0, 1});  // what follows does not matter
        const auto decoded = decodePascal(code);
        ASSERT_TRUE(decoded && decoded->value == value && decoded->used == pascalLength(value)) << value;
    }
    EXPECT_EQ(decodePascal(encodePascal(kMaxPascal))->value, kMaxPascal);
}

TEST(Pascal, ReadsTheSignBitsThatTheOtherLibrarySetsForZeroTrytes) {
    EXPECT_EQ(decodePascal(fromSigns("000000+000+0"))->value, 729U);
    EXPECT_EQ(decodePascal(fromSigns("00000000+0+0"))->value, 6561U);
}

TEST(Pascal, RefusesEachTruncation) {
    for (const std::uint32_t value : {0U, 1U, 14U, 9841U, 265'720U, kMaxPascal}) {
        const auto code = encodePascal(value);
        for (std::size_t length = 0; length < code.size(); ++length)
            EXPECT_FALSE(decodePascal(std::span(code).first(length))) << value << " " << length;
    }
}

TEST(Pascal, RefusesMoreThanFiveTrytes) {
    EXPECT_FALSE(decodePascal(fromSigns("---------------+0000000000")));
    EXPECT_FALSE(decodePascal(Trits(100, 0)));
}

TEST(Pascal, RefusesNegativeValuesAndSigns) {
    EXPECT_FALSE(decodePascal(fromSigns("++++")));      // the only tryte negated: -13
    EXPECT_FALSE(decodePascal(fromSigns("++0-")));      // signs -1
    EXPECT_FALSE(decodePascal(fromSigns("---+00++")));  // signs 4, expected below 4
}

TEST(Pascal, EndsForEveryShortRowOfTrits) {
    for (std::int64_t value = -9841; value <= 9841; ++value) {
        const auto row = trinary::tritsFromInteger(value, 9);
        const auto decoded = decodePascal(row);
        if (decoded) {
            EXPECT_LE(decoded->used, row.size());
        }
    }
}

}  // namespace
}  // namespace pegasus::mam
