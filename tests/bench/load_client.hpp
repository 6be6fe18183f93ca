// SPDX-License-Identifier: Apache-2.0
// One node's HTTP API for the load program, timed.
#pragma once

#include <algorithm>
#include <utility>

#include "bench/load_report.hpp"
#include "iri/codec.hpp"
#include "iri/http_client.hpp"

namespace pegasus::bench {

/// Loop thread; outlives its calls.
class Client {
public:
    Client(iri::HttpClient& http, iri::Url url) : http_(http), url_(std::move(url)) {}

    /// The decoded answer; whether the call succeeds, and the time it takes, go into `line`.
    template <class A>
    Task<A> call(Line& line, iri::Request request) {
        iri::HttpCall call;
        call.body = iri::encodeRequest(request);
        call.maxAnswer = kMaxAnswer;
        call.limit = 60s;
        auto url = url_;
        const Stopwatch watch;
        const auto answer = co_await http_.post(std::move(url), std::move(call));
        const auto ms = watch.ms();
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
        if (answer.status == 200) return iri::decodeAnswer<A>(answer.body, {.bodyLength = kMaxAnswer, .listLength = 100'000});
        const auto error = iri::decodeError(answer.status, answer.body);
        return fail(ErrorCode::InvalidArgument, "HTTP status {}: {}", error.status, error.text);
    }

    iri::HttpClient& http_;
    iri::Url url_;
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
