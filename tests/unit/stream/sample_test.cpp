// SPDX-License-Identifier: Apache-2.0
// The text of messages.
#include "stream/sample.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "support/test_loop.hpp"

namespace pegasus::stream {
namespace {

using sensor::Quality;
using sensor::Reading;

Reading reading(std::optional<double> value, std::string quantity = "temperature", std::string unit = "Cel",
                Quality quality = Quality::Good) {
    return {std::move(quantity), std::move(unit), value, fromMicros(1'700'000'000'123'999), quality, ""};
}

std::string encoded(const Reading& one) { return encodeSample(std::vector<Reading>{one}); }

TEST(Sample, WritesOneReadingAsAnObject) {
    EXPECT_EQ(encoded(reading(21.5)),
              R"({"data":21.5,"timestamp":1700000000123,"unit":"Cel","quantity":"temperature","quality":"good"})");
}

TEST(Sample, WritesSeveralReadingsAsAnArray) {
    const std::vector<Reading> two{reading(1), reading(std::nullopt, "humidity", "%", Quality::Missing)};
    EXPECT_EQ(encodeSample(two),
              R"([{"data":1,"timestamp":1700000000123,"unit":"Cel","quantity":"temperature","quality":"good"},)"
              R"({"data":null,"timestamp":1700000000123,"unit":"%","quantity":"humidity","quality":"missing"}])");
}

TEST(Sample, WritesEveryFiniteDoubleSoThatItReadsBack) {
    test::FakeRandom random(3);
    for (int i = 0; i < 2000; ++i) {
        std::uint64_t bits = 0;
        random.fill({reinterpret_cast<std::uint8_t*>(&bits), sizeof bits});
        const double value = std::bit_cast<double>(bits);
        const auto text = encoded(reading(value));
        const auto data = text.substr(8, text.find(',') - 8);  // after {"data":
        if (std::isfinite(value)) {
            double read = 0;
            (void)std::from_chars(data.data(), data.data() + data.size(), read);
            EXPECT_EQ(read, value) << data;
        } else {
            EXPECT_EQ(data, "null");
        }
    }
    for (const double value : {0.1, 1e22, -0.5, 1e-7})  // and they are numbers of JSON
        EXPECT_EQ(boost::json::parse(encoded(reading(value))).at("data").to_number<double>(), value);
}

TEST(Sample, EscapesWhatIsNotAscii) {
    const auto text = encoded(reading(1, "Temp \"\xC3\xA4\"", "\xE2\x84\x83"));
    EXPECT_NE(text.find(R"("Temp \"\u00)"), std::string::npos);
    for (const char c : text) EXPECT_TRUE(c >= ' ' && c < 0x7F);
    const auto invalid = encoded(reading(1, "\xFF\xFE", "Cel"));
    EXPECT_NE(invalid.find(R"("quantity":"??")"), std::string::npos);
}

TEST(Message, IsTheBareObjectForOneReadingAndElseAnArray) {
    const Sample one{R"({"data":1})", 0};
    const Sample pair{R"([{"data":2},{"data":3}])", 0};
    EXPECT_EQ(composeMessage(std::vector{one}), R"({"data":1})");
    EXPECT_EQ(composeMessage(std::vector{pair}), R"([{"data":2},{"data":3}])");
    EXPECT_EQ(composeMessage(std::vector{one, pair}), R"([{"data":1},{"data":2},{"data":3}])");
}

TEST(Message, SaysHowManySamplesWereLeftOutBeforeOne) {
    const Sample one{R"({"data":1})", 3};
    const Sample pair{R"([{"data":2},{"data":3}])", 1};
    EXPECT_EQ(composeMessage(std::vector{one}), R"({"omitted":3,"data":1})");
    EXPECT_EQ(composeMessage(std::vector{one, pair}),
              R"([{"omitted":3,"data":1},{"omitted":1,"data":2},{"data":3}])");
}

TEST(Message, TakesTheBatchAndOfABacklogWhatFits) {
    const std::vector<Sample> many(100, Sample{std::string(99, 'x'), 0});
    EXPECT_EQ(fitting(many, 4000, 64, 1), 39U);   // 2 + 39 * 100 <= 4000
    EXPECT_EQ(fitting(many, 4000, 10, 1), 10U);
    EXPECT_EQ(fitting(many, 4000, 64, 64), 64U);  // a batch may be longer
    EXPECT_EQ(fitting(many, 10, 64, 1), 1U);
    EXPECT_EQ(fitting({}, 4000, 64, 1), 0U);
    const std::vector<Sample> huge(3, Sample{std::string(30'000, 'x'), 0});
    EXPECT_EQ(fitting(huge, 4000, 64, 64), 1U);
}

TEST(Thinning, DropsTheOlderOfEachPairAndCountsIt) {
    std::vector<Sample> samples;
    for (const char* json : {"1", "2", "3", "4", "5"}) samples.push_back({json, 0});
    EXPECT_EQ(thin(samples), 2U);
    EXPECT_EQ(samples, (std::vector<Sample>{{"2", 1}, {"4", 1}, {"5", 0}}));
    EXPECT_EQ(thin(samples), 1U);
    EXPECT_EQ(samples, (std::vector<Sample>{{"4", 3}, {"5", 0}}));
}

}  // namespace
}  // namespace pegasus::stream
