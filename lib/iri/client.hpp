// SPDX-License-Identifier: Apache-2.0
// The ledger over HTTP or HTTPS: one or more nodes with the IRI API (IRI 1.8, Hornet 0.4/0.5, pegasusd), with failover.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"
#include "store/database.hpp"

namespace pegasus::iri {

struct ClientOptions {
    std::vector<std::string> urls;  ///< http://host[:port][/path] or https://...; in the order of preference
    std::filesystem::path caFile;   ///< PEM, trusted besides the system's authorities; empty: none
    int minWeightMagnitude = defaults::kMinWeightMagnitude;     ///< of the network: no command of IRI reports it

    Duration connectTime = 5s;   ///< to resolve, connect and shake hands
    Duration requestTime = defaults::kNodeRequestTime;  ///< for one request to one node, connecting included
    Duration callTime = 60s;     ///< for one call, over all nodes and retries
    Duration statusTime = 5s;    ///< bound of status()
    Duration pollInterval = defaults::kNodePoll;  ///< of getNodeInfo; notices milestones
    Duration backoffFirst = 500ms;  ///< pause of a node after its first failure; doubles, with jitter
    Duration backoffMost = 15s;

    std::size_t maxParallel = 16;  ///< requests to one node at a time
    std::size_t maxIdle = 4;       ///< connections to one node kept open
    std::size_t maxRemembered = 500'000;  ///< rows of iri_confirmed
};

/// What a node's answers promise is verified as far as it can be: hashes of transactions, lengths of lists, bounds of
/// numbers and sizes. A node that breaks it is left alone for a while, and the next one is asked. Loop thread only.
///
/// Errors beyond those of Ledger: Corrupt if every node that answers sends nonsense.
class RemoteLedger final : public ledger::Ledger {
public:
    /// InvalidArgument: no or bad URLs, bad options; Config: the CA file cannot be read. `database` has kSchema's tables.
    [[nodiscard]] static Result<std::unique_ptr<RemoteLedger>> create(boost::asio::io_context& context,
                                                                      Scheduler& scheduler, Pool& pool,
                                                                      const Clock& clock, store::Database& database,
                                                                      ClientOptions options);
    ~RemoteLedger() override;

    /// Starts to poll; ends when the scheduler stops, which also breaks off requests under way.
    void start();
    /// Breaks off requests under way and refuses new ones (Cancelled). Idempotent.
    void stop();

    Async<ledger::LedgerStatus> status() override;
    [[nodiscard]] int minWeightMagnitude() const override;
    Task<ledger::Tips> tipsToApprove(int depth, std::optional<model::Hash> reference = std::nullopt) override;
    Task<std::vector<model::Hash>> find(ledger::TransactionQuery query) override;
    Task<ledger::FoundPage> findNext(ledger::TransactionQuery query, std::string cursor, std::size_t limit) override;
    Task<std::vector<std::optional<model::AttachedTransaction>>> transactions(
        std::vector<model::Hash> hashes) override;
    Task<void> broadcast(std::vector<model::TransactionTrytes> transactions, std::string peer = "") override;
    Task<ledger::Balances> balances(std::vector<model::Address> addresses) override;
    Task<std::vector<bool>> inclusionStates(std::vector<model::Hash> hashes) override;
    Task<std::vector<bool>> spentFrom(std::vector<model::Address> addresses) override;
    Task<ledger::Consistency> checkConsistency(std::vector<model::Hash> tails) override;
    Task<ledger::TailInfo> tailInfo(model::Hash tail) override;
    Task<ledger::FundsGrant> requestFunds(model::Address address, std::string peer) override;

private:
    class Impl;
    explicit RemoteLedger(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pegasus::iri
