// SPDX-License-Identifier: Apache-2.0
// The nonce search by several threads.
#include "ledger/pooled_search.hpp"

#include <limits>
#include <memory>
#include <mutex>
#include <optional>

namespace pegasus::ledger {

namespace {

constexpr std::uint64_t kSliceTrials = 200'000;  // of a thread: 15 ms with AVX-512, 125 ms of a Pi 4's core

/// What the threads of one search share.
struct Common {
    explicit Common(SearchOrder given) : order(std::move(given)) {}

    const SearchOrder order;
    std::stop_source ended;  // it was found, or nobody waits for it
    std::mutex mutex;
    std::optional<pow::Found> found;
};

Result<pow::Found> searchShare(Common& common, unsigned index, const std::stop_token& poolStop) {
    const auto end = [&common] { common.ended.request_stop(); };
    const std::stop_callback onPoolStop(poolStop, end);
    pow::Share share;
    share.index = common.order.firstShare + index;
    share.count = std::numeric_limits<unsigned>::max();
    share.maxTrials = common.order.maxTrials;
    auto result = pow::searchNonce(common.order.transaction, common.order.minWeightMagnitude, common.ended.get_token(), share);
    const std::lock_guard lock(common.mutex);
    if (result && !common.found) {
        common.found = std::move(*result);
        end();
    }
    if (common.found) return *common.found;
    return result;
}

}  // namespace

Task<pow::Found> searchInPool(Pool& pool, SearchOrder order, std::stop_token stop) {
    const unsigned threads = order.minWeightMagnitude < kSharedFrom ? 1 : pool.size();
    const auto common = std::make_shared<Common>(std::move(order));
    const auto end = [common] { common->ended.request_stop(); };
    const std::stop_callback onStop(stop, end);
    for (unsigned i = 1; i < threads; ++i) pool.post([common, i](std::stop_token poolStop) { (void)searchShare(*common, i, poolStop); });
    auto first = [common](std::stop_token poolStop) { return searchShare(*common, 0, poolStop); };
    auto result = co_await compute(pool, first);
    end();
    const std::lock_guard lock(common->mutex);
    if (common->found) co_return *common->found;  // by another, in the last moment
    co_return result;
}

/// Each slice tries nonces of shares of its own, so nothing need be kept between two of them.
Task<pow::Found> searchInSlices(Pool& pool, std::string transaction, int minWeightMagnitude, std::stop_token stop, AsyncMutex* turns) {
    for (unsigned share = 0;; share += pool.size()) {
        std::optional<AsyncMutex::Guard> turn;
        if (turns != nullptr) turn.emplace(co_await turns->lock());
        SearchOrder slice{transaction, minWeightMagnitude, share, kSliceTrials};
        auto found = co_await searchInPool(pool, std::move(slice), stop);
        if (found || found.error().code != ErrorCode::NotFound) co_return found;
    }
}

}  // namespace pegasus::ledger
