// SPDX-License-Identifier: Apache-2.0
// StreamService: publishing, outages, full disks, several streams, restored wallets, bad specifications.
#include <algorithm>
#include <cmath>

#include "gateway.hpp"

namespace pegasus::stream {
namespace {

TEST_F(StreamServiceTest, PublishesEachReadingAsAMessageOfTheChannel) {
    const auto access = beginWith(Gateway::spec());
    std::vector<Published> told;
    const auto subscription = gateway->streams->published.add([&](const Published& p) { told.push_back(p); });
    gateway->turns(4);
    const auto texts = read(access);
    EXPECT_EQ(valuesOf(texts), upTo(5));
    EXPECT_TRUE(texts[0].starts_with(R"({"data":1,"timestamp":1600000000000,"unit":"1","quantity":"count",)"));
    ASSERT_EQ(told.size(), 5U);
    for (std::size_t i = 0; i < told.size(); ++i) {
        EXPECT_EQ(told[i].message, i);
        EXPECT_EQ(told[i].payload, texts[i]);
    }
    EXPECT_EQ(told[0].root, access.root);
    const auto info = gateway->info();
    EXPECT_EQ(info.published, 5U);
    EXPECT_EQ(info.confirmed, 5U);
    EXPECT_EQ(info.queued + info.pending, 0U);
    EXPECT_EQ(info.lastError, "");
}

TEST_F(StreamServiceTest, PutsABatchIntoOneMessage) {
    auto spec = Gateway::spec();
    spec.batch = 3;
    const auto access = beginWith(spec);
    gateway->turns(6);  // seven samples
    const auto texts = read(access);
    EXPECT_EQ(texts.size(), 2U);
    EXPECT_EQ(valuesOf(texts), upTo(6));
    EXPECT_EQ(gateway->info().queued, 1U);
}

TEST_F(StreamServiceTest, KeepsReadingsWhileTheLedgerIsAwayAndSendsThemInOrder) {
    const auto access = beginWith(Gateway::spec());
    gateway->turns(2);
    world.ledger.knobs.unreachable = true;
    gateway->loop.runFor(1h);
    EXPECT_EQ(gateway->info().queued, 180U);
    EXPECT_EQ(gateway->info().pending, 0U);  // nothing is signed that nobody can look for
    EXPECT_EQ(gateway->info().lastError, "no node answers");
    world.ledger.knobs.unreachable = false;
    gateway->loop.runFor(1min);
    gateway->turns(1);
    const auto texts = read(access);
    EXPECT_EQ(valuesOf(texts), upTo(static_cast<int>(valuesOf(texts).size())));
    EXPECT_GE(valuesOf(texts).size(), 183U);
    EXPECT_LT(texts.size(), 20U);  // a backlog goes together
    EXPECT_EQ(gateway->info().queued, 0U);
    EXPECT_EQ(gateway->info().lastError, "");
}

TEST_F(StreamServiceTest, KeepsTheReadingsOfAnOutageOverARestart) {
    const auto access = beginWith(Gateway::spec());
    world.ledger.knobs.unreachable = true;
    gateway->loop.runFor(90s);  // samples 1 to 5
    gateway.reset();
    gateway = std::make_unique<Gateway>(world, folder.path(), 6);
    world.ledger.knobs.unreachable = false;
    gateway->start();
    gateway->sample();
    gateway->turns(1);
    EXPECT_EQ(valuesOf(read(access)), upTo(7));
}

TEST_F(StreamServiceTest, AttachesAgainWhenTheAnswerOfABroadcastWasLost) {
    const auto access = beginWith(Gateway::spec());
    world.ledger.knobs.failBroadcasts = 1;
    gateway->turns(2);
    const auto bundles = world.ledger.broadcastBundles();
    EXPECT_EQ(bundles[0], bundles[1]);
    EXPECT_EQ(valuesOf(read(access)), upTo(3));
}

TEST_F(StreamServiceTest, AttachesTheSameBundleWhenTheLedgerForgotIt) {
    beginWith(Gateway::spec());
    gateway->loop.runFor(1s);
    ASSERT_TRUE(gateway->sampler.remove("s"));
    const auto bundle = world.ledger.broadcastBundles().at(0);
    world.ledger.forget(bundle);
    gateway->loop.runFor(3min);
    EXPECT_FALSE(world.ledger.tailsOf(bundle).empty());
    world.ledger.milestone();
    gateway->loop.settle();
    EXPECT_EQ(gateway->info().confirmed, 1U);
    EXPECT_EQ(gateway->info().published, 1U);
}

TEST_F(StreamServiceTest, PromotesWhatIsLeftBehind) {
    beginWith(Gateway::spec());
    gateway->loop.runFor(1s);
    ASSERT_TRUE(gateway->sampler.remove("s"));
    world.ledger.knobs.wantsPromotion = true;
    gateway->loop.runFor(70s);
    EXPECT_EQ(world.ledger.broadcastBundles().size(), 2U);
    world.ledger.knobs.wantsPromotion = false;
    world.ledger.knobs.wantsReattachment = true;
    gateway->loop.runFor(70s);
    const auto bundles = world.ledger.broadcastBundles();
    ASSERT_EQ(bundles.size(), 3U);
    EXPECT_EQ(bundles[2], bundles[0]);
}

TEST_F(StreamServiceTest, HandsOutTheRootOfTheNextMessageOnly) {
    beginWith(Gateway::spec());
    gateway->turns(2);  // three messages are out
    const auto later = gateway->access();
    EXPECT_EQ(later.message, 3U);
    EXPECT_TRUE(read(later).empty());
    gateway->turns(2);
    EXPECT_EQ(valuesOf(read(later)), (std::vector<int>{4, 5}));
}

TEST_F(StreamServiceTest, HandsOutTheRootOfAMessageThatIsSignedButNotSent) {
    beginWith(Gateway::spec());
    gateway->loop.runFor(1s);
    world.ledger.knobs.failBroadcasts = 100;
    const auto before = gateway->access();
    EXPECT_EQ(before.message, 1U);  // message 0 is out
    gateway->loop.runFor(20s);
    const auto signedNow = gateway->access();
    EXPECT_EQ(gateway->info().pending, 2U);
    EXPECT_EQ(signedNow.message, 1U);
    EXPECT_EQ(signedNow.root, before.root);
}

TEST_F(StreamServiceTest, TellsOnceThatASourceFellSilent) {
    const auto access = beginWith(Gateway::spec());
    const auto working = gateway->source->answer;
    gateway->turns(1);
    gateway->source->answer = [] { return sensor::ReadOutcome(fail(ErrorCode::NotFound, "unplugged")); };
    gateway->turns(4);
    gateway->source->answer = working;
    gateway->turns(1);
    const auto texts = read(access);
    ASSERT_EQ(texts.size(), 4U);
    EXPECT_NE(texts[2].find(R"("data":null)"), std::string::npos);
    EXPECT_NE(texts[2].find(R"("quality":"missing")"), std::string::npos);
    EXPECT_NE(texts[3].find(R"("data":3)"), std::string::npos);
}

TEST_F(StreamServiceTest, TakesOnlyTheQuantityAskedFor) {
    begin();
    auto two = std::make_shared<test::FakeSource>();
    two->channels = {{"a", "1", {}, {}}, {"b", "1", {}, {}}};
    two->answer = [] {
        return sensor::ReadOutcome(std::vector<sensor::Reading>{{"a", "1", 1, {}, {}, {}}, {"b", "1", 2, {}, {}, {}}});
    };
    auto one = Gateway::spec("one");
    one.sensor = "two";
    one.quantity = "b";
    auto both = Gateway::spec("both");
    both.sensor = "two";
    ASSERT_TRUE(gateway->add(one));
    ASSERT_TRUE(gateway->add(both));
    const auto oneAccess = gateway->access("one");
    const auto bothAccess = gateway->access("both");
    sensor::SensorConfig config;
    config.id = "two";
    ASSERT_TRUE(gateway->sampler.add(config, std::make_unique<test::FakeDriver>(two)));
    gateway->sample();
    gateway->loop.settle();
    EXPECT_TRUE(read(oneAccess).at(0).starts_with(R"({"data":2)"));
    EXPECT_TRUE(read(bothAccess).at(0).starts_with(R"([{"data":1)"));
    EXPECT_NE(oneAccess.sideKey, bothAccess.sideKey);
}

TEST_F(StreamServiceTest, DoesNotHurtOtherStreamsWhenASensorBlocks) {
    begin();
    auto stuck = std::make_shared<test::FakeSource>();
    stuck->blocked = true;
    sensor::SensorConfig config;
    config.id = "stuck";
    ASSERT_TRUE(gateway->sampler.add(config, std::make_unique<test::FakeDriver>(stuck)));
    auto blocked = Gateway::spec("blocked");
    blocked.sensor = "stuck";
    ASSERT_TRUE(gateway->add(blocked));
    ASSERT_TRUE(gateway->add(Gateway::spec()));
    gateway->sample();
    gateway->turns(3);
    EXPECT_GE(gateway->info("a").published, 3U);
    EXPECT_EQ(gateway->info("blocked").published, 1U);  // that it is missing
}

TEST_F(StreamServiceTest, GoesOnWhenTheClockJumps) {
    const auto access = beginWith(Gateway::spec());
    gateway->turns(1);
    gateway->loop.clock.jumpWallClock(-10min);
    gateway->turns(2);
    const auto texts = read(access);
    EXPECT_EQ(valuesOf(texts), upTo(4));
    EXPECT_NE(texts[2].find(R"("quality":"uncertain")"), std::string::npos);
    EXPECT_NE(texts[3].find(R"("quality":"good")"), std::string::npos);
}

TEST_F(StreamServiceTest, SignsNothingWhileTheDiskIsFullAndThenGoesOn) {
    const auto access = beginWith(Gateway::spec());
    gateway->loop.settle();
    const auto limitPages = [&](int pages) {
        return gateway->database->runNow([pages](store::Connection& c) -> Result<void> {
            c.execAndGet("PRAGMA max_page_count = " + std::to_string(pages));
            return {};
        });
    };
    ASSERT_TRUE(limitPages(1));  // SQLite takes the present size: no page can be added
    gateway->loop.runFor(3min);
    const auto full = gateway->info();
    EXPECT_NE(full.lastError, "");
    const auto sentThen = world.ledger.broadcastBundles().size();
    EXPECT_LT(sentThen, 6U);
    ASSERT_TRUE(limitPages(1'000'000));
    gateway->loop.runFor(1min);
    gateway->turns(1);
    const auto values = valuesOf(read(access));
    EXPECT_EQ(values, upTo(static_cast<int>(values.size())));
    EXPECT_GE(values.size(), 13U);
    EXPECT_EQ(gateway->info().lastError, "");
}

TEST_F(StreamServiceTest, ThinsAQueueThatIsFullAndSaysSo) {
    StreamLimits limits;
    limits.queuedSamples = 10;
    limits.flushInterval = 60s;
    const auto access = beginWith(Gateway::spec(), limits);
    world.ledger.knobs.unreachable = true;
    gateway->loop.runFor(10min);
    const auto info = gateway->info();
    EXPECT_LE(info.queued, 10U + 3U);  // with those of the last minute, in memory
    EXPECT_GT(info.omitted, 10U);
    world.ledger.knobs.unreachable = false;
    gateway->loop.runFor(1min);
    const auto texts = read(access);
    std::uint64_t omitted = 0;
    for (const auto& text : texts)
        for (auto at = text.find("\"omitted\":"); at != std::string::npos; at = text.find("\"omitted\":", at + 1))
            omitted += static_cast<std::uint64_t>(std::atoi(text.c_str() + at + 10));
    EXPECT_EQ(omitted, gateway->info().omitted);
    const auto values = valuesOf(texts);
    EXPECT_TRUE(std::ranges::is_sorted(values));
    EXPECT_EQ(static_cast<std::uint64_t>(values.back()), values.size() + omitted);  // none is lost unmarked
}

TEST_F(StreamServiceTest, SignsNoMoreThanItsBoundOfUnconfirmedMessages) {
    StreamLimits limits;
    limits.pendingMessages = 2;
    const auto access = beginWith(Gateway::spec(), limits);
    gateway->loop.runFor(3min);  // no milestone
    EXPECT_EQ(gateway->info().pending, 2U);
    EXPECT_GE(gateway->info().queued, 7U);
    gateway->turns(3);
    const auto values = valuesOf(read(access));
    EXPECT_EQ(values, upTo(static_cast<int>(values.size())));
    EXPECT_GE(values.size(), 10U);
}

TEST_F(StreamServiceTest, TakesNoSamplesWhilePaused) {
    const auto access = beginWith(Gateway::spec());
    gateway->loop.settle();
    ASSERT_TRUE(gateway->loop.run(gateway->streams->pause("a")));
    gateway->turns(3);
    EXPECT_TRUE(gateway->info().paused);
    gateway.reset();
    gateway = std::make_unique<Gateway>(world, folder.path(), 10);
    gateway->start();
    gateway->sample();
    gateway->turns(1);
    EXPECT_EQ(gateway->info().published, 1U);
    ASSERT_TRUE(gateway->loop.run(gateway->streams->resume("a")));
    gateway->turns(1);
    EXPECT_EQ(valuesOf(read(access)), (std::vector<int>{1, 12}));
}

TEST_F(StreamServiceTest, ForgetsARemovedStreamAndMakesNewKeysForItsName) {
    const auto access = beginWith(Gateway::spec());
    gateway->turns(1);
    ASSERT_TRUE(gateway->loop.run(gateway->streams->remove("a")));
    EXPECT_EQ(gateway->loop.run(gateway->streams->remove("a")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(gateway->loop.run(gateway->streams->access("a")).error().code, ErrorCode::NotFound);
    EXPECT_TRUE(gateway->streams->list().empty());
    gateway->turns(2);
    EXPECT_EQ(valuesOf(read(access)), upTo(2));
    ASSERT_TRUE(gateway->add(Gateway::spec()));
    EXPECT_NE(gateway->access().root, access.root);
    EXPECT_EQ(gateway->info().published, 0U);
}

TEST_F(StreamServiceTest, RemovesAStreamInTheMiddleOfAnOutage) {
    beginWith(Gateway::spec());
    world.ledger.knobs.unreachable = true;
    gateway->loop.runFor(65s);
    ASSERT_TRUE(gateway->loop.run(gateway->streams->remove("a")));
    ASSERT_TRUE(gateway->add(Gateway::spec()));
    const auto access = gateway->access();
    world.ledger.knobs.unreachable = false;
    gateway->turns(4);
    EXPECT_EQ(valuesOf(read(access)).size(), gateway->info().published);
    EXPECT_GE(gateway->info().published, 4U);
}

TEST_F(StreamServiceTest, StartsNewChannelsAfterTheWalletWasRestored) {
    const auto before = beginWith(Gateway::spec());
    gateway->turns(1);
    world.ledger.knobs.failBroadcasts = 100;
    gateway->loop.runFor(65s);  // one message is signed, others wait
    std::vector<std::string> changed;
    const auto subscription = gateway->streams->changed.add([&](const std::string& id) { changed.push_back(id); });
    EXPECT_EQ(gateway->loop.run(gateway->streams->onWalletRestored()).value(), 1U);
    EXPECT_EQ(changed, std::vector<std::string>{"a"});
    const auto after = gateway->access();
    EXPECT_GT(after.epoch, 1U);
    EXPECT_EQ(after.message, 0U);
    EXPECT_NE(after.root, before.root);
    EXPECT_NE(after.sideKey, before.sideKey);
    world.ledger.knobs.failBroadcasts = 0;
    gateway->turns(4);
    auto values = valuesOf(read(before));
    const auto inOld = values.size();
    const auto later = valuesOf(read(after));
    values.insert(values.end(), later.begin(), later.end());
    EXPECT_EQ(inOld, 3U);
    EXPECT_EQ(values, upTo(static_cast<int>(values.size())));
    gateway.reset();
    gateway = std::make_unique<Gateway>(world, folder.path(), 100);
    gateway->start();
    EXPECT_GT(gateway->info().epoch, 1U);
}

TEST_F(StreamServiceTest, ChangesTermsButNotTheChannel) {
    const auto access = beginWith(Gateway::spec());
    auto spec = Gateway::spec();
    spec.name = "Garden";
    spec.price = model::Iotas(7);
    spec.latitude = -90;
    ASSERT_TRUE(gateway->loop.run(gateway->streams->setTerms(spec)));
    gateway.reset();
    gateway = std::make_unique<Gateway>(world, folder.path());
    gateway->start();
    EXPECT_EQ(gateway->info().spec, spec);
    spec.batch = 2;
    EXPECT_EQ(gateway->loop.run(gateway->streams->setTerms(spec)).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(access.epoch, gateway->info().epoch);
}

TEST_F(StreamServiceTest, RefusesASecondStreamOfTheSameName) {
    beginWith(Gateway::spec());
    EXPECT_EQ(gateway->add(Gateway::spec()).error().code, ErrorCode::AlreadyExists);
}

TEST(StreamSpecTest, AcceptsZeroAndTheEndsOfTheEarth) {
    auto spec = Gateway::spec();
    EXPECT_TRUE(validate(spec));
    spec.latitude = 90;
    spec.longitude = -180;
    EXPECT_TRUE(validate(spec));
}

TEST(StreamSpecTest, SaysWhichFieldIsWrong) {
    const auto problem = [](auto change) {
        auto spec = Gateway::spec();
        change(spec);
        const auto result = validate(spec);
        EXPECT_EQ(result.error().code, ErrorCode::InvalidArgument);
        return result.error().message;
    };
    EXPECT_NE(problem([](auto& s) { s.id = "A b"; }).find("'A b'"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.sensor = ""; }).find("sensor"), std::string::npos);
    EXPECT_EQ(problem([](auto& s) { s.latitude = 90.5; }), "latitude is 90.5, expected -90 to 90 degrees");
    EXPECT_NE(problem([](auto& s) { s.longitude = std::nan(""); }).find("longitude"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.name = std::string(65, 'x'); }).find("name has 65"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.description = "\xFF"; }).find("description"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.name = "a\nb"; }).find("name"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.batch = 0; }).find("batch"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.batch = 65; }).find("batch"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.security = 4; }).find("security"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.price = model::Iotas(-1); }).find("price"), std::string::npos);
    EXPECT_NE(problem([](auto& s) { s.quantity = ""; }).find("quantity"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::stream
