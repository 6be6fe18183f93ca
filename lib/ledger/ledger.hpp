// SPDX-License-Identifier: Apache-2.0
// The ledger as everything above it sees it: the embedded tangle, remote nodes over HTTP, or a fake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/observers.hpp"
#include "base/time.hpp"
#include "model/transaction.hpp"

namespace pegasus::ledger {

using model::Address;
using model::AttachedTransaction;
using model::Hash;
using model::Iotas;
using model::Tag;
using model::TransactionTrytes;

/// Bounds that every implementation enforces with LimitExceeded or InvalidArgument, and callers split for.
inline constexpr std::size_t kMaxHashesPerCall = 1000;
inline constexpr std::size_t kMaxTransactionsPerCall = 350;

enum class LedgerState : std::uint8_t { Ready, NotSynchronised, Unreachable };

/// One node of a remote ledger.
struct NodeHealth {
    std::string url;
    LedgerState state = LedgerState::Unreachable;
    std::string detail;  ///< for people: why it is not Ready, or what it refuses
    bool asked = false;  ///< false: a spare node that nothing is known of
    std::int64_t milestoneIndex = 0;  ///< that it had applied when it was asked last
    bool inUse = false;
};

struct LedgerStatus {
    LedgerState state = LedgerState::Unreachable;
    std::string detail;      ///< for people: why it is not Ready, or what the node in use refuses
    std::string url;         ///< of the node in use; empty for the embedded tangle
    std::string appName;     ///< "pegasusd", "IRI", "HORNET"
    std::string appVersion;
    Hash latestMilestone;
    Hash latestSolidMilestone;
    std::int64_t latestMilestoneIndex = 0;
    std::int64_t latestSolidMilestoneIndex = 0;
    std::int64_t snapshotIndex = 0;
    std::uint64_t tips = 0;
    std::uint64_t transactionsToRequest = 0;
    std::uint64_t transactionCount = 0;  ///< stored; 0 where unknown
    std::uint64_t databaseBytes = 0;     ///< 0 where unknown
    std::uint64_t databaseLimit = 0;     ///< that databaseBytes is kept below; 0 where there is none
    std::string coordinatorAddress;      ///< as the API reports it
    bool faucet = false;                 ///< requestFunds() works
    std::vector<NodeHealth> nodes;       ///< of a remote ledger, in the order of the configuration
};

struct Tips {
    Hash trunk;
    Hash branch;
};

/// Union within one list, intersection between the non-empty lists. At least one list must be non-empty.
struct TransactionQuery {
    std::vector<Address> addresses{};
    std::vector<Hash> bundles{};
    std::vector<Tag> tags{};
    std::vector<Hash> approvees{};
    /// A hint: transactions without value are of no use. findNext() leaves them out where the ledger can.
    bool valueOnly = false;
};

/// One step of Ledger::findNext().
struct FoundPage {
    std::vector<Hash> hashes{};
    std::string cursor{};    ///< for the next step; empty: the ledger knows none, and this is all that it gives
    bool more = false;       ///< the next step has more at once
    bool restarted = false;  ///< the cursor was unknown: what came since it was given may not have been told
    bool cut = false;        ///< the ledger has others that it does not show
};

/// The cursor of those who want to know of what comes from now on.
inline constexpr std::string_view kFromNow = "now";

struct Balances {
    std::vector<Iotas> balances;  ///< confirmed, in the order asked
    std::vector<Hash> references;
    std::int64_t milestoneIndex = 0;
};

struct Consistency {
    bool consistent = false;
    std::string info;  ///< why not
};

/// What became of one tail.
struct TailInfo {
    bool confirmed = false;    ///< included: counts
    bool conflicting = false;  ///< ordered by a milestone, and passed over: will never count
    bool shouldPromote = false;
    bool shouldReattach = false;
};

struct FundsGrant {
    Hash bundle;  ///< of the faucet's payment, pending
    Iotas amount;
};

struct StoredTransaction {
    Hash hash;
    Address address;
};

/// All members on the loop thread; calls may overlap. Unreachable, NotSynchronised, Timeout and Cancelled may come from any.
class Ledger {
public:
    virtual ~Ledger() = default;

    /// Never fails: a ledger that cannot be reached is a status.
    virtual Async<LedgerStatus> status() = 0;
    [[nodiscard]] virtual int minWeightMagnitude() const = 0;

    /// Two tails to approve. `reference`: one of them approves it or is it. `depth` 0..15.
    virtual Task<Tips> tipsToApprove(int depth, std::optional<Hash> reference = std::nullopt) = 0;
    /// Unordered. LimitExceeded where the answer would be cut.
    virtual Task<std::vector<Hash>> find(TransactionQuery query) = 0;
    /// What find() gives for addresses, bundles and tags (a tag here counts as tag or obsolete tag), in steps of about `limit`
    /// (1 to kMaxHashesPerCall) hashes, each told once. `cursor`: that of the step before; kFromNow: only what is to come; empty:
    /// all that is stored, oldest first, until a step says that there is no `more`. A ledger without cursors (IRI, Hornet) gives
    /// all it has each time, however many.
    virtual Task<FoundPage> findNext(TransactionQuery query, std::string cursor, std::size_t limit) = 0;
    /// In the order asked; nullopt for unknown (or pruned) ones. The hash of each is verified.
    virtual Task<std::vector<std::optional<AttachedTransaction>>> transactions(std::vector<Hash> hashes) = 0;
    /// Stores and publishes, all or an error; known ones are no error. When it returns, they are stored: with the
    /// embedded tangle in its database, with a remote node in the node's. `peer`: who sends them, by which capacity is
    /// shared out; empty: this gateway itself. Refused: it can never be taken, and nobody else has seen it.
    virtual Task<void> broadcast(std::vector<TransactionTrytes> transactions, std::string peer = "") = 0;
    virtual Task<Balances> balances(std::vector<Address> addresses) = 0;
    /// True: confirmed by a milestone and not conflicting. Once seen true it stays true, pruned or not.
    virtual Task<std::vector<bool>> inclusionStates(std::vector<Hash> hashes) = 0;
    virtual Task<std::vector<bool>> spentFrom(std::vector<Address> addresses) = 0;
    /// Both: NotFound where a tail is not known (never stored, lost with a power cut, or pruned).
    virtual Task<Consistency> checkConsistency(std::vector<Hash> tails) = 0;
    virtual Task<TailInfo> tailInfo(Hash tail) = 0;
    /// Asks the network's faucet. NotSupported where there is none. `peer`: who asks, for its limits.
    virtual Task<FundsGrant> requestFunds(Address address, std::string peer) = 0;

    /// After a milestone was seen (embedded: at once; remote: when polling notices). Argument: its index.
    Observers<std::int64_t> milestones;
    /// After transactions were stored. Embedded only, a hint to look, for those whose addresses they have; remote clients poll.
    Observers<std::vector<StoredTransaction>> stored;
};

}  // namespace pegasus::ledger
