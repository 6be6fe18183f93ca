// SPDX-License-Identifier: Apache-2.0
// The whole command line: help, global options behind the verb, completion.
#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/completion.hpp"

namespace pegasus::cli {
namespace {

using Words = std::vector<std::string>;

class CommandLine : public testing::Test {
protected:
    CommandLine() { addEverything(app_, context_); }

    void parse(Words words) {
        auto all = arranged(app_, words).value();
        std::ranges::reverse(all);
        app_.parse(all);
    }
    std::string refusal(Words words) {
        try {
            parse(std::move(words));
        } catch (const CLI::ParseError& error) {
            return error.what();
        }
        return {};
    }
    Words completed(Words words) {
        const auto live = [this](Kind kind, const std::string&) -> std::vector<Named> {
            asked_ = true;
            if (kind == Kind::Stream) return {{"roof", "Roof"}, {"cellar", ""}};
            if (kind == Kind::Sensor) return {{"gateway", ""}};
            return {{"0123", "Air"}, {"4567", ""}};
        };
        Words found;
        for (const auto& candidate : complete(app_, context_, words, live)) found.push_back(candidate.word);
        std::ranges::sort(found);
        return found;
    }

    Context context_;
    CLI::App app_{"test", "pegasusctl"};
    bool asked_ = false;
};

using Globals = CommandLine;
using Amounts = CommandLine;
using Help = CommandLine;
using Completion = CommandLine;

TEST_F(Globals, AreTakenAfterTheVerbToo) {
    parse({"stream", "list", "--json", "--unit", "Ki", "--timeout", "5", "--bus", "unix:path=x"});
    EXPECT_TRUE(context_.json);
    EXPECT_EQ(context_.unit, Unit::Ki);
    EXPECT_EQ(context_.timeoutSeconds, 5U);
    EXPECT_EQ(context_.bus.address, "unix:path=x");
}

TEST_F(Globals, AreTakenBeforeAndBetween) {
    parse({"--json", "wallet", "--unit=Mi", "send", "ADDRESS", "--user", "5"});
    EXPECT_TRUE(context_.json);
    EXPECT_EQ(context_.unit, Unit::Mi);
    EXPECT_EQ(context_.bus.kind, bus::BusKind::User);
}

TEST_F(Globals, AreBounded) {
    EXPECT_EQ(refusal({"status", "--timeout", "0x10"}), "--timeout: a whole number from 1 to 3600");
    EXPECT_EQ(refusal({"status", "--unit", "ki"}), "--unit: one of i, Ki, Mi, Gi, Ti, Pi");
    EXPECT_NE(refusal({"status", "--user", "--bus", "x"}), "");
}

TEST_F(Amounts, AreDecimalWithUnitsAndShortErrors) {
    EXPECT_EQ(refusal({"wallet", "send", "ADDRESS", "0100"}), "");
    EXPECT_EQ(refusal({"wallet", "send", "ADDRESS", "1.5Ki"}), "");
    for (const auto* text : {"0x10", "1.0005Ki", "1e3", "5 5", "many", "1,000"}) {
        Context context;
        CLI::App app("test", "pegasusctl");
        addEverything(app, context);
        Words words{text, "ADDRESS", "send", "wallet"};
        try {
            app.parse(words);
            ADD_FAILURE() << text;
        } catch (const CLI::ParseError& error) {
            EXPECT_EQ(std::string(error.what()), "amount: whole iotas, such as 10000 or 10Ki");
        }
    }
}

TEST_F(Amounts, OfOptionsAreReadTheSameWay) {
    EXPECT_EQ(refusal({"stream", "announce", "a", "--price", "0x10"}), "--price: whole iotas, such as 10000 or 10Ki");
    EXPECT_EQ(refusal({"market", "buy", "a", "--max-price", "3Pi"}), "--max-price: at most 2779530283277761 i, which is all there are");
    EXPECT_EQ(refusal({"market", "list", "--min-price", "-1"}), "--min-price: whole iotas, such as 10000 or 10Ki");
    EXPECT_EQ(refusal({"stream", "create", "a", "--sensor", "b", "--batch", "65"}), "--batch: a whole number from 1 to 64");
    EXPECT_EQ(refusal({"stream", "create", "a", "--sensor", "b", "--latitude", "nan"}), "--latitude: degrees from -90 to 90, such as 45.07");
}

TEST_F(Help, OfAVerbIsItsHelp) {
    EXPECT_EQ(arranged(app_, {"help", "wallet", "send"}).value(), (Words{"wallet", "send", "--help"}));
    EXPECT_EQ(arranged(app_, {"--json", "help", "status"}).value(), (Words{"status", "--help"}));
    EXPECT_EQ(arranged(app_, {"wallet", "help", "send"}).value(), (Words{"wallet", "send", "--help"}));
    EXPECT_EQ(arranged(app_, {"help"}).value(), Words{"--help"});
    EXPECT_EQ(arranged(app_, {"help", "help"}).value(), Words{"--help"});
    EXPECT_EQ(arranged(app_, {"sensor", "show", "help"}).value(), (Words{"sensor", "show", "help"}));  // a sensor of that name
}

TEST_F(Help, GuessesWhatAWrongWordMeant) {
    EXPECT_EQ(arranged(app_, {"walet"}).error().message, "unknown command 'walet'; did you mean 'wallet'?");
    EXPECT_EQ(arranged(app_, {"--timeout", "5", "wallet", "sned"}).error().message, "unknown command 'sned'; did you mean 'send'?");
    EXPECT_EQ(arranged(app_, {"market", "list", "--quantiy=x"}).error().message, "unknown option '--quantiy'; did you mean '--quantity'?");
    EXPECT_TRUE(arranged(app_, {"wallet", "send", "--label", "--odd", "A", "5", "--json"}));  // a value, whatever it looks like
    EXPECT_EQ(arranged(app_, {"help", "nothing"}).error().message, "unknown command 'nothing'");
}

TEST_F(Completion, KnowsVerbsAndOptions) {
    EXPECT_EQ(completed({"wal"}), Words{"wallet"});
    EXPECT_EQ(completed({"subscription", ""}), (Words{"end", "export", "list", "show", "watch"}));
    EXPECT_EQ(completed({"help", "subscription", "w"}), Words{"watch"});
    EXPECT_EQ(completed({"--js"}), Words{"--json"});
    EXPECT_EQ(completed({"market", "list", "--ma"}), (Words{"--max-age", "--max-price"}));
    EXPECT_EQ(completed({"market", "list", "--un"}), Words{"--unit"});
    EXPECT_EQ(completed({"--unit", "K"}), Words{"Ki"});
    EXPECT_EQ(completed({"market", "list", "--sort", "d"}), Words{"distance"});
    EXPECT_EQ(completed({"market", "list", "--sort=d"}), Words{"--sort=distance"});
    EXPECT_EQ(completed({"nothing", ""}), Words{});
    EXPECT_FALSE(asked_);
}

TEST_F(Completion, KnowsLiveNames) {
    EXPECT_EQ(completed({"stream", "show", ""}), (Words{"cellar", "roof"}));
    EXPECT_EQ(completed({"stream", "show", "r"}), Words{"roof"});
    EXPECT_EQ(completed({"--json", "stream", "show", "--unit", "Ki", "r"}), Words{"roof"});
    EXPECT_EQ(completed({"stream", "create", "new", "--sensor", ""}), Words{"gateway"});
    EXPECT_EQ(completed({"market", "buy", ""}), (Words{"0123", "4567"}));
    EXPECT_EQ(completed({"market", "buy", "0123", ""}), Words{});
}

TEST_F(Completion, AsksForFilesAndGuessesNoNewNames) {
    EXPECT_EQ(completed({"wallet", "unlock", "--password-file", "/et"}), Words{":file"});
    EXPECT_EQ(completed({"stream", "create", ""}), Words{});
    EXPECT_FALSE(asked_);
}

}  // namespace
}  // namespace pegasus::cli
