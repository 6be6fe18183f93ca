// SPDX-License-Identifier: Apache-2.0
// RemoteLedger and what a node says that is not yet true: another node is asked, and nothing goes back in time.
#include "client_rig.hpp"

namespace pegasus::iri {
namespace {

TEST(RemoteLedger, AsksAnotherNodeWhereOneRefusesACommand) {
    for (const int status : {401, 403, 404, 405, 500, 501}) {
        ServerRig honest;
        ScriptedNode node(always(httpAnswer(status, R"({"error":"COMMAND [getInclusionStates] is not available on this node"})")));
        ClientRig rig(quick({node.url(), honest.url()}));
        const auto states = inclusion(rig);
        EXPECT_TRUE(states) << status << " " << states.error().message;
        ClientRig alone(quick({node.url()}));
        EXPECT_EQ(codeOfInclusion(alone), status >= 500 ? ErrorCode::Internal : ErrorCode::NotSupported) << status;
    }
}

TEST(RemoteLedger, AsksAnotherNodeWhereSomethingElseAnswersInPlaceOfOne) {
    for (const int status : {301, 302, 307, 308, 400, 404, 413, 418, 451}) {
        ServerRig honest;
        ScriptedNode proxy(nodeScript("pegasusd", [status](const std::string&) {
            return "HTTP/1.1 " + std::to_string(status) + " X\r\nLocation: https://elsewhere.example/\r\nContent-Type: text/html\r\n"
                   "Content-Length: 11\r\nConnection: close\r\n\r\n<p>Sorry<p>";
        }));
        ClientRig rig(quick({proxy.url(), honest.url()}));
        const auto states = inclusion(rig);
        EXPECT_TRUE(states) << status << " " << states.error().message;
        const auto nodes = rig.status().nodes;
        const std::string expected = status < 400 ? "elsewhere.example" : std::to_string(status);
        EXPECT_NE(nodes.front().detail.find(expected), std::string::npos) << status << nodes.front().detail;
        ClientRig alone(quick({proxy.url()}));
        EXPECT_EQ(codeOfInclusion(alone), ErrorCode::NotSupported) << status;
        EXPECT_FALSE(alone.status().detail.empty()) << status;
    }
}

TEST(RemoteLedger, ForgetsWhyANodeWasAwayOnceItAnswers) {
    const auto well = std::make_shared<std::atomic<bool>>(false);
    ScriptedNode node(nodeScript("pegasusd", [well](const std::string&) {
        return *well ? httpAnswer(200, encodeAnswer(StatesAnswer{{true}}, 0)) : httpAnswer(503, R"({"error":"busy"})");
    }));
    ClientRig rig(quick({node.url()}));
    EXPECT_EQ(codeOfInclusion(rig), ErrorCode::Unreachable);
    *well = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_TRUE(inclusion(rig));
    EXPECT_EQ(rig.status().nodes.front().detail, "");
}

ScriptedNode::Script balancesAt(const std::shared_ptr<std::int64_t>& milestone, std::int64_t amount) {
    return nodeScript("pegasusd", [milestone, amount](const std::string&) {
        BalancesAnswer answer;
        answer.balances = {Iotas(amount)};
        answer.milestoneIndex = *milestone;
        return httpAnswer(200, encodeAnswer(answer, 0));
    });
}

std::int64_t balanceBy(ClientRig& rig) {
    const auto balances = rig.run([](RemoteLedger& l) {
        std::vector<Address> addresses{filled<Address>('A')};
        return l.balances(addresses);
    });
    return balances ? balances->balances.front().count() : -1;
}

TEST(RemoteLedger, TakesNoBalanceOfAnOlderMilestone) {
    const auto first = std::make_shared<std::int64_t>(7);
    const auto second = std::make_shared<std::int64_t>(7);
    ScriptedNode behind(balancesAt(first, 50)), ahead(balancesAt(second, 100));
    ClientRig rig(quick({behind.url(), ahead.url()}));
    EXPECT_EQ(balanceBy(rig), 50);
    *first = 6;
    EXPECT_EQ(balanceBy(rig), 100);
    *second = 6;
    EXPECT_EQ(balanceBy(rig), -1);
    *first = 8;
    EXPECT_EQ(balanceBy(rig), 50);
}

TEST(RemoteLedger, LeavesANodeWhoseBalancesExceedTheSupply) {
    const auto liar = [](const std::string&) {
        BalancesAnswer answer;
        answer.balances = {Iotas(model::kSupply), Iotas(model::kSupply)};
        answer.milestoneIndex = 5;
        return httpAnswer(200, encodeAnswer(answer, 0));
    };
    ScriptedNode node(nodeScript("pegasusd", liar));
    ServerRig honest;
    ClientRig rig(quick({node.url(), honest.url()}));
    const auto balances = rig.run([](RemoteLedger& l) {
        std::vector<Address> addresses{filled<Address>('A'), filled<Address>('B')};
        return l.balances(addresses);
    });
    ASSERT_TRUE(balances);
    EXPECT_EQ(balances->balances, (std::vector<Iotas>{Iotas(0), Iotas(0)}));
}

TEST(RemoteLedger, AsksAnotherNodeForWhatOneDoesNotHave) {
    ScriptedNode empty(nodeScript("pegasusd", [](const std::string&) {
        TrytesAnswer answer;
        answer.trytes = {TransactionTrytes()};
        return httpAnswer(200, encodeAnswer(answer, 0));
    }));
    ServerRig full;
    const auto bundle = attachedBundle(1);
    ClientRig direct(quick({full.url()}));
    ASSERT_TRUE(direct.run([&](RemoteLedger& l) { return l.broadcast(trytesOf(bundle)); }));
    ClientRig rig(quick({empty.url(), full.url()}));
    const auto fetched = rig.run([&](RemoteLedger& l) { return l.transactions(listOf(bundle[0].hash)); });
    ASSERT_TRUE(fetched);
    ASSERT_TRUE(fetched->front());
    const auto none = rig.run([&](RemoteLedger& l) { return l.transactions(listOf(filled<Hash>('X'))); });
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_FALSE(none->front());
}

TEST(RemoteLedger, AsksTheNextNodeAfterAPartOfTheTime) {
    ScriptedNode hung(nodeScript("pegasusd", [](const std::string&) { return std::nullopt; }));
    ServerRig honest;
    auto options = quick({hung.url(), honest.url()});
    options.requestTime = 5s;
    options.callTime = 20s;
    ClientRig rig(options);
    const auto begun = std::chrono::steady_clock::now();
    const auto states = inclusion(rig);
    EXPECT_TRUE(states) << states.error().message;
    // What may be sent twice is sent to the next one, too.
    ClientRig fresh(options);
    EXPECT_TRUE(fresh.run([](RemoteLedger& l) { return l.broadcast(trytesOf(attachedBundle(1))); }));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 4s);
}

TEST(RemoteLedger, WaitsForASlowNodeWhenThereIsNoOther) {
    ScriptedNode slow(nodeScript("pegasusd", [](const std::string&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
        return httpAnswer(200, encodeAnswer(StatesAnswer{{true}}, 0));
    }));
    auto options = quick({slow.url(), "http://127.0.0.1:1"});
    options.requestTime = 2s;
    ClientRig rig(std::move(options));
    const auto states = inclusion(rig);
    EXPECT_TRUE(states) << states.error().message;
}

TEST(RemoteLedger, WaitsForANodeThatIsSlowFromItsFirstAnswerOn) {
    auto script = nodeScript("pegasusd", [](const std::string&) { return httpAnswer(200, encodeAnswer(StatesAnswer{{true}}, 0)); });
    ScriptedNode slow([script](const std::string& body) {
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
        return script(body);
    });
    auto options = quick({slow.url(), "http://127.0.0.1:1"});
    options.requestTime = 2s;
    ClientRig rig(std::move(options));
    const auto states = inclusion(rig);
    EXPECT_TRUE(states) << states.error().message;
}

TEST(RemoteLedger, TellsOfASpareThatItWasNotAsked) {
    ServerRig first, spare;
    ClientRig rig(quick({first.url(), spare.url()}));
    const auto nodes = rig.status().nodes;
    ASSERT_EQ(nodes.size(), 2U);
    EXPECT_TRUE(nodes[0].asked);
    EXPECT_FALSE(nodes[1].asked);
    EXPECT_EQ(nodes[1].detail, "");
}

TEST(RemoteLedger, TellsHowEachNodeIs) {
    ScriptedNode behind(nodeScript("HORNET", [](const std::string&) { return httpAnswer(500, "{}"); }, false));
    ServerRig honest;
    ClientRig rig(quick({"http://127.0.0.1:1", behind.url(), honest.url()}));
    const auto status = rig.status();
    EXPECT_EQ(status.state, ledger::LedgerState::Ready);
    ASSERT_EQ(status.nodes.size(), 3U);
    EXPECT_EQ(status.nodes[0].state, ledger::LedgerState::Unreachable);
    EXPECT_FALSE(status.nodes[0].detail.empty());
    EXPECT_EQ(status.nodes[1].state, ledger::LedgerState::NotSynchronised);
    EXPECT_NE(status.nodes[1].detail.find("not synchronised"), std::string::npos);
    EXPECT_EQ(status.nodes[2].state, ledger::LedgerState::Ready);
    EXPECT_TRUE(status.nodes[2].inUse);
    EXPECT_EQ(status.url, status.nodes[2].url);
}

TEST(RemoteLedger, BelievesNoBalanceOfANodeThatIsBehind) {
    const auto answer = [](const std::string&) {
        BalancesAnswer balances;
        balances.balances = {Iotas(0)};
        balances.milestoneIndex = 1;
        return httpAnswer(200, encodeAnswer(balances, 0));
    };
    ScriptedNode behind(nodeScript("HORNET", answer, false));
    ClientRig rig(quick({behind.url()}));
    const auto balances = rig.run([](RemoteLedger& l) {
        std::vector<Address> addresses{filled<Address>('A')};
        return l.balances(addresses);
    });
    ASSERT_FALSE(balances);
    EXPECT_EQ(balances.error().code, ErrorCode::NotSynchronised);
}

// ---- reading on ----

struct ReadingOn {
    explicit ReadingOn(std::vector<std::string> urls) : rig(quick(std::move(urls))) { query.bundles = {attachedBundle(3)[0].transaction.bundle}; }
    ledger::FoundPage step(std::string cursor, std::size_t limit = 2) {
        auto page = rig.run([&](RemoteLedger& l) { return l.findNext(query, cursor, limit); });
        EXPECT_TRUE(page) << page.error().message;
        return page.value_or(ledger::FoundPage());
    }
    ClientRig rig;
    ledger::TransactionQuery query;
};

TEST(RemoteLedger, ReadsOnWhereItWas) {
    ServerRig node;
    ReadingOn reading({node.url()});
    auto news = reading.step(std::string(ledger::kFromNow));
    EXPECT_TRUE(news.hashes.empty());
    ASSERT_TRUE(reading.rig.run([&](RemoteLedger& l) { return l.broadcast(trytesOf(attachedBundle(3))); }));
    news = reading.step(news.cursor);
    EXPECT_EQ(news.hashes.size(), 2U);
    EXPECT_TRUE(news.more);
    news = reading.step(news.cursor);
    EXPECT_EQ(news.hashes.size(), 1U);
    EXPECT_FALSE(reading.step("", 10).hashes.empty());
}

TEST(RemoteLedger, ReadingOnAtAnotherNodeBeginsAnew) {
    ServerRig second;
    std::string cursor;
    auto first = std::make_unique<ServerRig>();
    ReadingOn reading({first->url(), second.url()});
    cursor = reading.step(std::string(ledger::kFromNow)).cursor;
    first.reset();
    const auto page = reading.step(cursor);
    EXPECT_TRUE(page.restarted);
    EXPECT_TRUE(page.hashes.empty());
    EXPECT_NE(page.cursor, cursor);
    EXPECT_FALSE(reading.step(page.cursor).restarted);
}

TEST(RemoteLedger, TakesWhatAForeignNodeShowsAndSaysThatItIsCut) {
    std::string asked;
    ScriptedNode hornet(nodeScript("HORNET", [&](const std::string& body) {
        asked = body;
        return httpAnswer(200, encodeAnswer(HashesAnswer{std::vector<Hash>(1000, filled<Hash>('H')), std::nullopt, false, false}, 0));
    }));
    ReadingOn reading({hornet.url()});
    reading.query.valueOnly = true;
    auto page = reading.step("");
    EXPECT_EQ(page.hashes.size(), 1000U);
    EXPECT_TRUE(page.cut);
    EXPECT_TRUE(page.cursor.empty());
    EXPECT_NE(asked.find("\"valueOnly\":true"), std::string::npos) << asked;
    EXPECT_EQ(asked.find("after"), std::string::npos) << asked;
    ScriptedNode iri(nodeScript("IRI", [](const std::string&) { return httpAnswer(400, R"({"error":"Could not complete request"})"); }));
    ReadingOn cut({iri.url()});
    page = cut.step(std::string(ledger::kFromNow));
    EXPECT_TRUE(page.cut);
    EXPECT_TRUE(page.hashes.empty());
}

}  // namespace
}  // namespace pegasus::iri
