// SPDX-License-Identifier: Apache-2.0
// What all peers may have together, and who makes room: no few peers lock the others out.
#include <list>

#include "rig.hpp"

namespace pegasus::iri {
namespace {

constexpr std::string_view kAsk = R"({"command":"getTips"})";

TEST(IriServer, TakesNoMoreConnectionsThanAllowed) {
    ServerOptions options;
    options.maxConnections = 2;
    ServerRig rig(options);
    RawClient first(rig.port);
    RawClient second(rig.port);
    second.send(post(R"({"command":"getTips"})"));
    ASSERT_EQ(second.receive().status, 200);
    RawClient third(rig.port);
    EXPECT_EQ(third.receive().status, 503);
    EXPECT_TRUE(dropsSoon(third));
    first.send(post(R"({"command":"getTips"})"));
    EXPECT_EQ(first.receive().status, 200);
}

TEST(IriServer, TakesNoMoreConnectionsOfOnePeerThanAllowed) {
    ServerOptions options;
    options.maxConnectionsPerPeer = 1;
    ServerRig rig(options);
    {
        RawClient first(rig.port);
        first.send(post(R"({"command":"getTips"})"));
        ASSERT_EQ(first.receive().status, 200);
        RawClient second(rig.port);
        EXPECT_EQ(second.receive().status, 503);
        EXPECT_TRUE(dropsSoon(second));
    }
    EXPECT_TRUE(eventually([&] { return rig.runner.call([&] { return rig.server->connections(); }) == 0; }));
    EXPECT_EQ(ask(rig.port, R"({"command":"getTips"})").status, 200);
}

TEST(IriServer, Answers503WhenTooMuchIsUnderWay) {
    ServerOptions options;
    options.maxRequestsInFlight = 1;
    ServerRig rig(options);
    rig.runner.call([&] { rig.fake.knobs.delay = 300ms; });
    RawClient first(rig.port);
    first.send(post(R"({"command":"getTransactionsToApprove","depth":3})"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(ask(rig.port, R"({"command":"getTips"})").status, 503);
    EXPECT_EQ(first.receive().status, 200);
}

TEST(IriServer, HoldsNoMoreBytesThanAllowed) {
    ServerOptions options;
    options.maxBufferedBytes = 1500;
    ServerRig rig(options);
    RawClient first(rig.port);
    first.send("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nContent-Length: 1000\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(ask(rig.port, R"({"command":"getTips","x":")" + std::string(1000, 'x') + "\"}").status, 503);
    EXPECT_EQ(ask(rig.port, R"({"command":"getTips"})").status, 200);
}

TEST(IriServer, ClosesTheLongestIdleConnectionOfWhoHasTheMost) {
    ServerOptions options;
    options.maxConnections = 8;
    ServerRig rig(options);
    std::list<RawClient> idle;
    for (int i = 0; i < 6; ++i) idle.emplace_back(rig.port, 2);
    for (int i = 0; i < 2; ++i) idle.emplace_back(rig.port, 3);
    EXPECT_TRUE(eventually([&] { return rig.runner.call([&] { return rig.server->connections(); }) == 8; }));
    RawClient newcomer(rig.port, 4);
    newcomer.send(post(kAsk));
    EXPECT_EQ(newcomer.receive().status, 200);
    EXPECT_TRUE(idle.front().closed());
    // The others are left alone.
    idle.back().send(post(kAsk));
    EXPECT_EQ(idle.back().receive().status, 200);
    // One who has as many as the greediest gets no more by it.
    std::list<RawClient> more;
    for (int i = 0; i < 20; ++i) more.emplace_back(rig.port, 2);
    newcomer.send(post(kAsk));
    EXPECT_EQ(newcomer.receive().status, 200);
    EXPECT_LE(rig.runner.call([&] { return rig.server->connections(); }), 8U + 1U);
}

TEST(IriServer, SilentConnectionsOfManyPeersMakeRoomForANewcomer) {
    ServerOptions options;
    options.maxConnections = 8;
    ServerRig rig(options);
    std::list<RawClient> crowd;
    for (std::uint32_t host = 2; host < 10; ++host) crowd.emplace_back(rig.port, host);
    EXPECT_TRUE(eventually([&] { return rig.runner.call([&] { return rig.server->connections(); }) == 8; }));
    RawClient early(rig.port, 20);
    early.send(post(kAsk));
    EXPECT_EQ(early.receive().status, 503);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    RawClient newcomer(rig.port, 20);
    newcomer.send(post(kAsk));
    EXPECT_EQ(newcomer.receive().status, 200);
    EXPECT_TRUE(crowd.front().closed());
}

TEST(IriServer, UnreadAnswersOfOnePeerAreBoundedAndHoldUpNobody) {
    ServerOptions options;
    options.maxBufferedBytes = 4'000'000;
    ServerRig rig(options);
    const auto bundle = attachedBundle(3);
    rig.runner.call([&] {
        for (const auto& one : bundle) rig.fake.inject(one.trytes);
    });
    // An answer of 2.7 MB for each connection, which nobody reads.
    std::string hashes;
    for (int i = 0; i < 1000; ++i) hashes += fmt::format("{}\"{}\"", i == 0 ? "" : ",", bundle[0].hash.view());
    const auto request = post(R"({"command":"getTrytes","hashes":[)" + hashes + "]}");
    std::list<RawClient> greedy;
    for (int i = 0; i < 10; ++i) {
        greedy.emplace_back(rig.port, 2);
        greedy.back().send(request);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    RawClient other(rig.port, 3);
    other.send(request);
    const auto answer = other.receive();
    EXPECT_EQ(answer.status, 200) << answer.body.substr(0, 100);
    EXPECT_GT(answer.body.size(), 2'600'000U);
}

TEST(IriServer, SlowUploadsMakeRoom) {
    ServerOptions options;
    options.maxBufferedBytes = 10'000;
    ServerRig rig(options);
    std::list<RawClient> slow;
    for (int i = 0; i < 3; ++i) {
        slow.emplace_back(rig.port, 2);
        slow.back().send("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nContent-Length: 3300\r\n\r\n");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    RawClient other(rig.port, 3);
    other.send(post(R"({"command":"getTips","x":")" + std::string(2000, 'x') + "\"}"));
    EXPECT_EQ(other.receive().status, 200);
    EXPECT_TRUE(slow.front().closed());
}

TEST(IriServer, TellsWhatItHasDoneAlsoWhenMemoryIsFull) {
    const auto bundle = attachedBundle(1);
    const std::string body = R"({"command":"storeTransactions","trytes":[")" + std::string(bundle[0].trytes.view()) + "\"]}";
    ServerOptions options;
    options.maxBufferedBytes = body.size();  // nothing is left for the answer
    ServerRig rig(options);
    EXPECT_EQ(ask(rig.port, body).status, 200);
    EXPECT_EQ(ask(rig.port, R"({"command":"getTrytes","x":")" + std::string(body.size() - 34, 'x') + "\"}").status, 503);
}

}  // namespace
}  // namespace pegasus::iri
