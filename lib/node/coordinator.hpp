// SPDX-License-Identifier: Apache-2.0
// Coordinator: makes the network's milestones.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "node/core.hpp"

namespace pegasus::node {

/// Loop thread. A milestone approves the one before and all tips there are, merged by checkpoints: bundles of one
/// zero-value transaction that approve a tip and the checkpoint before. Where half of the interval is too short for
/// that, what comes first is confirmed (Tangle::heads).
class Coordinator {
  public:
    using Broadcast = std::function<Task<void>(std::vector<model::TransactionTrytes>)>;

    Coordinator(Core& core, const NodeOptions& options, std::string networkId,
                crypto::Ed25519Key key, Broadcast broadcast, Pool& pool, const Clock& clock);

    struct Issued {
        std::int64_t index = 0;
        model::Hash hash;
    };
    /// Makes the next milestone. When it returns, it is on the disk.
    Task<Issued> issue();
    /// There is something to confirm, or the heartbeat is due.
    Task<bool> due();

    [[nodiscard]] const model::Address& address() const { return address_; }

  private:
    using Attached = std::vector<model::AttachedTransaction>;

    Task<model::Hash> merge(std::vector<model::Hash> tails);
    Task<Attached> checkpoints(model::Hash merged, std::vector<model::Hash> tails, SteadyTime until);
    Task<Attached> attach(std::vector<model::Transaction> transactions, model::Hash trunk,
                          model::Hash branch);
    Task<Attached> make(MilestoneStatement statement);

    Core& core_;
    const NodeOptions& options_;
    std::string networkId_;
    std::shared_ptr<const crypto::Ed25519Key>
        key_;  // shared with jobs in the pool, which may outlive this
    model::Address address_;
    Broadcast broadcast_;
    Pool& pool_;
    const Clock& clock_;
    AsyncMutex mutex_;
    std::size_t capacity_;  ///< tails that can be merged in the time there is, as measured
    std::optional<SteadyTime> last_;
};

}  // namespace pegasus::node
