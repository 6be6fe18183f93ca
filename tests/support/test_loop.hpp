// SPDX-License-Identifier: Apache-2.0
// A loop whose time belongs to the test: sleeps end when the clock, which jumps from one sleeper to the next, says so.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
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
    Task<void> sleep(Duration duration) override {
        if (stopping_) co_return fail(ErrorCode::Cancelled, "stopping");
        const auto at = clock.steady() + duration;
        auto start = [this, at](auto resume) { sleepers_.emplace(at, resume); };
        (void)co_await suspend<bool, WaitsFor::Loop>(start);
        if (stopping_) co_return fail(ErrorCode::Cancelled, "stopping");
        co_return Result<void>();
    }
    void spawn(std::string, Async<void> task) override {
        boost::asio::co_spawn(context, std::move(task), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
    }
    void post(std::function<void()> function) override { boost::asio::post(context, std::move(function)); }
    [[nodiscard]] bool stopping() const override { return stopping_; }

    /// Runs `task` to its end, letting time pass as needed; throws when `limit` of the test's time was not enough.
    template <class T>
    T run(Async<T> task, Duration limit = std::chrono::hours(24)) {
        std::optional<T> result;
        boost::asio::co_spawn(context, std::move(task), [&result](std::exception_ptr e, T value) {
            if (e) std::rethrow_exception(e);
            result.emplace(std::move(value));
        });
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
            context.restart();
            if (context.poll() != 0) continue;
            if (externalWaits.load() == 0) return;
            context.run_one_for(std::chrono::milliseconds(1));
        }
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
    boost::asio::io_context context;

private:
    void step(SteadyTime deadline) {
        context.restart();
        if (context.poll() != 0) return;
        if (externalWaits.load() != 0) {
            context.run_one_for(std::chrono::milliseconds(1));
            return;
        }
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

    std::multimap<SteadyTime, std::function<void(bool)>> sleepers_;
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
