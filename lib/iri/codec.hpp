// SPDX-License-Identifier: Apache-2.0
// The IRI HTTP API as values: requests, answers and errors, and their JSON in both directions. Pure, any thread.
// Shapes: the API table of the golden-vector notes (section 3), corrected by tangle.md section 6; additions of ours are
// marked. Members are in the order in which they are written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/transaction.hpp"

namespace pegasus::iri {

using model::Address;
using model::Hash;
using model::Iotas;
using model::Tag;
using model::TransactionTrytes;

/// Bounds on what a peer sends. Nesting is bounded too (kMaxNesting), unknown members are ignored.
struct CodecLimits {
    std::size_t bodyLength = 1'000'000;
    std::size_t listLength = 1000;
};
inline constexpr std::size_t kMaxNesting = 8;

// ---- requests ----

struct GetNodeInfo {
    bool operator==(const GetNodeInfo&) const = default;
};
struct GetNodeApiConfiguration {
    bool operator==(const GetNodeApiConfiguration&) const = default;
};
struct GetTransactionsToApprove {
    std::int64_t depth = 0;
    std::optional<Hash> reference;
    bool operator==(const GetTransactionsToApprove&) const = default;
};
struct AttachToTangle {
    Hash trunkTransaction;
    Hash branchTransaction;
    std::int64_t minWeightMagnitude = 0;
    std::vector<TransactionTrytes> trytes;
    bool operator==(const AttachToTangle&) const = default;
};
struct InterruptAttachingToTangle {
    bool operator==(const InterruptAttachingToTangle&) const = default;
};
struct StoreTransactions {
    std::vector<TransactionTrytes> trytes;
    bool operator==(const StoreTransactions&) const = default;
};
struct BroadcastTransactions {
    std::vector<TransactionTrytes> trytes;
    bool operator==(const BroadcastTransactions&) const = default;
};
/// At least one list is there; one that is there and empty makes the answer empty, as in IRI.
struct FindTransactions {
    std::optional<std::vector<Hash>> bundles;
    std::optional<std::vector<Address>> addresses;
    std::optional<std::vector<Tag>> tags;
    std::optional<std::vector<Hash>> approvees;
    // Ours: lib/iri/README.md, "Reading on".
    std::optional<std::string> after{};///< Ledger::findNext()'s cursor
    std::int64_t limit = 0;            ///< with `after`; 0: as many as one call may give
    bool valueOnly = false;            ///< Hornet's too
    bool operator==(const FindTransactions&) const = default;
};
struct GetTrytes {
    std::vector<Hash> hashes;
    bool operator==(const GetTrytes&) const = default;
};
/// `threshold` and `tips` of older clients are ignored.
struct GetBalances {
    std::vector<Address> addresses;
    std::vector<Hash> tips{};  ///< must be known; the answer is that of the latest milestone all the same
    bool operator==(const GetBalances&) const = default;
};
/// `tips` of older clients is ignored.
struct GetInclusionStates {
    std::vector<Hash> transactions;
    bool operator==(const GetInclusionStates&) const = default;
};
struct WereAddressesSpentFrom {
    std::vector<Address> addresses;
    bool operator==(const WereAddressesSpentFrom&) const = default;
};
struct CheckConsistency {
    std::vector<Hash> tails;
    bool operator==(const CheckConsistency&) const = default;
};
/// Hornet's.
struct GetTipInfo {
    Hash tailTransaction;
    bool operator==(const GetTipInfo&) const = default;
};
struct GetMissingTransactions {
    bool operator==(const GetMissingTransactions&) const = default;
};
struct GetTips {
    bool operator==(const GetTips&) const = default;
};
struct GetNeighbors {
    bool operator==(const GetNeighbors&) const = default;
};
struct AddNeighbors {
    std::vector<std::string> uris;
    bool operator==(const AddNeighbors&) const = default;
};
struct RemoveNeighbors {
    std::vector<std::string> uris;
    bool operator==(const RemoveNeighbors&) const = default;
};
/// Ours: asks the faucet of a private tangle.
struct FaucetRequest {
    Address address;
    bool operator==(const FaucetRequest&) const = default;
};

using Request =
    std::variant<GetNodeInfo, GetNodeApiConfiguration, GetTransactionsToApprove, AttachToTangle,
                 InterruptAttachingToTangle, StoreTransactions, BroadcastTransactions, FindTransactions, GetTrytes,
                 GetBalances, GetInclusionStates, WereAddressesSpentFrom, CheckConsistency, GetTipInfo,
                 GetMissingTransactions, GetTips, GetNeighbors, AddNeighbors, RemoveNeighbors, FaucetRequest>;

/// The value of `command`.
[[nodiscard]] std::string_view commandName(const Request& request);

// ---- answers ----

/// The feature of a node whose findTransactions takes `after`.
inline constexpr std::string_view kReadingOn = "FindTransactionsAfter";

/// getNodeInfo. What a node does not report stays at its default.
struct NodeInfo {
    std::string appName;
    std::string appVersion;
    std::int64_t jreAvailableProcessors = 0;
    std::int64_t jreFreeMemory = 0;
    std::string jreVersion;
    std::int64_t jreMaxMemory = 0;
    std::int64_t jreTotalMemory = 0;
    Hash latestMilestone;
    std::int64_t latestMilestoneIndex = 0;
    Hash latestSolidSubtangleMilestone;
    std::int64_t latestSolidSubtangleMilestoneIndex = 0;
    std::int64_t milestoneStartIndex = 0;
    std::int64_t lastSnapshottedMilestoneIndex = 0;
    std::int64_t neighbors = 0;
    std::int64_t packetsQueueSize = 0;
    std::int64_t time = 0;  ///< ms
    std::int64_t tips = 0;
    std::int64_t transactionsToRequest = 0;
    std::vector<std::string> features;
    std::string coordinatorAddress;
    std::int64_t dbSizeInBytes = 0;
    std::optional<bool> isSynced;   ///< Hornet and ours
    std::optional<bool> isHealthy;  ///< Hornet and ours
    std::int64_t minWeightMagnitude = 0;  ///< ours; 0: not reported
    std::int64_t transactionCount = 0;    ///< ours; 0: not reported
    bool operator==(const NodeInfo&) const = default;
};
struct NodeApiConfiguration {
    std::int64_t maxFindTransactions = 0;
    std::int64_t maxRequestsList = 0;
    std::int64_t maxGetTrytes = 0;
    std::int64_t maxBodyLength = 0;
    bool testNet = false;
    std::int64_t milestoneStartIndex = 0;
    bool operator==(const NodeApiConfiguration&) const = default;
};
struct TipsAnswer {
    Hash trunkTransaction;
    Hash branchTransaction;
    bool operator==(const TipsAnswer&) const = default;
};
/// attachToTangle, getTrytes (all 9s: unknown).
struct TrytesAnswer {
    std::vector<TransactionTrytes> trytes;
    bool operator==(const TrytesAnswer&) const = default;
};
/// findTransactions, getMissingTransactions, getTips.
struct HashesAnswer {
    std::vector<Hash> hashes;
    // Of findTransactions with `after` only.
    std::optional<std::string> cursor{};
    bool more = false;
    bool restarted = false;
    bool operator==(const HashesAnswer&) const = default;
};
struct BalancesAnswer {
    std::vector<Iotas> balances;  ///< written as strings; never negative, never above the supply
    std::vector<Hash> references;
    std::int64_t milestoneIndex = 0;
    bool operator==(const BalancesAnswer&) const = default;
};
/// getInclusionStates, wereAddressesSpentFrom.
struct StatesAnswer {
    std::vector<bool> states;
    bool operator==(const StatesAnswer&) const = default;
};
struct ConsistencyAnswer {
    bool state = false;
    std::string info;
    bool operator==(const ConsistencyAnswer&) const = default;
};
struct TipInfoAnswer {
    bool confirmed = false;
    bool conflicting = false;
    bool shouldPromote = false;
    bool shouldReattach = false;
    bool operator==(const TipInfoAnswer&) const = default;
};
/// A node without neighbours: `{"neighbors": []}`.
struct NeighborsAnswer {
    bool operator==(const NeighborsAnswer&) const = default;
};
struct AddedNeighborsAnswer {
    std::int64_t addedNeighbors = 0;
    bool operator==(const AddedNeighborsAnswer&) const = default;
};
struct RemovedNeighborsAnswer {
    std::int64_t removedNeighbors = 0;
    bool operator==(const RemovedNeighborsAnswer&) const = default;
};
/// Ours. The amount is written as a string.
struct FaucetAnswer {
    Hash bundle;
    Iotas amount;
    bool operator==(const FaucetAnswer&) const = default;
};
/// storeTransactions, broadcastTransactions, interruptAttachingToTangle.
struct EmptyAnswer {
    bool operator==(const EmptyAnswer&) const = default;
};

using Answer = std::variant<NodeInfo, NodeApiConfiguration, TipsAnswer, TrytesAnswer, HashesAnswer, BalancesAnswer,
                            StatesAnswer, ConsistencyAnswer, TipInfoAnswer, NeighborsAnswer, AddedNeighborsAnswer,
                            RemovedNeighborsAnswer, FaucetAnswer, EmptyAnswer>;

/// A refusal: HTTP status and text. 500 is written as `exception`, everything else as `error`. `code` (ours, may be
/// empty) is the row name of the ErrorCode, so that another pegasusd gets the same error back.
struct ApiError {
    int status = 400;
    std::string text;
    std::string code;
    bool operator==(const ApiError&) const = default;
};

// ---- JSON ----

/// `limited`: commands refused to this peer; they are answered before anything else about them is judged (401).
[[nodiscard]] Expected<Request, ApiError> decodeRequest(std::string_view body, const CodecLimits& limits,
                                                            std::span<const std::string> limited = {});
[[nodiscard]] std::string encodeRequest(const Request& request);

/// `durationMs` is the last member of every answer.
[[nodiscard]] std::string encodeAnswer(const Answer& answer, std::int64_t durationMs);
[[nodiscard]] std::string encodeError(const ApiError& error, std::int64_t durationMs);

/// The answer of type T (any of Answer); Corrupt if it is not one, LimitExceeded if a list is longer than the limit.
/// Values are checked for form, not against the request.
template <class T>
[[nodiscard]] Result<T> decodeAnswer(std::string_view body, const CodecLimits& limits);

/// What a node says in an answer other than 2xx: `error`, else `exception`, else nothing. Never fails: the body may be
/// empty or not JSON. The text is cut to 300 characters, and control characters are replaced: it goes to people.
[[nodiscard]] ApiError decodeError(int status, std::string_view body);

}  // namespace pegasus::iri
