// SPDX-License-Identifier: Apache-2.0
// Proof of work: a nonce that gives a transaction the asked weight. Pure; for the pool.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace pegasus::pow {

inline constexpr int kMaxWeight = 81;

/// One of `count` searchers that share the nonces of one transaction; shares are disjoint.
struct Share {
    unsigned index = 0;
    unsigned count = 1;
    std::uint64_t maxTrials = 0;  ///< about; 0: no bound
};

struct Found {
    std::string nonce;         ///< 27 trytes
    std::uint64_t trials = 0;  ///< nonces tested by this call
};

/// Searches 27 trytes for the end of `transaction` (2673 trytes; its present nonce is ignored) such that its Curl-P-81
/// hash ends in at least `minWeightMagnitude` (0..81) zero trits. Cancelled within 5 ms of `stop`;
/// NotFound after Share::maxTrials.
[[nodiscard]] Result<Found> searchNonce(std::string_view transaction, int minWeightMagnitude, std::stop_token stop,
                                        Share share = {});

}  // namespace pegasus::pow
