// SPDX-License-Identifier: Apache-2.0
// Names of things, whole and shortened.
#include "cli/names.hpp"

#include <gtest/gtest.h>

namespace pegasus::cli {
namespace {

const std::vector<Named> kStreams{{"cellar", ""}, {"roof", ""}, {"roof-2", ""}};

std::string refusal(Kind kind, const std::string& text, const std::vector<Named>& there, ErrorCode code = ErrorCode::NotFound) {
    const auto chosen = choose(kind, text, there);
    if (chosen) return "chose " + *chosen;
    EXPECT_EQ(chosen.error().code, code);
    return chosen.error().message;
}

TEST(Names, AreTakenWholeAndByTheirBeginning) {
    EXPECT_EQ(choose(Kind::Stream, "cellar", kStreams).value(), "cellar");
    EXPECT_EQ(choose(Kind::Stream, "c", kStreams).value(), "cellar");
    EXPECT_EQ(choose(Kind::Stream, "roof", kStreams).value(), "roof");  // though another one begins so
    EXPECT_EQ(choose(Kind::Stream, "roof-", kStreams).value(), "roof-2");
}

TEST(Names, ThatSeveralBeginWithAreRefusedWithTheCandidates) {
    EXPECT_EQ(refusal(Kind::Stream, "ro", kStreams, ErrorCode::InvalidArgument), "'ro' is the beginning of several streams: roof, roof-2");
}

TEST(Names, ThatAreNotThereAreToldWithWhatIs) {
    EXPECT_EQ(refusal(Kind::Sensor, "x", {{"a", ""}, {"b", "Balcony"}}), "there is no sensor 'x'; there are a, b (Balcony)");
    EXPECT_EQ(refusal(Kind::Sensor, "x", {{"gateway", ""}}), "there is no sensor 'x'; there is only gateway");
    EXPECT_EQ(refusal(Kind::Order, "x", {}), "there is no order 'x'; there are none");
    EXPECT_EQ(refusal(Kind::Stream, "celler", kStreams), "there is no stream 'celler'; there are cellar, roof, roof-2; did you mean 'cellar'?");
    EXPECT_EQ(refusal(Kind::Stream, "", kStreams), "there is no stream ''; there are cellar, roof, roof-2");
}

TEST(Names, OfManyAreNotAllTold) {
    std::vector<Named> offers;
    for (int i = 0; i < 30; ++i) offers.push_back({"id" + std::to_string(100 + i), "Air"});
    EXPECT_EQ(refusal(Kind::Offer, "x", offers),
              "there is no offer 'x'; there are id100 (Air), id101 (Air), id102 (Air), id103 (Air), id104 (Air) and 25 more "
              "(pegasusctl market list)");
}

TEST(Names, DoNotSteerTheTerminal) {
    const auto text = refusal(Kind::Offer, "x\x1b[2J", {{"0123", "evil\x1b]0;x\x07\xc2\x9b"}});
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\x07'), std::string::npos);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(text.find("/io/"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::cli
