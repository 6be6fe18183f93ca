// SPDX-License-Identifier: Apache-2.0
// What services may ask of the loop: timers, tasks of their own, a pool for pure functions, randomness.
#pragma once

#include <cstdint>
#include <functional>
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
class Scheduler {
public:
    virtual ~Scheduler() = default;
    /// Waits. Cancelled when the program is stopping.
    virtual Task<void> sleep(Duration duration) = 0;
    /// Runs `task` on the loop; `name` is for diagnostics. An exception that leaves the task ends the program.
    virtual void spawn(std::string name, Async<void> task) = 0;
    /// Runs `function` on the loop thread, soon.
    virtual void post(std::function<void()> function) = 0;
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

/// Runs `function` in the pool and resumes the coroutine on its loop with the value. `function` takes a
/// std::stop_token or nothing, must not throw, and must own what it uses.
template <class F>
auto compute(Pool& pool, F function) {
    constexpr bool takesToken = std::is_invocable_v<F&, std::stop_token>;
    using T = typename std::conditional_t<takesToken, std::invoke_result<F&, std::stop_token>,
                                          std::invoke_result<F&>>::type;
    auto start = [&pool, f = std::move(function)](auto resume) mutable {
        auto kept = std::make_shared<F>(std::move(f));  // std::function wants a copyable target
        pool.post([kept, resume](std::stop_token token) mutable {
            if constexpr (takesToken) {
                resume((*kept)(std::move(token)));
            } else {
                resume((*kept)());
            }
        });
    };
    return suspend<T>(std::move(start));
}

/// Cryptographically secure random bytes (a fake in tests). Any thread.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace pegasus
