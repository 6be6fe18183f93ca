// SPDX-License-Identifier: Apache-2.0
// The asynchronous vocabulary on the test's loop.
#include <gtest/gtest.h>

#include "base/observers.hpp"
#include "support/test_loop.hpp"

namespace pegasus {
namespace {

using test::TestLoop;

Task<int> failing() { co_return fail(ErrorCode::NotFound, "no {}", "thing"); }

Task<int> passingOn() {
    PEGASUS_CO_TRY(const int value, co_await failing());
    co_return value + 1;
}

TEST(Async, PassesAnErrorThroughCoroutines) {
    TestLoop loop;
    const auto result = loop.run(passingOn());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (Error{ErrorCode::NotFound, "no thing"}));
}

Task<int> computeTwice(Pool& pool) {
    auto twice = [] { return Result<int>(21 * 2); };
    PEGASUS_CO_TRY(const int value, co_await compute(pool, twice));
    co_return value;
}

TEST(Async, ReturnsThePoolsValue) {
    TestLoop loop;
    EXPECT_EQ(loop.run(computeTwice(loop.pool)).value(), 42);
}

Async<int> at(int value) { co_return value; }

Async<int> countUp(int times) {
    int sum = 0;
    for (int i = 0; i < times; ++i) {
        const int value = co_await at(1);
        sum += value;
    }
    co_return sum;
}

TEST(Async, KeepsTheStackFlatHoweverManyCallsEndAtOnce) {
    TestLoop loop;
    EXPECT_EQ(loop.run(countUp(100'000)), 100'000);
}

Async<int> throwing() {
    throw std::runtime_error("thrown");
    co_return 0;
}

TEST(Async, PassesAnExceptionToWhoAwaits) {
    TestLoop loop;
    std::string caught;
    auto task = [&caught]() -> Async<void> {
        try {
            (void)co_await throwing();
        } catch (const std::runtime_error& e) {
            caught = e.what();
        }
    };
    loop.spawn("task", task());
    loop.settle();
    EXPECT_EQ(caught, "thrown");
}

struct Witness {
    explicit Witness(bool& flag) : gone(flag) {}
    ~Witness() { gone = true; }
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    bool& gone;
};

Async<void> waitFor(std::optional<Resume<int>>& place, bool& innerGone) {
    const Witness witness(innerGone);
    auto start = [&place](Resume<int> resume) { place.emplace(std::move(resume)); };
    (void)co_await suspend<int, WaitsFor::Loop>(start);
}

Async<void> waitAround(std::optional<Resume<int>>& place, bool& innerGone, bool& outerGone) {
    const Witness witness(outerGone);
    co_await waitFor(place, innerGone);
}

TEST(Async, IsDestroyedWithTheLastThatCouldResumeIt) {
    TestLoop loop;
    std::optional<Resume<int>> place;
    bool inner = false;
    bool outer = false;
    loop.spawn("task", waitAround(place, inner, outer));
    loop.settle();
    ASSERT_TRUE(place);
    EXPECT_FALSE(inner || outer);
    place.reset();
    EXPECT_TRUE(inner && outer);
}

TEST(Async, BeginsAtOnceWhenItIsSpawnedOnTheLoop) {
    TestLoop loop;
    std::vector<int> order;
    auto child = [&order]() -> Async<void> {
        order.push_back(1);
        co_return;
    };
    auto parent = [&]() -> Async<void> {
        loop.spawn("child", child());
        order.push_back(2);
        co_return;
    };
    loop.spawn("parent", parent());
    EXPECT_TRUE(order.empty()) << "from elsewhere: when the loop runs";
    loop.settle();
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

Async<void> hold(AsyncMutex& mutex, TestLoop& loop, std::vector<int>& order, int id) {
    const auto guard = co_await mutex.lock();
    order.push_back(id);
    (void)co_await loop.sleep(1s);
    order.push_back(id);
}

TEST(AsyncMutex, LetsOneInAtATimeInOrder) {
    TestLoop loop;
    AsyncMutex mutex;
    std::vector<int> order;
    for (int i = 0; i < 3; ++i) loop.spawn("hold", hold(mutex, loop, order, i));
    loop.runFor(10s);
    EXPECT_EQ(order, (std::vector<int>{0, 0, 1, 1, 2, 2}));
}

TEST(Scheduler, EndsSleepsWithCancelledWhenItStops) {
    TestLoop loop;
    Result<void> outcome;
    auto task = [&]() -> Async<void> { outcome = co_await loop.sleep(1h); };
    loop.spawn("sleeper", task());
    loop.settle();
    loop.stop();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::Cancelled);
}

TEST(Observers, UnsubscribeWhenTheHandleGoes) {
    Observers<int> observers;
    int sum = 0;
    {
        auto handle = observers.add([&](int x) { sum += x; });
        observers.notify(3);
    }
    observers.notify(4);
    EXPECT_EQ(sum, 3);
}

TEST(ErrorTable, NamesEveryCodeOnce) {
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        EXPECT_EQ(errorInfo(code).code, code);
        EXPECT_EQ(errorCodeFromName(errorInfo(code).name), code);
    }
}

}  // namespace
}  // namespace pegasus
