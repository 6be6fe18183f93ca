// SPDX-License-Identifier: Apache-2.0
// The nonce search by as many threads of the pool as are free.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "base/async.hpp"
#include "base/scheduler.hpp"
#include "pow/nonce_search.hpp"

namespace pegasus::ledger {

/// From this weight on (531 441 trials on the average) a search goes to all threads of the pool, and leaves it to other jobs in between;
/// below, both would cost more than they give.
inline constexpr int kSharedFrom = 12;

struct SearchOrder {
    std::string transaction;  ///< 2673 trytes
    int minWeightMagnitude = 0;
    unsigned firstShare = 0;          ///< of the shares of this order, one for each thread
    std::uint64_t maxTrials = 0;      ///< of each thread; 0: until it is found
};

/// Errors as pow::searchNonce(). Threads that are busy join late or not at all; the first that finds ends the others.
[[nodiscard]] Task<pow::Found> searchInPool(Pool& pool, SearchOrder order, std::stop_token stop);
/// The same in slices of some ten milliseconds a thread, so that other jobs of the pool get in between. `turns`: held for a slice, by
/// searches that shall take turns; may be null.
[[nodiscard]] Task<pow::Found> searchInSlices(Pool& pool, std::string transaction, int minWeightMagnitude, std::stop_token stop,
                                              AsyncMutex* turns);

}  // namespace pegasus::ledger
