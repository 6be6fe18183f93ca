// SPDX-License-Identifier: Apache-2.0
// Configuration: values, merging, and errors with their place.
#include "config/config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "config/reader.hpp"
#include "support/test_loop.hpp"

namespace pegasus::config {
namespace {

std::string problemOf(std::string_view text) {
    const auto config = parse(text, "p.yaml");
    return config ? "no error" : config.error().message;
}

TEST(Config, ReadsValuesAndKeepsDefaults) {
    const auto config = parse("ledger:\n  embedded:\n    milestone-interval: 1s\nsensors:\n  load: {type: system, path: /}\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->ledger.embedded.milestoneInterval, 1s);
    EXPECT_EQ(config->ledger.minWeightMagnitude, 9);
    EXPECT_EQ(config->sensors.at("load").parameters.at("path"), "/");
}

TEST(Config, AcceptsAnEmptyDocument) { EXPECT_TRUE(parse("")); }

TEST(Config, NamesThePlaceOfAnUnknownKeyAndSuggests) {
    EXPECT_EQ(problemOf("ledger:\n  embedded:\n    milestone-intervall: 1s\n"),
              "p.yaml:3:5: unknown key 'ledger.embedded.milestone-intervall', did you mean 'milestone-interval'?");
}

TEST(Config, NamesThePlaceOfAnIllTypedValue) {
    EXPECT_EQ(problemOf("wallet:\n  gap-limit: many\n"),
              "p.yaml:2:14: wallet.gap-limit is 'many', expected a whole number from 1 to 1000");
    EXPECT_EQ(problemOf("ledger: 7\n"), "p.yaml:1:9: ledger is not a map of keys");
    EXPECT_EQ(problemOf("ledger:\n  mode: cloud\n"),
              "p.yaml:2:9: ledger.mode is 'cloud', expected one of: embedded, remote");
}

TEST(Config, ReportsEveryProblemAtOnce) {
    const auto text = problemOf("wallet: {gap-limit: 0}\nmarket: {poll-interval: soon}\n");
    EXPECT_NE(text.find("wallet.gap-limit"), std::string::npos);
    EXPECT_NE(text.find("market.poll-interval"), std::string::npos);
}

TEST(Config, ReportsBrokenYaml) { EXPECT_EQ(problemOf("a: [1\n").substr(0, 7), "p.yaml:"); }

TEST(Config, SurvivesJunk) {
    test::FakeRandom random;
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(i % 64));
        random.fill(bytes);
        (void)parse(std::string(bytes.begin(), bytes.end()));
    }
}

TEST(Config, NeedsANodeWhenRemote) {
    EXPECT_NE(problemOf("ledger: {mode: remote}\n").find("names no node"), std::string::npos);
}

TEST(Config, LetsADropInReplaceAndAdd) {
    const test::TempDir dir;
    const auto file = dir.path() / "pegasusd.yaml";
    std::filesystem::create_directory(file.string() + ".d");
    std::ofstream(file) << "market: {tag: one}\nsensors: {a: {type: system}}\n";
    std::ofstream(file.string() + ".d/10-two.yaml") << "market: {tag: two}\nsensors: {b: {type: system}}\n";
    const auto config = load(file);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->market.tag, "two");
    EXPECT_EQ(config->sensors.size(), 2U);
}

TEST(Config, TheCommentedSampleIsValid) {
    const auto config = load(PEGASUS_SAMPLE_CONFIG);
    EXPECT_TRUE(config) << config.error().message;
}

TEST(Config, TheCommentedSampleShowsTheDefaults) {
    std::ifstream in(PEGASUS_SAMPLE_CONFIG);
    std::string text;
    for (std::string line; std::getline(in, line);) {
        const auto hash = line.find_first_not_of(' ');
        if (hash != std::string::npos && line.compare(hash, 2, "#~") == 0) line.erase(hash, 2);  // an example key
        text += line + "\n";
    }
    const auto config = parse(text, "pegasusd.yaml");
    ASSERT_TRUE(config) << config.error().message;
    const Config defaults;
    EXPECT_EQ(config->ledger.embedded.milestoneInterval, defaults.ledger.embedded.milestoneInterval);
    EXPECT_EQ(config->ledger.embedded.faucet.amount, defaults.ledger.embedded.faucet.amount);
    EXPECT_EQ(config->ledger.api.listen, defaults.ledger.api.listen);
    EXPECT_EQ(config->market.addressGrace, defaults.market.addressGrace);
    EXPECT_EQ(config->wallet, defaults.wallet);
    EXPECT_EQ(config->streams, defaults.streams);
}

TEST(Duration, ReadsUnitsAndRefusesTheRest) {
    EXPECT_EQ(parseDuration("250ms"), Duration(250ms));
    EXPECT_EQ(parseDuration("30d"), Duration(std::chrono::days(30)));
    for (const auto* bad : {"", "10", "s", "-1s", "1.5s", "1y", "99999999999999999d"}) EXPECT_FALSE(parseDuration(bad)) << bad;
}

}  // namespace
}  // namespace pegasus::config
