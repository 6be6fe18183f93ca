// SPDX-License-Identifier: Apache-2.0
// The inside of RemoteLedger, shared by its source files: client.cpp (status, life), client_reads.cpp, client_writes.cpp,
// client_tails.cpp.
#pragma once

#include <algorithm>
#include <functional>

#include "iri/client.hpp"
#include "iri/confirmed_memory.hpp"
#include "iri/node_pool.hpp"

namespace pegasus::iri {

using Fetched = std::vector<std::optional<model::AttachedTransaction>>;

inline constexpr std::size_t kSmallEntry = 128;  // bytes of a hash, an amount or a state in JSON, generously
inline constexpr std::size_t kMaxFound = 100'000;       // IRI's default, and ours
inline constexpr std::size_t kHornetFoundLimit = 1000;  // where Hornet cuts in silence

[[nodiscard]] FindTransactions findRequest(ledger::TransactionQuery query);

template <class T>
std::vector<std::vector<T>> splitAt(const std::vector<T>& list, std::size_t most) {
    std::vector<std::vector<T>> parts;
    for (std::size_t i = 0; i < list.size(); i += most) {
        const auto end = std::min(list.size(), i + most);
        parts.emplace_back(list.begin() + static_cast<std::ptrdiff_t>(i),
                           list.begin() + static_cast<std::ptrdiff_t>(end));
    }
    return parts;
}

class RemoteLedger::Impl {
public:
    Impl(Scheduler& scheduler, Pool& pool, const Clock& clock, store::Database& database, ClientOptions given,
         std::vector<Url> urls, std::unique_ptr<HttpClient> http)
        : scheduler_(scheduler),
          pool_(pool),
          clock_(clock),
          options_(std::move(given)),
          memory_(database, options_.maxRemembered),
          nodes_(clock, options_, std::move(urls), std::move(http)) {}

    void startPolling(RemoteLedger& owner) { scheduler_.spawn("ledger poll", poll(owner)); }
    void stop() {
        stopped_ = true;
        nodes_.stop();
    }
    Async<ledger::LedgerStatus> status(RemoteLedger& owner);
    [[nodiscard]] const ClientOptions& options() const { return options_; }

    Task<ledger::Tips> tips(int depth, std::optional<Hash> reference);
    Task<std::vector<Hash>> find(ledger::TransactionQuery query);
    Task<ledger::FoundPage> findNext(ledger::TransactionQuery query, std::string cursor, std::size_t limit);
    Task<Fetched> transactions(std::vector<Hash> hashes);
    Task<void> broadcast(std::vector<TransactionTrytes> transactions);
    Task<ledger::Balances> balances(std::vector<Address> addresses);
    Task<std::vector<bool>> inclusionStates(std::vector<Hash> hashes);
    Task<std::vector<bool>> spentFrom(std::vector<Address> addresses);
    Task<ledger::Consistency> checkConsistency(std::vector<Hash> tails);
    Task<ledger::TailInfo> tailInfo(Hash tail);
    Task<ledger::FundsGrant> requestFunds(Address address);

private:
    template <class T>
    using Attempt = std::function<Task<T>(Node&, SteadyTime)>;

    Async<void> poll(RemoteLedger& owner);
    Async<void> refresh(RemoteLedger& owner, Duration freshEnough);
    [[nodiscard]] ledger::LedgerStatus describe() const;
    [[nodiscard]] std::vector<ledger::NodeHealth> healthOfNodes() const;

    Task<std::vector<Hash>> findOn(Node& node, const FindTransactions& request, SteadyTime deadline);
    Task<ledger::FoundPage> readOn(Node& node, const FindTransactions& request, SteadyTime deadline);
    Task<ledger::FoundPage> findAll(Node& node, const FindTransactions& request, SteadyTime deadline);
    Task<std::vector<Hash>> findPart(ledger::TransactionQuery query);
    Task<std::vector<Hash>> findParts(std::vector<ledger::TransactionQuery> parts);
    /// What one node does not have another may.
    Task<Fetched> fetchPart(std::vector<Hash> hashes);
    Task<ledger::Balances> balancesOn(Node& node, const std::vector<Address>& part, SteadyTime deadline);
    /// NotSynchronised for what is older than what was seen a moment ago: a balance never goes back to an earlier one.
    [[nodiscard]] Result<void> checkAge(const Node& node, std::int64_t milestone);
    Task<Fetched> fetchOn(Node& node, const std::vector<Hash>& hashes, SteadyTime deadline);
    Task<void> broadcastOn(Node& node, const std::vector<TransactionTrytes>& part, SteadyTime deadline);
    Task<void> awaitStored(Node& node, const std::vector<TransactionTrytes>& part, SteadyTime deadline);
    Task<std::vector<bool>> statesOn(Node& node, const Request& request, std::size_t count, SteadyTime deadline);
    Task<std::vector<bool>> states(const Request& request, std::size_t count);
    Task<ledger::Consistency> consistencyOn(Node& node, const std::vector<Hash>& tails, SteadyTime deadline);
    Task<ledger::TailInfo> tipInfoOn(Node& node, Hash tail, SteadyTime deadline);
    Task<ledger::TailInfo> judgeTailOn(Node& node, Hash tail, SteadyTime deadline);

    Scheduler& scheduler_;
    Pool& pool_;
    const Clock& clock_;
    ClientOptions options_;
    ConfirmedMemory memory_;
    NodePool nodes_;
    AsyncMutex refreshing_;
    std::optional<SteadyTime> refreshedAt_;
    std::int64_t lastMilestone_ = -1;
    SteadyTime milestoneAt_{};      ///< when it was seen first
    std::int64_t balancesOf_ = 0;   ///< newest milestone that a balance was given for
    SteadyTime balancesSeen_{};     ///< when
    bool stopped_ = false;
};

}  // namespace pegasus::iri
