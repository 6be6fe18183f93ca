// SPDX-License-Identifier: Apache-2.0
// A SQLite database with a thread of its own: asynchronous, grouped, durable transactions and schema migrations.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/async.hpp"

namespace pegasus::store {

using Connection = SQLite::Database;

/// When a write is complete.
enum class Durability : std::uint8_t {
    Synced,   ///< on the disk (WAL with synchronous=FULL)
    Batched,  ///< in the operating system; after a power cut the state is that of a recent past transaction
};

/// Schema step i takes a database from version i to i + 1 (PRAGMA user_version). Never edited once released.
using Migration = std::string_view;

struct DatabaseOptions {
    std::filesystem::path path;
    Durability durability = Durability::Synced;  ///< the default of write()
    /// How long the first write of a group waits for company.
    std::chrono::milliseconds groupDelay{0};
    /// Of a file that is made now (an old one keeps its own); 0: SQLite's default. Each change writes whole pages.
    int pageBytes = 0;
};

/// One database file. open() and the destructor on any thread (it waits for queued work); read() and write() from
/// coroutines of the loop. Work runs on the database thread, in the order given, and must not touch anything but the
/// connection and what it owns.
class Database {
public:
    /// Creates the file (mode 0600) and brings it to the newest schema. Fails: NotSupported if the file is of a newer
    /// schema, InvalidState if another process holds it, Corrupt, NoSpace.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options,
                                                                std::vector<Migration> migrations);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs `work(Connection&) -> Result<T>` in a savepoint of the present group; resumes after the group's commit. An error
    /// from work, or an exception of SQLite in it, rolls its savepoint back alone. If the commit fails all of the group
    /// fail, NoSpace when the disk is full.
    template <class F>
    auto write(F work) {
        return submit(std::move(work), options_.durability, true);
    }
    template <class F>
    auto write(F work, Durability durability) {
        return submit(std::move(work), durability, true);
    }
    /// Runs `work(Connection&) -> Result<T>`, which only reads. It sees all writes queued before it.
    template <class F>
    auto read(F work) {
        return submit(std::move(work), Durability::Batched, false);
    }

    /// Runs `work(Connection&) -> Result<T>` in a transaction of its own and waits; for start-up, before the loop runs,
    /// and tests. Always synced.
    template <class F>
    auto runNow(F work) -> std::invoke_result_t<F&, Connection&>;

    [[nodiscard]] const std::filesystem::path& path() const { return options_.path; }

private:
    /// One queued piece of work. `run` executes it and keeps its outcome; `finish` hands the outcome (or, if `failure` is
    /// set, that) to the waiting coroutine.
    struct Job {
        std::function<bool(Connection&)> run;  ///< false: roll back its savepoint
        std::function<void(const Error* failure)> finish;
        Durability durability = Durability::Batched;
        bool writes = false;
    };

    Database(DatabaseOptions options, std::unique_ptr<Connection> connection, int lockFile);

    void enqueue(Job job);
    void work();
    void runGroup(std::deque<Job>& group);
    void runReads(std::deque<Job>& jobs);
    [[nodiscard]] Result<void> execute(const char* statement);
    [[nodiscard]] Result<void> commitGroup(std::deque<Job>& group);

    template <class F>
    auto submit(F work, Durability durability, bool writes) {
        using R = std::invoke_result_t<F&, Connection&>;
        auto start = [this, f = std::move(work), durability, writes](auto resume) mutable {
            enqueue(makeJob<R>(std::move(f), std::move(resume), durability, writes));
        };
        return suspend<R>(std::move(start));
    }

    template <class R, class F, class Resume>
    static Job makeJob(F work, Resume resume, Durability durability, bool writes);

    DatabaseOptions options_;
    std::unique_ptr<Connection> connection_;
    int lockFile_ = -1;
    bool synced_ = true;  // the present PRAGMA synchronous; database thread
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    bool closed_ = false;
    std::thread thread_;
};

/// Maps an exception of SQLite to an Error (NoSpace, Corrupt, Internal).
[[nodiscard]] Error errorFrom(const SQLite::Exception& exception);

template <class R, class F, class Resume>
Database::Job Database::makeJob(F work, Resume resume, Durability durability, bool writes) {
    struct State {
        F work;
        Resume resume;
        std::unique_ptr<R> outcome;
    };
    auto state = std::make_shared<State>(State{std::move(work), std::move(resume), nullptr});
    return Job{[state](Connection& connection) {
                   try {
                       state->outcome = std::make_unique<R>(state->work(connection));
                   } catch (const SQLite::Exception& e) {
                       state->outcome = std::make_unique<R>(fail(errorFrom(e)));
                   }
                   return state->outcome->has_value();
               },
               [state](const Error* failure) {
                   if (failure != nullptr && (!state->outcome || state->outcome->has_value()))
                       state->outcome = std::make_unique<R>(fail(*failure));
                   state->resume(std::move(*state->outcome));
               },
               durability, writes};
}

template <class F>
auto Database::runNow(F work) -> std::invoke_result_t<F&, Connection&> {
    using R = std::invoke_result_t<F&, Connection&>;
    struct Waiting {
        std::mutex mutex;
        std::condition_variable done;
        std::unique_ptr<R> outcome;
    } waiting;
    auto resume = [&waiting](R outcome) {
        const std::lock_guard lock(waiting.mutex);
        waiting.outcome = std::make_unique<R>(std::move(outcome));
        waiting.done.notify_one();
    };
    enqueue(makeJob<R>(std::move(work), resume, Durability::Synced, true));
    std::unique_lock lock(waiting.mutex);
    waiting.done.wait(lock, [&waiting] { return waiting.outcome != nullptr; });
    return std::move(*waiting.outcome);
}

}  // namespace pegasus::store
