// SPDX-License-Identifier: Apache-2.0
// What services may ask of the loop: timers, tasks of their own, a pool for pure functions, randomness.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <type_traits>

#include "base/async.hpp"
#include "base/time.hpp"

namespace pegasus {

/// The loop. All members on the loop thread, but post(), which any thread may call.
///
/// Stopping is cooperative: once it has begun, every sleep ends at once with Cancelled, the pool's stop token is set, and
/// a task is expected to return soon. The owner of a service keeps it alive until all tasks have ended.
class Scheduler : public Executor {
public:
    /// Waits. Cancelled when the program is stopping.
    virtual Task<void> sleep(Duration duration) = 0;
    /// Runs `task` on the loop; `name` is for diagnostics. An exception that leaves the task ends the program.
    virtual void spawn(std::string name, Async<void> task) = 0;
    [[nodiscard]] virtual bool stopping() const = 0;
};

/// Threads for pure functions (proof of work, signing, trees) and for slow reads of a bus.
class Pool {
public:
    virtual ~Pool() = default;
    /// Queues `job`; it gets a token that is set when the program stops. Any thread.
    virtual void post(std::function<void(std::stop_token)> job) = 0;
    /// Number of threads, at least 1.
    [[nodiscard]] virtual unsigned size() const = 0;
};

/// A pure function for the pool.
class Work {
public:
    virtual ~Work() = default;
    virtual void run(const std::stop_token& token) = 0;
};
/// Its outcome.
template <class T>
class WorkOf : public Work {
public:
    std::optional<T> outcome;
};

/// Resumes once the pool has run it.
[[nodiscard]] Async<void> runInPool(Pool& pool, std::shared_ptr<Work> work);

template <class T>
Async<T> outcomeInPool(Pool& pool, std::shared_ptr<Work> work) {
    co_await runInPool(pool, work);
    co_return std::move(*static_cast<WorkOf<T>&>(*work).outcome);
}

/// Runs `function` in the pool and resumes the coroutine on its loop with the value. `function` takes a
/// std::stop_token or nothing, must not throw, and must own what it uses.
template <class F>
auto compute(Pool& pool, F function) {
    constexpr bool takesToken = std::is_invocable_v<F&, std::stop_token>;
    using T = typename std::conditional_t<takesToken, std::invoke_result<F&, std::stop_token>,
                                          std::invoke_result<F&>>::type;
    class Call final : public WorkOf<T> {
    public:
        explicit Call(F call) : call_(std::move(call)) {}
        void run([[maybe_unused]] const std::stop_token& token) override {
            if constexpr (takesToken) {
                this->outcome.emplace(call_(token));
            } else {
                this->outcome.emplace(call_());
            }
        }

    private:
        F call_;
    };
    std::unique_ptr<Work> work = std::make_unique<Call>(std::move(function));
    return outcomeInPool<T>(pool, std::move(work));
}

/// Cryptographically secure random bytes (a fake in tests). Any thread.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace pegasus
