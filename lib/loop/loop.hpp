// SPDX-License-Identifier: Apache-2.0
// The one io_context with its thread, timers, tasks and the worker pool.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/scheduler.hpp"

namespace pegasus::loop {

class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override;
    [[nodiscard]] SteadyTime steady() const override;
};

/// Worker threads. The destructor asks running jobs to stop, drops queued ones, and joins.
class ThreadPool final : public Pool {
public:
    /// `threads` 0: one less than the processors, but at least one, so that sampling keeps a core.
    explicit ThreadPool(unsigned threads = 0);
    ~ThreadPool() override;
    void post(std::function<void(std::stop_token)> job) override;
    [[nodiscard]] unsigned size() const override { return static_cast<unsigned>(threads_.size()); }
    /// Sets the stop token of all jobs, those still queued too (they run with it set). Idempotent.
    void requestStop() { stop_.request_stop(); }

private:
    void work();

    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void(std::stop_token)>> queue_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

/// The loop. run() turns the calling thread into the loop thread.
class Loop final : public Scheduler {
public:
    explicit Loop(unsigned poolThreads = 0);
    ~Loop() override;

    Task<void> sleep(Duration duration) override;
    void spawn(std::string name, Async<void> task) override;
    void post(std::function<void()> function) override;
    [[nodiscard]] bool stopping() const override { return stopping_; }

    /// Runs until stop() was called and every task has ended, or `grace` after stop() has passed. False if tasks
    /// were still there then: the caller should leave the process without destroying what they use.
    [[nodiscard]] bool run(Duration grace = 8s);
    /// Begins to stop. Loop thread.
    void stop();
    /// Names of the tasks still running, for diagnostics.
    [[nodiscard]] std::vector<std::string> running() const;
    /// Counts turns of the loop's heartbeat task; see the watchdog in daemon/.
    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    [[nodiscard]] ThreadPool& pool() { return pool_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

private:
    boost::asio::io_context context_{1};
    SystemClock clock_;
    std::list<boost::asio::steady_timer*> sleepers_;
    std::map<std::uint64_t, std::string> tasks_;
    std::uint64_t nextTask_ = 0;
    std::exception_ptr failure_;
    bool stopping_ = false;
    ThreadPool pool_;  // last: its threads post to the context
};

}  // namespace pegasus::loop
