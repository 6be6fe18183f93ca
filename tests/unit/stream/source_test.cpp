// SPDX-License-Identifier: Apache-2.0
// Whether readings come to a stream: unknown quantities, sensors that fail, go and come back, pauses.
#include "gateway.hpp"

namespace pegasus::stream {
namespace {

class SourceTest : public StreamServiceTest {
protected:
    [[nodiscard]] Source source() const { return gateway->info().source; }
    void fail() {
        gateway->source->answer = [] { return sensor::ReadOutcome(pegasus::fail(ErrorCode::NotFound, "gone")); };
    }
    void answer(double value, sensor::Quality quality = sensor::Quality::Good) {
        gateway->source->answer = [value, quality] {
            return sensor::ReadOutcome(std::vector<sensor::Reading>{{"count", "1", value, {}, quality, {}}});
        };
    }
    void watch() {
        told_ = gateway->streams->sourceChanged.add([this](const std::string&) { states.push_back(source().state); });
    }
    std::vector<SourceState> states;
    Subscription told_;
};

TEST_F(SourceTest, AQuantityThatTheSensorDoesNotHaveIsRefusedWithThoseItHas) {
    begin();
    auto spec = Gateway::spec();
    spec.quantity = "counts";
    const auto refused = gateway->add(spec);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(refused.error().message, "sensor 's' has no quantity 'counts'; it has count");
}

TEST_F(SourceTest, AQuantityOfASensorThatFailsIsJudgedByItsConfiguration) {
    begin();
    fail();
    gateway->sample();
    gateway->loop.runFor(1min);
    auto spec = Gateway::spec();
    spec.quantity = "counts";
    EXPECT_FALSE(gateway->add(spec));
    spec.quantity = "count";
    EXPECT_TRUE(gateway->add(spec));
}

TEST_F(SourceTest, TellsWhyASourceThatWasNeverThereGivesNothing) {
    sensor::SensorInfo sensor;
    sensor.config.id = "s";
    sensor.lastError = "/media/usb/rec.csv: No such file or directory";
    const auto judged = judgeSource("s", "anything", &sensor, false, {}, SteadyTime(1s));
    EXPECT_EQ(judged.state, SourceState::Starting);
    EXPECT_EQ(judged.problem, "no good reading has come yet: /media/usb/rec.csv: No such file or directory");
}

TEST_F(SourceTest, IsLiveWithTheFirstGoodReadingAndSaysWhatIsRead) {
    begin();
    ASSERT_TRUE(gateway->add(Gateway::spec()));
    watch();
    EXPECT_EQ(source().state, SourceState::Starting);
    gateway->sample();
    gateway->loop.settle();
    EXPECT_EQ(source().state, SourceState::Live);
    EXPECT_EQ(states, std::vector<SourceState>{SourceState::Live});
    EXPECT_EQ(source().problem, "");
    ASSERT_EQ(source().channels.size(), 1U);
    EXPECT_EQ(source().channels[0].quantity, "count");
    EXPECT_EQ(source().interval, 20s);
}

TEST_F(SourceTest, AStreamMadeBetweenTwoTurnsIsLiveAtOnce) {
    begin();
    gateway->sample();
    gateway->loop.settle();
    ASSERT_TRUE(gateway->add(Gateway::spec()));
    EXPECT_EQ(source().state, SourceState::Live);
}

TEST_F(SourceTest, FallsSilentAfterThreeTurnsAndIsLiveAgainWithOneGoodReading) {
    beginWith(Gateway::spec());
    gateway->turns(1);
    watch();
    fail();
    gateway->turns(2);
    EXPECT_EQ(source().state, SourceState::Live);
    gateway->turns(2);
    EXPECT_EQ(source().state, SourceState::Silent);
    EXPECT_EQ(source().problem, "no good reading comes: gone");
    EXPECT_EQ(source().without, 80s);
    answer(7);
    gateway->turns(1);
    EXPECT_EQ(source().state, SourceState::Live);
    EXPECT_EQ(states, (std::vector<SourceState>{SourceState::Silent, SourceState::Live}));
}

TEST_F(SourceTest, OnlyGoodReadingsCount) {
    for (const auto quality : {sensor::Quality::Bad, sensor::Quality::Uncertain}) {
        begin();
        answer(7, quality);
        (void)gateway->add(Gateway::spec());
        gateway->sample();
        gateway->loop.runFor(10s);
        EXPECT_EQ(source().state, SourceState::Starting);
        gateway->turns(4);
        EXPECT_EQ(source().state, SourceState::Silent);
        gateway.reset();
    }
}

TEST_F(SourceTest, IsSilentAtOnceWhenItsSensorLeavesTheConfigurationAndBackWhenItReads) {
    beginWith(Gateway::spec());
    gateway->turns(1);
    watch();
    ASSERT_TRUE(gateway->sampler.remove("s"));
    gateway->loop.settle();
    EXPECT_EQ(source().state, SourceState::Silent);
    EXPECT_EQ(source().problem, "there is no sensor 's' in the configuration, or it is disabled");
    EXPECT_EQ(states, std::vector<SourceState>{SourceState::Silent});
    gateway->loop.runFor(10min);
    EXPECT_GE(source().without, 10min);
    sensor::SensorConfig config;
    config.id = "s";
    ASSERT_TRUE(gateway->sampler.add(config, std::make_unique<test::FakeDriver>(gateway->source)));
    gateway->loop.settle();
    EXPECT_EQ(source().state, SourceState::Live);
}

TEST_F(SourceTest, IsSilentWhenAReloadTakesTheQuantityAway) {
    auto spec = Gateway::spec();
    spec.quantity = "count";
    beginWith(spec);
    gateway->turns(1);
    ASSERT_TRUE(gateway->sampler.remove("s"));
    auto other = std::make_shared<test::FakeSource>();
    sensor::SensorConfig config;
    config.id = "s";
    ASSERT_TRUE(gateway->sampler.add(config, std::make_unique<test::FakeDriver>(other)));
    gateway->loop.settle();
    EXPECT_EQ(source().state, SourceState::Silent);
    EXPECT_EQ(source().problem, "sensor 's' has no quantity 'count'; it has temperature");
}

TEST_F(SourceTest, AStreamOfAnEarlierLifeWithoutItsSensorIsSilentFromTheStart) {
    begin();
    auto spec = Gateway::spec();
    spec.sensor = "gone";
    ASSERT_TRUE(gateway->add(spec));
    gateway.reset();
    begin();
    EXPECT_EQ(source().state, SourceState::Silent);
    EXPECT_NE(source().problem.find("'gone'"), std::string::npos);
}

TEST_F(SourceTest, IsSilentWhilePausedAndLiveAfterwards) {
    beginWith(Gateway::spec());
    gateway->turns(1);
    ASSERT_TRUE(gateway->loop.run(gateway->streams->pause("a")));
    gateway->turns(3);
    EXPECT_EQ(source().state, SourceState::Silent);
    EXPECT_EQ(source().problem, "the stream is paused");
    EXPECT_GE(source().without, 60s);
    ASSERT_TRUE(gateway->loop.run(gateway->streams->resume("a")));
    gateway->turns(1);
    EXPECT_EQ(source().state, SourceState::Live);
}

}  // namespace
}  // namespace pegasus::stream
