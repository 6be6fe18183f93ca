// SPDX-License-Identifier: Apache-2.0
// Sampler: the schedule, and sensors that fail, block, lie, vanish, come and go.
#include "sensor/sampler.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/fake_sensor.hpp"
#include "support/test_loop.hpp"

namespace pegasus::sensor {
namespace {

using test::FakeDriver;
using test::FakeSource;
using test::TestLoop;

class SamplerTest : public testing::Test {
protected:
    ~SamplerTest() override { loop.stop(); }

    std::shared_ptr<FakeSource> addSensor(const std::string& id, Duration interval = 10s) {
        auto source = std::make_shared<FakeSource>();
        SensorConfig config;
        config.id = id;
        config.interval = interval;
        config.timeout = 3s;
        EXPECT_TRUE(sampler.add(config, std::make_unique<FakeDriver>(source)));
        return source;
    }
    std::vector<Reading> lastOf(const std::string& id) { return sampler.last(id).value(); }
    SensorInfo infoOf(const std::string& id) { return sampler.info(id).value(); }

    TestLoop loop;
    Sampler sampler{loop, loop.clock, test::makeInlineReader};
    std::map<std::string, std::vector<std::vector<Reading>>> seen;
    Subscription subscription = sampler.sampled.add(
        [this](const std::string& id, const std::vector<Reading>& readings) { seen[id].push_back(readings); });
};

TEST_F(SamplerTest, TakesTheFirstTurnAtOnceAndThenKeepsTheInterval) {
    sampler.start();
    const auto source = addSensor("a", 10s);
    loop.settle();
    EXPECT_EQ(source->reads, 1);
    loop.runFor(35s);
    EXPECT_EQ(source->reads, 4);
    EXPECT_EQ(seen["a"].size(), 4U);
    EXPECT_EQ(seen["a"][1][0].time - seen["a"][0][0].time, 10s);
    EXPECT_EQ(infoOf("a").state, SensorState::Working);
    EXPECT_EQ(infoOf("a").samples, 4U);
}

TEST_F(SamplerTest, ReadingsOfASensorInMaintenanceAreMarkedUntilItEndsByItself) {
    sampler.start();
    (void)addSensor("rain", 10s);
    loop.settle();
    ASSERT_TRUE(sampler.maintain("rain", 25s));
    EXPECT_TRUE(infoOf("rain").maintenance);
    loop.runFor(20s);
    EXPECT_EQ(lastOf("rain")[0].quality, Quality::Uncertain);
    EXPECT_EQ(flawName(lastOf("rain")[0].reason), "maintenance");
    loop.runFor(10s);
    EXPECT_EQ(lastOf("rain")[0].quality, Quality::Good);
    EXPECT_FALSE(infoOf("rain").maintenance);
    ASSERT_TRUE(sampler.maintain("rain", 1h));
    ASSERT_TRUE(sampler.maintain("rain", 0s));
    loop.runFor(10s);
    EXPECT_EQ(lastOf("rain")[0].quality, Quality::Good);
    EXPECT_FALSE(sampler.maintain("rain", 25h));
    EXPECT_FALSE(sampler.maintain("nobody", 1s));
}

TEST_F(SamplerTest, AnAbsentSourceWithALongIntervalIsTriedAgainSoon) {
    sampler.start();
    const auto source = std::make_shared<FakeSource>();
    source->openError = "not there";
    SensorConfig config;
    config.id = "door";
    config.interval = 1h;
    ASSERT_TRUE(sampler.add(config, std::make_unique<FakeDriver>(source)));
    loop.runFor(95s);
    EXPECT_EQ(source->opens, 4);
    source->openError.clear();
    loop.runFor(30s);
    EXPECT_EQ(infoOf("door").state, SensorState::Working);
    EXPECT_EQ(source->reads, 1);
    loop.runFor(10min);
    EXPECT_EQ(source->reads, 1) << "and then at its turns";
}

TEST_F(SamplerTest, ReadsASourceThatHasNewsBetweenItsTurns) {
    sampler.start();
    const auto source = addSensor("a", 10s);
    loop.runFor(5s);
    EXPECT_EQ(source->reads, 1);
    source->news();
    loop.settle();
    EXPECT_EQ(source->reads, 2);
    for (int i = 0; i < 5; ++i) source->news();  // too soon: one turn for all
    loop.settle();
    EXPECT_EQ(source->reads, 2);
    loop.runFor(100ms);
    EXPECT_EQ(source->reads, 3);
    loop.runFor(4s);
    EXPECT_EQ(source->reads, 3);
    loop.runFor(2s);
    EXPECT_EQ(source->reads, 4) << "the turns stay where they were";
}

TEST_F(SamplerTest, ReadsFasterThanTheHeartbeatWhenAsked) {
    sampler.start();
    const auto source = addSensor("a", 100ms);
    loop.runFor(1050ms);
    EXPECT_EQ(source->reads, 11);
}

TEST_F(SamplerTest, SkipsTurnsThatPassedWhileTheLoopWasBusy) {
    sampler.start();
    const auto source = addSensor("a", 10s);
    loop.settle();
    loop.clock.advance(47s);  // turns at 10, 20, 30 and 40 s were missed
    loop.runFor(2s);
    EXPECT_EQ(source->reads, 2);
    EXPECT_EQ(infoOf("a").overruns, 3U);
    loop.runFor(2s);  // the turn at 50 s is on the old grid
    EXPECT_EQ(source->reads, 3);
}

TEST_F(SamplerTest, MarksASensorThatBlocksAndDoesNotHoldUpOthers) {
    sampler.start();
    const auto stuck = addSensor("stuck", 1s);
    const auto fine = addSensor("fine", 1s);
    stuck->blocked = true;
    loop.runFor(10500ms);
    EXPECT_EQ(fine->reads, 11);
    EXPECT_EQ(stuck->reads, 0);
    const auto info = infoOf("stuck");
    EXPECT_EQ(info.state, SensorState::Blocked);
    EXPECT_EQ(info.failures, 1U);
    EXPECT_GE(info.overruns, 7U);
    ASSERT_EQ(info.last.size(), 1U);
    EXPECT_EQ(info.last[0].quality, Quality::Missing);
    EXPECT_EQ(info.last[0].reason, "no answer within 3000 ms");
}

TEST_F(SamplerTest, DropsTheLateAnswerAndRecoversAtTheNextTurn) {
    sampler.start();
    const auto source = addSensor("a", 10s);
    source->blocked = true;
    loop.runFor(5s);
    source->release();
    loop.settle();
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Missing);  // too late to be told as a reading of now
    loop.runFor(10s);
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Good);
    EXPECT_EQ(infoOf("a").state, SensorState::Working);
    EXPECT_EQ(infoOf("a").lastError, "");
}

TEST_F(SamplerTest, MarksReadingsMissingWhileTheSourceIsGone) {
    sampler.start();
    const auto source = addSensor("a", 1s);
    const auto working = source->answer;
    loop.runFor(1500ms);
    source->answer = [] { return ReadOutcome(fail(ErrorCode::NotFound, "unplugged")); };
    loop.runFor(2s);
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Missing);
    EXPECT_EQ(lastOf("a")[0].reason, "unplugged");
    EXPECT_EQ(infoOf("a").state, SensorState::Failing);
    source->answer = working;
    loop.runFor(1s);
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Good);
}

TEST_F(SamplerTest, OpensASourceThatIsAbsentAgainAfterPausesThatDouble) {
    sampler.start();
    auto source = std::make_shared<FakeSource>();
    source->openError = "no such file";
    SensorConfig config;
    config.id = "a";
    config.interval = 1s;
    ASSERT_TRUE(sampler.add(config, std::make_unique<FakeDriver>(source)));
    loop.settle();
    EXPECT_EQ(infoOf("a").state, SensorState::Failing);
    EXPECT_EQ(infoOf("a").lastError, "no such file");
    EXPECT_FALSE(infoOf("a").open);
    EXPECT_TRUE(infoOf("a").channels.empty());
    loop.runFor(100ms);
    loop.runFor(60s);  // at 0, 1, 3, 7, 15, 31 s, and from then on each 30 s
    EXPECT_EQ(source->opens, 6);
    EXPECT_EQ(source->reads, 0);
    loop.runFor(60s);
    EXPECT_EQ(source->opens, 8);
}

TEST_F(SamplerTest, HealsByItselfWhenTheSourceAppears) {
    sampler.start();
    auto source = std::make_shared<FakeSource>();
    source->openError = "no such file";
    SensorConfig config;
    config.id = "a";
    config.interval = 1s;
    ASSERT_TRUE(sampler.add(config, std::make_unique<FakeDriver>(source)));
    loop.runFor(10s);
    const auto failing = infoOf("a").since;
    source->openError.clear();
    source->notice = "line 3 is left out";
    loop.runFor(Sampler::kLongestRetry);
    const auto info = infoOf("a");
    EXPECT_EQ(info.state, SensorState::Working);
    EXPECT_EQ(info.lastError, "");
    EXPECT_EQ(info.notice, "line 3 is left out");
    EXPECT_TRUE(info.open);
    EXPECT_GT(info.since, failing);
    EXPECT_EQ(info.channels, source->channels);
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Good);
    const auto opens = source->opens;
    loop.runFor(10s);
    EXPECT_EQ(source->opens, opens);
}

TEST_F(SamplerTest, GivesAFailingSensorNoChannelsMoreThanItsConfigurationTells) {
    sampler.start();
    const auto source = addSensor("a", 1s);
    source->openError = "unplugged";
    loop.runFor(5s);
    EXPECT_EQ(infoOf("a").state, SensorState::Failing);
    ASSERT_EQ(lastOf("a").size(), 1U);  // each turn tells it, also those between two attempts
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Missing);
    EXPECT_EQ(lastOf("a")[0].reason, "unplugged");
    EXPECT_EQ(seen["a"].size(), 6U);
}

TEST_F(SamplerTest, RefusesASourceOfMoreChannelsThanFit) {
    sampler.start();
    const auto source = addSensor("a", 1s);
    source->channels.assign(kMaxChannels + 1, {"x", "1", {}, {}});
    loop.settle();
    EXPECT_EQ(infoOf("a").lastError, "33 channels, expected 1 to 32");
}

TEST_F(SamplerTest, GoesOnWhenTheWallClockJumpsAndMarksOneTurn) {
    sampler.start();
    const auto source = addSensor("a", 10s);
    loop.runFor(5s);
    loop.clock.jumpWallClock(-24h);
    loop.runFor(10s);
    EXPECT_EQ(source->reads, 2);
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Uncertain);
    EXPECT_EQ(lastOf("a")[0].reason, "clock in doubt: it was set by -86400 s");
    EXPECT_EQ(lastOf("a")[0].value, 21.5);
    loop.runFor(10s);
    EXPECT_EQ(lastOf("a")[0].quality, Quality::Good);
}

TEST_F(SamplerTest, DoubtsEveryReadingWhileTheClockIsNotSet) {
    sampler.start();
    loop.clock.jumpWallClock(-std::chrono::hours(24 * 365 * 20));
    addSensor("a", 10s);
    loop.runFor(15s);
    EXPECT_EQ(lastOf("a")[0].reason, "clock in doubt: it is not set");
}

TEST_F(SamplerTest, ForgetsARemovedSensorAndItsReadUnderWay) {
    sampler.start();
    const auto source = addSensor("a", 1s);
    source->blocked = true;
    loop.runFor(500ms);
    const auto late = source->held;
    ASSERT_TRUE(late);
    ASSERT_TRUE(sampler.remove("a"));
    EXPECT_EQ(sampler.remove("a").error().code, ErrorCode::NotFound);
    EXPECT_FALSE(sampler.info("a"));
    const auto second = addSensor("a", 1s);
    loop.runFor(1s);
    EXPECT_EQ(source->reads, 0);
    EXPECT_EQ(second->reads, 2);
}

TEST_F(SamplerTest, LetsAnObserverRemoveTheSensorItHearsOf) {
    sampler.start();
    addSensor("a", 1s);
    addSensor("b", 1s);
    const auto remover = sampler.sampled.add(
        [this](const std::string&, const std::vector<Reading>&) { (void)sampler.remove("a"); });
    loop.runFor(3s);
    EXPECT_EQ(sampler.list().size(), 1U);
    EXPECT_EQ(seen["b"].size(), 4U);
}

TEST_F(SamplerTest, RefusesASecondSensorOfTheSameName) {
    addSensor("a");
    SensorConfig config;
    config.id = "a";
    const auto again = sampler.add(config, std::make_unique<FakeDriver>(std::make_shared<FakeSource>()));
    EXPECT_EQ(again.error().code, ErrorCode::AlreadyExists);
}

TEST_F(SamplerTest, MovesItsHeartbeatWithoutAnySensor) {
    sampler.start();
    loop.settle();
    const auto before = sampler.heartbeat();
    loop.runFor(10s);
    EXPECT_GE(sampler.heartbeat(), before + 10);
}

}  // namespace
}  // namespace pegasus::sensor
