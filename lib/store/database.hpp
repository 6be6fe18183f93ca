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
#include <optional>
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
    /// The log grows to about so much before its pages go into the file, each once however often it was written; 0: SQLite's default.
    std::uint64_t logBytes = 0;
    /// It has been made before: a missing or empty file is an error (NotFound), and is left as it is.
    bool expected = false;
};

/// One database file. open() and the destructor on any thread (it waits for queued work); read() and write() from
/// coroutines of the loop. Work runs on the database thread, in the order given, and must not touch anything but the
/// connection and what it owns.
class Database {
public:
    /// Creates the file (mode 0600) and brings it to the newest schema. Fails: NotSupported if the file is of a newer
    /// schema, InvalidState if another process holds it, NotFound (DatabaseOptions::expected), Corrupt, NoSpace.
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
    /// One queued piece of work. It outlives its place in the queue: who waits reads its outcome.
    class Job {
    public:
        virtual ~Job() = default;
        /// Does it and keeps the outcome. False: roll back its savepoint.
        virtual bool run(Connection& connection) = 0;
        /// All of its group is lost: that is the outcome, unless it has failed already.
        virtual void lose(const Error& failure) = 0;

        std::function<void()> done;
        Durability durability = Durability::Batched;
        bool writes = false;
    };
    using JobPointer = std::shared_ptr<Job>;
    template <class R>
    class JobOf;
    template <class R, class F>
    class Call;

    Database(DatabaseOptions options, std::unique_ptr<Connection> connection, int lockFile);

    void enqueue(JobPointer job);
    void work();
    void runGroup(std::deque<JobPointer>& group);
    void runReads(std::deque<JobPointer>& jobs);
    [[nodiscard]] Result<void> execute(const char* statement);
    static void finish(const JobPointer& job, const Error* failure);
    /// Resumes once it is done.
    [[nodiscard]] Async<void> queue(JobPointer job);
    void runNow(const JobPointer& job);
    [[nodiscard]] Result<void> commitGroup(std::deque<JobPointer>& group);

    template <class F>
    auto submit(F work, Durability durability, bool writes) -> Async<std::invoke_result_t<F&, Connection&>> {
        using R = std::invoke_result_t<F&, Connection&>;
        return outcomeOf<R>(makeJob<R>(std::move(work), durability, writes));
    }
    /// Shared as a Job, whatever it is: so that sharing is compiled once.
    template <class R, class F>
    static std::unique_ptr<Job> makeJob(F work, Durability durability, bool writes) {
        return std::make_unique<Call<R, F>>(std::move(work), durability, writes);
    }
    template <class R>
    Async<R> outcomeOf(JobPointer job) {
        co_await queue(job);
        co_return std::move(*static_cast<JobOf<R>&>(*job).outcome);
    }

    DatabaseOptions options_;
    std::unique_ptr<Connection> connection_;
    int lockFile_ = -1;
    bool synced_ = true;  // the present PRAGMA synchronous; database thread
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<JobPointer> queue_;
    bool closed_ = false;
    std::thread thread_;
};

/// Maps an exception of SQLite to an Error (NoSpace, Corrupt, Internal).
[[nodiscard]] Error errorFrom(const SQLite::Exception& exception);

template <class R>
class Database::JobOf : public Job {
public:
    bool run(Connection& connection) final {
        try {
            outcome.emplace(call(connection));
        } catch (const SQLite::Exception& e) {
            outcome.emplace(fail(errorFrom(e)));
        }
        return outcome->has_value();
    }
    void lose(const Error& failure) final {
        if (!outcome || outcome->has_value()) outcome.emplace(fail(failure));
    }

    std::optional<R> outcome;

private:
    virtual R call(Connection& connection) = 0;
};

template <class R, class F>
class Database::Call final : public JobOf<R> {
public:
    Call(F work, Durability level, bool changes) : work_(std::move(work)) {
        this->durability = level;
        this->writes = changes;
    }

private:
    R call(Connection& connection) override { return work_(connection); }

    F work_;
};

template <class F>
auto Database::runNow(F work) -> std::invoke_result_t<F&, Connection&> {
    using R = std::invoke_result_t<F&, Connection&>;
    const JobPointer job = makeJob<R>(std::move(work), Durability::Synced, true);
    runNow(job);
    return std::move(*static_cast<JobOf<R>&>(*job).outcome);
}

}  // namespace pegasus::store
