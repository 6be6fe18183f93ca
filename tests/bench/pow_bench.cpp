// SPDX-License-Identifier: Apache-2.0
// Nonces tested and transactions hashed a second on one core, each beside Curl as its definition says ("/plain").
#include <benchmark/benchmark.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/simd_bench.hpp"
#include "crypto/curl_batch.hpp"
#include "pow/nonce_search.hpp"
#include "support/plain_curl.hpp"

namespace pegasus::bench {
namespace {

using crypto::CurlRounds;

constexpr std::size_t kTransactionTrytes = 2673;
constexpr std::size_t kTransactions = 1024;

std::string transaction(std::size_t variant) {
    std::string trytes(kTransactionTrytes, '9');
    for (std::size_t i = 0; i < trytes.size(); ++i)
        trytes[i] = trinary::kAlphabet[(i * i + 7 * i + variant * (i % 83 + 1)) % trinary::kAlphabet.size()];
    return trytes;
}

void powTrials(benchmark::State& state) {
    constexpr int kWeight = 11;  // 177 147 trials on the average: the start of a search does not count for much
    std::uint64_t trials = 0;
    for (std::size_t i = 0; auto _ : state) trials += pow::searchNonce(transaction(i++), kWeight, {})->trials;
    setRate(state, trials);
}

/// Milliseconds from the request to stop until a hopeless search has returned.
void powCancel(benchmark::State& state) {
    double total = 0;
    for (auto _ : state) {
        std::stop_source stop;
        std::jthread searcher([&] { benchmark::DoNotOptimize(pow::searchNonce(transaction(0), pow::kMaxWeight, stop.get_token())); });
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const auto asked = std::chrono::steady_clock::now();
        stop.request_stop();
        searcher.join();
        total += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - asked).count();
    }
    state.counters["milliseconds"] = benchmark::Counter(total, benchmark::Counter::kAvgIterations);
}
BENCHMARK(powCancel)->Name("pow_cancel_ms")->Iterations(40);

void plainTrials(benchmark::State& state) {
    test::PlainCurl curl(CurlRounds::P81);
    curl.absorb(trinary::tritsFromTrytes(transaction(0)));
    for (auto _ : state) curl.permute();
    benchmark::DoNotOptimize(curl.rate());
    setRate(state, state.iterations());
}

void transactionBatch(benchmark::State& state) {
    std::vector<std::string> transactions;
    for (std::size_t i = 0; i < kTransactions; ++i) transactions.push_back(transaction(i));
    const std::vector<std::string_view> views(transactions.begin(), transactions.end());
    for (auto _ : state) benchmark::DoNotOptimize(crypto::curlHashAll(CurlRounds::P81, views));
    setRate(state, state.iterations() * kTransactions);
}

void transactionSingle(benchmark::State& state) {
    const auto trytes = transaction(1);
    for (auto _ : state) benchmark::DoNotOptimize(crypto::curlHash(CurlRounds::P81, trytes));
    setRate(state, state.iterations());
}
BENCHMARK(transactionSingle)->Name("curl_transaction_single");

void plainTransaction(benchmark::State& state) {
    const auto trytes = transaction(1);
    for (auto _ : state) {
        test::PlainCurl curl(CurlRounds::P81);
        curl.absorb(trinary::tritsFromTrytes(trytes));
        benchmark::DoNotOptimize(trinary::Hash::fromTrits(curl.rate()));
    }
    setRate(state, state.iterations());
}
BENCHMARK(plainTransaction)->Name("curl_transaction/plain");
BENCHMARK(plainTrials)->Name("pow_trials/plain");

[[maybe_unused]] const bool kRegistered = [] {
    registerForEachTarget("pow_trials", powTrials);
    registerForEachTarget("curl_transaction_batch", transactionBatch);
    return true;
}();

}  // namespace
}  // namespace pegasus::bench

BENCHMARK_MAIN();
