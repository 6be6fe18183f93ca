// SPDX-License-Identifier: Apache-2.0
// OfferBook: listings found under the market's tags, judged, bounded, kept.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ledger/reader.hpp"
#include "market/buyer.hpp"
#include "market/buyer_store.hpp"
#include "market/listing.hpp"

namespace pegasus::market {

/// Loop thread. A verified offer is known by its device key and stream, and its highest seq counts. When the book is full, no number of
/// newcomers pushes out what is known, and whoever comes is seen: a newcomer takes the place of an unverified offer, if it is verified
/// itself, else of any other one that has not been known for a day and was not announced later (what is read again after a start displaces
/// nothing newer). Offers of devices from which something was bought stay in any case;
/// others that are known take up at most three quarters of the book.
class OfferBook {
public:
    OfferBook(MarketServices services, const BuyerOptions& options, BuyerCounters& counters)
        : services_(services), options_(options), counters_(counters) {}

    Task<void> load();
    /// Reads what is new on the ledger.
    Task<void> discover();
    [[nodiscard]] std::vector<Offer> offers() const;
    [[nodiscard]] std::optional<Offer> offer(const OfferId& id) const;
    /// The key that must sign for a verified offer.
    [[nodiscard]] std::optional<crypto::Ed25519PublicKey> deviceKey(const OfferId& id) const;
    /// Whether the node hides some of what is under the market's tags.
    [[nodiscard]] bool incomplete() const { return reader_ && reader_->incomplete(); }
    /// Asks the ledger whether the address of the offer was spent from.
    Task<bool> checkSpent(Address address);

    /// Whether something was bought from the device; set once, before load().
    std::function<bool(const crypto::Ed25519PublicKey&)> boughtFrom;

    Observers<> changed;

private:
    struct Entry {
        Listing listing;
        std::string text;
        Timestamp announced;
        bool spent = false;
        Timestamp firstSeen;
    };
    struct Found {
        std::string text;  ///< fragment trytes
        Timestamp stamped; ///< of the transaction
    };

    [[nodiscard]] Offer describe(const OfferId& id, const Entry& entry) const;
    Task<void> beginReading();
    Task<void> read(std::vector<ledger::AttachedTransaction> transactions);
    void apply(Listing listing, std::string text, Timestamp stamped);
    [[nodiscard]] bool makeRoom(bool verified, Timestamp announced);
    void dropExpired();
    /// What is new is asked about once, and each offer again before it is paid.
    Task<void> checkNew();
    Task<void> save();
    void erase(const OfferId& id);

    MarketServices services_;
    const BuyerOptions& options_;
    BuyerCounters& counters_;
    std::map<OfferId, Entry> entries_;
    std::map<OfferId, std::int64_t> closed_;  // the seq that ended the sale
    std::optional<ledger::Reader> reader_;
    Duration clockOffset_{};  ///< of wall and steady clock, when the reading began
    std::set<OfferId> dirty_, dropped_, unchecked_;
    AsyncMutex mutex_;
};

}  // namespace pegasus::market
