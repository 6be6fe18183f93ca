// SPDX-License-Identifier: Apache-2.0
// The asynchronous vocabulary: Async<T>, Task<T>, suspension on a callback, mutex and event for coroutines of one loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/flow.hpp"
#include "base/result.hpp"

namespace pegasus {

/// A coroutine that can fail.
template <class T>
using Task = Async<Result<T>>;

/// Waits that end from outside the loop (pool, database) and are under way, over all loops. A test's loop advances its
/// clock only when there are none.
inline std::atomic<int> externalWaits{0};

/// What ends a suspension: another thread or device, or the loop itself (a lock, an event, a test's timer).
enum class WaitsFor : std::uint8_t { Outside, Loop };

/// A coroutine that waits for a call.
struct Suspended {
    std::shared_ptr<Flow> flow;
    std::coroutine_handle<> handle;
    WaitsFor kind = WaitsFor::Outside;
};

/// The callable that ends a suspension. Copyable, to be called exactly once, from any thread. When the last copy goes without a
/// call, the coroutine is destroyed with all that awaits it.
class Wake {
public:
    Wake() = default;
    explicit Wake(std::shared_ptr<Suspended> suspended) : suspended_(std::move(suspended)) {}
    /// Lets it go on: on its executor, soon.
    void operator()() const;

private:
    std::shared_ptr<Suspended> suspended_;
};

/// What `co_await` suspends on: start() is called once the coroutine is suspended. (A class to derive from and not a function
/// object as a parameter, here and below, so that what is compiled for each caller and type is small.)
class Suspension {
public:
    explicit Suspension(WaitsFor kind) : kind_(kind) {}
    virtual ~Suspension() = default;
    Suspension(const Suspension&) = delete;
    Suspension& operator=(const Suspension&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Caller>
    void await_suspend(std::coroutine_handle<Caller> caller) {
        suspend(caller.promise(), caller);
    }
    void await_resume() const noexcept {}

private:
    virtual void start(Wake wake) = 0;
    void suspend(PromiseBase& promise, std::coroutine_handle<> caller);

    WaitsFor kind_;
};

/// A Wake that brings a value.
template <class T>
class Resume {
public:
    void operator()(T value) const {
        value_->emplace(std::move(value));
        wake_();
    }

private:
    template <class U, WaitsFor kind, class Start>
    friend Async<U> suspend(Start start);

    std::shared_ptr<std::optional<T>> value_ = std::make_shared<std::optional<T>>();
    Wake wake_;
};

/// Suspends the calling coroutine; `start` gets a Resume<T>. The coroutine goes on, on its own executor, with the value.
/// g++ 12: pass `start` as a named variable or a plain lambda.
template <class T, WaitsFor kind = WaitsFor::Outside, class Start>
Async<T> suspend(Start start) {
    class Waiting final : public Suspension {
    public:
        explicit Waiting(Start given) : Suspension(kind), start_(std::move(given)) {}
        Resume<T> resume;

    private:
        void start(Wake wake) override {
            auto mine = resume;
            mine.wake_ = std::move(wake);
            start_(std::move(mine));
        }
        Start start_;
    };
    Waiting waiting(std::move(start));
    co_await waiting;
    co_return std::move(**waiting.resume.value_);
}

/// A condition that coroutines of one loop wait for. Loop thread only. Must outlive its waiters.
class AsyncEvent {
public:
    /// Wakes every waiter of now.
    void notifyAll();
    Async<void> wait();

private:
    std::deque<Wake> waiters_;
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

    Async<Guard> lock();

private:
    void unlock();

    bool locked_ = false;
    std::deque<Wake> waiters_;
};

}  // namespace pegasus
