// SPDX-License-Identifier: Apache-2.0
// One node's HTTP API for the load program, timed.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "bench/load_report.hpp"
#include "iri/codec.hpp"
#include "iri/http_client.hpp"

namespace pegasus::bench {

/// So many may work at a time; the others wait, first come first served. Loop thread only.
class Slots {
  public:
    explicit Slots(std::size_t count) : free_(count) {}

    /// Holding it is having a slot.
    class [[nodiscard]] Held {
      public:
        explicit Held(Slots& slots) : slots_(&slots) {}
        Held(Held&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
        Held& operator=(Held&&) = delete;
        ~Held() {
            if (slots_ != nullptr) slots_->give();
        }

      private:
        Slots* slots_;
    };

    Async<Held> take() {
        if (free_ > 0) {
            --free_;
        } else {
            auto start = [this](auto resume) { waiters_.emplace_back(std::move(resume)); };
            (void)co_await suspend<bool, WaitsFor::Loop>(start);  // give() hands its slot over
        }
        co_return Held(*this);
    }

  private:
    void give() {
        if (waiters_.empty()) {
            ++free_;
            return;
        }
        auto next = std::move(waiters_.front());
        waiters_.pop_front();
        next(true);
    }

    std::size_t free_;
    std::deque<std::function<void(bool)>> waiters_;
};

/// Loop thread; outlives its calls.
class Client {
  public:
    Client(iri::HttpClient& http, iri::Url url, std::size_t connections)
        : http_(http), url_(std::move(url)), slots_(connections) {}

    /// The decoded answer; whether the call succeeds, and the time the node takes (not the wait for
    /// a connection), go into `line`.
    template <class A>
    Task<A> call(Line& line, iri::Request request) {
        iri::HttpCall call;
        call.body = iri::encodeRequest(request);
        call.maxAnswer = kMaxAnswer;
        call.limit = 60s;
        auto url = url_;
        Result<iri::HttpAnswer> answer;
        double ms = 0;
        {
            const auto slot = co_await slots_.take();
            const Stopwatch watch;
            answer = co_await http_.post(std::move(url), std::move(call));
            ms = watch.ms();
        }
        auto result = answer ? decode<A>(*answer) : Result<A>(fail(answer.error()));
        if (result) {
            line.latencies.add(ms);
        } else {
            line.failed(result.error());
        }
        co_return result;
    }

  private:
    static constexpr std::size_t kMaxAnswer = 50'000'000;

    template <class A>
    static Result<A> decode(const iri::HttpAnswer& answer) {
        if (answer.status == 200)
            return iri::decodeAnswer<A>(answer.body,
                                        {.bodyLength = kMaxAnswer, .listLength = 100'000});
        const auto error = iri::decodeError(answer.status, answer.body);
        return fail(ErrorCode::InvalidArgument, "HTTP status {}: {}", error.status, error.text);
    }

    iri::HttpClient& http_;
    iri::Url url_;
    Slots slots_;
};

/// Counts tasks, and waits for them. Loop thread.
class Crew {
  public:
    explicit Crew(Scheduler& scheduler) : scheduler_(scheduler) {}

    void start(std::string name, Async<void> task) {
        ++running_;
        scheduler_.spawn(std::move(name), counted(std::move(task)));
    }
    [[nodiscard]] std::size_t running() const { return running_; }
    Async<void> wait() {
        for (;;) {
            if (running_ == 0) co_return;
            co_await ended_.wait();
        }
    }

  private:
    Async<void> counted(Async<void> task) {
        co_await std::move(task);
        --running_;
        ended_.notifyAll();
    }

    Scheduler& scheduler_;
    std::size_t running_ = 0;
    AsyncEvent ended_;
};

}  // namespace pegasus::bench
