// SPDX-License-Identifier: Apache-2.0
// attachToTangle's proof of work: in slices, so that milestones and the gateway's own messages wait for one slice at most, and peers
// take turns.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/scheduler.hpp"
#include "model/bundle.hpp"

namespace pegasus::iri {

struct WorkOrder {
    model::Hash trunk;
    model::Hash branch;
    int minWeightMagnitude = 0;
    std::vector<model::TransactionTrytes> trytes;  ///< any order
};

/// Loop thread; the searching happens in the pool. One call of each peer is worked at, in turns with those of other peers.
class ProofOfWork {
public:
    /// `maxWaiting`: calls of one peer behind the one at work.
    ProofOfWork(Pool& pool, const Clock& clock, std::size_t maxWaiting)
        : pool_(pool), clock_(clock), maxWaiting_(maxWaiting) {}

    /// Attached trytes, tail first. Cancelled when interrupted, when `stop` is set (also while waiting), or when the
    /// program stops; LimitExceeded when too many wait; InvalidArgument for trytes that do not parse.
    [[nodiscard]] Task<std::vector<model::TransactionTrytes>> attach(WorkOrder order, std::string peer, std::stop_token stop);
    /// Ends the work for `peer` that is under way; its calls that wait go on.
    void interrupt(const std::string& peer);
    /// The same for all of them.
    void interruptAll();

private:
    struct Caller {
        std::size_t calls = 0;  ///< the one at work and those that wait
        AsyncMutex atWork;
        std::shared_ptr<std::stop_source> current;  ///< of the one at work
    };
    class Call;

    Task<std::vector<model::TransactionTrytes>> work(WorkOrder order, std::stop_token stop);

    Pool& pool_;
    const Clock& clock_;
    std::size_t maxWaiting_;
    std::size_t calls_ = 0;
    std::map<std::string, Caller> callers_;
    AsyncMutex turn_;  // of a slice; first come, first served
};

}  // namespace pegasus::iri
