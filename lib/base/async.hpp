// SPDX-License-Identifier: Apache-2.0
// The asynchronous vocabulary: Async<T>, Task<T>, suspension on a callback, mutex and event for coroutines of one loop.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/result.hpp"

namespace pegasus {

/// A coroutine on the loop. It starts when it is awaited or spawned.
template <class T>
using Async = boost::asio::awaitable<T>;
/// A coroutine that can fail.
template <class T>
using Task = Async<Result<T>>;

/// Waits that end from outside the loop (pool, database) and are under way, over all loops. A test's loop advances its
/// clock only when there are none.
inline std::atomic<int> externalWaits{0};

/// What ends a suspension: another thread or device, or the loop itself (a lock, an event, a test's timer).
enum class WaitsFor : std::uint8_t { Outside, Loop };

/// Suspends the calling coroutine; `start` gets a copyable callable `resume(T)` that must be called exactly once, from
/// any thread. The coroutine goes on, on its own executor. g++ 12: pass `start` as a named variable or a plain lambda.
template <class T, WaitsFor kind = WaitsFor::Outside, class Start>
Async<T> suspend(Start start) {
    auto initiate = [](auto handler, Start begin) {
        auto executor = boost::asio::get_associated_executor(handler);
        using Handler = std::decay_t<decltype(handler)>;
        // Shared, since std::function needs a copyable target; it is called once.
        auto kept = std::make_shared<Handler>(std::move(handler));
        auto work = boost::asio::make_work_guard(executor);
        if constexpr (kind == WaitsFor::Outside) ++externalWaits;
        begin([kept, work, executor](T value) mutable {
            auto run = [kept, v = std::move(value)]() mutable {
                if constexpr (kind == WaitsFor::Outside) --externalWaits;
                std::move (*kept)(std::move(v));
            };
            boost::asio::post(executor, std::move(run));
        });
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
        initiate, boost::asio::use_awaitable, std::move(start));
}

/// A condition that coroutines of one loop wait for. Loop thread only. Must outlive its waiters.
class AsyncEvent {
public:
    /// Wakes every waiter of now.
    void notifyAll() {
        auto waiters = std::exchange(waiters_, {});
        for (auto& resume : waiters) resume(true);
    }
    Async<void> wait() {
        auto start = [this](auto resume) { waiters_.emplace_back(std::move(resume)); };
        (void)co_await suspend<bool, WaitsFor::Loop>(start);
    }

private:
    std::deque<std::function<void(bool)>> waiters_;
};

/// Mutual exclusion between coroutines of one loop, first come first served. Loop thread only.
class AsyncMutex {
public:
    /// Holding it is owning the lock.
    class [[nodiscard]] Guard {
    public:
        explicit Guard(AsyncMutex* mutex) : mutex_(mutex) {}
        Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
        Guard& operator=(Guard&&) = delete;
        ~Guard() {
            if (mutex_ != nullptr) mutex_->unlock();
        }

    private:
        AsyncMutex* mutex_;
    };

    Async<Guard> lock() {
        if (locked_) {
            auto start = [this](auto resume) { waiters_.emplace_back(std::move(resume)); };
            (void)co_await suspend<bool, WaitsFor::Loop>(start);  // unlock() hands the lock over: locked_ stays true
        } else {
            locked_ = true;
        }
        co_return Guard(this);
    }

private:
    void unlock() {
        if (waiters_.empty()) {
            locked_ = false;
            return;
        }
        auto next = std::move(waiters_.front());
        waiters_.pop_front();
        next(true);
    }

    bool locked_ = false;
    std::deque<std::function<void(bool)>> waiters_;
};

}  // namespace pegasus
