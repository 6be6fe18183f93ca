// SPDX-License-Identifier: Apache-2.0
// MilestonePace: when milestones are due. Regularly, and earlier where a payment waits.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace pegasus::node {

/// Pure. Early milestones are bounded, whatever payments do: each costs synced writes, and memory
/// cards wear. A bucket of kEarlyAtOnce is refilled by one a kEarlyRefill, so an hour sees at most
/// kEarlyAtOnce + 60 of them; beyond, payments wait for the regular milestone.
class MilestonePace {
  public:
    static constexpr Duration kLeastPause = 200ms;  ///< between two milestones
    static constexpr int kPauseShare = 10;          ///< or this part of the interval, if longer
    static constexpr int kEarlyAtOnce = 20;
    static constexpr Duration kEarlyRefill = 60s;

    MilestonePace(Duration interval, SteadyTime now)
        : interval_(interval), last_(now - interval), refilled_(now) {}

    /// The time of a milestone has come, whether there was something to confirm or not.
    void turned(SteadyTime now) { last_ = now; }
    [[nodiscard]] SteadyTime regular() const { return last_ + interval_; }
    [[nodiscard]] SteadyTime earliest() const {
        return last_ + std::max(kLeastPause, interval_ / kPauseShare);
    }
    /// Takes one from the bucket. False: the next one is the regular one.
    [[nodiscard]] bool takeEarly(SteadyTime now) {
        if (earliest() >= regular()) return false;
        const auto more = (now - refilled_) / kEarlyRefill;
        if (more > 0) {
            refilled_ += more * kEarlyRefill;
            early_ = more >= kEarlyAtOnce ? kEarlyAtOnce
                                          : std::min(kEarlyAtOnce, early_ + static_cast<int>(more));
        }
        if (early_ == 0) return false;
        --early_;
        return true;
    }

  private:
    Duration interval_;
    SteadyTime last_;
    SteadyTime refilled_;
    int early_ = kEarlyAtOnce;
};

}  // namespace pegasus::node
