// SPDX-License-Identifier: Apache-2.0
// Who has the most makes room: no few peers lock the others out.
#include <list>

#include "rig.hpp"

namespace pegasus::iri {
namespace {

constexpr std::string_view kAsk = R"({"command":"getTips"})";

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

}  // namespace
}  // namespace pegasus::iri
