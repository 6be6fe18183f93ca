// SPDX-License-Identifier: Apache-2.0
// PaymentDesk: the seller's half that finds payments at the announced addresses and serves each confirmed one once.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crypto/ed25519.hpp"
#include "ledger/bundles.hpp"
#include "ledger/reader.hpp"
#include "market/listing_desk.hpp"
#include "market/payment_request.hpp"

namespace pegasus::market {

/// Loop thread. An unconfirmed payment is memory only, so junk costs no disk; a confirmed one is a row before anything
/// else happens, and the row decides what is left to do after a crash.
class PaymentDesk {
public:
    PaymentDesk(MarketServices services, stream::StreamService& streams, const SellerOptions& options, ListingDesk& listings,
                SellerCounters& counters)
        : services_(services), streams_(streams), options_(options), listings_(listings), counters_(counters) {}

    Task<void> load(const crypto::Ed25519Key& key);
    /// Looks at the watched addresses, judges what was confirmed, delivers. An error of one item stays with it.
    Task<void> work();
    /// One of them is at an address that was looked at.
    [[nodiscard]] bool concerns(const std::vector<ledger::StoredTransaction>& stored) const;
    /// The stream may have a new channel: buyers get its key.
    void streamChanged(const std::string& stream) { rekeyed_.insert(stream); }

    Task<std::vector<Payment>> payments(std::size_t limit, std::optional<Timestamp> before);
    Task<void> release(Hash bundle);
    Task<void> refuse(Hash bundle);

    Observers<Hash> changed;

private:
    using Row = seller_store::PaymentRow;

    /// A tail that pays one of our addresses and that no milestone has confirmed.
    struct Pending {
        Hash bundle;
        ListingDesk::Watched where;
        Iotas value;
        Timestamp seen;
    };
    /// What the attachments of a bundle say together.
    struct Judged {
        PaymentParts parts;
        std::string request;  ///< trytes; empty: none
        bool conflicting = false;
        std::size_t foreign = 0;  ///< attachments whose request is not the committed one
    };

    Task<void> look();
    /// Bundles of payments among them that want nothing more. Those of years are looked up, not held in memory.
    Task<std::unordered_set<Hash>> decidedOf(const std::vector<ledger::AttachedTransaction>& transactions);
    void remember(const ledger::AttachedTransaction& transaction, const ListingDesk::Watched& where,
                  const std::unordered_set<Hash>& decided);
    [[nodiscard]] std::vector<Hash> nextPending();
    Task<void> confirmPending();
    Task<void> dropHopeless(std::vector<Hash> tails);
    Task<ledger::Attachments> attachmentsOf(Hash bundle, Hash tail);
    Task<void> accept(Pending pending, Hash includedTail);
    [[nodiscard]] static Judged judge(const std::vector<ledger::Attachment>& attachments, const Hash& includedTail);
    void decide(Row& row, const Judged& judged) const;
    Task<void> deliver(Row row);
    Task<void> prepare(Row& row);
    Task<void> dispatch(Row& row);
    Task<void> send(const Row& row);
    Task<void> holdUndeliverable(Row& row);
    Task<void> rekey();
    Task<void> wakeSilent();
    Task<void> save(Row row);
    void note(const Row& row);
    Task<void> endHold(Hash bundle, PaymentState to);

    MarketServices services_;
    stream::StreamService& streams_;
    const SellerOptions& options_;
    ListingDesk& listings_;
    SellerCounters& counters_;
    const crypto::Ed25519Key* key_ = nullptr;
    std::unordered_set<Hash> requestless_;       // bundles whose row is held for its request
    std::unordered_map<Hash, Pending> pending_;  // by tail
    std::deque<Hash> queue_;                     // of pending_, by turns
    ledger::Reader reader_{services_.ledger, {.valueOnly = true}};
    std::set<std::string> rekeyed_;
    std::unordered_set<Address> watched_;  // as of the last look
};

}  // namespace pegasus::market
