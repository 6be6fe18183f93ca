// SPDX-License-Identifier: Apache-2.0
// FakeLedger: a ledger in memory for unit tests, with real validation and a milestone whenever the test says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"

namespace pegasus::ledger {

/// What the test makes go wrong. All are off by default.
struct FakeLedgerKnobs {
    int minWeightMagnitude = 1;  ///< that it names; it takes 1
    bool unreachable = false;      ///< every call: Unreachable
    bool notSynchronised = false;  ///< what needs the present state: NotSynchronised
    Duration delay{0};             ///< before every answer
    bool dropBroadcasts = false;   ///< broadcast() answers well and stores nothing
    std::set<Address> refused;       ///< broadcast() of anything that goes there fails with `refusal`
    ErrorCode refusal = ErrorCode::Refused;
    bool tellsCoordinator = true;    ///< status(): the first of `refused` is the coordinator's address
    int failBroadcasts = 0;        ///< so many more broadcasts answer Unreachable, having stored everything
    bool wrongTransactions = false;  ///< transactions() answers with another one than asked: Corrupt
    bool noCursors = false;          ///< findNext() as IRI's and Hornet's
    std::size_t showsAtMost = SIZE_MAX;  ///< findNext() without cursors: so many, the oldest
    bool forgetsCursors = false;     ///< findNext(): a cursor of what is new is unknown, as after a restart of the node
    bool failTransactions = false;   ///< transactions(): Timeout
    bool hidesTransactions = false;  ///< transactions() has none of them
    bool shortAnswers = false;       ///< list answers lack their last element: Corrupt
    bool forgetConfirmed = false;    ///< inclusionStates() denies all, as a pruned node
    std::optional<Iotas> everyBalance;  ///< balances() gives each address that
    bool hidesPendingSpends = false; ///< spentFrom() tells what is included only, as Hornet
    bool wantsReattachment = false;  ///< tailInfo(): pending tails should be attached again
    bool wantsPromotion = false;     ///< tailInfo(): pending tails should be promoted
};

/// Minimum weight 1. Loop thread. Milestones order every complete pending bundle, in the order of arrival: a bundle whose
/// inputs are not funded at its turn is conflicting for ever, all others are included. There is no faucet: see fund().
class FakeLedger final : public Ledger {
public:
    FakeLedger(Scheduler& scheduler, const Clock& clock) : scheduler_(scheduler), clock_(clock) {}

    FakeLedgerKnobs knobs;
    std::string fundsPeer;  ///< of the last requestFunds()

    /// Confirmed funds out of nothing.
    void fund(const Address& address, Iotas amount);
    /// Marks an address as spent from.
    void markSpent(const Address& address) {
        spent_.insert(address);
        spentForGood_.insert(address);
    }
    void unmarkSpent(const Address& address) {
        spent_.erase(address);
        spentForGood_.erase(address);
    }
    /// Orders and applies what is pending; notifies `milestones`. `only`: the bundles to include now (all if empty).
    void milestone(const std::set<Hash>& only = {});
    /// Every transaction of that hash is gone, as after pruning.
    void forget(const Hash& bundle);
    /// Stores one transaction without any check, as a hostile node would hold it.
    void inject(const TransactionTrytes& trytes);

    [[nodiscard]] Iotas balanceOf(const Address& address) const;
    /// Bundle hashes of all tails that were broadcast, in order, promotions (zero value) among them.
    [[nodiscard]] std::vector<Hash> broadcastBundles() const;
    /// Tails of one bundle hash, in order of arrival.
    [[nodiscard]] std::vector<Hash> tailsOf(const Hash& bundle) const;
    [[nodiscard]] std::size_t broadcastCalls() const { return broadcastCalls_; }
    [[nodiscard]] std::size_t transactionsGiven() const { return given_; }
    [[nodiscard]] std::size_t findCalls() const { return findCalls_; }
    /// What a test wants to happen at the start of every broadcast (a crash, a competing spend).
    std::function<void(const std::vector<TransactionTrytes>&)> onBroadcast;

    Async<LedgerStatus> status() override;
    [[nodiscard]] int minWeightMagnitude() const override { return knobs.minWeightMagnitude; }
    Task<Tips> tipsToApprove(int depth, std::optional<Hash> reference) override;
    Task<std::vector<Hash>> find(TransactionQuery query) override;
    Task<FoundPage> findNext(TransactionQuery query, std::string cursor, std::size_t limit) override;
    Task<std::vector<std::optional<AttachedTransaction>>> transactions(std::vector<Hash> hashes) override;
    Task<void> broadcast(std::vector<TransactionTrytes> transactions, std::string peer = "") override;
    Task<Balances> balances(std::vector<Address> addresses) override;
    Task<std::vector<bool>> inclusionStates(std::vector<Hash> hashes) override;
    Task<std::vector<bool>> spentFrom(std::vector<Address> addresses) override;
    Task<Consistency> checkConsistency(std::vector<Hash> tails) override;
    Task<TailInfo> tailInfo(Hash tail) override;
    Task<FundsGrant> requestFunds(Address address, std::string peer) override;

private:
    enum class State : std::uint8_t { Pending, Included, Conflicting };
    using Bundle = std::vector<const AttachedTransaction*>;

    Task<void> enter(bool needsSync);
    [[nodiscard]] Result<AttachedTransaction> accept(const TransactionTrytes& trytes) const;
    void store(AttachedTransaction transaction);
    /// The chain of a tail, if it is complete and valid.
    [[nodiscard]] std::optional<Bundle> bundleOf(const Hash& tail) const;
    [[nodiscard]] bool funded(const Bundle& bundle) const;
    void apply(const Hash& tail, const Bundle& bundle);
    /// Tails whose bundle is complete and valid now; their inputs count as spent from.
    void registerTails();

    Scheduler& scheduler_;
    const Clock& clock_;
    std::unordered_map<Hash, AttachedTransaction> transactions_;
    std::vector<Hash> arrivals_;
    std::unordered_map<Hash, State> tails_;  // of complete bundles
    std::unordered_set<Hash> included_;      // all transactions of included bundles
    std::unordered_map<Address, Iotas> balances_;
    std::unordered_set<Address> spent_;
    std::unordered_set<Address> spentForGood_;  // by what was included, or as the test says
    std::int64_t index_ = 1;
    std::size_t broadcastCalls_ = 0;
    std::size_t findCalls_ = 0;
    std::size_t given_ = 0;
};

}  // namespace pegasus::ledger
