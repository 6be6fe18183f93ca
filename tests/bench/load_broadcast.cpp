// SPDX-License-Identifier: Apache-2.0
// Broadcast in batches and one by one; queries.
#include "bench/load_broadcast.hpp"

#include <fmt/format.h>

#include "ledger/ledger.hpp"

namespace pegasus::bench {

namespace {

/// So many are made, then sent: memory stays bounded, and every portion starts at present tips.
constexpr std::size_t kPortion = 50'000;
constexpr Duration kConfirmationTime = 120s;
constexpr Duration kLook = 200ms;

/// Bundles as they are, as many to a call as fit; or every transaction by itself.
std::vector<std::vector<model::TransactionTrytes>> cut(Portion portion, std::size_t perCall) {
    std::vector<std::vector<model::TransactionTrytes>> batches;
    for (auto& bundle : portion.bundles) {
        if (perCall == 1) {
            for (const auto& one : bundle) batches.push_back({one});
            continue;
        }
        if (batches.empty() || batches.back().size() + bundle.size() > perCall)
            batches.emplace_back();
        batches.back().insert(batches.back().end(), bundle.begin(), bundle.end());
    }
    return batches;
}

}  // namespace

Broadcast::Broadcast(Client& client, Scheduler& scheduler, Pool& pool, Report& report,
                     const Options& options)
    : client_(client),
      scheduler_(scheduler),
      pool_(pool),
      report_(report),
      options_(options),
      maker_(static_cast<int>(options.mwm), options.seed) {}

Task<void> Broadcast::run() {
    if (options_.singles > 0) {
        auto& line = report_.line("broadcast_single", "tx");
        PEGASUS_CO_CHECK(co_await sendAll(options_.singles, 1, line));
    }
    if (options_.transactions > 0) {
        auto& line = report_.line("broadcast_batch", "tx");
        PEGASUS_CO_CHECK(
            co_await sendAll(options_.transactions, ledger::kMaxTransactionsPerCall, line));
    }
    PEGASUS_CO_CHECK(takeSamples());
    if (options_.query) co_return co_await queryAll();
    co_return Result<void>();
}

/// Of what was sent, or out of the file of another run.
Result<void> Broadcast::takeSamples() {
    if (options_.transactions + options_.singles == 0) {
        PEGASUS_TRY(samples_, readSamples(options_.samples));
        return {};
    }
    samples_ = maker_.samples();
    if (options_.samples.empty()) return {};
    return writeSamples(options_.samples, samples_);
}

Task<Portion> Broadcast::prepare(std::size_t count) {
    iri::GetTransactionsToApprove request;
    request.depth = 3;
    iri::Request any(std::move(request));
    const auto tips = co_await client_.call<iri::TipsAnswer>(unmeasured_, std::move(any));
    if (!tips) co_return fail(tips.error());
    const Tips start{tips->trunkTransaction, tips->branchTransaction};
    auto work = [this, count, start] { return maker_.make(count, start); };
    co_return co_await compute(pool_, work);
}

Task<void> Broadcast::sendAll(std::size_t count, std::size_t perCall, Line& line) {
    for (std::size_t sent = 0; sent < count;) {
        auto portion = co_await prepare(std::min(kPortion, count - sent));
        if (!portion) co_return fail(portion.error());
        const auto transactions = portion->transactions;
        batches_ = cut(std::move(*portion), perCall);
        next_ = 0;
        Crew crew(scheduler_);
        const Stopwatch watch;
        for (std::size_t i = 0; i < options_.connections; ++i) crew.start("sender", sender(line));
        co_await crew.wait();
        const auto seconds = watch.ms() / 1000;
        line.seconds += seconds;
        sent += transactions;
        fmt::print(stderr, "{}: {} of {}, {:.0f} tx/s\n", line.name, sent, count,
                   static_cast<double>(transactions) / seconds);
    }
    co_return Result<void>();
}

Async<void> Broadcast::sender(Line& line) {
    while (next_ < batches_.size()) {
        iri::BroadcastTransactions request;
        request.trytes = std::move(batches_[next_++]);
        const auto count = request.trytes.size();
        iri::Request any(std::move(request));
        const auto answer = co_await client_.call<iri::EmptyAnswer>(line, std::move(any));
        if (answer) line.things += count;
    }
}

template <class A, class Make>
Async<void> Broadcast::each(std::string name, Make make) {
    auto& line = report_.line(std::move(name), "call");
    const Stopwatch watch;
    for (std::size_t i = 0; i < options_.queries; ++i) {
        // Spread over all that was stored, each another one where there are enough.
        iri::Request request(make(samples_[i * 7919 % samples_.size()]));
        const auto answer = co_await client_.call<A>(line, std::move(request));
        if (answer) ++line.things;
    }
    line.seconds = watch.ms() / 1000;
}

/// Queries are to be about a ledger at rest: the milestones have reached the last transaction.
Async<void> Broadcast::untilConfirmed() {
    const Stopwatch watch;
    for (bool waited = false;; waited = true) {
        iri::GetInclusionStates request;
        request.transactions = {maker_.lastTail()};
        iri::Request any(std::move(request));
        const auto answer = co_await client_.call<iri::StatesAnswer>(unmeasured_, std::move(any));
        const bool confirmed = answer && answer->states.size() == 1 && answer->states[0];
        if (confirmed && waited)
            report_.note(
                fmt::format("all confirmed {:.1f} s after the last broadcast", watch.ms() / 1000));
        if (confirmed) co_return;
        if (watch.ms() / 1000 > std::chrono::duration<double>(kConfirmationTime).count()) break;
        const auto slept = co_await scheduler_.sleep(kLook);
        if (!slept) co_return;
    }
    report_.note(
        "the last transaction was not confirmed in time: the queries ran beside milestones");
}

/// Tips are what every publisher asks for first: all connections at once, each asks again as soon as it is answered.
Async<void> Broadcast::tipsOnAllConnections() {
    auto& line = report_.line("tips_parallel", "call");
    asked_ = 0;
    Crew crew(scheduler_);
    const Stopwatch watch;
    for (std::size_t i = 0; i < options_.connections; ++i) crew.start("tips", tipsAsker(line));
    co_await crew.wait();
    line.seconds = watch.ms() / 1000;
}

Async<void> Broadcast::tipsAsker(Line& line) {
    while (asked_++ < options_.queries * options_.connections) {
        iri::GetTransactionsToApprove request;
        request.depth = 3;
        iri::Request any(std::move(request));
        const auto answer = co_await client_.call<iri::TipsAnswer>(line, std::move(any));
        if (answer) ++line.things;
    }
}

Task<void> Broadcast::queryAll() {
    if (options_.transactions + options_.singles > 0) co_await untilConfirmed();
    using S = const Sample&;
    const auto balances = [](S s) {
        iri::GetBalances r;
        r.addresses = {s.address};
        return r;
    };
    const auto byAddress = [](S s) {
        iri::FindTransactions r;
        r.addresses = {{s.address}};
        return r;
    };
    const auto byBundle = [](S s) {
        iri::FindTransactions r;
        r.bundles = {{s.bundle}};
        return r;
    };
    const auto byTag = [](S s) {
        iri::FindTransactions r;
        r.tags = {{s.tag}};
        return r;
    };
    const auto trytes = [](S s) {
        iri::GetTrytes r;
        r.hashes = {s.tail};
        return r;
    };
    const auto inclusion = [](S s) {
        iri::GetInclusionStates r;
        r.transactions = {s.tail};
        return r;
    };
    const auto tips = [](S) {
        iri::GetTransactionsToApprove r;
        r.depth = 3;
        return r;
    };
    co_await each<iri::BalancesAnswer>("getBalances", balances);
    co_await each<iri::HashesAnswer>("find_by_address", byAddress);
    co_await each<iri::HashesAnswer>("find_by_bundle", byBundle);
    co_await each<iri::HashesAnswer>("find_by_tag", byTag);
    co_await each<iri::TrytesAnswer>("getTrytes", trytes);
    co_await each<iri::StatesAnswer>("getInclusionStates", inclusion);
    co_await each<iri::TipsAnswer>("getTransactionsToApprove", tips);
    co_await tipsOnAllConnections();
    co_return Result<void>();
}

}  // namespace pegasus::bench
