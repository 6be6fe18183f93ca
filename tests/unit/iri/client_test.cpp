// SPDX-License-Identifier: Apache-2.0
// RemoteLedger against our own server and against nodes that are slow, broken or lie.
#include <fstream>

#include "client_rig.hpp"

namespace pegasus::iri {
namespace {

using ledger::LedgerState;
using RealClock = std::chrono::steady_clock;

// ---- with our own server ----

TEST(RemoteLedger, DoesWhatTheLedgerBehindTheServerDoes) {
    ServerRig node;
    ClientRig rig(quick({node.url()}));
    const auto bundle = attachedBundle(3);
    const auto tail = bundle[0].hash;

    const auto sent = rig.run([&](RemoteLedger& l) { return l.broadcast(trytesOf(bundle)); });
    ASSERT_TRUE(sent) << sent.error().message;
    ledger::TransactionQuery query;
    query.bundles = {bundle[0].transaction.bundle};
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.find(query); }).value().size(), 3U);
    const auto fetched = rig.run([&](RemoteLedger& l) {
        std::vector<Hash> asked{bundle[1].hash, filled<Hash>('X')};
        return l.transactions(asked);
    });
    ASSERT_TRUE(fetched);
    EXPECT_EQ((*fetched)[0]->trytes, bundle[1].trytes);
    EXPECT_FALSE((*fetched)[1]);
    const auto tips = rig.run([&](RemoteLedger& l) { return l.tipsToApprove(3, tail); });
    ASSERT_TRUE(tips) << tips.error().message;
    EXPECT_EQ(tips->branch, tail);
    EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.checkConsistency(listOf(tail)); }).value().consistent);
    EXPECT_FALSE(rig.run([&](RemoteLedger& l) { return l.tailInfo(tail); }).value().confirmed);
    EXPECT_FALSE(rig.run([&](RemoteLedger& l) { return l.inclusionStates(listOf(tail)); }).value().at(0));

    node.runner.call([&] {
        node.fake.fund(filled<Address>('A'), Iotas(77));
        node.fake.markSpent(filled<Address>('B'));
        node.fake.milestone();
    });
    std::vector<Address> addresses{filled<Address>('A'), filled<Address>('B')};
    const auto balances = rig.run([&](RemoteLedger& l) { return l.balances(addresses); });
    EXPECT_EQ(balances->balances, (std::vector<Iotas>{Iotas(77), Iotas(0)}));
    EXPECT_EQ(balances->milestoneIndex, 2);
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.spentFrom(addresses); }).value(), (std::vector<bool>{false, true}));
    EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.tailInfo(tail); }).value().confirmed);
    EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.inclusionStates(listOf(tail)); }).value().at(0));
    const auto status = rig.status();
    EXPECT_EQ(status.state, LedgerState::Ready);
    EXPECT_EQ(status.appName, "pegasusd");
    EXPECT_EQ(status.url, node.url() + "/");
}

TEST(RemoteLedger, GivesTheErrorsOfTheLedgerBehindTheServer) {
    ServerRig node;
    ClientRig rig(quick({node.url()}));
    const auto codeOf = [](const auto& result) { return result ? ErrorCode::Internal : result.error().code; };
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.tipsToApprove(3, filled<Hash>('Q')); })),
              ErrorCode::NotFound);
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.tipsToApprove(16); })), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.requestFunds(filled<Address>('A'), "me"); })),
              ErrorCode::NotSupported);
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.find({}); })), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.tailInfo(filled<Hash>('Q')); })), ErrorCode::NotFound);
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.checkConsistency(listOf(filled<Hash>('Q'))); })),
              ErrorCode::NotFound);
    node.runner.call([&] { node.fake.knobs.notSynchronised = true; });
    EXPECT_EQ(codeOf(rig.run([](RemoteLedger& l) { return l.tipsToApprove(3); })), ErrorCode::NotSynchronised);
    ClientRig fresh(quick({node.url()}));
    const auto status = fresh.status();
    EXPECT_EQ(status.state, LedgerState::NotSynchronised);
    EXPECT_NE(status.detail.find("not synchronised"), std::string::npos);
}

TEST(RemoteLedger, SplitsLongLists) {
    ServerRig node;
    ClientRig rig(quick({node.url()}));
    const std::vector<Hash> hashes(2500, filled<Hash>('H'));
    const std::vector<Address> addresses(1001, filled<Address>('A'));
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.inclusionStates(hashes); }).value().size(), 2500U);
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.transactions(hashes); }).value().size(), 2500U);
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.balances(addresses); }).value().balances.size(), 1001U);
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.spentFrom(addresses); }).value().size(), 1001U);
    ledger::TransactionQuery query;
    query.addresses = addresses;
    EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.find(query); }).value().empty());
    query.bundles = {filled<Hash>('B')};
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.find(query); }).error().code, ErrorCode::LimitExceeded);
}

TEST(RemoteLedger, RemembersWhatWasOnceConfirmed) {
    const TempDir state;
    ServerRig node;
    const auto bundle = attachedBundle(1);
    {
        ClientRig rig(quick({node.url()}), state.path());
        ASSERT_TRUE(rig.run([&](RemoteLedger& l) { return l.broadcast(trytesOf(bundle)); }));
        node.runner.call([&] { node.fake.milestone(); });
        ASSERT_TRUE(rig.run([&](RemoteLedger& l) { return l.inclusionStates(listOf(bundle[0].hash)); }).value().at(0));
        node.runner.call([&] { node.fake.knobs.forgetConfirmed = true; });
        EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.inclusionStates(listOf(bundle[0].hash)); }).value().at(0));
    }
    ClientRig again(quick({node.url()}), state.path());
    std::vector<Hash> asked{filled<Hash>('A'), bundle[0].hash};
    EXPECT_EQ(again.run([&](RemoteLedger& l) { return l.inclusionStates(asked); }).value(), (std::vector<bool>{false, true}));
    EXPECT_TRUE(again.run([&](RemoteLedger& l) { return l.tailInfo(bundle[0].hash); }).value().confirmed);
}

TEST(RemoteLedger, NoticesMilestones) {
    ServerRig node;
    ClientRig rig(quick({node.url()}));
    std::atomic<std::int64_t> seen = 0;
    Subscription subscription;
    rig.runner.call([&] {
        subscription = rig.remote->milestones.add([&](const std::int64_t& index) { seen = index; });
        rig.remote->start();
    });
    EXPECT_TRUE(eventually([&] { return seen == 1; }));
    node.runner.call([&] { node.fake.milestone(); });
    EXPECT_TRUE(eventually([&] { return seen == 2; }));
    rig.runner.call([&] { subscription.reset(); });
}

TEST(RemoteLedger, UsesAConnectionAgainAndForgivesOneThatWasClosed) {
    ServerOptions options;
    options.idleTime = 100ms;
    ServerRig node(options);
    ClientRig rig(quick({node.url()}));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(rig.run([](RemoteLedger& l) { return l.tipsToApprove(3); }));
    EXPECT_EQ(node.runner.call([&] { return node.server->connections(); }), 1U);
    EXPECT_TRUE(eventually([&] { return node.runner.call([&] { return node.server->connections(); }) == 0; }));
    EXPECT_TRUE(rig.run([](RemoteLedger& l) { return l.tipsToApprove(3); }));
}

// ---- failover ----

TEST(RemoteLedger, AsksTheNextNodeWhenOneIsAway) {
    ServerRig node;
    ClientRig rig(quick({"http://127.0.0.1:1", node.url()}));
    EXPECT_TRUE(rig.run([](RemoteLedger& l) { return l.tipsToApprove(3); }));
    EXPECT_EQ(rig.status().url, node.url() + "/");
}

TEST(RemoteLedger, PrefersASynchronisedNode) {
    ServerRig behind;
    ServerRig node;
    behind.runner.call([&] { behind.fake.knobs.notSynchronised = true; });
    ClientRig rig(quick({behind.url(), node.url()}));
    EXPECT_TRUE(rig.run([](RemoteLedger& l) { return l.tipsToApprove(3); }));
    const auto status = rig.status();
    EXPECT_EQ(status.state, LedgerState::Ready);
    EXPECT_EQ(status.url, node.url() + "/");
}

TEST(RemoteLedger, ReturnsToTheFirstNodeWhenItIsBack) {
    std::atomic<bool> away = true;
    ScriptedNode first(nodeScript("pegasusd", [](const std::string&) { return std::nullopt; }));
    ScriptedNode flaky([&](const std::string& body) -> std::optional<std::string> {
        if (away) return "";
        return nodeScript("pegasusd", [](const std::string&) { return std::nullopt; })(body);
    });
    ClientRig rig(quick({flaky.url(), first.url()}));
    rig.runner.call([&] { rig.remote->start(); });
    EXPECT_TRUE(eventually([&] { return rig.status().url == first.url() + "/"; }));
    away = false;
    EXPECT_TRUE(eventually([&] { return rig.status().url == flaky.url() + "/"; }));
}

TEST(RemoteLedger, SaysThatNobodyCanBeReached) {
    ClientRig rig(quick({"http://127.0.0.1:1"}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Unreachable);
    const auto status = rig.status();
    EXPECT_EQ(status.state, LedgerState::Unreachable);
    EXPECT_NE(status.detail.find("http://127.0.0.1:1"), std::string::npos) << status.detail;
    // While the node rests, it is not asked, and the answer comes at once.
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Unreachable);
}

TEST(RemoteLedger, NeverHangsOnANodeThatDoes) {
    ScriptedNode node([](const std::string&) { return std::nullopt; });
    ClientRig rig(hasty({node.url()}));
    const auto begun = RealClock::now();
    EXPECT_EQ(rig.status().state, LedgerState::Unreachable);
    EXPECT_LT(RealClock::now() - begun, std::chrono::seconds(1));
    EXPECT_TRUE(eventually([&] { return codeOfInclusion(rig) == ErrorCode::Timeout; }));
    EXPECT_LT(RealClock::now() - begun, std::chrono::seconds(4));
}

TEST(RemoteLedger, StopsInTheMiddleOfARequest) {
    ScriptedNode node([](const std::string&) { return std::nullopt; });
    auto options = quick({node.url()});
    options.requestTime = options.callTime = 60s;
    ClientRig rig(options);
    std::promise<ErrorCode> outcome;
    auto future = outcome.get_future();
    const auto ask = [&]() -> Async<void> {
        const auto tips = co_await rig.remote->tipsToApprove(3);
        outcome.set_value(tips.error().code);
    };
    rig.runner.call([&] { rig.runner.loop.spawn("ask", ask()); });
    ASSERT_TRUE(eventually([&] { return node.requests() == 1; }));
    rig.runner.call([&] { rig.remote->stop(); });
    ASSERT_EQ(future.wait_for(std::chrono::seconds(2)), std::future_status::ready);
    EXPECT_EQ(future.get(), ErrorCode::Cancelled);
}

// ---- lies and nonsense ----

TEST(RemoteLedger, RefusesAListOfAnotherLength) {
    ScriptedNode node(always(httpAnswer(200, R"({"states":[]})")));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Corrupt);
}

TEST(RemoteLedger, RefusesAListThatIsTooLong) {
    ScriptedNode node(always(httpAnswer(200, R"({"states":[true,true]})")));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Corrupt);
}

TEST(RemoteLedger, RefusesAnotherTransactionThanAsked) {
    const auto bundle = attachedBundle(2);
    ScriptedNode node(always(httpAnswer(200, encodeAnswer(TrytesAnswer{{bundle[1].trytes}}, 0))));
    ClientRig rig(quick({node.url()}));
    const auto fetched = rig.run([&](RemoteLedger& l) { return l.transactions(listOf(bundle[0].hash)); });
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::Corrupt);
}

TEST(RemoteLedger, RefusesBalancesThatCannotBe) {
    ScriptedNode node(always(httpAnswer(200, R"({"balances":["2779530283277762"],"milestoneIndex":1})")));
    ClientRig rig(quick({node.url()}));
    const auto balances =
        rig.run([](RemoteLedger& l) { return l.balances(std::vector<Address>{filled<Address>('A')}); });
    ASSERT_FALSE(balances);
    EXPECT_EQ(balances.error().code, ErrorCode::Corrupt);
}

TEST(RemoteLedger, RefusesAGiantBody) {
    ScriptedNode node(always(httpAnswer(200, "{\"states\":[true],\"x\":\"" + std::string(10'000'000, 'x') + "\"}")));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Corrupt);
}

TEST(RemoteLedger, RefusesABodyThatNeverEnds) {
    ScriptedNode node(always("HTTP/1.1 200 x\r\n\r\n" + std::string(10'000'000, 'x')));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Corrupt);
}

TEST(RemoteLedger, RefusesWhatIsNotJsonOrNotHttp) {
    ScriptedNode page(always(httpAnswer(200, "<html>welcome</html>")));
    ClientRig first(quick({page.url()}));
    EXPECT_EQ(codeOfInclusion(first), ErrorCode::Corrupt);
    ScriptedNode noise(always("SSH-2.0-OpenSSH\r\n\r\n"));
    ClientRig second(quick({noise.url()}));
    EXPECT_EQ(codeOfInclusion(second), ErrorCode::Corrupt);
}

TEST(RemoteLedger, TakesAnErrorWithoutJson) {
    ScriptedNode gateway(always(httpAnswer(502, "<html>Bad Gateway</html>")));
    ClientRig first(quick({gateway.url()}));
    EXPECT_EQ(codeOfInclusion(first), ErrorCode::Unreachable);
    ScriptedNode empty(always(httpAnswer(500, "")));
    ClientRig second(quick({empty.url()}));
    EXPECT_EQ(codeOfInclusion(second), ErrorCode::Internal);
    ScriptedNode guarded(always(httpAnswer(403, R"({"error":"command [x] is protected"})")));
    ClientRig third(quick({guarded.url()}));
    EXPECT_EQ(codeOfInclusion(third), ErrorCode::NotSupported);
}

TEST(RemoteLedger, LeavesALiarForAnHonestNode) {
    ScriptedNode liar(always(httpAnswer(200, R"({"states":[]})")));
    ServerRig node;
    ClientRig rig(quick({liar.url(), node.url()}));
    EXPECT_TRUE(inclusion(rig));
}

TEST(RemoteLedger, AsksTheFaucetOnlyOnce) {
    std::atomic<int> asked = 0;
    const auto script = nodeScript("pegasusd", [&](const std::string&) -> std::optional<std::string> {
        ++asked;
        return "";  // the connection breaks before the answer
    });
    ScriptedNode one(script);
    ScriptedNode other(script);
    ClientRig rig(quick({one.url(), other.url()}));
    EXPECT_FALSE(rig.run([](RemoteLedger& l) { return l.requestFunds(filled<Address>('A'), ""); }));
    EXPECT_EQ(asked, 1);
}

// ---- the other nodes ----

TEST(RemoteLedger, StoresBeforeItBroadcastsOnIri) {
    std::mutex mutex;
    std::vector<std::string> commands;
    ScriptedNode node(nodeScript("IRI", [&](const std::string& body) {
        const std::lock_guard lock(mutex);
        commands.push_back(commandOf(body));
        return httpAnswer(200, "{}");
    }));
    ClientRig rig(quick({node.url()}));
    EXPECT_TRUE(rig.run([](RemoteLedger& l) { return l.broadcast(trytesOf(attachedBundle(1))); }));
    EXPECT_EQ(commands, (std::vector<std::string>{"storeTransactions", "broadcastTransactions"}));
}

TEST(RemoteLedger, WaitsUntilHornetShowsWhatItTook) {
    const auto bundle = attachedBundle(1);
    std::atomic<int> reads = 0;
    ScriptedNode node(nodeScript("HORNET", [&](const std::string& body) {
        if (commandOf(body) != "getTrytes") return httpAnswer(200, "{}");
        const auto shown = ++reads < 3 ? TransactionTrytes() : bundle[0].trytes;
        return httpAnswer(200, encodeAnswer(TrytesAnswer{{shown}}, 0));
    }));
    ClientRig rig(quick({node.url()}));
    EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.broadcast(trytesOf(bundle)); }));
    EXPECT_EQ(reads, 3);
}

TEST(RemoteLedger, TakesAThousandHashesFromHornetForACutList) {
    const HashesAnswer full{std::vector<Hash>(1000, filled<Hash>('H'))};
    ScriptedNode node(nodeScript("HORNET", [&](const std::string& body) {
        // Two addresses together are too many, each alone is not.
        const auto count = boost::json::parse(body).at("addresses").as_array().size();
        return httpAnswer(200, encodeAnswer(count > 1 ? full : HashesAnswer{{filled<Hash>('X')}}, 0));
    }));
    ClientRig rig(quick({node.url()}));
    ledger::TransactionQuery query;
    query.addresses = {filled<Address>('A'), filled<Address>('B')};
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.find(query); }).value().size(), 1U);
    query.tags = {filled<Tag>('T')};
    EXPECT_EQ(rig.run([&](RemoteLedger& l) { return l.find(query); }).error().code, ErrorCode::LimitExceeded);
}

TEST(RemoteLedger, UnderstandsHornetWhenItIsBehind) {
    ScriptedNode node(nodeScript("HORNET", [](const std::string&) {
        return httpAnswer(400, R"({"error":"node not synced"})");
    }));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::NotSynchronised);
}

TEST(RemoteLedger, AsksHornetForTipInfoSinceItsConsistencyCheckIsEmpty) {
    ScriptedNode node(nodeScript("HORNET", [](const std::string& body) {
        TipInfoAnswer info;
        info.conflicting = true;
        EXPECT_EQ(commandOf(body), "getTipInfo");
        return httpAnswer(200, encodeAnswer(info, 0));
    }));
    ClientRig rig(quick({node.url()}));
    const auto answer = rig.run([](RemoteLedger& l) { return l.checkConsistency(listOf(filled<Hash>('A'))); });
    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->consistent);
    EXPECT_TRUE(rig.run([](RemoteLedger& l) { return l.tailInfo(filled<Hash>('A')); }).value().conflicting);
}

TEST(RemoteLedger, SaysThatHornetDoesNotKnowATail) {
    ScriptedNode node(nodeScript("HORNET", [](const std::string&) {
        return httpAnswer(400, R"({"error":"unknown tail transaction"})");
    }));
    ClientRig rig(quick({node.url()}));
    const auto info = rig.run([](RemoteLedger& l) { return l.tailInfo(filled<Hash>('A')); });
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, ErrorCode::NotFound);
}

TEST(RemoteLedger, JudgesATailOnIriByItsConsistencyAndAge) {
    const auto bundle = attachedBundle(1);
    std::atomic<bool> consistent = true;
    ScriptedNode node(nodeScript("IRI", [&](const std::string& body) {
        if (commandOf(body) == "getTrytes")
            return httpAnswer(200, encodeAnswer(TrytesAnswer{{bundle[0].trytes}}, 0));
        if (commandOf(body) == "getInclusionStates") return httpAnswer(200, R"({"states":[false]})");
        return httpAnswer(200, encodeAnswer(ConsistencyAnswer{consistent, ""}, 0));
    }));
    ClientRig rig(quick({node.url()}));
    const auto young = rig.run([&](RemoteLedger& l) { return l.tailInfo(bundle[0].hash); });
    ASSERT_TRUE(young) << young.error().message;
    EXPECT_TRUE(young->shouldPromote);
    consistent = false;
    EXPECT_TRUE(rig.run([&](RemoteLedger& l) { return l.tailInfo(bundle[0].hash); }).value().shouldReattach);
}

// ---- https ----

class Https : public testing::Test {
protected:
    std::filesystem::path save(const std::string& pem) {
        const auto path = directory_.path() / "ca.pem";
        std::ofstream(path) << pem;
        return path;
    }
    static ScriptedNode::Script honest() { return always(httpAnswer(200, R"({"states":[true]})")); }

    TempDir directory_;
    const Certificate authority_ = makeAuthority();
};

TEST_F(Https, WorksWithACertificateOfTheGivenAuthority) {
    for (const auto& [name, isAddress] : {std::pair<std::string, bool>{"127.0.0.1", true}, {"localhost", false}}) {
        ScriptedNode node(honest(), makeCertificate(authority_, name, isAddress));
        auto options = quick({node.url(name)});
        options.caFile = save(authority_.certificate);
        ClientRig rig(options);
        const auto states = inclusion(rig);
        ASSERT_TRUE(states) << states.error().message;
    }
}

TEST_F(Https, SendsTheUserAndPasswordOfTheUrl) {
    ScriptedNode node(honest(), makeCertificate(authority_, "127.0.0.1", true));
    auto options = quick({"https://user:pw@" + node.url().substr(8)});
    options.caFile = save(authority_.certificate);
    ClientRig rig(options);
    const auto states = inclusion(rig);
    ASSERT_TRUE(states) << states.error().message;
    EXPECT_NE(node.header().find("Authorization: Basic dXNlcjpwdw=="), std::string::npos) << node.header();
    EXPECT_EQ(node.header().find("user:pw"), std::string::npos);
    EXPECT_EQ(rig.status().url.find("pw"), std::string::npos);
}

TEST_F(Https, RefusesACertificateOfAnUnknownAuthority) {
    ScriptedNode node(honest(), makeCertificate(authority_, "127.0.0.1", true));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Unreachable);
    EXPECT_EQ(node.requests(), 0);
    EXPECT_NE(rig.status().detail.find("certificate"), std::string::npos) << rig.status().detail;
}

TEST_F(Https, RefusesACertificateForAnotherName) {
    ScriptedNode node(honest(), makeCertificate(authority_, "other.example", false));
    auto options = quick({node.url("localhost")});
    options.caFile = save(authority_.certificate);
    ClientRig rig(options);
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Unreachable);
    EXPECT_EQ(node.requests(), 0);
}

TEST_F(Https, RefusesAFileThatHoldsNoCertificate) {
    auto options = quick({"https://localhost"});
    options.caFile = save("no certificate");
    EXPECT_THROW(ClientRig{options}, std::runtime_error);
}

}  // namespace
}  // namespace pegasus::iri
