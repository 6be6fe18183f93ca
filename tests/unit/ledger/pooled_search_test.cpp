// SPDX-License-Identifier: Apache-2.0
// One search by several threads of a real pool.
#include "ledger/pooled_search.hpp"

#include <gtest/gtest.h>

#include "crypto/curl.hpp"
#include "loop/loop.hpp"

namespace pegasus::ledger {
namespace {

/// Passes jobs on and counts them.
class CountingPool final : public Pool {
public:
    explicit CountingPool(Pool& pool) : pool_(pool) {}
    void post(std::function<void(std::stop_token)> job) override {
        ++posted;
        pool_.post(std::move(job));
    }
    [[nodiscard]] unsigned size() const override { return pool_.size(); }
    int posted = 0;

private:
    Pool& pool_;
};

struct Outcome {
    Result<pow::Found> found = fail(ErrorCode::Internal, "not run");
    int posted = 0;
};

Outcome run(SearchOrder order, std::stop_token stop = {}) {
    loop::Loop loop(4);
    CountingPool pool(loop.pool());
    Outcome outcome;
    const auto task = [&]() -> Async<void> {
        outcome.found = co_await searchInPool(pool, order, stop);
        loop.stop();
    };
    loop.spawn("search", task());
    EXPECT_TRUE(loop.run());
    outcome.posted = pool.posted;
    return outcome;
}

SearchOrder orderOf(int weight) { return {std::string(2673, 'M'), weight, 0, 0}; }

TEST(PooledSearch, FindsANonceOfTheWeightWithAllThreads) {
    for (const int weight : {3, kSharedFrom - 1, kSharedFrom}) {
        const auto outcome = run(orderOf(weight));
        ASSERT_TRUE(outcome.found) << outcome.found.error().message;
        EXPECT_EQ(outcome.posted, weight < kSharedFrom ? 1 : 4);
        auto trytes = orderOf(weight).transaction;
        trytes.replace(trytes.size() - outcome.found->nonce.size(), std::string::npos, outcome.found->nonce);
        const auto hash = crypto::curlHash(crypto::CurlRounds::P81, trytes).trits();
        for (int i = 0; i < weight; ++i) EXPECT_EQ(hash[static_cast<std::size_t>(242 - i)], 0);
    }
}

TEST(PooledSearch, EndsWhenNobodyWaits) {
    std::stop_source source;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        source.request_stop();
    });
    const auto outcome = run(orderOf(60), source.get_token());
    later.join();
    ASSERT_FALSE(outcome.found);
    EXPECT_EQ(outcome.found.error().code, ErrorCode::Cancelled);
}

TEST(PooledSearch, LetsOtherJobsOfTheOnlyThreadInBetween) {
    loop::Loop loop(1);
    std::stop_source source;
    int served = 0;
    const auto search = [&]() -> Async<void> {
        const std::string transaction(2673, 'M');
        const auto stop = source.get_token();
        (void)co_await searchInSlices(loop.pool(), transaction, 60, stop, nullptr);
    };
    const auto others = [&]() -> Async<void> {
        const auto job = [] { return 1; };
        for (int i = 0; i < 3; ++i) served += co_await compute(loop.pool(), job);
        source.request_stop();
        loop.stop();
    };
    loop.spawn("search", search());
    loop.spawn("others", others());
    EXPECT_TRUE(loop.run());
    EXPECT_EQ(served, 3);
}

TEST(PooledSearch, GivesUpAfterASlice) {
    auto order = orderOf(60);
    order.maxTrials = 20'000;
    const auto outcome = run(order);
    ASSERT_FALSE(outcome.found);
    EXPECT_EQ(outcome.found.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace pegasus::ledger
