// SPDX-License-Identifier: Apache-2.0
// Seller: announces streams, watches the announced addresses, serves each confirmed payment once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "base/observers.hpp"
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"
#include "market/types.hpp"
#include "store/database.hpp"

namespace pegasus::keys {
class MachineVault;
}
namespace pegasus::wallet {
class Wallet;
}
namespace pegasus::stream {
class StreamService;
}

namespace pegasus::market {

/// What both halves of the market stand on. Not owned; all outlive the service and its tasks.
struct MarketServices {
    Scheduler& scheduler;
    Pool& pool;
    const Clock& clock;
    Random& random;
    ledger::Ledger& ledger;
    store::Database& database;  ///< state.db, with market/schema.hpp
    const keys::MachineVault& vault;
    wallet::Wallet& wallet;
};

/// What to do with a payment whose request is not bound to its bundle.
enum class LegacyPolicy : std::uint8_t { Hold, Serve };

struct SellerOptions {
    std::string tagWord = defaults::kTagWord;
    LegacyPolicy legacy = LegacyPolicy::Hold;
    Duration retention = defaults::kRetention;        ///< how long the ledger keeps; renewal at half of it
    /// After a listing with another address was confirmed: how long the old address is still watched at its price, and
    /// never spent from.
    Duration grace = defaults::kAddressGrace;
    Duration poll = defaults::kMarketPoll;            ///< beside milestones and stored transactions
    /// A stream without a good reading for so long (and for three turns of its sensor) is closed until one comes again.
    Duration withdrawSilentAfter = defaults::kWithdrawSilentAfter;
    Duration reattachAfter = std::chrono::seconds(60);  ///< an unconfirmed listing or reply is attached again
};

/// Counters since the start.
struct SellerCounters {
    std::uint64_t junkTransactions = 0;  ///< at our addresses, carrying neither payment nor request
    bool paymentsIncomplete = false;     ///< the node hides some of what came to our addresses
    std::uint64_t invalidBundles = 0;
    std::uint64_t foreignRequests = 0;   ///< attachments whose request is not the committed one
    std::uint64_t errors = 0;            ///< passes over one item that failed and will be repeated
};

/// Loop thread only. Needs no unlocked wallet, once announce() has been answered.
class Seller {
public:
    [[nodiscard]] static std::unique_ptr<Seller> create(MarketServices services, stream::StreamService& streams,
                                                        SellerOptions options = {});
    virtual ~Seller() = default;

    /// Loads what is stored and starts the work. Once.
    virtual Task<void> start() = 0;

    /// Puts a stream up for sale, or renews its listing when its terms have changed. Returns when that is durable; the rest
    /// happens by itself. It is announced when good readings come (at once, if they do), closed when they have stayed away
    /// for SellerOptions::withdrawSilentAfter, and announced again when they are back. NotFound (no such stream, no wallet),
    /// InvalidArgument (terms that cannot be listed), or what the wallet says when no address can be had.
    virtual Task<void> announce(std::string streamId) = 0;
    /// The same, paid to a new address: the present one is watched, and not spent from, until the new listing has been
    /// confirmed for the grace time; then it is released to the wallet.
    virtual Task<void> changeAddress(std::string streamId) = 0;
    /// Announces that the stream is no longer sold. Payments that come after the grace time are not seen.
    virtual Task<void> withdraw(std::string streamId) = 0;
    /// Also of those that wait for readings.
    [[nodiscard]] virtual std::vector<ListingInfo> listings() const = 0;
    [[nodiscard]] virtual std::vector<HeldAddress> heldAddresses() const = 0;
    /// How long an address is held after another one was confirmed in its place.
    [[nodiscard]] virtual Duration grace() const = 0;

    /// Newest first; `before` is the cursor: the `seen` time of the last row received.
    virtual Task<std::vector<Payment>> payments(std::size_t limit, std::optional<Timestamp> before) = 0;
    /// Serves a held payment. NotFound, InvalidState (not held; or no readable request is known).
    virtual Task<void> release(Hash paymentBundle) = 0;
    /// Marks a held payment as refused: it is never served. NotFound, InvalidState.
    virtual Task<void> refuse(Hash paymentBundle) = 0;
    /// Sum of what was paid beyond prices, and of held payments.
    virtual Task<Iotas> creditTotal() = 0;
    /// 32 hexadecimal digits: what buyers see as the device id.
    [[nodiscard]] virtual std::string deviceId() const = 0;
    [[nodiscard]] virtual const SellerCounters& counters() const = 0;

    Observers<std::string> listingChanged;  ///< stream id
    Observers<Hash> paymentChanged;         ///< payment bundle
};

}  // namespace pegasus::market
