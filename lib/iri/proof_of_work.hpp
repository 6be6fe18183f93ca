// SPDX-License-Identifier: Apache-2.0
// attachToTangle's proof of work: one call at a time, a bounded queue behind it.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "base/scheduler.hpp"
#include "model/bundle.hpp"

namespace pegasus::iri {

struct WorkOrder {
    model::Hash trunk;
    model::Hash branch;
    int minWeightMagnitude = 0;
    std::vector<model::TransactionTrytes> trytes;  ///< any order
};

/// Loop thread; the searching happens in the pool.
class ProofOfWork {
public:
    ProofOfWork(Pool& pool, const Clock& clock, std::size_t maxWaiting)
        : pool_(pool), clock_(clock), maxWaiting_(maxWaiting) {}

    /// Attached trytes, tail first. Cancelled when interrupted, when `stop` is set (also while waiting), or when the
    /// program stops; LimitExceeded when too many wait; InvalidArgument for trytes that do not parse.
    [[nodiscard]] Task<std::vector<model::TransactionTrytes>> attach(WorkOrder order, std::stop_token stop);
    /// Ends the work under way; the ones waiting go on.
    void interrupt();

private:
    Pool& pool_;
    const Clock& clock_;
    std::size_t maxWaiting_;
    std::size_t calls_ = 0;  // the one at work and those that wait
    AsyncMutex mutex_;
    std::shared_ptr<std::stop_source> current_;  // shared with the job in the pool
};

}  // namespace pegasus::iri
