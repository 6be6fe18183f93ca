// SPDX-License-Identifier: Apache-2.0
// The real loop and pool. The only unit test that lets real time pass, some milliseconds of it.
#include "loop/loop.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace pegasus::loop {
namespace {

Async<void> stopAfter(Loop& loop, Duration duration) {
    (void)co_await loop.sleep(duration);
    loop.stop();
}

TEST(Loop, RunsTasksUntilItIsStopped) {
    Loop loop(1);
    loop.spawn("stop", stopAfter(loop, 1ms));
    EXPECT_TRUE(loop.run());
}

TEST(Loop, EndsLongSleepsWhenItStops) {
    Loop loop(1);
    Result<void> outcome;
    auto sleeper = [&]() -> Async<void> { outcome = co_await loop.sleep(1h); };
    loop.spawn("sleeper", sleeper());
    loop.spawn("stop", stopAfter(loop, 1ms));
    EXPECT_TRUE(loop.run());
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::Cancelled);
}

TEST(Loop, ReportsTasksThatDoNotEnd) {
    Loop loop(1);
    AsyncEvent never;
    auto stuck = [&]() -> Async<void> { co_await never.wait(); };
    loop.spawn("stuck", stuck());
    loop.spawn("stop", stopAfter(loop, 1ms));
    EXPECT_FALSE(loop.run(10ms));
    EXPECT_EQ(loop.running(), std::vector<std::string>{"stuck"});
}

TEST(Loop, PassesOnAnExceptionOfATask) {
    Loop loop(1);
    auto thrower = []() -> Async<void> {
        throw std::runtime_error("bug");
        co_return;
    };
    loop.spawn("thrower", thrower());
    EXPECT_THROW((void)loop.run(), std::runtime_error);
}

TEST(ThreadPool, SetsTheTokenOfRunningJobsWhenTheLoopStops) {
    Loop loop(2);
    std::atomic<bool> sawStop = false;
    auto job = [&sawStop](std::stop_token token) {
        while (!token.stop_requested()) std::this_thread::yield();
        sawStop = true;
        return 1;
    };
    auto task = [&]() -> Async<void> { (void)co_await compute(loop.pool(), job); };
    loop.spawn("job", task());
    loop.spawn("stop", stopAfter(loop, 1ms));
    EXPECT_TRUE(loop.run());
    EXPECT_TRUE(sawStop);
}

TEST(ThreadPool, LeavesAProcessorFreeByDefault) {
    const ThreadPool pool;
    EXPECT_EQ(pool.size(), std::max(1U, std::thread::hardware_concurrency() - 1));
}

}  // namespace
}  // namespace pegasus::loop
