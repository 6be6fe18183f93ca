// SPDX-License-Identifier: Apache-2.0
// Paths, text, values, options.
#include <gtest/gtest.h>

#include "bus/json.hpp"
#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/text.hpp"
#include "bus/value.hpp"

namespace pegasus::bus {
namespace {

TEST(ObjectPath, EscapesAllButLettersAndDigits) {
    EXPECT_EQ(escapeElement("cpu-load_1"), "cpu_2dload_5f1");
    EXPECT_EQ(escapeElement(""), "_");
    EXPECT_EQ(objectPath(kSensorFolder, "a.b"), "/io/github/pegasusd/Pegasus1/sensor/a_2eb");
}

TEST(ObjectPath, GivesBackEveryIdentifier) {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    for (const auto& id : {std::string(), std::string("x"), std::string("_"), std::string("__"), all}) {
        EXPECT_EQ(unescapeElement(escapeElement(id)), id);
        EXPECT_EQ(idOf(kOrderFolder, objectPath(kOrderFolder, id)), id);
    }
}

TEST(ObjectPath, RefusesWhatEscapingCannotHaveMade) {
    for (const auto* bad : {"a_", "a_2", "_zz", "_2D", "_61", "a-b", "a/b", ""})
        EXPECT_EQ(unescapeElement(bad), std::nullopt) << bad;
    EXPECT_EQ(idOf(kOrderFolder, objectPath(kSensorFolder, "x")), std::nullopt);
    EXPECT_EQ(idOf(kOrderFolder, "/io/github/pegasusd/Pegasus1/order/a/b"), std::nullopt);
}

TEST(Text, KeepsValidUtf8) {
    const std::string text = "Grüße, 温度 🌡 e\xCC\x81";
    EXPECT_EQ(validUtf8(text), text);
    EXPECT_EQ(printable(text), text);
}

TEST(Text, ReplacesInvalidSequences) {
    EXPECT_EQ(validUtf8("a\xFFz"), "a\xEF\xBF\xBDz");
    EXPECT_EQ(validUtf8("\xC3"), "\xEF\xBF\xBD");
    EXPECT_EQ(validUtf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");              // overlong NUL
    EXPECT_EQ(validUtf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
    EXPECT_EQ(validUtf8(std::string_view("a\0b", 3)), "a\xEF\xBF\xBD" "b");
    EXPECT_EQ(validUtf8("\xF4\x90\x80\x80").size(), 12U);                         // beyond U+10FFFF
}

TEST(Text, LetsNothingSteerATerminal) {
    const auto safe = printable("a\x1b[31mred\x07\n\xC2\x9Bx\xE2\x80\xAEy\x7F");
    EXPECT_EQ(safe.find('\x1b'), std::string::npos);
    EXPECT_EQ(safe.find('\n'), std::string::npos);
    EXPECT_EQ(safe.find("\xC2\x9B"), std::string::npos);
    EXPECT_EQ(safe.find("\xE2\x80\xAE"), std::string::npos);
    EXPECT_NE(safe.find("[31mred"), std::string::npos);
}

TEST(Options, TakesWhatIsThere) {
    Options options(Dict{{"a", "text"}, {"b", std::uint64_t{7}}, {"c", true}, {"d", 1.5}, {"e", -3}});
    EXPECT_EQ(options.text("a").value(), "text");
    EXPECT_EQ(options.integer("b").value(), 7);
    EXPECT_TRUE(options.flag("c").value());
    EXPECT_EQ(options.number("d").value(), 1.5);
    EXPECT_EQ(options.number("e").value(), -3.0);
    EXPECT_TRUE(options.done());
    EXPECT_EQ(options.text("missing", "fallback").value(), "fallback");
}

TEST(Options, RefusesAWrongType) {
    EXPECT_EQ(Options(Dict{{"a", 1}}).text("a").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(Options(Dict{{"a", "1"}}).integer("a").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(Options(Dict{{"a", ~std::uint64_t{0}}}).integer("a").error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(Options(Dict{{"a", std::string(kMaxTextLength + 1, 'x')}}).text("a").error().code,
              ErrorCode::InvalidArgument);
    EXPECT_EQ(Options(Dict{{"a", true}}).texts("a").error().code, ErrorCode::InvalidArgument);
}

TEST(Options, NamesWhatNobodyTook) {
    const Options options(Dict{{"prize", 1}});
    EXPECT_NE(options.done().error().message.find("prize"), std::string::npos);
}

TEST(Json, WritesEveryKindOfValue) {
    const Dict dict{{"b", true},
                    {"d", 0.1},
                    {"l", Value::Strings{"x", "y"}},
                    {"n", -5},
                    {"o", Dict{{"k", "v"}}},
                    {"r", Dicts{Dict{}, Dict{{"z", std::uint64_t{18446744073709551615U}}}}}};
    EXPECT_EQ(toJson(Value(dict)),
              R"({"b":true,"d":0.1,"l":["x","y"],"n":-5,"o":{"k":"v"},"r":[{},{"z":18446744073709551615}]})");
}

TEST(Json, EscapesText) {
    EXPECT_EQ(toJson(Value("a\"\\\n\x01é🌡\x7f")), R"("a\"\\\u000a\u0001\u00e9\ud83c\udf21\u007f")");
    EXPECT_EQ(toJson(Value(std::string("\xFF"))), R"("\ufffd")");
}

TEST(Json, WritesNumbersThatAreNone) {
    EXPECT_EQ(toJson(Value(1.0 / 0.0)), "null");
    EXPECT_EQ(toJson(Value(0.0 / 0.0)), "null");
    EXPECT_EQ(toJson(Value(21.0)), "21");
}

}  // namespace
}  // namespace pegasus::bus
