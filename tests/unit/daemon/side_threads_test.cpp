// SPDX-License-Identifier: Apache-2.0
// Threads for what may hang. Real threads, which wait for each other and never for the clock.
#include "daemon/objects/side_threads.hpp"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace pegasus::daemon {
namespace {

TEST(SideThreads, RunAJob) {
    const auto threads = makeSideThreads();
    std::promise<int> done;
    ASSERT_TRUE(threads->post([&] { done.set_value(7); }));
    EXPECT_EQ(done.get_future().get(), 7);
}

TEST(SideThreads, RunOthersWhileOneHangs) {
    const auto threads = makeSideThreads();
    std::promise<void> hang;
    auto end = std::make_shared<std::promise<void>>();
    ASSERT_TRUE(threads->post([wait = hang.get_future().share(), end] {
        wait.wait();
        end->set_value();
    }));
    for (int i = 0; i < 100; ++i) {
        std::promise<void> done;
        ASSERT_TRUE(threads->post([&] { done.set_value(); }));
        done.get_future().wait();
    }
    hang.set_value();
    end->get_future().wait();
}

TEST(SideThreads, AreBoundedAndLeaveBehindWhatHangs) {
    auto hang = std::make_shared<std::promise<void>>();
    const auto wait = hang->get_future().share();
    {
        const auto threads = makeSideThreads();
        std::vector<std::future<void>> running;
        for (std::size_t i = 0; i < kMaxSideThreads; ++i) {
            auto started = std::make_shared<std::promise<void>>();
            running.push_back(started->get_future());
            ASSERT_TRUE(threads->post([wait, started] {
                started->set_value();
                wait.wait();
            }));
        }
        for (auto& one : running) one.wait();
        for (std::size_t i = 0; i < kMaxSideJobs; ++i) ASSERT_TRUE(threads->post([] {}));
        EXPECT_EQ(threads->post([] {}).error().code, ErrorCode::LimitExceeded);
    }  // does not wait
    hang->set_value();
}

}  // namespace
}  // namespace pegasus::daemon
