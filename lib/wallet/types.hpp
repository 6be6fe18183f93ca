// SPDX-License-Identifier: Apache-2.0
// What goes into the wallet and comes out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/scheduler.hpp"
#include "crypto/signature.hpp"
#include "ledger/ledger.hpp"
#include "store/database.hpp"

namespace pegasus::wallet {

using model::Address;
using model::Hash;
using model::Iotas;
using model::Tag;

/// What the wallet stands on. Not owned; all of it outlives the wallet and its tasks.
struct WalletServices {
    Scheduler& scheduler;
    Pool& pool;
    const Clock& clock;
    Random& random;
    store::Database& database;  ///< state.db, with the tables of keys and wallet
    ledger::Ledger& ledger;
};

struct WalletOptions {
    crypto::SecurityLevel security = crypto::SecurityLevel::Two;
    /// Unused indices in a row that end a recovery; no more addresses than that are handed out beyond the last used one.
    std::size_t gapLimit = defaults::kGapLimit;
    std::size_t readyAddresses = 20; ///< derived while unlocked, to be handed out while locked
    std::size_t minPasswordLength = 8;  ///< bytes
    std::uint8_t scryptLogN = 15;    ///< cost of a password; stored with the seed, so that it can be raised later
    Duration autoLock = defaults::kAutoLock;  ///< after so long without spending or unlocking; 0: never. As coarse as `poll`
    Duration poll = defaults::kMarketPoll;            ///< beside milestones
    Duration retryFirst = std::chrono::seconds(10);   ///< before the first promotion or re-attachment
    Duration retryMost = std::chrono::minutes(5);     ///< the wait doubles up to this
    std::size_t maxInputs = 50;      ///< of one transfer
    /// What is left of a payment is split until there are so many outputs: each can be spent while the others wait for a
    /// milestone.
    std::size_t changeOutputs = 16;
    Duration keepMessages = std::chrono::days(90);  ///< after they were settled; payments are kept for ever
};

using TransferId = std::int64_t;

/// It only ever rises, and ends at Confirmed, Conflicting or Refused.
enum class TransferState : std::uint8_t {
    Reserved = 0,     ///< durable, its keys reserved, not signed yet
    Pending = 1,      ///< signed; is attached, promoted and attached again until decided
    Confirmed = 2,    ///< included by a milestone
    Conflicting = 3,  ///< the ledger decided for another spend of its inputs
    Refused = 4,      ///< the ledger will never take it: its inputs are free again
};
[[nodiscard]] std::string_view nameOf(TransferState state);

struct SendOutput {
    Address address;
    Iotas value;                ///< 0 or more
    std::string messageTrytes;  ///< 9A-Z
    Tag tag;
};

struct SendRequest {
    std::vector<SendOutput> outputs;  ///< become the transactions of the lowest indices, in this order
    /// Names the request for good: the same reference again gives the same transfer. Empty: each call is a new one.
    std::string reference;
    std::string label;  ///< for people; at most 200 bytes
};

struct Transfer {
    TransferId id = 0;
    std::string reference;
    std::string label;
    Hash bundle;
    TransferState state = TransferState::Reserved;
    Iotas amount;  ///< to others and to named outputs, without the remainder
    Timestamp created;
    std::optional<Timestamp> settled;
    std::vector<Hash> tails;  ///< our attachments, oldest first; made, whether or not the ledger took them
    bool taken = false;       ///< the ledger has, or had, one of them
    std::string reason;       ///< why it is Refused
};

/// As of the last look at the ledger. Money that has moved is counted once: available + reserved + pendingIn is what there
/// will be if everything pending confirms.
struct Balance {
    Iotas available;    ///< confirmed, spendable now
    Iotas reserved;     ///< confirmed, on announced (held) addresses
    Iotas pendingIn;    ///< on its way here, our own remainders included; not judged by any milestone yet
    Iotas pendingOut;   ///< on its way to others
    Iotas late;         ///< on addresses that have signed: at risk, and never spent by the wallet
    std::int64_t milestoneIndex = 0;  ///< of the look; 0 before the first
    bool operator==(const Balance&) const = default;
};

struct WalletStatus {
    bool exists = false;
    bool locked = true;
    bool restoring = false;  ///< used indices are being looked for: nothing may be spent or handed out
    std::string detail;      ///< why it does not get on (ledger unreachable, must be unlocked); empty when all is well
    /// Rises when a seed was restored. What holds keys beside the wallet starts new ones when it differs from the one
    /// it remembers.
    std::uint64_t restoreCount = 0;
    std::size_t readyAddresses = 0;
    std::size_t pendingTransfers = 0;
};

enum class Direction : std::uint8_t { Incoming = 0, Outgoing = 1, Internal = 2 };
[[nodiscard]] std::string_view nameOf(Direction direction);

/// One bundle that changes what the wallet's addresses hold.
struct HistoryEntry {
    std::int64_t cursor = 0;
    Hash bundle;
    Direction direction = Direction::Incoming;
    Iotas amount;  ///< not negative
    TransferState state = TransferState::Pending;
    Timestamp time;  ///< ours: made here or first seen here
    std::optional<TransferId> transfer;
    std::string label;
};

struct HistoryPage {
    std::vector<HistoryEntry> entries;  ///< newest first
    std::optional<std::int64_t> next;   ///< give it as cursor to go on; empty at the end
};

struct BundleLine {
    Address address;
    Iotas value;
    bool own = false;
    Tag tag;
    std::string messageTrytes;  ///< of the fragment, without trailing 9s; empty for inputs
};

struct BundleDetails {
    Hash bundle;
    TransferState state = TransferState::Pending;
    std::optional<HistoryEntry> history;
    Timestamp timestamp;  ///< in the bundle
    std::vector<BundleLine> lines;
    std::vector<Hash> tails;
};

struct OwnAddress {
    Address address;
    std::uint64_t index = 0;
    std::string purpose;
    bool held = false;
    bool spent = false;
    Iotas balance;
};

}  // namespace pegasus::wallet
