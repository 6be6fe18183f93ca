// SPDX-License-Identifier: Apache-2.0
// Loop and ThreadPool.
#include "loop/loop.hpp"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace pegasus::loop {

namespace asio = boost::asio;

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }

ThreadPool::ThreadPool(unsigned threads) {
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    const unsigned count = threads != 0 ? threads : std::max(1U, processors - 1);
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        queue_.clear();
    }
    stop_.request_stop();
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void ThreadPool::post(std::function<void(std::stop_token)> job) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void ThreadPool::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
        if (closed_) return;
        auto job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        job(stop_.get_token());
    }
}

Loop::Loop(unsigned poolThreads) : pool_(poolThreads) {}

Loop::~Loop() = default;

Task<void> Loop::sleep(Duration duration) {
    if (stopping_) co_return fail(ErrorCode::Cancelled, "the program is stopping");
    asio::steady_timer timer(context_, duration);
    const auto place = sleepers_.insert(sleepers_.end(), &timer);
    auto start = [&timer](const Resume<bool>& resume) {
        timer.async_wait([resume](const boost::system::error_code&) { resume(true); });
    };
    (void)co_await suspend<bool, WaitsFor::Loop>(start);
    sleepers_.erase(place);
    if (stopping_) co_return fail(ErrorCode::Cancelled, "the program is stopping");
    co_return Result<void>();
}

void Loop::spawn(std::string name, Async<void> task) {
    const auto id = nextTask_++;
    tasks_.emplace(id, std::move(name));
    auto ended = [this, id](std::exception_ptr failure) {
        tasks_.erase(id);
        if (failure && !failure_) {
            failure_ = failure;
            context_.stop();
        }
    };
    auto flow = std::make_shared<Flow>(*this, std::move(task), std::move(ended));
    asio::dispatch(context_, [flow] { flow->begin(); });  // at once on the loop thread
}

void Loop::post(std::function<void()> function) { asio::post(context_, std::move(function)); }

void Loop::stop() {
    if (std::exchange(stopping_, true)) return;
    pool_.requestStop();
    for (auto* timer : sleepers_) timer->cancel();
}

std::vector<std::string> Loop::running() const {
    std::vector<std::string> names;
    for (const auto& [id, name] : tasks_) names.push_back(name);
    return names;
}

bool Loop::run(Duration grace) {
    const auto guard = asio::make_work_guard(context_);
    while (!stopping_ && !failure_) context_.run_one();
    const auto deadline = std::chrono::steady_clock::now() + grace;
    while (!tasks_.empty() && !failure_ && std::chrono::steady_clock::now() < deadline)
        context_.run_one_for(std::chrono::milliseconds(50));
    if (failure_) std::rethrow_exception(failure_);
    return tasks_.empty();
}

}  // namespace pegasus::loop
