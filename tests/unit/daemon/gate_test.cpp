// SPDX-License-Identifier: Apache-2.0
// Who passes the gate.
#include "daemon/gate.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <set>

#include "bus/names.hpp"
#include "support/test_loop.hpp"

namespace pegasus::daemon {
namespace {

constexpr std::uint32_t kOwn = 990;
constexpr std::uint32_t kOther = 1000;

struct FakeAuthority final : Authority {
    Task<std::uint32_t> uidOf(std::string sender) override {
        if (!uids.contains(sender)) co_return fail(ErrorCode::NotFound, "gone");
        co_return uids.at(sender);
    }
    Task<Verdict> authorized(Caller caller, std::string action) override {
        asked.push_back(action);
        interactive = caller.interactive;
        if (failure) co_return fail(*failure);
        if (meanwhile) (void)co_await meanwhile();
        co_return granted.contains(action) ? Verdict::Granted : otherwise;
    }
    std::map<std::string, std::uint32_t> uids{{":1.0", 0}, {":1.1", kOwn}, {":1.2", kOther}};
    std::set<std::string> granted;
    std::vector<std::string> asked;
    bool interactive = false;
    Verdict otherwise = Verdict::Refused;
    std::optional<Error> failure;
    std::function<Task<void>()> meanwhile;  ///< what comes before an answer
};

struct GateTest : testing::Test {
    Result<void> check(const char* sender, const char* interface, const char* member) {
        return loop.run(gate.check(interface, member, Caller{sender, true}));
    }
    test::TestLoop loop;
    FakeAuthority authority;
    Gate gate{authority, {.ownUid = kOwn, .askPolkit = true}};
};

TEST_F(GateTest, RootAndTheOwnUserPassUnasked) {
    EXPECT_TRUE(check(":1.0", bus::kWallet, "ExportSeed"));
    EXPECT_TRUE(check(":1.1", bus::kWallet, "ExportSeed"));
    EXPECT_TRUE(authority.asked.empty());
}

TEST_F(GateTest, OthersPassWithTheRightAction) {
    authority.granted = {"io.github.pegasusd.Pegasus1.spend"};
    EXPECT_TRUE(check(":1.2", bus::kWallet, "Send"));
    EXPECT_TRUE(authority.interactive);
    EXPECT_EQ(check(":1.2", bus::kWallet, "ExportSeed").error().code, ErrorCode::AccessDenied);
    EXPECT_EQ(authority.asked.back(), "io.github.pegasusd.Pegasus1.manage-wallet");
}

TEST_F(GateTest, EachCallIsAskedAgain) {
    authority.granted = {"io.github.pegasusd.Pegasus1.spend"};
    EXPECT_TRUE(check(":1.2", bus::kWallet, "Send"));
    authority.granted.clear();
    EXPECT_FALSE(check(":1.2", bus::kWallet, "Send"));
}

TEST_F(GateTest, WithoutPolkitOthersAreDenied) {
    authority.failure = Error{ErrorCode::Unreachable, "no polkit"};
    const auto denied = check(":1.2", bus::kNode, "Info");
    EXPECT_EQ(denied.error().code, ErrorCode::AccessDenied);
    EXPECT_EQ(denied.error().message, "polkit could not decide on io.github.pegasusd.Pegasus1.read-private: no polkit");
    EXPECT_TRUE(check(":1.0", bus::kNode, "Info"));
}

TEST_F(GateTest, ARefusalSaysWhatIsMissingAndWhy) {
    const auto why = [&](Verdict verdict) {
        authority.otherwise = verdict;
        const auto denied = check(":1.2", bus::kWallet, "Send");
        EXPECT_EQ(denied.error().code, ErrorCode::AccessDenied);
        return denied.error().message;
    };
    const std::string subject = "not authorised for io.github.pegasusd.Pegasus1.spend: ";
    EXPECT_EQ(why(Verdict::Refused), subject + "polkit refuses it to this user");
    EXPECT_EQ(why(Verdict::Unasked), subject + "an administrator has to confirm it, and nobody could be asked");
    EXPECT_EQ(why(Verdict::Dismissed), subject + "the question was dismissed");
    authority.failure = Error{ErrorCode::Timeout, "Connection timed out"};
    EXPECT_NE(why(Verdict::Refused).find("nobody answered in time"), std::string::npos);
}

TEST_F(GateTest, ReadingTheConfigurationAgainManagesSensors) {
    authority.granted = {"io.github.pegasusd.Pegasus1.manage-sensors"};
    EXPECT_TRUE(check(":1.2", bus::kManager, "Reload"));
    EXPECT_FALSE(check(":1.2", bus::kManager, "CreateStream"));
}

TEST_F(GateTest, OnASessionBusPolkitIsNotAsked) {
    Gate session(authority, {.ownUid = kOwn, .askPolkit = false});
    EXPECT_TRUE(loop.run(session.check(bus::kWallet, "Send", Caller{":1.1", false})));
    EXPECT_EQ(loop.run(session.check(bus::kWallet, "Send", Caller{":1.2", false})).error().code,
              ErrorCode::AccessDenied);
    EXPECT_TRUE(authority.asked.empty());
}

TEST_F(GateTest, ASenderThatHasGoneIsRefused) {
    EXPECT_FALSE(check(":1.9", bus::kWallet, "Send"));
}

TEST_F(GateTest, WhatIsNotInTheTableIsDeniedEvenToRoot) {
    EXPECT_EQ(check(":1.0", bus::kWallet, "Steal").error().code, ErrorCode::AccessDenied);
    EXPECT_EQ(check(":1.0", "org.freedesktop.DBus.Properties", "Set").error().code, ErrorCode::AccessDenied);
    EXPECT_EQ(check(":1.0", "io.github.pegasusd.Pegasus1.", "Send").error().code, ErrorCode::AccessDenied);
    EXPECT_EQ(check(":1.0", "Wallet", "Send").error().code, ErrorCode::AccessDenied);
    EXPECT_TRUE(authority.asked.empty());
}

TEST_F(GateTest, PublicMethodsAskNobody) {
    EXPECT_TRUE(check(":1.9", bus::kMarket, "ListOffers"));
}

TEST_F(GateTest, BoundsTheCallsOfOneSender) {
    std::vector<Gate::Place> places;
    for (std::size_t i = 0; i < kMaxCallsPerSender; ++i) {
        auto place = gate.enter(":1.2");
        ASSERT_TRUE(place);
        places.push_back(std::move(*place));
    }
    EXPECT_EQ(gate.enter(":1.2").error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE(gate.enter(":1.1"));
    places.pop_back();
    EXPECT_TRUE(gate.enter(":1.2"));
}

TEST_F(GateTest, BoundsTheQuestionsOfOneUser) {
    authority.granted = {"io.github.pegasusd.Pegasus1.spend"};
    std::size_t open = 0;
    std::optional<ErrorCode> refusal;
    bool othersPass = false;
    const auto send = [&](const char* sender) {
        const Caller caller{sender, true};
        return gate.check(bus::kWallet, "Send", caller);
    };
    authority.meanwhile = [&]() -> Task<void> {
        const auto nth = ++open;
        if (nth < kMaxQuestionsPerUser) (void)co_await send(":1.2");  // the next one comes while this one waits
        if (nth != kMaxQuestionsPerUser) co_return Result<void>();
        const auto oneMore = co_await send(":1.3");
        if (!oneMore) refusal = oneMore.error().code;
        const auto another = co_await send(":1.4");
        const auto root = co_await send(":1.0");
        othersPass = another && root;
        co_return Result<void>();
    };
    authority.uids[":1.3"] = kOther;
    authority.uids[":1.4"] = kOther + 1;
    EXPECT_TRUE(check(":1.2", bus::kWallet, "Send"));
    EXPECT_EQ(refusal, ErrorCode::LimitExceeded);
    EXPECT_TRUE(othersPass);
    EXPECT_TRUE(check(":1.3", bus::kWallet, "Send"));
}

TEST_F(GateTest, BoundsTheCallsOfAllSenders) {
    std::vector<Gate::Place> places;
    for (std::size_t i = 0; i < kMaxCalls; ++i) {
        auto place = gate.enter(":2." + std::to_string(i));
        ASSERT_TRUE(place);
        places.push_back(std::move(*place));
    }
    EXPECT_EQ(gate.enter(":3.0").error().code, ErrorCode::LimitExceeded);
    places.clear();
    EXPECT_TRUE(gate.enter(":3.0"));
}

TEST(GateTable, HasNoMethodTwice) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const auto& rule : gateTable()) EXPECT_TRUE(seen.emplace(rule.interface, rule.member).second) << rule.member;
}

}  // namespace
}  // namespace pegasus::daemon
