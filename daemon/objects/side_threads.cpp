// SPDX-License-Identifier: Apache-2.0
// SideThreads and Aside.
#include "daemon/objects/side_threads.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace pegasus::daemon {
namespace {

constexpr auto kIdle = std::chrono::seconds(30);  // then a thread that has nothing to do ends
constexpr int kLooks = 10;                        // of a watch, so that it does not outlive its call for long

/// Shared by the threads, so that one that hangs may outlive everything.
struct Queue {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> jobs;
    std::size_t threads = 0;
    std::size_t idle = 0;
    bool closed = false;
};

void work(const std::shared_ptr<Queue>& queue) {
    std::unique_lock lock(queue->mutex);
    for (;;) {
        ++queue->idle;
        const bool woken = queue->wake.wait_for(lock, kIdle, [&] { return queue->closed || !queue->jobs.empty(); });
        --queue->idle;
        if (!woken || queue->closed) break;
        auto job = std::move(queue->jobs.front());
        queue->jobs.pop_front();
        lock.unlock();
        job();
        job = nullptr;  // what it owns goes here: closing a descriptor may hang too
        lock.lock();
    }
    --queue->threads;
}

class DetachedThreads final : public SideThreads {
public:
    ~DetachedThreads() override {
        const std::lock_guard lock(queue_->mutex);
        queue_->closed = true;
        queue_->jobs.clear();
        queue_->wake.notify_all();
    }

    Result<void> post(std::function<void()> job) override {
        const std::lock_guard lock(queue_->mutex);
        const bool more = queue_->jobs.size() >= queue_->idle;
        if (more && queue_->threads == kMaxSideThreads && queue_->jobs.size() >= kMaxSideJobs)
            return fail(ErrorCode::LimitExceeded, "{} descriptors of callers hang: try again later", kMaxSideThreads);
        if (more && queue_->threads < kMaxSideThreads) {
            if (!startThread() && queue_->threads == 0) return fail(ErrorCode::LimitExceeded, "no thread can be started");
        }
        queue_->jobs.push_back(std::move(job));
        queue_->wake.notify_one();
        return {};
    }

private:
    bool startThread() {
        try {
            std::thread([queue = queue_] { work(queue); }).detach();
        } catch (const std::system_error&) {
            return false;
        }
        ++queue_->threads;
        return true;
    }

    std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
};

}  // namespace

std::shared_ptr<SideThreads> makeSideThreads() { return std::make_shared<DetachedThreads>(); }

struct Aside::Pending {
    using Resume = std::function<void(Result<bool>)>;
    /// Whoever is first, the job or the watch, ends the wait.
    struct Once {
        explicit Once(Resume r) : resume(std::move(r)) {}
        void end(Result<bool> outcome) {
            if (done.exchange(true)) return;
            resume(std::move(outcome));
            resume = nullptr;  // it holds the loop, which a job that hangs may outlive
        }
        std::atomic<bool> done = false;
        Resume resume;
    };
    std::shared_ptr<Once> once;
    bool expired = false;
    bool over = false;  // the Aside has gone
};

Aside::Aside(Scheduler& scheduler, std::shared_ptr<SideThreads> threads, Duration limit)
    : threads_(std::move(threads)), pending_(std::make_shared<Pending>()) {
    scheduler.spawn("descriptor watch", watch(scheduler, pending_, limit));
}

Aside::~Aside() { pending_->over = true; }

Async<void> Aside::watch(Scheduler& scheduler, std::shared_ptr<Pending> pending, Duration limit) {
    Result<void> slept;
    for (int i = 0; i < kLooks && slept && !pending->over; ++i) slept = co_await scheduler.sleep(limit / kLooks);
    pending->expired = true;
    if (!pending->once) co_return;
    pending->once->end(slept ? fail(ErrorCode::Timeout, "the descriptor hangs") : fail(slept.error()));
}

Task<bool> Aside::run(std::function<Result<bool>()> job) {
    if (pending_->expired) co_return fail(ErrorCode::Timeout, "it took too long");
    auto start = [threads = threads_, pending = pending_, job = std::move(job)](Pending::Resume resume) {
        auto once = std::make_shared<Pending::Once>(std::move(resume));
        pending->once = once;
        const auto posted = threads->post([once, job] { once->end(job()); });
        if (!posted) once->end(fail(posted.error()));
    };
    // Not "outside": a test's clock goes on while a job hangs.
    const auto outcome = co_await suspend<Result<bool>, WaitsFor::Loop>(std::move(start));
    pending_->once.reset();
    co_return outcome;
}

}  // namespace pegasus::daemon
