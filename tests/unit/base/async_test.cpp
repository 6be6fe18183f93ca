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
