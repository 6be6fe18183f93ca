// SPDX-License-Identifier: Apache-2.0
// How coroutines call one another, wait and go on.
#include "base/async.hpp"

namespace pegasus {

void PromiseBase::Finish::await_suspend(std::coroutine_handle<>) const noexcept {
    auto& flow = *promise.flow_;
    flow.next_ = promise.caller_;
    flow.finished_ = !promise.caller_;
}

void PromiseBase::runFor(const PromiseBase& caller, std::coroutine_handle<> callerHandle,
                         std::coroutine_handle<> self) noexcept {
    flow_ = caller.flow_;
    caller_ = callerHandle;
    flow_->next_ = self;
}

void PromiseBase::rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
}

Flow::Flow(Executor& executor, Async<void> root, Ended ended)
    : executor_(executor), root_(std::move(root)), ended_(std::move(ended)) {}

void Flow::begin() {
    root_.handle_.promise().flow_ = this;
    resume(root_.handle_);
}

void Flow::resume(std::coroutine_handle<> waiting) {
    const auto self = shared_from_this();
    next_ = waiting;
    while (next_) std::exchange(next_, nullptr).resume();
    if (finished_) end();
}

void Flow::end() {
    const auto failure = root_.handle_.promise().failure_;
    root_ = Async<void>();
    auto ended = std::exchange(ended_, nullptr);
    if (waited_) return ended(failure);
    executor_.post([ended = std::move(ended), failure] { ended(failure); });
}

void Wake::operator()() const {
    suspended_->flow->executor().post([suspended = suspended_] {
        if (suspended->kind == WaitsFor::Outside) --externalWaits;
        suspended->flow->resume(suspended->handle);
    });
}

void Suspension::suspend(PromiseBase& promise, std::coroutine_handle<> caller) {
    auto& flow = promise.flow();
    flow.waits();
    if (kind_ == WaitsFor::Outside) ++externalWaits;
    start(Wake(std::make_shared<Suspended>(Suspended{flow.shared_from_this(), caller, kind_})));
}

namespace {

class InQueue final : public Suspension {
public:
    explicit InQueue(std::deque<Wake>& queue) : Suspension(WaitsFor::Loop), queue_(queue) {}

private:
    void start(Wake wake) override { queue_.push_back(std::move(wake)); }

    std::deque<Wake>& queue_;
};

}  // namespace

void AsyncEvent::notifyAll() {
    for (const auto& wake : std::exchange(waiters_, {})) wake();
}

Async<void> AsyncEvent::wait() {
    InQueue waiting(waiters_);
    co_await waiting;
}

Async<AsyncMutex::Guard> AsyncMutex::lock() {
    if (locked_) {
        InQueue waiting(waiters_);
        co_await waiting;  // unlock() hands the lock over: locked_ stays true
    } else {
        locked_ = true;
    }
    co_return Guard(this);
}

void AsyncMutex::unlock() {
    if (waiters_.empty()) {
        locked_ = false;
        return;
    }
    const auto next = std::move(waiters_.front());
    waiters_.pop_front();
    next();
}

}  // namespace pegasus
