// SPDX-License-Identifier: Apache-2.0
// The server over real sockets: what it answers, and what it does with clients that misbehave.
#include <chrono>

#include "iri/codec.hpp"
#include "rig.hpp"

namespace pegasus::iri {
namespace {

using Clock = std::chrono::steady_clock;

TEST(IriServer, AnswersGetNodeInfoWithIrisFields) {
    ServerRig rig;
    const auto answer = ask(rig.port, R"({"command":"getNodeInfo"})");
    ASSERT_EQ(answer.status, 200);
    const auto info = boost::json::parse(answer.body).as_object();
    for (const auto* name :
         {"appName", "appVersion", "jreAvailableProcessors", "jreFreeMemory", "jreVersion", "jreMaxMemory",
          "jreTotalMemory", "latestMilestone", "latestMilestoneIndex", "latestSolidSubtangleMilestone",
          "latestSolidSubtangleMilestoneIndex", "milestoneStartIndex", "lastSnapshottedMilestoneIndex", "neighbors",
          "packetsQueueSize", "time", "tips", "transactionsToRequest", "features", "coordinatorAddress",
          "dbSizeInBytes", "isSynced", "isHealthy", "duration"})
        EXPECT_TRUE(info.contains(name)) << name;
    EXPECT_EQ(info.at("appName").as_string(), "pegasusd");
    EXPECT_EQ(info.at("latestMilestoneIndex").as_int64(), 1);
}

TEST(IriServer, WantsTheVersionHeader) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send(post(R"({"command":"getNodeInfo"})", ""));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(withoutDuration(answer.body), R"({"error":"Invalid API Version"})");
}

TEST(IriServer, AnswersErrorsInIrisShape) {
    ServerRig rig;
    const std::string hash(81, 'A');
    const std::vector<std::tuple<std::string, int, std::string>> cases{
        {"", 400, R"({"error":"Invalid request payload: ''"})"},
        {"{}", 400, R"({"error":"COMMAND parameter has not been specified in the request."})"},
        {R"({"command":"noSuchCommand"})", 400, R"({"error":"Command [noSuchCommand] is unknown"})"},
        {R"({"command":"getTrytes","hashes":["ABC"]})", 500, R"({"exception":"Invalid hashes input"})"},
        {R"({"command":"getTrytes"})", 500, R"({"exception":"Invalid parameters"})"},
        {R"({"command":"findTransactions"})", 500, R"({"exception":"com.iota.iri.service.ValidationException: Invalid parameters"})"},
        {R"({"command":"storeTransactions"})", 400, R"({"error":"Invalid parameters"})"},
        {R"({"command":"storeTransactions","trytes":["A"]})", 400, R"({"error":"Invalid trytes input"})"},
        {R"({"command":"broadcastTransactions","trytes":["A"]})", 500, R"({"exception":"Invalid trytes input"})"},
        {R"({"command":"getTransactionsToApprove","depth":1e30})", 400, R"({"error":"Invalid depth input"})"},
        {R"({"command":"getTransactionsToApprove","depth":18446744073709551615})", 400, R"({"error":"Invalid depth input"})"},
        {R"({"command":"getTransactionsToApprove","depth":16})", 400, R"({"error":"Invalid depth input"})"},
        {R"({"command":"getTransactionsToApprove","depth":-1})", 400, R"({"error":"Invalid depth input"})"},
        {R"({"command":"checkConsistency","tails":[")" + hash + R"("]})", 400,
         R"({"error":"Invalid transaction, missing: )" + hash + R"("})"}};
    for (const auto& [body, status, expected] : cases) {
        const auto answer = ask(rig.port, body);
        EXPECT_EQ(answer.status, status) << body;
        EXPECT_EQ(withoutDuration(answer.body), expected) << body;
    }
}

TEST(IriServer, SaysThatItIsNotSynchronisedAsIriDoes) {
    ServerRig rig;
    rig.runner.call([&] { rig.fake.knobs.notSynchronised = true; });
    const auto answer = ask(rig.port, R"({"command":"getTransactionsToApprove","depth":3})");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(boost::json::parse(answer.body).at("error").as_string(),
              "This operation cannot be executed: The subtangle has not been updated yet.");
}

TEST(IriServer, AnswersSeveralRequestsOfOneConnectionInTheirOrder) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send(post(R"({"command":"getTips"})") + post(R"({"command":"getNeighbors"})") +
                post(R"({"command":"getMissingTransactions"})"));
    EXPECT_EQ(withoutDuration(client.receive().body), R"({"hashes":[]})");
    EXPECT_EQ(withoutDuration(client.receive().body), R"({"neighbors":[]})");
    EXPECT_EQ(withoutDuration(client.receive().body), R"({"hashes":[]})");
    client.send(post(R"({"command":"addNeighbors","uris":["tcp://127.0.0.1:1"]})"));
    EXPECT_EQ(withoutDuration(client.receive().body), R"({"addedNeighbors":0})");
}

TEST(IriServer, TakesAnyPath) {
    ServerRig rig;
    RawClient client(rig.port);
    auto request = post(R"({"command":"getTips"})");
    client.send(request.replace(request.find("/ "), 1, "/any/path"));
    EXPECT_EQ(client.receive().status, 200);
}

TEST(IriServer, AnswersGetWith400AndHealthWithItsState) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(withoutDuration(answer.body), R"({"error":"Invalid API Version"})");
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
    rig.runner.call([&] { rig.fake.knobs.notSynchronised = true; });
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.receive().status, 503);
}

TEST(IriServer, LetsBrowsersIn) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send("OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\n\r\n");
    const auto preflight = client.receive();
    EXPECT_EQ(preflight.status, 200);
    EXPECT_NE(preflight.head.find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
    EXPECT_NE(preflight.head.find("X-IOTA-API-Version\r\n"), std::string::npos);
    client.send(post(R"({"command":"getTips"})"));
    const auto answer = client.receive();
    EXPECT_NE(answer.head.find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
    EXPECT_NE(answer.head.find("Content-Type: application/json\r\n"), std::string::npos);
}

TEST(IriServer, SaysHowLongItKeepsAnIdleConnection) {
    ServerOptions options;
    options.idleTime = 42s;
    ServerRig rig(options);
    RawClient client(rig.port);
    client.send(post(R"({"command":"getTips"})"));
    EXPECT_NE(client.receive().head.find("\r\nKeep-Alive: timeout=42\r\n"), std::string::npos);
    client.send(post(R"({"command":"getTips"})", "X-IOTA-API-Version: 1\r\nConnection: close\r\n"));
    EXPECT_EQ(client.receive().head.find("Keep-Alive"), std::string::npos);
}

TEST(IriServer, SendsContinueToThoseWhoWaitForIt) {
    ServerRig rig;
    RawClient client(rig.port);
    const std::string body = R"({"command":"getTips"})";
    client.send(fmt::format("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nExpect: 100-continue\r\n"
                            "Content-Length: {}\r\n\r\n",
                            body.size()));
    EXPECT_EQ(client.receive().status, 100);
    client.send(body);
    EXPECT_EQ(client.receive().status, 200);
}

TEST(IriServer, RefusesABodyThatIsTooLongByItsHeader) {
    ServerOptions options;
    options.maxBodyLength = 1000;
    ServerRig rig(options);
    RawClient client(rig.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nContent-Length: 99999999999\r\n\r\n");
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(withoutDuration(answer.body), R"({"error":"Request too long"})");
    EXPECT_TRUE(client.closed());
}

TEST(IriServer, RefusesABodyThatGrowsTooLong) {
    ServerOptions options;
    options.maxBodyLength = 1000;
    ServerRig rig(options);
    RawClient client(rig.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i) client.send("64\r\n" + std::string(100, ' ') + "\r\n");
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(withoutDuration(answer.body), R"({"error":"Request too long"})");
}

TEST(IriServer, TakesAChunkedBodyWithinTheBound) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("5\r\n{\"com\r\n10\r\nmand\":\"getTips\"}\r\n0\r\n\r\n");
    EXPECT_EQ(client.receive().status, 200);
}

TEST(IriServer, RefusesWhatIsNotHttp) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send("\x16\x03\x01 this is no HTTP\r\n\r\n");
    EXPECT_EQ(client.receive().status, 400);
    EXPECT_TRUE(client.closed());
}

TEST(IriServer, RefusesAHeaderThatNeverEnds) {
    ServerRig rig;
    RawClient client(rig.port);
    client.send("POST / HTTP/1.1\r\n");
    for (int i = 0; i < 1000; ++i)
        if (!client.send(fmt::format("X-{}: {}\r\n", i, std::string(100, 'x')))) break;
    EXPECT_EQ(client.receive().status, 400);
}

ServerOptions impatient() {
    ServerOptions options;
    options.headerTime = options.bodyTime = options.idleTime = options.writeTime = 150ms;
    return options;
}

TEST(IriServer, DropsWhoSendsItsHeaderTooSlowly) {
    ServerRig rig(impatient());
    RawClient client(rig.port);
    const auto begun = Clock::now();
    // A byte at a time does not extend the limit.
    for (const char c : std::string("POST / HTTP/1.1\r\nHost: abcdefghijklmnopqrstuvwxyz")) {
        if (!client.send(std::string(1, c))) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(dropsSoon(client));
    EXPECT_LT(Clock::now() - begun, std::chrono::seconds(2));
}

TEST(IriServer, DropsWhoSendsItsBodyTooSlowly) {
    ServerRig rig(impatient());
    RawClient client(rig.port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nX-IOTA-API-Version: 1\r\nContent-Length: 100\r\n\r\n{");
    EXPECT_TRUE(dropsSoon(client));
}

TEST(IriServer, DropsWhoSaysNothing) {
    ServerRig rig(impatient());
    RawClient client(rig.port);
    EXPECT_TRUE(dropsSoon(client));
    EXPECT_TRUE(eventually([&] { return rig.runner.call([&] { return rig.server->connections(); }) == 0; }));
}

TEST(IriServer, GivesBalancesOnlyForTipsThatItKnows) {
    ServerRig rig;
    const auto bundle = attachedBundle(1);
    GetBalances request;
    request.addresses = {bundle[0].transaction.address};
    request.tips = {bundle[0].hash};
    const auto unknown = ask(rig.port, encodeRequest(request));
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(withoutDuration(unknown.body), R"({"error":"Tip not found: )" + bundle[0].hash.str() + "\"}");
    rig.runner.call([&] { rig.fake.inject(bundle[0].trytes); });
    EXPECT_EQ(ask(rig.port, encodeRequest(request)).status, 200);
}

TEST(IriServer, LimitsCommandsOfPeersThatAreNotTrusted) {
    ServerOptions options;
    options.trustLoopback = false;
    {
        ServerRig rig(options);
        const auto answer = ask(rig.port, R"({"command":"attachToTangle"})");
        EXPECT_EQ(answer.status, 401);
        EXPECT_EQ(withoutDuration(answer.body),
                  R"({"error":"COMMAND attachToTangle is not available on this node"})");
        EXPECT_EQ(ask(rig.port, R"({"command":"getTips"})").status, 200);
    }
    options.trustedHosts = {"127.0.0.1"};
    ServerRig rig(options);
    EXPECT_EQ(ask(rig.port, R"({"command":"getNeighbors"})").status, 200);
}

TEST(IriServer, LetsPagesOfOthersReadButChangeNothing) {
    ServerOptions options;
    options.allowedOrigins = {"https://map.example"};
    ServerRig rig(options);
    const auto status = [&](const std::string& origin, const std::string& body) {
        auto request = post(body);
        request.insert(request.find("\r\n") + 2, origin);
        RawClient client(rig.port);
        client.send(request);
        return client.receive().status;
    };
    const std::string changing[] = {R"({"command":"interruptAttachingToTangle"})", R"({"command":"broadcastTransactions","trytes":[]})",
                                    R"({"command":"storeTransactions","trytes":[]})", R"({"command":"addNeighbors","uris":[]})",
                                    R"({"command":"removeNeighbors","uris":[]})", encodeRequest(AttachToTangle()),
                                    encodeRequest(FaucetRequest())};
    for (const auto& body : changing) {
        for (const auto* origin : {"Origin: http://evil.example\r\n", "Origin: null\r\n", "origin: https://map.example.evil\r\n", "Origin:\r\n",
                                   "Origin: https://map.example\r\nOrigin: http://evil.example\r\n"}) {
            const auto got = status(origin, body);
            EXPECT_TRUE(got == 403 || got == 401) << got << " " << origin << body;
        }
        for (const auto* origin : {"", "Origin: https://map.example\r\n"}) {
            const auto got = status(origin, body);
            EXPECT_TRUE(got != 403 && got != 401) << got << " " << origin << body;
        }
    }
    EXPECT_EQ(status("Origin: http://evil.example\r\n", R"({"command":"getTips"})"), 200);
}

TEST(IriServer, ValidatesBeforeItAnswersABroadcast) {
    ServerRig rig;
    BroadcastTransactions broadcast;
    StoreTransactions store;
    // No proof of work, and not by chance either.
    for (char mark = 'A'; broadcast.trytes.empty() || model::weight(model::transactionHash(broadcast.trytes[0])) > 0;
         ++mark)
        broadcast.trytes = store.trytes = messageBundle(1, mark);
    const auto refused = ask(rig.port, encodeRequest(broadcast));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(boost::json::parse(refused.body).at("error").as_string().find("Invalid transaction hash"), 0U);
    const auto notStored = ask(rig.port, encodeRequest(store));
    EXPECT_EQ(notStored.status, 400);
    EXPECT_EQ(boost::json::parse(notStored.body).at("error").as_string().find("Error: Invalid transaction hash"), 0U);
    EXPECT_EQ(rig.runner.call([&] { return rig.fake.broadcastBundles().size(); }), 0U);
}

TEST(IriServer, StoresFindsAndShowsTransactions) {
    ServerRig rig;
    const auto bundle = attachedBundle(2);
    BroadcastTransactions broadcast;
    broadcast.trytes = trytesOf(bundle);
    EXPECT_EQ(withoutDuration(ask(rig.port, encodeRequest(broadcast)).body), "{}");
    FindTransactions find;
    find.bundles = {bundle[0].transaction.bundle};
    EXPECT_EQ(decodeAnswer<HashesAnswer>(ask(rig.port, encodeRequest(find)).body, {})->hashes.size(), 2U);
    find.addresses = std::vector<Address>();
    EXPECT_EQ(withoutDuration(ask(rig.port, encodeRequest(find)).body), R"({"hashes":[]})");
    GetTrytes get;
    get.hashes = {bundle[1].hash, *Hash::parse(std::string(81, 'X'))};
    const auto trytes = decodeAnswer<TrytesAnswer>(ask(rig.port, encodeRequest(get)).body, {})->trytes;
    ASSERT_EQ(trytes.size(), 2U);
    EXPECT_EQ(trytes[0], bundle[1].trytes);
    EXPECT_TRUE(trytes[1].isNull());
    CheckConsistency check;
    check.tails = {bundle[0].hash};
    EXPECT_EQ(withoutDuration(ask(rig.port, encodeRequest(check)).body), R"({"state":true,"info":""})");
    check.tails = {bundle[1].hash};
    EXPECT_EQ(withoutDuration(ask(rig.port, encodeRequest(check)).body),
              R"({"error":"Invalid transaction, not a tail: )" + bundle[1].hash.str() + "\"}");
}

TEST(IriServer, AnswersEmptyListsWithEmptyLists) {
    ServerRig rig;
    EXPECT_EQ(withoutDuration(ask(rig.port, R"({"command":"getTrytes","hashes":[]})").body), R"({"trytes":[]})");
    EXPECT_EQ(withoutDuration(ask(rig.port, R"({"command":"getInclusionStates","transactions":[]})").body),
              R"({"states":[]})");
    EXPECT_EQ(withoutDuration(ask(rig.port, R"({"command":"wereAddressesSpentFrom","addresses":[]})").body),
              R"({"states":[]})");
    EXPECT_EQ(withoutDuration(ask(rig.port, R"({"command":"storeTransactions","trytes":[]})").body), "{}");
    EXPECT_EQ(withoutDuration(ask(rig.port, R"({"command":"checkConsistency","tails":[]})").body),
              R"({"state":true,"info":""})");
    EXPECT_EQ(ask(rig.port, R"({"command":"getBalances","addresses":[]})").status, 200);
}

TEST(IriServer, AnswersAFailureOfTheLedgerWith503) {
    ServerRig rig;
    rig.runner.call([&] { rig.fake.knobs.unreachable = true; });
    const auto answer = ask(rig.port, R"({"command":"getTransactionsToApprove","depth":3})");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(withoutDuration(answer.body), R"({"error":"no node answers","code":"Unreachable"})");
}

TEST(IriServer, SaysWhyItCannotListen) {
    ServerRig rig;
    const auto startAt = [&](const std::string& address, std::uint16_t port) {
        return rig.runner.call([&] {
            ServerOptions options;
            options.binds = {BindAddress{address, port}};
            Server other(rig.runner.loop.context(), rig.fake, rig.runner.loop, rig.runner.loop.pool(),
                         rig.runner.loop.clock(), options);
            return other.start();
        });
    };
    const auto inUse = startAt("127.0.0.1", rig.port);
    ASSERT_FALSE(inUse);
    EXPECT_EQ(inUse.error().code, ErrorCode::AlreadyExists);
    const auto noAddress = startAt("example", 0);
    ASSERT_FALSE(noAddress);
    EXPECT_EQ(noAddress.error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace pegasus::iri
