// SPDX-License-Identifier: Apache-2.0
// Faucet: gives from the treasury, one payment at a time.
#pragma once

#include "keys/signer.hpp"
#include "ledger/attacher.hpp"
#include "node/core.hpp"

namespace pegasus::node {

/// Loop thread. The treasury pays with one-time keys: a key is used, durably, before it signs; the
/// same payout always has the same essence, so that attaching it again after a crash signs nothing
/// new. The next payment waits until the one before is confirmed, since it spends its remainder.
class Faucet {
  public:
    Faucet(Core& core, ledger::Ledger& ledger, crypto::Seed treasury,
           const model::Address& coordinator, const FaucetLimits& limits, Pool& pool,
           const Clock& clock);

    /// The request is durable when it returns; see EmbeddedLedger.
    Task<ledger::FundsGrant> request(model::Address address, std::string peer);
    /// While `reason` is not empty requests are refused with it and no payment begins; one that was begun goes on.
    void setDoubt(std::string reason) { doubt_ = std::move(reason); }
    /// Closes the open payout if it is confirmed, attaches it again if it has to be, or begins the
    /// next one.
    Task<void> pump();

  private:
    /// Refuses what the node itself owns: no payment there reaches anybody.
    Task<void> checkForeign(const model::Address& address, crypto::KeyIndex next) const;
    Task<bool> settle(Payout payout);
    Task<void> pay(Payout payout);

    Core& core_;
    model::Address coordinator_;
    keys::Signer signer_;
    FaucetLimits limits_;
    const Clock& clock_;
    ledger::Attacher attacher_;
    AsyncMutex mutex_;
    std::string doubt_;
};

}  // namespace pegasus::node
