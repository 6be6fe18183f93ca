// SPDX-License-Identifier: Apache-2.0
// attachToTangle by several peers, with a pool of one thread: nobody holds it.
#include <list>

#include "iri/codec.hpp"
#include "rig.hpp"

namespace pegasus::iri {
namespace {

std::string attachRequest(std::int64_t weight) {
    AttachToTangle request;
    request.trunkTransaction = *model::Hash::parse(std::string(81, 'A'));
    request.branchTransaction = *model::Hash::parse(std::string(81, 'B'));
    request.minWeightMagnitude = weight;
    request.trytes.push_back(attachedBundle(1)[0].trytes);
    return post(encodeRequest(request));
}

struct Crowd {
    explicit Crowd(std::size_t waiting = 0) : rig(options(waiting)) {}
    static ServerOptions options(std::size_t waiting) {
        ServerOptions options;
        options.maxMinWeightMagnitude = 81;
        options.maxAttachQueue = waiting;
        options.trustedHosts = {"127.0.0.2", "127.0.0.3"};
        return options;
    }
    /// Work that never ends, of a peer.
    RawClient& hopeless(std::uint32_t host) {
        auto& client = clients.emplace_back(rig.port, host);
        client.send(attachRequest(60));
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
    EXPECT_EQ(crowd.status(3, attachRequest(9)), 200);
    EXPECT_EQ(crowd.status(2, attachRequest(1)), 503);  // one of each peer, and nobody may wait here
}

TEST(AttachToTangle, IsInterruptedByItsOwnPeerAlone) {
    Crowd crowd;
    auto& work = crowd.hopeless(2);
    const auto interrupt = post(R"({"command":"interruptAttachingToTangle"})");
    EXPECT_EQ(crowd.status(3, interrupt), 200);
    EXPECT_EQ(crowd.status(2, attachRequest(1)), 503);
    EXPECT_EQ(crowd.status(2, interrupt), 200);
    EXPECT_EQ(work.receive().status, 200);
}

TEST(AttachToTangle, WaitingCallsOfAllPeersAreBounded) {
    Crowd crowd(40);
    for (int i = 0; i < 40; ++i) {
        auto& client = crowd.clients.emplace_back(crowd.rig.port, 2);
        client.send(attachRequest(60));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(crowd.status(3, attachRequest(1)), 503);
    EXPECT_EQ(crowd.status(3, post(R"({"command":"getTips"})")), 200);
}

}  // namespace
}  // namespace pegasus::iri
