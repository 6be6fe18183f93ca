// SPDX-License-Identifier: Apache-2.0
// Vectors a: ASCII, trytes, trits, integers, packed bytes.
#include <algorithm>

#include "crypto/digest.hpp"
#include "trinary/trytes.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using namespace trinary;

constexpr const char* kFile = "a_converters.json";

std::string asciiOf(const json::object& o) {
    const auto bytes = crypto::fromHex(text(o, "hex")).value();
    return {bytes.begin(), bytes.end()};
}

TEST(VectorsA, TextBecomesTheTrytesOfEveryGeneratorAndComesBack) {
    for (const auto& c : cases(kFile, "ascii")) {
        const auto& o = c.as_object();
        EXPECT_EQ(trytesFromAscii(asciiOf(o)).value(), text(o, "trytes"));
        EXPECT_EQ(asciiFromTrytes(text(o, "trytes")).value(), asciiOf(o));
    }
}

TEST(VectorsA, TrytesBecomeTritsAndComeBack) {
    for (const auto& c : cases(kFile, "trytes_trits")) {
        const auto& o = c.as_object();
        const auto trits = numbers<Trit>(o.at("trits"));
        EXPECT_EQ(tritsFromTrytes(text(o, "trytes")), trits);
        EXPECT_EQ(trytesFromTrits(trits), text(o, "trytes"));
    }
}

TEST(VectorsA, TritsHaveTheirValue) {
    for (const auto& c : cases(kFile, "trits_value")) {
        const auto& o = c.as_object();
        EXPECT_EQ(integerFromTrits(numbers<Trit>(o.at("trits"))).value(), integer(o, "value"));
    }
}

TEST(VectorsA, IntegersBecomeBalancedTernaryAndComeBack) {
    for (const auto& c : cases(kFile, "ints")) {
        const auto& o = c.as_object();
        const auto value = integer(o, "value");
        const auto trits = numbers<Trit>(o.at("trits"));
        EXPECT_EQ(tritsFromInteger(value, trits.size()), trits) << value;
        EXPECT_EQ(trytesFromTrits(tritsFromInteger(value, 81)), text(o, "trytes27"));
        EXPECT_EQ(integerFromTrits(tritsFromTrytes(text(o, "trytes27"))).value(), integer(o, "value_back"));
        if (o.contains("trytes9")) {
            EXPECT_EQ(trytesFromTrits(tritsFromInteger(value, 27)), text(o, "trytes9"));
        }
    }
}

TEST(VectorsA, TritsPackFiveToAByteAndComeBack) {
    for (const auto& c : cases(kFile, "t5b1")) {
        const auto& o = c.as_object();
        const auto trits = tritsFromTrytes(text(o, "trytes"));
        EXPECT_EQ(crypto::toHex(packTrits(trits)), text(o, "hex"));
        EXPECT_EQ(unpackTrits(crypto::fromHex(text(o, "hex")).value(), trits.size()).value(), trits);
    }
}

/// One byte a character, as UTF-8: how the files hold what is outside ASCII.
std::string utf8Of(std::string_view latin) {
    std::string out;
    for (const char c : latin) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0 | byte >> 6);
            out += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return out;
}

bool generatorGives(const json::object& o, std::string_view generator, std::string_view ours) {
    const auto* answer = o.if_contains(generator);
    return answer != nullptr && answer->is_string() && std::string_view(answer->as_string()) == ours;
}

bool refusedBySome(const json::object& o) {
    for (const auto* generator : {"b30", "cda", "iota.lib.js"}) {
        const auto* answer = o.if_contains(generator);
        if (answer != nullptr && (answer->is_object() || answer->is_null())) return true;
    }
    return false;
}

/// Where the generators differ, ours is the answer of one of them, or a refusal where one of them refuses.
void expectOneOfTheAnswers(const json::object& o, const Result<std::string>& ours) {
    if (!ours) {
        EXPECT_TRUE(refusedBySome(o)) << json::serialize(o);
        return;
    }
    const auto text = utf8Of(*ours);
    const bool agrees = generatorGives(o, "b30", text) || generatorGives(o, "cda", text) ||
                        generatorGives(o, "iota.lib.js", text);
    EXPECT_TRUE(agrees) << json::serialize(o) << " ours " << text;
}

/// Characters above U+00FF, which no text of ours has: their UTF-8 begins with 0xC4 or more.
bool answersBeyondAByte(const json::object& o) {
    const auto answer = textOr(o, "cda", "");
    return std::ranges::any_of(answer, [](char c) { return static_cast<unsigned char>(c) >= 0xC4; });
}

TEST(VectorsA, EdgeCasesAreAnsweredLikeOneOfTheGeneratorsOrRefused) {
    for (const auto& c : cases(kFile, "edge_cases")) {
        const auto& o = c.as_object();
        const auto op = text(o, "op");
        if (op == "asciiToTrytes") {
            expectOneOfTheAnswers(o, trytesFromAscii(text(o, "input")));
        } else if (op == "trytesToAscii") {
            const auto ours = asciiFromTrytes(text(o, "input"));
            if (o.at("cda").is_string() && answersBeyondAByte(o)) {
                EXPECT_FALSE(ours) << json::serialize(o);
            } else {
                expectOneOfTheAnswers(o, ours);
            }
        } else if (op == "trytesToTrits") {
            const bool valid = isTrytes(text(o, "input"));
            EXPECT_EQ(valid, o.at("b30").is_array());
            if (valid) {
                EXPECT_EQ(tritsFromTrytes(text(o, "input")), numbers<Trit>(o.at("b30")));
            }
        } else if (op.starts_with("tritsToTrytes")) {
            // Generators drop or blank a last group that is short; ours fills it with zero trits, so nothing is lost.
            const auto trits = numbers<Trit>(o.at("input"));
            const auto ours = trytesFromTrits(trits);
            EXPECT_TRUE(ours.starts_with(text(o, "cda")));
            const auto back = tritsFromTrytes(ours);
            EXPECT_TRUE(std::equal(trits.begin(), trits.end(), back.begin()));
        } else {
            FAIL() << op;
        }
    }
}

}  // namespace
}  // namespace pegasus::vectors
