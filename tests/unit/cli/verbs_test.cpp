// SPDX-License-Identifier: Apache-2.0
// What the parser takes and refuses. Nothing is run: a verb only sets Context::run.
#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace pegasus::cli {
namespace {

/// True when the words are a command.
bool parses(std::vector<std::string> words) {
    Context context;
    CLI::App app("test", "pegasusctl");
    addEverything(app, context);
    std::ranges::reverse(words);  // as CLI11 takes them
    try {
        app.parse(words);
    } catch (const CLI::ParseError&) {
        return false;
    }
    return static_cast<bool>(context.run);
}

TEST(Verbs, EveryCommandIsThere) {
    const std::vector<std::vector<std::string>> commands{
        {"status"}, {"monitor"}, {"reload"},
        {"wallet", "create"}, {"wallet", "restore"}, {"wallet", "lock"}, {"wallet", "unlock"}, {"wallet", "balance"},
        {"wallet", "address"}, {"wallet", "address", "--qr"}, {"wallet", "history"}, {"wallet", "export-seed"},
        {"wallet", "password"}, {"wallet", "send", "ADDRESS", "5"}, {"wallet", "show", "HASH"},
        {"sensor", "list"}, {"sensor", "show", "a"}, {"sensor", "read", "a"},
        {"stream", "list"}, {"stream", "show", "a"}, {"stream", "create", "a", "--sensor", "b", "--price", "5"},
        {"stream", "remove", "a"}, {"stream", "pause", "a"}, {"stream", "resume", "a"}, {"stream", "announce", "a"},
        {"stream", "withdraw", "a"}, {"stream", "change-address", "a"}, {"stream", "change-address", "--all"},
        {"wallet", "collect"}, {"market", "buy", "a", "--again"},
        {"market", "scan"}, {"market", "list"}, {"market", "show", "a"}, {"market", "buy", "a", "--wait"},
        {"market", "orders"}, {"market", "order", "a"}, {"market", "cancel", "a"}, {"market", "payments"},
        {"market", "release", "a"},
        {"subscription", "list"}, {"subscription", "watch", "a"}, {"subscription", "export", "a", "--format", "csv"},
        {"node", "info"}, {"node", "faucet"}, {"node", "show", "HASH"}};
    for (const auto& words : commands) {
        std::string line;
        for (const auto& word : words) line += word + " ";
        EXPECT_TRUE(parses(words)) << line;
    }
}

TEST(Verbs, RefusesWhatIsNoCommand) {
    EXPECT_FALSE(parses({}));
    EXPECT_FALSE(parses({"wallet"}));
    EXPECT_FALSE(parses({"wallet", "steal"}));
    EXPECT_FALSE(parses({"status", "extra"}));
}

TEST(Verbs, RefusesMissingAndIllTypedArguments) {
    EXPECT_FALSE(parses({"wallet", "send", "ADDRESS"}));
    EXPECT_FALSE(parses({"wallet", "send", "ADDRESS", "many"}));
    EXPECT_FALSE(parses({"wallet", "send", "ADDRESS", "-5"}));
    EXPECT_FALSE(parses({"market", "list", "--max-price", "-1"}));
    EXPECT_FALSE(parses({"stream", "announce", "a", "--price", "-1"}));
    EXPECT_FALSE(parses({"stream", "create", "a"}));
    EXPECT_FALSE(parses({"stream", "create", "a", "--sensor", "b", "--batch", "65"}));
    EXPECT_FALSE(parses({"stream", "create", "a", "--sensor", "b", "--latitude", "91"}));
    EXPECT_FALSE(parses({"subscription", "export", "a", "--format", "xml"}));
    EXPECT_FALSE(parses({"market", "buy", "a", "--wait-seconds", "5"}));
}

TEST(Verbs, NeverTakeASecretAsAnArgument) {
    EXPECT_FALSE(parses({"wallet", "unlock", "password"}));
    EXPECT_FALSE(parses({"wallet", "unlock", "--password", "x"}));
    EXPECT_FALSE(parses({"wallet", "restore", "SEED"}));
    EXPECT_FALSE(parses({"wallet", "restore", "--seed", "SEED"}));
}

}  // namespace
}  // namespace pegasus::cli
