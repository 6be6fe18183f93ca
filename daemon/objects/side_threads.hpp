// SPDX-License-Identifier: Apache-2.0
// SideThreads: where system calls on descriptors of others are made, since they may hang in the kernel.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/async.hpp"
#include "base/scheduler.hpp"

namespace pegasus::daemon {

inline constexpr std::size_t kMaxSideThreads = 8;
inline constexpr std::size_t kMaxSideJobs = 64;  ///< that wait for a thread

/// A few threads, beside the loop and beside the pool: what hangs there holds up nothing else.
class SideThreads {
public:
    virtual ~SideThreads() = default;
    /// Runs `job`, which owns what it uses and does not throw, soon. LimitExceeded: all threads are busy and kMaxSideJobs wait.
    /// Any thread.
    virtual Result<void> post(std::function<void()> job) = 0;
};

/// Threads are started when they are needed, kMaxSideThreads at most. Neither the destructor nor the end of the program waits for
/// one that hangs.
[[nodiscard]] std::shared_ptr<SideThreads> makeSideThreads();

/// Calls beside the loop with one deadline for all of them. Loop thread only.
class Aside {
public:
    Aside(Scheduler& scheduler, std::shared_ptr<SideThreads> threads, Duration limit);
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;
    ~Aside();

    /// What `job` gives; Timeout once the deadline has passed, though the job may hang on: it owns what it uses. One at a time.
    Task<bool> run(std::function<Result<bool>()> job);

private:
    struct Pending;
    static Async<void> watch(Scheduler& scheduler, std::shared_ptr<Pending> pending, Duration limit);

    std::shared_ptr<SideThreads> threads_;
    std::shared_ptr<Pending> pending_;  // shared with the watch, which may outlive this
};

}  // namespace pegasus::daemon
