// SPDX-License-Identifier: Apache-2.0
// Pulses on a modelled line: bounce, bursts, restarts, and a line that goes.
#include "drivers/linux/debounce.hpp"
#include "support/chip_fixture.hpp"

namespace pegasus::drivers {
namespace {

using sensor::Quality;

class Pulse : public test::ChipFixture {
protected:
    Pulse() { (void)gpio->line("GPIO17"); }

    Probe gauge(std::map<std::string, Given> parameters = {}) {
        parameters.try_emplace("line", "GPIO17");
        return probe("pulse", std::move(parameters));
    }
    /// One closing and opening of a contact, `bounces` times uncertain; its thread attends after each part.
    void tip(Probe& sensor, int bounces = 3) {
        for (const bool level : {true, false}) {
            gpio->bounce("GPIO17", level, bounces);
            (void)sensor.attend();
            clock.advance(20ms);
            (void)sensor.attend();
        }
    }
};

TEST_F(Pulse, CountsAContactThatBouncesOnce) {
    auto sensor = gauge({{"quantity", "rain"}, {"unit", "mm"}, {"factor", "0.2794"}});
    (void)sensor.turn();
    for (int i = 0; i < 10; ++i) tip(sensor);
    EXPECT_EQ(sensor.value("rain_total"), 2.794);
}

TEST_F(Pulse, TenThousandEdgesWithBounceAreExact) {
    auto sensor = gauge();
    (void)sensor.turn();
    for (int i = 0; i < 5000; ++i) tip(sensor, i % 4);
    EXPECT_EQ(sensor.value("pulses_total"), 5000);
}

TEST_F(Pulse, WithoutDebounceEachEdgeCounts) {
    auto sensor = gauge({{"debounce", "0s"}, {"edge", "both"}});
    (void)sensor.turn();
    gpio->bounce("GPIO17", true, 2);
    EXPECT_EQ(sensor.value("pulses_total"), 5);
}

TEST_F(Pulse, TheKernelsDebounceIsNotDoneTwice) {
    gpio->line("GPIO17").kernelDebounces = true;
    auto sensor = gauge({{"debounce", "50ms"}});
    (void)sensor.turn();
    for (const bool level : {true, false, true}) {
        gpio->pull("GPIO17", level);
        clock.advance(10ms);
    }
    EXPECT_EQ(sensor.value("pulses_total"), 2);
}

TEST_F(Pulse, ASwitchToGroundCountsItsClosing) {
    gpio->line("GPIO17").level = true;
    auto sensor = gauge({{"active-low", "true"}, {"bias", "pull-up"}});
    (void)sensor.turn();
    gpio->pull("GPIO17", false);
    clock.advance(10ms);
    EXPECT_EQ(sensor.value("pulses_total"), 1);
    gpio->pull("GPIO17", true);
    clock.advance(10ms);
    EXPECT_EQ(sensor.value("pulses_total"), 1);
}

TEST_F(Pulse, TheRateIsTheMeanOfItsWindow) {
    auto sensor = gauge({{"per", "h"}, {"window", "10s"}});
    EXPECT_TRUE(sensor.read("pulses_rate").reason.starts_with("warming up"));
    for (int i = 0; i < 20; ++i) {
        tip(sensor);
        clock.advance(1s - 40ms);
    }
    EXPECT_NEAR(sensor.value("pulses_rate"), 3600, 400);
    clock.advance(30s);
    EXPECT_EQ(sensor.value("pulses_rate"), 0);
    EXPECT_EQ(sensor.turn()[1].unit, "/h");
}

TEST_F(Pulse, WhatTheKernelLostIsSaid) {
    gpio->line("GPIO17").room = 16;
    auto sensor = gauge({{"debounce", "0s"}});
    (void)sensor.turn();
    for (int i = 0; i < 20; ++i) gpio->bounce("GPIO17", i % 2 == 0, 0);
    const auto reading = sensor.read("pulses_total");
    EXPECT_EQ(reading.quality, Quality::Uncertain);
    EXPECT_EQ(reading.reason, "the kernel lost 4 edges: too many came at once");
    EXPECT_EQ(sensor.read("pulses_total").quality, Quality::Good) << "once";
}

TEST_F(Pulse, WhereTheKernelDoesNotTellItIsSaidThatNobodyKnows) {
    gpio->line("GPIO17").counts = false;
    auto sensor = gauge();
    (void)sensor.turn();
    EXPECT_NE(sensor.notice().find("does not tell of lost pulses"), std::string::npos);
    gpio->line("GPIO17").room = 16;
    for (int i = 0; i < 20; ++i) gpio->bounce("GPIO17", i % 2 == 0, 0);
    const auto reading = sensor.read("pulses_total");
    EXPECT_EQ(reading.quality, Quality::Uncertain);
    EXPECT_TRUE(reading.reason.starts_with("edges may be lost")) << reading.reason;
}

TEST_F(Pulse, TheTotalSurvivesARestart) {
    {
        auto sensor = gauge();
        (void)sensor.turn();
        tip(sensor);
        tip(sensor);
    }
    restart();
    auto sensor = gauge();
    EXPECT_EQ(sensor.value("pulses_total"), 2);
}

TEST_F(Pulse, AKillLosesNoMoreThanWhatWasNotSavedYet) {
    auto sensor = gauge({{"save-every", "10s"}});
    (void)sensor.turn();
    tip(sensor);
    clock.advance(11s);
    (void)sensor.turn();  // saved
    tip(sensor);
    linux_::Totals after(dir.path() / "totals");
    EXPECT_EQ(after.load("s")->count, 1U);
}

TEST_F(Pulse, ADamagedTotalIsKeptAsideAndSaid) {
    for (const char* text : {"", "pegasus-total 1 5 0\n", "pegasus-total 1 5 fffffffffffffffa\nx", "\xff\xfe"}) {
        put("totals/s.total", text);
        linux_::Totals fresh(dir.path() / "totals");
        const auto loaded = fresh.load("s");
        ASSERT_TRUE(loaded) << text;
        EXPECT_EQ(loaded->count, 0U);
        EXPECT_NE(loaded->notice.find("kept as"), std::string::npos) << text;
        EXPECT_TRUE(std::filesystem::exists(dir.path() / "totals/s.total.damaged"));
    }
    put("totals/s.total", "pegasus-total 1 5 fffffffffffffffa\n");
    linux_::Totals good(dir.path() / "totals");
    EXPECT_EQ(good.load("s")->count, 5U);
    EXPECT_TRUE(good.load("s")->notice.empty());
}

TEST_F(Pulse, ALineThatGoesAndComesHeals) {
    auto sensor = gauge();
    (void)sensor.turn();
    tip(sensor);
    gpio->line("GPIO17").gone = true;
    EXPECT_EQ(sensor.read("pulses_total").quality, Quality::Missing);
    EXPECT_EQ(sensor.read("pulses_total").reason, "no GPIO chip has a line 'GPIO17'");
    gpio->line("GPIO17").gone = false;
    EXPECT_EQ(sensor.value("pulses_total"), 1);
    tip(sensor);
    EXPECT_EQ(sensor.value("pulses_total"), 2);
}

TEST_F(Pulse, ALineHasOneUser) {
    const auto first = registry.check(configOf("pulse", {{"line", "GPIO17"}}));
    const auto second = registry.check(configOf("level", {{"line", "GPIO17"}}));
    EXPECT_EQ(first.claims, second.claims);
    EXPECT_NE(refusal("pulse", {}).find("'line' is needed"), std::string::npos);
    EXPECT_NE(refusal("pulse", {{"line", "GPIO17"}, {"factor", "0"}}).find("'factor' is 0"), std::string::npos);
    EXPECT_NE(refusal("pulse", {{"line", "GPIO17"}, {"bias", "up"}}).find("one of: as-is"), std::string::npos);
}

TEST(Debounce, SettlesWhatStoodForThePeriod) {
    using std::chrono::nanoseconds;
    linux_::Debounce filter(10ms, false);
    const auto at = [](int ms, bool rising) { return linux_::Edge{rising, std::chrono::milliseconds(ms)}; };
    const linux_::Edge bounce[] = {at(0, true), at(2, false), at(4, true)};
    EXPECT_TRUE(filter.pass(bounce).empty());
    EXPECT_EQ(filter.due(), std::optional<nanoseconds>(14ms));
    EXPECT_FALSE(filter.settle(13ms));
    const auto real = filter.settle(14ms);
    ASSERT_TRUE(real);
    EXPECT_EQ(real->time, nanoseconds(4ms));
    const linux_::Edge glitch[] = {at(30, false), at(31, true)};
    EXPECT_TRUE(filter.pass(glitch).empty());
    EXPECT_FALSE(filter.settle(50ms)) << "it came back to where it was";
}

}  // namespace
}  // namespace pegasus::drivers
