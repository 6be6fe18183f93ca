// SPDX-License-Identifier: Apache-2.0
// EmbeddedLedger: a private tangle inside the process, with its own milestones and faucet.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scheduler.hpp"
#include "keys/machine_vault.hpp"
#include "ledger/ledger.hpp"
#include "node/milestone.hpp"
#include "node/options.hpp"

namespace pegasus::node {

/// What the node uses; all of it outlives the ledger.
struct NodeServices {
    Scheduler& scheduler;
    Pool& pool;
    const Clock& clock;
    Random& random;  ///< of a kind that any thread may use
    const keys::MachineVault& vault;
};

/// Loop thread. What is promised:
/// - broadcast(): when it returns, the transactions survive a crash of the process (a power cut may
/// take the last moments,
///   but what a milestone has confirmed is on the disk). A transaction whose trunk or branch is not
///   known is kept too, found and returned, but it counts only once they are there, and goes after
///   NodeOptions::waitingTime without them. A complete bundle that is invalid is refused
///   (InvalidArgument); one that becomes complete over several calls and is invalid stays readable,
///   but is never a tip, never confirmed, nor is anything that approves it.
/// - requestFunds(): the request is durable when it returns. `bundle` of the answer is the null
/// hash while the request waits
///   for the payment before it to be confirmed; LimitExceeded tells when to ask again.
/// - `stored` and `milestones` are notified after the commit.
class EmbeddedLedger final : public ledger::Ledger {
  public:
    /// Opens tangle.db and loads it, or creates the network: its keys (sealed by the vault) and the
    /// genesis. Blocks for the time of a few reads. Corrupt: the balances are not the supply, or
    /// the keys do not open. Config: it is another network. NotFound: NodeOptions::expected, and there is none.
    [[nodiscard]] static Result<std::unique_ptr<EmbeddedLedger>> open(NodeOptions options,
                                                                      NodeServices services);
    /// The loop's tasks have ended by then.
    ~EmbeddedLedger() override;
    EmbeddedLedger(const EmbeddedLedger&) = delete;
    EmbeddedLedger& operator=(const EmbeddedLedger&) = delete;

    /// Spawns the task that issues milestones, pays and cleans up, until the scheduler stops.
    void start();

    /// Of the faucet: see Faucet.
    void setDoubt(std::string reason);

    Async<ledger::LedgerStatus> status() override;
    [[nodiscard]] int minWeightMagnitude() const override;
    Task<ledger::Tips> tipsToApprove(int depth,
                                     std::optional<ledger::Hash> reference = std::nullopt) override;
    Task<std::vector<ledger::Hash>> find(ledger::TransactionQuery query) override;
    Task<ledger::FoundPage> findNext(ledger::TransactionQuery query, std::string cursor, std::size_t limit) override;
    /// They were verified when they were stored, not again.
    Task<std::vector<std::optional<ledger::AttachedTransaction>>> transactions(
        std::vector<ledger::Hash> hashes) override;
    Task<void> broadcast(std::vector<ledger::TransactionTrytes> transactions,
                         std::string peer = "") override;
    Task<ledger::Balances> balances(std::vector<ledger::Address> addresses) override;
    Task<std::vector<bool>> inclusionStates(std::vector<ledger::Hash> hashes) override;
    Task<std::vector<bool>> spentFrom(std::vector<ledger::Address> addresses) override;
    Task<ledger::Consistency> checkConsistency(std::vector<ledger::Hash> tails) override;
    Task<ledger::TailInfo> tailInfo(ledger::Hash tail) override;
    Task<ledger::FundsGrant> requestFunds(ledger::Address address, std::string peer) override;

    [[nodiscard]] const model::Address& coordinatorAddress() const;
    [[nodiscard]] const std::string& networkId() const;
    /// NotFound: not issued yet, or pruned.
    Task<Milestone> milestone(std::int64_t index);
    /// Issues one now (the task does it by itself) and returns its index.
    Task<std::int64_t> issueMilestone();

  private:
    class Impl;
    explicit EmbeddedLedger(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pegasus::node
