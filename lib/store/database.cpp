// SPDX-License-Identifier: Apache-2.0
// Database: lock file, migrations, the database thread and its groups.
#include "store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <utility>

namespace pegasus::store {
namespace {

constexpr std::size_t kMaxGroup = 1000;

/// An advisory lock beside the database: two daemons on one state folder would reuse one-time keys.
Result<int> lockBeside(const std::filesystem::path& path) {
    const auto name = path.string() + ".lock";
    const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail(ErrorCode::NoSpace, "cannot open {}: {}", name, std::strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return fail(ErrorCode::InvalidState, "{} is in use by another process", path.string());
    }
    return fd;
}

Unexpected<Error> lost(const std::filesystem::path& path) { return fail(ErrorCode::NotFound, "{} is missing or empty", path.string()); }

Result<void> migrate(Connection& connection, const std::vector<Migration>& migrations, const DatabaseOptions& options) {
    const auto newest = static_cast<int>(migrations.size());
    const int version = connection.execAndGet("PRAGMA user_version").getInt();
    if (version == 0 && options.expected) return lost(options.path);
    if (version > newest)
        return fail(ErrorCode::NotSupported, "{} has schema version {}, this program knows up to {}: use a newer one",
                    connection.getFilename(), version, newest);
    for (int i = version; i < newest; ++i) {
        SQLite::Transaction transaction(connection);
        connection.exec(std::string(migrations[static_cast<std::size_t>(i)]));
        connection.exec("PRAGMA user_version = " + std::to_string(i + 1));
        transaction.commit();
    }
    return {};
}

}  // namespace

Error errorFrom(const SQLite::Exception& exception) {
    const auto code = [&] {
        switch (exception.getErrorCode()) {
            case SQLITE_FULL:
            case SQLITE_IOERR:
            case SQLITE_CANTOPEN:
            case SQLITE_READONLY: return ErrorCode::NoSpace;
            case SQLITE_CORRUPT:
            case SQLITE_NOTADB: return ErrorCode::Corrupt;
            case SQLITE_BUSY:
            case SQLITE_LOCKED: return ErrorCode::InvalidState;
            default: return ErrorCode::Internal;
        }
    }();
    return Error{code, std::string("database: ") + exception.what()};
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options, std::vector<Migration> migrations) {
    PEGASUS_TRY(const int lock, lockBeside(options.path));
    struct stat status {};
    if (options.expected && (::stat(options.path.c_str(), &status) != 0 || status.st_size == 0)) {
        ::close(lock);
        return lost(options.path);
    }
    try {
        const int fd = ::open(options.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);  // for its mode
        if (fd >= 0) ::close(fd);
        auto connection = std::make_unique<Connection>(
            options.path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, 5000);
        // Before all else: it has no effect on a file that has pages.
        if (options.pageBytes > 0) connection->exec("PRAGMA page_size = " + std::to_string(options.pageBytes));
        // Nobody else has the file open (lockBeside), so the index of the log needs no file either: it would be written, some
        // 20 kB of pages, with each commit.
        connection->exec("PRAGMA locking_mode = EXCLUSIVE");
        connection->exec("PRAGMA journal_mode = WAL");
        if (options.logBytes > 0) {
            const auto page = static_cast<std::uint64_t>(connection->execAndGet("PRAGMA page_size").getInt64());
            connection->exec("PRAGMA wal_autocheckpoint = " + std::to_string(std::max<std::uint64_t>(1, options.logBytes / page)));
        }
        connection->exec("PRAGMA foreign_keys = ON");
        connection->exec("PRAGMA synchronous = FULL");
        // What is deleted is zeroed where that costs no page of its own: keys are sealed anyway, and SD cards wear.
        connection->exec("PRAGMA secure_delete = FAST");
        if (auto migrated = migrate(*connection, migrations, options); !migrated) {
            ::close(lock);
            return fail(migrated.error());
        }
        return std::unique_ptr<Database>(new Database(options, std::move(connection), lock));
    } catch (const SQLite::Exception& e) {
        ::close(lock);
        auto error = errorFrom(e);
        error.message = options.path.string() + ": " + error.message;
        return fail(error);
    }
}

Database::Database(DatabaseOptions options, std::unique_ptr<Connection> connection, int lockFile)
    : options_(std::move(options)),
      connection_(std::move(connection)),
      lockFile_(lockFile),
      thread_([this] { work(); }) {}

Database::~Database() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    wake_.notify_all();
    thread_.join();
    connection_.reset();
    ::close(lockFile_);
}

namespace {

class InQueue final : public Suspension {
public:
    using Enqueue = std::function<void(Wake)>;
    explicit InQueue(Enqueue enqueue) : Suspension(WaitsFor::Outside), enqueue_(std::move(enqueue)) {}

private:
    void start(Wake wake) override { enqueue_(std::move(wake)); }

    Enqueue enqueue_;
};

}  // namespace

void Database::enqueue(JobPointer job) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    wake_.notify_one();
}

Async<void> Database::queue(JobPointer job) {
    InQueue waiting([this, &job](Wake wake) {
        job->done = std::move(wake);
        enqueue(std::move(job));
    });
    co_await waiting;
}

void Database::runNow(const JobPointer& job) {
    std::promise<void> done;
    job->done = [&done] { done.set_value(); };
    enqueue(job);
    done.get_future().wait();
}

void Database::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
        if (queue_.empty()) return;
        const bool writes = queue_.front()->writes;
        if (writes && options_.groupDelay.count() > 0 && !closed_)
            wake_.wait_for(lock, options_.groupDelay, [this] { return closed_ || queue_.size() >= kMaxGroup; });
        // A group is a run of writes, reads among them included, so that each read sees what was queued before it.
        std::deque<JobPointer> group;
        while (!queue_.empty() && group.size() < kMaxGroup && (writes || !queue_.front()->writes)) {
            group.push_back(std::move(queue_.front()));
            queue_.pop_front();
        }
        lock.unlock();
        if (writes) {
            runGroup(group);
        } else {
            runReads(group);
        }
    }
}

Result<void> Database::execute(const char* statement) {
    try {
        connection_->exec(statement);
        return {};
    } catch (const SQLite::Exception& e) {
        return fail(errorFrom(e));
    }
}

void Database::finish(const JobPointer& job, const Error* failure) {
    if (failure != nullptr) job->lose(*failure);
    const auto done = std::exchange(job->done, nullptr);  // the job must not keep who waits for it
    done();
}

/// In one transaction: otherwise each statement takes the locks of the file for itself, some fifteen system calls a job.
void Database::runReads(std::deque<JobPointer>& jobs) {
    const auto begun = execute("BEGIN");
    for (auto& job : jobs) {
        if (begun) (void)job->run(*connection_);  // the outcome holds the error
        finish(job, begun ? nullptr : &begun.error());
    }
    if (begun && sqlite3_get_autocommit(connection_->getHandle()) == 0) (void)execute("COMMIT");
}

void Database::runGroup(std::deque<JobPointer>& group) {
    const auto committed = commitGroup(group);
    for (auto& job : group) finish(job, committed ? nullptr : &committed.error());
}

Result<void> Database::commitGroup(std::deque<JobPointer>& group) {
    try {
        const bool sync = std::ranges::any_of(
            group, [](const auto& job) { return job->writes && job->durability == Durability::Synced; });
        if (sync != synced_) {
            connection_->exec(sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            synced_ = sync;
        }
        SQLite::Transaction transaction(*connection_);
        for (auto& job : group) {
            connection_->exec("SAVEPOINT job");
            const bool kept = job->run(*connection_);
            // A full disk makes SQLite roll the whole transaction back by itself.
            if (sqlite3_get_autocommit(connection_->getHandle()) != 0)
                return fail(ErrorCode::NoSpace, "database: the disk is full");
            if (!kept) connection_->exec("ROLLBACK TO job");
            connection_->exec("RELEASE job");
        }
        transaction.commit();
        return {};
    } catch (const SQLite::Exception& e) {
        return fail(errorFrom(e));
    }
}

}  // namespace pegasus::store
