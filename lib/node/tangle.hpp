// SPDX-License-Identifier: Apache-2.0
// Tangle: the embedded tangle itself, synchronous, on the database thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ledger/ledger.hpp"
#include "node/arrival_log.hpp"
#include "node/arrivals.hpp"
#include "node/ledger_state.hpp"
#include "node/milestone.hpp"
#include "node/options.hpp"
#include "node/state_table.hpp"
#include "node/tail_table.hpp"
#include "node/tip_pool.hpp"
#include "node/transaction_table.hpp"
#include "node/waiting_set.hpp"

namespace pegasus::node {

/// Both clocks, read on the loop.
struct Moment {
    Timestamp wall;
    SteadyTime steady;
};

/// Everything on the database thread, inside Database::write (change() calls) or Database::read.
/// Tips, unconfirmed tails and waiting transactions are kept in memory; when a transaction of the
/// database is rolled back, they are read again before the next use, so memory is never ahead of
/// the disk. Names: an Id stands for trytes (hash_table.hpp).
class Tangle {
  public:
    /// For a database with a genesis (genesis.hpp). Corrupt: the balances are not the supply.
    [[nodiscard]] static Result<std::unique_ptr<Tangle>> open(store::Connection& connection,
                                                              const NodeOptions& options,
                                                              const model::Address& coordinator,
                                                              std::uint64_t seed);
    ~Tangle();
    Tangle(const Tangle&) = delete;
    Tangle& operator=(const Tangle&) = delete;

    // Writing.

    struct Stored {
        std::vector<ledger::StoredTransaction> fresh;  ///< those that were not known
        bool unchecked = false;                        ///< there are bundles to validate
        bool payment = false;  ///< a funded payment is among what was accepted
    };
    /// All or nothing. LimitExceeded: too many wait or are unconfirmed. InvalidArgument: claims to
    /// be a milestone.
    [[nodiscard]] Result<Stored> store(const Batch& batch, const Moment& now);
    /// The outcome of validating a bundle of unchecked(); an error is its being invalid. True if a
    /// funded payment was accepted.
    [[nodiscard]] Result<bool> checked(Id tail, const Result<Attachment>& outcome,
                                       const Moment& now);
    /// Stores a milestone made for `statement` and applies it. Internal if it is not the next one,
    /// or orders other than was stated; Corrupt if the balances do not add up.
    [[nodiscard]] Result<void> applyMilestone(const Batch& batch,
                                              const MilestoneStatement& statement,
                                              const Moment& now);
    /// Ends the time of waiting transactions; removes at most `limit` old ones. True if more are to
    /// be removed.
    [[nodiscard]] Result<bool> cleanUp(std::size_t limit, const Moment& now);

    // Reading.

    struct UncheckedBundle {
        Id tail = kNoId;
        std::vector<model::AttachedTransaction>
            transactions;  ///< fewer than its length: broken links
    };
    [[nodiscard]] Result<std::vector<UncheckedBundle>> unchecked(std::size_t limit);

    struct Heads {
        std::int64_t latest = 0;  ///< index of the latest milestone
        model::Hash milestone;    ///< the latest one
        std::vector<model::Hash>
            tails;  ///< to be merged under the next one; empty: nothing to confirm
    };
    /// All tails without approvers, the oldest first; where those are more than `limit`, so many tails that come first: see
    /// README.md, "What comes first".
    [[nodiscard]] Result<Heads> heads(std::size_t limit);
    /// What the next milestone says if it approves the latest one (trunk) and `branch`.
    [[nodiscard]] Result<MilestoneStatement> nextMilestone(const model::Hash& branch);
    [[nodiscard]] Result<model::AttachedTransaction> milestone(std::int64_t index);

    /// For uniform tips elsewhere, as they are now; empty with TipSelection::Walk.
    [[nodiscard]] TipView tipView();
    /// `depth`: 0 to kMaxDepth.
    [[nodiscard]] Result<ledger::Tips> tips(int depth, const std::optional<model::Hash>& reference,
                                            SteadyTime now);
    [[nodiscard]] Result<std::vector<model::Hash>> find(const ledger::TransactionQuery& query);
    /// See Ledger::findNext(). By approvees nothing is read in steps.
    [[nodiscard]] Result<ledger::FoundPage> findNext(const ledger::TransactionQuery& query, const std::string& cursor,
                                                     std::size_t limit);
    [[nodiscard]] Result<std::vector<std::optional<model::AttachedTransaction>>> transactions(
        const std::vector<model::Hash>& hashes);
    [[nodiscard]] Result<ledger::Balances> balances(const std::vector<model::Address>& addresses);
    [[nodiscard]] Result<std::vector<bool>> inclusionStates(const std::vector<model::Hash>& hashes);
    [[nodiscard]] Result<std::vector<bool>> spentFrom(const std::vector<model::Address>& addresses);
    [[nodiscard]] Result<ledger::Consistency> checkConsistency(
        const std::vector<model::Hash>& tails);
    [[nodiscard]] Result<ledger::TailInfo> tailInfo(const model::Hash& tail);
    /// Fills in what is known here.
    [[nodiscard]] Result<ledger::LedgerStatus> status();
    /// A bundle with value counts.
    [[nodiscard]] Result<bool> bundleIncluded(const model::Hash& bundle);
    /// Bytes that are in use, without pages that are free.
    [[nodiscard]] std::uint64_t usedBytes();
    /// Room has to be made: cleanUp() should be called.
    [[nodiscard]] Result<bool> crowded();
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] std::size_t unconfirmed() const { return graph_.size(); }

  private:
    /// Where a record of a batch stands, before anything is written.
    struct Arrival {
        Id id = kNoId;
        Id trunk = kNoId;
        Id branch = kNoId;
        bool known = false;
        bool solid = false;
    };
    /// Of what a tail approves, the worst last: pending may still turn out bad.
    enum class Standing : std::uint8_t { Good, Stale, Pending, Bad };

    Tangle(store::Connection& connection, const NodeOptions& options,
           const model::Address& coordinator, const TableKey& key, std::uint64_t seed);

    /// Reads memory from the database if it may be ahead of it. First in every member above.
    [[nodiscard]] Result<void> refresh();
    void load();
    void loadTails();
    /// Runs a change of memory and database; after an error memory is read again.
    template <class F>
    auto change(F work) -> decltype(work());

    [[nodiscard]] Result<std::vector<Arrival>> resolve(const Batch& batch);
    [[nodiscard]] Origin originOf(const Batch& batch) const;
    [[nodiscard]] Result<void> checkLimits(const std::vector<Arrival>& arrivals, Origin origin) const;
    void insert(const Record& record, Arrival& arrival);
    [[nodiscard]] bool solid(Id id);
    void becomeSolid(Id id, const Batch& batch, const Moment& now);
    void tailIsSolid(Id id, const Batch& batch, const Moment& now);
    void admit(Id id, const Attachment& attachment, Origin origin, const Moment& now);
    void settle(Id id, const Moment& now);
    [[nodiscard]] bool settleOne(Id id, const Moment& now);
    [[nodiscard]] bool funded(const Tail& tail);
    [[nodiscard]] Standing standing(Approvee& approvee);

    [[nodiscard]] std::vector<Slot> preferred(std::size_t limit);
    [[nodiscard]] Result<Ordering> orderUnder(Id branch);
    [[nodiscard]] Result<crypto::Sha256Digest> rootOf(const Ordering& ordering);
    void confirm(const Ordering& ordering, std::int64_t index);
    void advance(const std::vector<Slot>& ordered, std::int64_t index);

    [[nodiscard]] IdQuery idsOf(const ledger::TransactionQuery& query);
    [[nodiscard]] Result<ledger::FoundPage> arrivedSince(const IdQuery& ids, std::uint64_t place, std::size_t limit);
    [[nodiscard]] Result<ledger::FoundPage> storedAfter(const IdQuery& ids, Id last, std::size_t limit);
    [[nodiscard]] Result<model::Hash> hashOf(Id id);
    /// Of a tail of the graph; of the latest milestone if there is none.
    [[nodiscard]] Packed packedOf(Slot slot) {
        return slot == kNoSlot ? hashes_.at(latestId_) : graph_[slot].hash;
    }
    [[nodiscard]] Slot tip(int depth, Slot beside);
    [[nodiscard]] Result<Id> tipApproving(const model::Hash& reference);
    [[nodiscard]] Result<std::string> inconsistency(Id id, const model::Hash& hash);
    [[nodiscard]] Result<std::optional<model::AttachedTransaction>> load(Id id);

    void grow(const Moment& now);
    void expireWaiting(std::int64_t now);
    [[nodiscard]] bool prune(std::size_t limit, const Moment& now);
    void beginSqueeze();
    [[nodiscard]] bool squeeze(std::size_t limit);
    [[nodiscard]] Result<void> checkBudget(Origin origin);
    void forget(Id id);
    void dropUnusedName(Id id);

    store::Connection& connection_;
    NodeOptions options_;
    Packed coordinator_;
    TableKey key_;
    HashTable hashes_;
    StateTable state_;
    TransactionTable transactions_;
    TailTable tails_;
    LedgerState ledger_;
    WaitingSet waiting_;
    Prepared latestMilestone_;
    Prepared milestone_;
    Prepared putMilestone_;
    Prepared pruneTarget_;
    Prepared oldest_;
    Prepared pages_;
    Prepared dropMilestones_;
    Prepared nameUsed_;
    TipRandom random_;

    // The image in memory.
    ArrivalLog arrivals_;
    TailGraph graph_;
    TipPool pool_;
    std::unordered_set<Id> unchecked_;
    std::unordered_multimap<Id, Id>
        awaiting_;  ///< tail that is not checked yet, sound tail that approves it
    std::int64_t latest_ = 0;
    Id latestId_ = kNullId;
    std::int64_t count_ = 0;
    Id pruned_ = kNoId;     ///< where pruning goes on
    bool payment_ = false;  ///< one was accepted in this change
    std::int64_t age_ = 0;            ///< seconds that the network has run, at the latest milestone
    std::int64_t milestoneTime_ = 0;  ///< seconds, of the latest milestone
    std::optional<SteadyTime> grownAt_;  ///< when the latest milestone was made here
    std::unordered_set<Origin> greedy_;  ///< those who have sent the most, while the budget is short
    Id squeezed_ = kNoId;                ///< where making room goes on
    bool squeezing_ = false;
    std::uint64_t used_ = 0;             ///< bytes of the database when it was looked at last
    int unlooked_ = 0;                   ///< calls since

    bool behind_ = true;  ///< memory has to be read again
    bool changing_ = false;
};

}  // namespace pegasus::node
