// SPDX-License-Identifier: Apache-2.0
// Async<T>, the coroutine of the loop, and Flow, a chain of them that was spawned. Nothing of any library: each source file of
// the program includes this.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace pegasus {

/// Where coroutines go on: the loop.
class Executor {
public:
    virtual ~Executor() = default;
    /// Runs `function` on the loop thread, soon, in the order of the calls. Any thread.
    virtual void post(std::function<void()> function) = 0;
};

class Flow;
template <class T>
class Async;

/// What the frame of every Async knows.
class PromiseBase {
public:
    /// The last suspension: the caller goes on.
    struct Finish {
        PromiseBase& promise;
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> self) const noexcept;
        void await_resume() const noexcept {}
    };
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] Finish final_suspend() noexcept { return Finish{*this}; }
    void unhandled_exception() noexcept { failure_ = std::current_exception(); }

    /// `self` runs as soon as `caller`, which awaits it, has been suspended.
    void runFor(const PromiseBase& caller, std::coroutine_handle<> callerHandle, std::coroutine_handle<> self) noexcept;
    void rethrow() const;
    [[nodiscard]] Flow& flow() const { return *flow_; }

private:
    friend class Flow;
    Flow* flow_ = nullptr;
    std::coroutine_handle<> caller_;
    std::exception_ptr failure_;
};

template <class T>
class Promise final : public PromiseBase {
public:
    [[nodiscard]] Async<T> get_return_object();
    void return_value(T&& value) { value_.emplace(std::move(value)); }
    void return_value(const T& value) { value_.emplace(value); }
    [[nodiscard]] T take() {
        rethrow();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
public:
    [[nodiscard]] Async<void> get_return_object();
    void return_void() const noexcept {}
    void take() const { rethrow(); }
};

/// A coroutine on the loop. It starts when it is awaited or spawned; destroying it destroys its frame, wherever it waits.
template <class T>
class [[nodiscard]] Async {
public:
    using value_type = T;
    using promise_type = Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    Async() = default;
    explicit Async(Handle handle) : handle_(handle) {}
    Async(Async&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Async& operator=(Async&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Async() {
        if (handle_) handle_.destroy();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Caller>
    void await_suspend(std::coroutine_handle<Caller> caller) noexcept {
        handle_.promise().runFor(caller.promise(), caller, handle_);
    }
    /// The frame goes before the value is used.
    T await_resume() {
        const Async ended(std::move(*this));
        return ended.handle_.promise().take();
    }

private:
    friend class Flow;
    Handle handle_ = nullptr;
};

template <class T>
Async<T> Promise<T>::get_return_object() {
    return Async<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Async<void> Promise<void>::get_return_object() {
    return Async<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

/// A spawned coroutine with all that it awaits. It keeps itself while it runs; whatever will resume it keeps it while it waits,
/// and when nothing is left that will, it is destroyed.
class Flow : public std::enable_shared_from_this<Flow> {
public:
    using Ended = std::function<void(std::exception_ptr)>;  ///< on the loop thread; what left the coroutine, or null

    Flow(Executor& executor, Async<void> root, Ended ended);
    /// Runs the coroutine until it waits for the first time. Loop thread; once. `ended` is never called before begin() returns.
    void begin();
    /// Goes on with `waiting`, a coroutine of this flow that is suspended. Loop thread.
    void resume(std::coroutine_handle<> waiting);

    /// For suspensions: the coroutine that runs is about to wait.
    void waits() noexcept { waited_ = true; }
    [[nodiscard]] Executor& executor() const { return executor_; }

private:
    friend class PromiseBase;
    void end();

    Executor& executor_;
    Async<void> root_;
    Ended ended_;
    std::coroutine_handle<> next_;  // a caller or callee takes over here and not by recursion: the stack stays flat
    bool waited_ = false;
    bool finished_ = false;
};

}  // namespace pegasus
