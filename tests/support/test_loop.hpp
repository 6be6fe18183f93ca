// SPDX-License-Identifier: Apache-2.0
// A loop whose time belongs to the test: sleeps end when the clock, which jumps from one sleeper to the next, says so.
#pragma once

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

#include "base/scheduler.hpp"

namespace pegasus::test {

class ManualClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return now_; }
    [[nodiscard]] SteadyTime steady() const override { return steady_; }
    void advance(Duration by) {
        now_ += by;
        steady_ += by;
    }
    /// The wall clock alone jumps, as NTP makes it.
    void jumpWallClock(Duration by) { now_ += by; }

private:
    Timestamp now_ = fromMicros(1'600'000'000'000'000);
    SteadyTime steady_{std::chrono::hours(1)};
};

/// Runs jobs at once, on the caller's thread.
class InlinePool final : public Pool {
public:
    void post(std::function<void(std::stop_token)> job) override { job(stop.get_token()); }
    [[nodiscard]] unsigned size() const override { return 1; }
    std::stop_source stop;
};

/// Deterministic bytes: a counter-based generator, never for real keys.
class FakeRandom final : public Random {
public:
    explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) {
            state_ = state_ * 6364136223846793005U + 1442695040888963407U;
            byte = static_cast<std::uint8_t>(state_ >> 56);
        }
    }

private:
    std::uint64_t state_;
};

class TestLoop final : public Scheduler {
public:
    ~TestLoop() override {
        while (!sleepers_.empty()) sleepers_.extract(sleepers_.begin());
        while (take()) continue;  // what goes may post more
    }
    Task<void> sleep(Duration duration) override {
        if (stopping_) co_return fail(ErrorCode::Cancelled, "stopping");
        const auto at = clock.steady() + duration;
        auto start = [this, at](auto resume) { sleepers_.emplace(at, resume); };
        (void)co_await suspend<bool, WaitsFor::Loop>(start);
        if (stopping_) co_return fail(ErrorCode::Cancelled, "stopping");
        co_return Result<void>();
    }
    void spawn(std::string, Async<void> task) override {
        begin(std::make_shared<Flow>(*this, std::move(task), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        }));
    }
    void post(std::function<void()> function) override {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(function));
        posted_.notify_one();
    }
    [[nodiscard]] bool stopping() const override { return stopping_; }

    /// Runs `task` to its end, letting time pass as needed; throws when `limit` of the test's time was not enough.
    template <class T>
    T run(Async<T> task, Duration limit = std::chrono::hours(24)) {
        std::optional<T> result;
        spawn("run", keep(std::move(task), result));
        const auto deadline = clock.steady() + limit;
        while (!result) step(deadline);
        return std::move(*result);
    }
    /// Lets everything run for `duration` of the test's time.
    void runFor(Duration duration) {
        const auto deadline = clock.steady() + duration;
        while (settle(), !sleepers_.empty() && sleepers_.begin()->first <= deadline) wakeNext();
        if (clock.steady() < deadline)
            clock.advance(std::chrono::duration_cast<Duration>(deadline - clock.steady()));
        settle();
    }
    /// Runs what is ready, without letting time pass.
    void settle() {
        for (;;) {
            settleReady();
            if (externalWaits.load() == 0) return;
            awaitPost();
        }
    }
    /// Runs the first function that was posted, if any.
    bool runOne() {
        auto function = take();
        if (!function) return false;
        const Running running(running_);
        function();
        return true;
    }
    /// Waits, a moment at most, for what another thread posts.
    void awaitPost() {
        std::unique_lock lock(mutex_);
        posted_.wait_for(lock, std::chrono::milliseconds(1), [this] { return !queue_.empty(); });
    }
    /// Stops as the program would: every sleep ends.
    void stop() {
        stopping_ = true;
        pool.stop.request_stop();
        for (auto& [at, wake] : std::exchange(sleepers_, {})) wake(true);
        settle();
    }

    ManualClock clock;
    InlinePool pool;

private:
    template <class T>
    static Async<void> keep(Async<T> task, std::optional<T>& result) {
        auto value = co_await std::move(task);
        result.emplace(std::move(value));
    }
    /// True while something runs on the loop, also when it throws.
    class Running {
    public:
        explicit Running(bool& running) : running_(running), before_(std::exchange(running, true)) {}
        ~Running() { running_ = before_; }
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

    private:
        bool& running_;
        bool before_;
    };
    void settleReady() {
        while (runOne()) continue;
    }
    /// At once if this is called by something that runs on the loop.
    void begin(std::shared_ptr<Flow> flow) {
        if (running_) return flow->begin();
        post([flow = std::move(flow)] { flow->begin(); });
    }
    std::function<void()> take() {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) return nullptr;
        auto function = std::move(queue_.front());
        queue_.pop_front();
        return function;
    }
    void step(SteadyTime deadline) {
        if (runOne()) return settleReady();
        if (externalWaits.load() != 0) return awaitPost();
        if (sleepers_.empty()) throw std::runtime_error("deadlock: the task waits for nothing");
        if (sleepers_.begin()->first > deadline) throw std::runtime_error("the task did not end in time");
        wakeNext();
    }
    void wakeNext() {
        const auto next = sleepers_.begin();
        if (next->first > clock.steady())
            clock.advance(std::chrono::ceil<Duration>(next->first - clock.steady()));
        auto wake = std::move(next->second);
        sleepers_.erase(next);
        wake(true);
    }

    std::mutex mutex_;
    std::condition_variable posted_;
    std::deque<std::function<void()>> queue_;
    std::multimap<SteadyTime, std::function<void(bool)>> sleepers_;
    bool running_ = false;
    bool stopping_ = false;
};

/// A directory that goes with the object; in memory where the machine has such a place.
class TempDir {
public:
    TempDir() {
        const char* base = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
        std::string name = std::string(base) + "/pegasus-test-XXXXXX";
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        path_ = name;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace pegasus::test
