// SPDX-License-Identifier: Apache-2.0
// attachToTangle over HTTP, by one peer and by several, with a pool of one thread: nobody holds it.
#include <list>

#include "iri/codec.hpp"
#include "rig.hpp"

namespace pegasus::iri {
namespace {

AttachToTangle attachRequest(std::int64_t mwm, std::size_t count) {
    AttachToTangle request;
    request.trunkTransaction = *Hash::parse(std::string(81, 'A'));
    request.branchTransaction = *Hash::parse(std::string(81, 'B'));
    request.minWeightMagnitude = mwm;
    request.trytes = messageBundle(count);
    std::reverse(request.trytes.begin(), request.trytes.end());  // as clients send it
    return request;
}

TEST(IriServer, AttachesFromHeadToTailAndAnswersTheTailFirst) {
    ServerRig rig;
    const auto request = attachRequest(3, 3);
    const auto answer = ask(rig.port, encodeRequest(request));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto trytes = decodeAnswer<TrytesAnswer>(answer.body, {})->trytes;
    ASSERT_EQ(trytes.size(), 3U);
    std::vector<model::AttachedTransaction> attached;
    for (const auto& one : trytes) attached.push_back(*model::AttachedTransaction::fromTrytes(one));
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(attached[i].transaction.currentIndex, static_cast<std::int64_t>(i));
        EXPECT_GE(model::weight(attached[i].hash), 3);
        EXPECT_GT(attached[i].transaction.attachmentTimestamp, 1'600'000'000'000);
        EXPECT_EQ(attached[i].transaction.trunkTransaction,
                  i < 2 ? attached[i + 1].hash : request.trunkTransaction);
        EXPECT_EQ(attached[i].transaction.branchTransaction,
                  i < 2 ? request.trunkTransaction : request.branchTransaction);
    }
}

TEST(IriServer, RefusesWorkBeyondItsBounds) {
    ServerOptions options;
    options.maxMinWeightMagnitude = 10;
    ServerRig rig(options);
    const auto high = ask(rig.port, encodeRequest(attachRequest(11, 1)));
    EXPECT_EQ(high.status, 400);
    EXPECT_EQ(withoutDuration(high.body),
              R"({"error":"minWeightMagnitude 11 is too high: this node works up to 10"})");
    const auto low = ask(rig.port, encodeRequest(attachRequest(0, 1)));
    EXPECT_EQ(low.status, 500);
    EXPECT_EQ(withoutDuration(low.body), R"({"exception":"Invalid transaction hash"})");
    auto nothing = attachRequest(5, 1);
    nothing.trytes.clear();
    EXPECT_EQ(withoutDuration(ask(rig.port, encodeRequest(nothing)).body), R"({"trytes":[]})");
}

ServerOptions hardWork() {
    ServerOptions options;
    options.maxMinWeightMagnitude = 81;
    options.maxAttachQueue = 0;
    return options;
}

TEST(IriServer, InterruptsProofOfWork) {
    ServerRig rig(hardWork());
    RawClient worker(rig.port);
    worker.send(post(encodeRequest(attachRequest(60, 1))));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    // One at a time, and nobody may wait here.
    EXPECT_EQ(ask(rig.port, encodeRequest(attachRequest(1, 1))).status, 503);
    EXPECT_EQ(withoutDuration(ask(rig.port, R"({"command":"interruptAttachingToTangle"})").body), "{}");
    const auto answer = worker.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(withoutDuration(answer.body), R"({"trytes":[]})");
    EXPECT_EQ(ask(rig.port, encodeRequest(attachRequest(1, 1))).status, 200);
}

TEST(IriServer, EndsProofOfWorkWhenNobodyWaitsForIt) {
    ServerRig rig(hardWork());
    {
        RawClient worker(rig.port);
        worker.send(post(encodeRequest(attachRequest(60, 1))));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(eventually([&] { return ask(rig.port, encodeRequest(attachRequest(1, 1))).status == 200; }));
}

TEST(IriServer, StopsInTheMiddleOfEverything) {
    ServerRig rig(hardWork());
    RawClient worker(rig.port);
    worker.send(post(encodeRequest(attachRequest(60, 1))));
    RawClient slow(rig.port);
    slow.send("POST / HT");
    RawClient idle(rig.port);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(rig.runner.stop());
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
    EXPECT_TRUE(idle.closed());
}

struct Crowd {
    explicit Crowd(std::size_t waiting = 0) : rig(options(waiting)) {}
    static ServerOptions options(std::size_t waiting) {
        ServerOptions options;
        options.maxMinWeightMagnitude = 81;
        options.maxAttachQueue = waiting;
        options.limitedCommands.clear();
        return options;
    }
    /// Work that never ends, of a peer.
    RawClient& hopeless(std::uint32_t host) {
        auto& client = clients.emplace_back(rig.port, host);
        client.send(post(encodeRequest(attachRequest(60, 1))));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        return client;
    }
    int status(std::uint32_t host, const std::string& request) {
        RawClient client(rig.port, host);
        client.send(request);
        return client.receive().status;
    }
    ServerRig rig;
    std::list<RawClient> clients;
};

TEST(AttachToTangle, LeavesThePoolToOthers) {
    Crowd crowd;
    crowd.hopeless(2);
    crowd.hopeless(3);
    for (int i = 0; i < 3; ++i) {
        const auto own = crowd.rig.runner.await([&]() -> Task<int> { co_return co_await compute(crowd.rig.runner.loop.pool(), [] { return Result<int>(7); }); });
        EXPECT_EQ(own.value_or(0), 7);
    }
}

TEST(AttachToTangle, ServesPeersInTurns) {
    Crowd crowd;
    crowd.hopeless(2);
    EXPECT_EQ(crowd.status(3, post(encodeRequest(attachRequest(9, 1)))), 200);
    EXPECT_EQ(crowd.status(2, post(encodeRequest(attachRequest(1, 1)))), 503);  // one of each peer, and nobody may wait here
}

TEST(AttachToTangle, IsInterruptedByItsOwnPeerAlone) {
    Crowd crowd;
    auto& work = crowd.hopeless(2);
    const auto interrupt = post(R"({"command":"interruptAttachingToTangle"})");
    EXPECT_EQ(crowd.status(3, interrupt), 200);
    EXPECT_EQ(crowd.status(2, post(encodeRequest(attachRequest(1, 1)))), 503);
    EXPECT_EQ(crowd.status(2, interrupt), 200);
    EXPECT_EQ(work.receive().status, 200);
}

TEST(AttachToTangle, WaitingCallsOfOnePeerLeaveRoomForOthers) {
    Crowd crowd(40);
    for (int i = 0; i < 40; ++i) crowd.clients.emplace_back(crowd.rig.port, 2).send(post(encodeRequest(attachRequest(60, 1))));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(crowd.status(2, post(encodeRequest(attachRequest(1, 1)))), 503);
    EXPECT_EQ(crowd.status(3, post(encodeRequest(attachRequest(1, 1)))), 200);
}

TEST(AttachToTangle, CallsOfAllPeersAreBounded) {
    Crowd crowd;
    for (std::uint32_t host = 2; host < 34; ++host) crowd.clients.emplace_back(crowd.rig.port, host).send(post(encodeRequest(attachRequest(60, 1))));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(crowd.status(40, post(encodeRequest(attachRequest(1, 1)))), 503);
    EXPECT_EQ(crowd.status(40, post(R"({"command":"getTips"})")), 200);
}

}  // namespace
}  // namespace pegasus::iri
