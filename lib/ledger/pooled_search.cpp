// SPDX-License-Identifier: Apache-2.0
// The nonce search by several threads.
#include "ledger/pooled_search.hpp"

#include <limits>
#include <memory>
#include <mutex>
#include <optional>

namespace pegasus::ledger {

namespace {

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

unsigned threadsFor(const Pool& pool, int minWeightMagnitude) { return minWeightMagnitude < kSharedFrom ? 1 : pool.size(); }

Task<pow::Found> searchInPool(Pool& pool, SearchOrder order, std::stop_token stop) {
    const unsigned threads = threadsFor(pool, order.minWeightMagnitude);
    const auto common = std::make_shared<Common>(std::move(order));
    const auto end = [common] { common->ended.request_stop(); };
    const std::stop_callback onStop(stop, end);
    for (unsigned i = 1; i < threads; ++i) pool.post([common, i](std::stop_token poolStop) { (void)searchShare(*common, i, poolStop); });
    auto first = [common](std::stop_token poolStop) { return searchShare(*common, 0, poolStop); };
    co_return co_await compute(pool, first);
}

}  // namespace pegasus::ledger
