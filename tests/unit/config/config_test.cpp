// SPDX-License-Identifier: Apache-2.0
// Configuration: values, merging, and errors with their place.
#include "config/config.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

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
    EXPECT_EQ(config->places.at("ledger.embedded.milestone-interval"), "config:3:25");
    EXPECT_EQ(config->sensors.at("load").parameters.at("path"), "/");
}

TEST(Config, SaysWhenASilentStreamIsNotSoldAnyMore) {
    EXPECT_EQ(parse("market: {withdraw-silent-after: 90s}")->market.withdrawSilentAfter, 90s);
    EXPECT_EQ(parse("")->market.withdrawSilentAfter, 15min);
    EXPECT_FALSE(parse("market: {withdraw-silent-after: 0s}"));
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

TEST(Config, PassesOverWhatAnEditorLeaves) {
    const test::TempDir dir;
    const auto file = dir.path() / "pegasusd.yaml";
    const std::string folder = file.string() + ".d";
    std::filesystem::create_directory(folder);
    std::filesystem::create_symlink("user@host.1234", folder + "/.#10-one.yaml");  // Emacs's lock leads nowhere
    std::ofstream(folder + "/10-one.yaml~") << "[";
    std::ofstream(folder + "/.10-one.yaml.swp") << "[";
    std::ofstream(folder + "/.hidden.yaml") << "[";
    std::ofstream(folder + "/10-one.yaml.dpkg-old") << "[";
    std::ofstream(folder + "/20-two.yml") << "market: {tag: two}\n";
    const auto config = load(file);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->market.tag, "two");
}

TEST(Config, TellsADropInThatCannotBeRead) {
    const test::TempDir dir;
    const auto file = dir.path() / "pegasusd.yaml";
    std::filesystem::create_directory(file.string() + ".d");
    std::filesystem::create_symlink("nowhere", file.string() + ".d/10-one.yaml");
    ASSERT_FALSE(load(file));
    EXPECT_NE(load(file).error().message.find("10-one.yaml"), std::string::npos);
}

TEST(Config, AFileMayChangeASensorButNotDefineItAgain) {
    const test::TempDir dir;
    const auto file = dir.path() / "pegasusd.yaml";
    std::filesystem::create_directory(file.string() + ".d");
    const auto dropIn = file.string() + ".d/10-one.yaml";
    std::ofstream(file) << "sensors:\n  a: {type: system, interval: 5s}\n";
    std::ofstream(dropIn) << "sensors: {a: {interval: 7s, enabled: false}}\n";
    const auto changed = load(file);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(changed->sensors.at("a").interval, 7s);
    EXPECT_EQ(changed->sensors.at("a").type, "system");
    std::ofstream(dropIn) << "sensors: {a: {type: system}}\n";
    EXPECT_EQ(load(file).error().message, dropIn + ":1:11: sensors.a is defined twice: here and at " + file.string() +
                                              ":2:13; to change it, leave out its type");
}

TEST(Config, AFileThatIsNotThereIsAnErrorWhereItIsNeeded) {
    const test::TempDir dir;
    EXPECT_TRUE(load(dir.path() / "none.yaml"));
    EXPECT_FALSE(load(dir.path() / "none.yaml", Absent::Error));
    std::ofstream(dir.path() / "empty.yaml") << "";
    EXPECT_TRUE(load(dir.path() / "empty.yaml", Absent::Error));
    EXPECT_FALSE(load(dir.path()));  // a folder
    std::ofstream(dir.path() / "none.yml") << "";
    EXPECT_NE(load(dir.path() / "none.yaml").error().message.find("call it none.yaml"), std::string::npos);
}

TEST(Config, SaysWhereAKeyIsGivenTwice) {
    EXPECT_EQ(problemOf("ledger:\n  api:\n    listen: []\n    listen: []\n"),
              "p.yaml:4:5: ledger.api.listen is given twice: here and at p.yaml:3:5");
}

TEST(Config, ReadsOneDocumentAndNothingBehindIt) {
    EXPECT_NE(problemOf("wallet: {gap-limit: 5}\n---\nwallet: {gap-limit: 6}\n").find("further document"), std::string::npos);
    EXPECT_NE(problemOf("{wallet: {gap-limit: 5}}\nmarket: {tag: x}\n"), "no error");
    EXPECT_EQ(problemOf("---\nwallet: {gap-limit: 5}\n...\n"), "no error");
}

TEST(Config, RefusesWhatIsNotUtf8) {
    EXPECT_EQ(problemOf("gateway:\n  name: \"\xFC\"\n"), "p.yaml:2:10: the byte 0xfc is not UTF-8");
    EXPECT_NE(problemOf(std::string("g\0a\0", 4)), "no error");
    EXPECT_NE(problemOf("\xFF\xFEg").find("UTF-16"), std::string::npos);
    EXPECT_EQ(problemOf("gateway: {name: Münze}\n"), "no error");
}

TEST(Config, RefusesTagsAndKeysThatAreNoWords) {
    EXPECT_NE(problemOf("wallet: {gap-limit: !!float 5}\n").find("the tag"), std::string::npos);
    EXPECT_NE(problemOf("? [a, b]\n: c\n").find("a key is a word"), std::string::npos);
    EXPECT_NE(problemOf("~: c\n").find("a key is a word"), std::string::npos);
}

TEST(Config, KeysForAnchorsAreReadBySomebody) {
    EXPECT_EQ(problemOf("x-a: &a {type: system}\nsensors: {b: *a}\n"), "no error");
    EXPECT_NE(problemOf("x-a: {type: system}\n").find("unknown key 'x-a'"), std::string::npos);
}

TEST(Config, WhatIsGivenComesBeforeWhatIsMergedIn) {
    const auto config = parse("sensors:\n  a: &a {type: system, interval: 5s}\n  b: {interval: 7s, <<: *a}\n  c: {<<: [*a, {enabled: false}]}\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->sensors.at("b").interval, 7s);
    EXPECT_EQ(config->sensors.at("b").type, "system");
    EXPECT_FALSE(config->sensors.at("c").enabled);
    EXPECT_NE(problemOf("sensors: {a: {type: system, <<: 5}}\n").find("<<: expected a map"), std::string::npos);
    EXPECT_NE(problemOf("sensors: {a: &a {type: system, <<: *a}}\n"), "no error");
}

TEST(Config, BoundsWhatItReads) {
    EXPECT_NE(problemOf("a: " + std::string(5000, '[')).find("levels"), std::string::npos);
    std::string many = "a: [";
    for (int i = 0; i < 30'000; ++i) many += "x,";
    EXPECT_NE(problemOf(many + "]").find("values"), std::string::npos);
    std::string unknown;
    for (int i = 0; i < 1000; ++i) unknown += "k" + std::to_string(i) + ": 1\n";
    EXPECT_NE(problemOf(unknown).find("and 900 more"), std::string::npos);
}

TEST(Config, NamesTheKeysThatDiffer) {
    const auto one = parse("market: {tag: a}\nsensors: {s: {type: system}}\n").value();
    const auto two = parse("market: {tag: b}\nsensors: {s: {type: system, interval: 1s}, t: {type: system, enabled: no}}\n").value();
    EXPECT_TRUE(changedKeys(one, one).empty());
    EXPECT_EQ(changedKeys(one, two), (std::vector<std::string>{"market.tag", "sensors.s.interval", "sensors.t.enabled",
                                                               "sensors.t.interval", "sensors.t.type"}));
}

std::string contentsOf(const char* file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(Config, TheCommentedSampleIsValid) {
    const auto config = load(PEGASUS_SAMPLE_CONFIG, Absent::Error);
    EXPECT_TRUE(config) << config.error().message;
}

/// The sample with its example keys ("#~") made real.
std::string sampleWithExamples() {
    std::istringstream in(contentsOf(PEGASUS_SAMPLE_CONFIG));
    std::string text;
    for (std::string line; std::getline(in, line);) {
        const auto hash = line.find_first_not_of(' ');
        if (hash != std::string::npos && line.compare(hash, 2, "#~") == 0) line.erase(hash, 2);
        text += line + "\n";
    }
    return text;
}

TEST(Config, TheCommentedSampleShowsEveryKeyWithItsDefault) {
    const auto sample = parse(contentsOf(PEGASUS_SAMPLE_CONFIG), "pegasusd.yaml");
    ASSERT_TRUE(sample) << sample.error().message;
    EXPECT_EQ(values(*sample), values(Config{}));
    const auto shown = parse(sampleWithExamples(), "pegasusd.yaml");
    ASSERT_TRUE(shown) << shown.error().message;
    for (const auto& [key, value] : values(Config{})) {
        EXPECT_TRUE(shown->places.contains(key)) << key << " is not in the sample";
        EXPECT_TRUE(value.empty() || sample->places.contains(key)) << key << " has a default, and is only an example";
    }
}

TEST(Config, TheManPageShowsEveryKeyWithItsDefault) {
    auto page = contentsOf(PEGASUS_MAN_PAGE);
    // As it is shown: without the marks of roff.
    for (const auto& [mark, shown] : {std::pair<std::string, std::string>{"\\-", "-"}, {"\\(dq", ""}, {" \" ", " "}, {"\"", ""}})
        for (std::size_t at = 0; (at = page.find(mark, at)) != std::string::npos;) page.replace(at, mark.size(), shown);
    for (auto [key, value] : values(Config{})) {
        std::erase(value, '"');
        ASSERT_NE(page.find(key), std::string::npos) << key;
        const auto at = page.find(key + " (");
        if (value.empty() || value == "[]") continue;
        ASSERT_NE(at, std::string::npos) << key << " has no default in the page, expected " << value;
        const auto begin = at + key.size() + 2;
        const auto shown = page.substr(begin, page.find(')', begin) - begin);
        const auto duration = parseDuration(value);
        EXPECT_TRUE(shown == value || (duration && parseDuration(shown) == duration)) << key << " is " << value << ", not " << shown;
    }
}

TEST(Duration, ReadsUnitsAndRefusesTheRest) {
    EXPECT_EQ(parseDuration("250ms"), Duration(250ms));
    EXPECT_EQ(parseDuration("2min"), Duration(2min));
    EXPECT_EQ(parseDuration("30d"), Duration(std::chrono::days(30)));
    for (const auto* bad : {"", "10", "s", "-1s", "-0", "1.5s", "1 s", "1y", "99999999999999999d"}) EXPECT_FALSE(parseDuration(bad)) << bad;
}

TEST(Duration, IsWrittenAsItIsRead) {
    for (const auto* text : {"0s", "250ms", "90s", "10m", "36h", "30d"}) EXPECT_EQ(durationText(*parseDuration(text)), text);
}

}  // namespace
}  // namespace pegasus::config
