// SPDX-License-Identifier: Apache-2.0
// What can be set about an embedded tangle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/defaults.hpp"
#include "base/time.hpp"
#include "model/types.hpp"

namespace pegasus::node {

enum class TipSelection : std::uint8_t {
    Uniform,  ///< two of the tips that are not lazy
    Walk,     ///< random walk, a step being proportional to exp(alpha * cumulative weight)
};

/// What the faucet gives in 24 hours (a sliding window).
struct FaucetLimits {
    model::Iotas perRequest{defaults::kFaucetAmount};
    model::Iotas perAddress{defaults::kFaucetPerAddress};
    model::Iotas perPeer{defaults::kFaucetPerPeer};
    model::Iotas total{defaults::kFaucetTotal};
    std::size_t maxQueued = 200;  ///< requests that wait for their payment
};

struct NodeOptions {
    std::filesystem::path database;  ///< tangle.db; created with the genesis
    bool expected = false;           ///< it was made before: NotFound if it is missing or empty
    /// Part of what milestones sign. Fixed at the genesis (made at random there if empty); another
    /// one later is refused.
    std::string networkId;
    std::string appVersion;

    int minWeightMagnitude = defaults::kMinWeightMagnitude;
    Duration milestoneInterval = defaults::kMilestoneInterval;
    Duration heartbeat = defaults::kHeartbeatInterval;  ///< a milestone even if there is nothing to confirm
    std::size_t maxCheckpoints = 4'096;  ///< tails merged before a milestone beside the first, if there is time

    TipSelection tipSelection = TipSelection::Uniform;
    double alpha = defaults::kAlpha;

    bool faucet = true;
    FaucetLimits faucetLimits;

    /// Transactions whose approvees are not known yet: how many, how many more by one call, and for
    /// how long.
    std::size_t maxWaiting = 10'000;
    std::size_t maxWaitingPerCall = 1'000;
    Duration waitingTime = 10min;
    std::size_t maxUnconfirmed =
        200'000;  ///< bundles in memory; beyond, broadcast() fails with LimitExceeded

    /// Bytes that tangle.db may use; beyond nine tenths of it the transactions of those go who have sent the most. 0: no bound.
    std::uint64_t maxSize = defaults::kMaxTangleBytes;
    /// Confirmed transactions older than this, in time that the network has run, go; balances, spent addresses and included bundles
    /// stay. 0: never.
    Duration retention = defaults::kRetention;
};

}  // namespace pegasus::node
