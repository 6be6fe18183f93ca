// SPDX-License-Identifier: Apache-2.0
// OrderDesk: brings each order from the wish to the running subscription, across crashes.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/reader.hpp"
#include "market/buyer.hpp"
#include "market/buyer_store.hpp"
#include "market/channel_desk.hpp"
#include "market/offer_book.hpp"

namespace pegasus::market {

/// Loop thread. The row is written before the step that it allows; the wallet's reference makes the payment happen once.
class OrderDesk {
public:
    OrderDesk(MarketServices services, const BuyerOptions& options, OfferBook& offers, ChannelDesk& channels,
              BuyerCounters& counters)
        : services_(services), options_(options), offers_(offers), channels_(channels), counters_(counters) {}

    Task<void> load();
    /// One step, or several, of every order that is not at its end, but of few that have no key pair yet: making one takes long,
    /// and the others go on meanwhile. True: there are more of these. An error of one stays with it.
    Task<bool> work();
    /// One of them is where a reply or the first message under a new key is expected.
    [[nodiscard]] bool concerns(const std::vector<ledger::StoredTransaction>& stored) const;
    Task<OrderId> buy(OfferId offer, BuyOptions options);
    /// Whether an order of that device's offers was paid.
    [[nodiscard]] bool boughtFrom(const crypto::Ed25519PublicKey& device) const;
    Task<void> cancel(OrderId id);
    [[nodiscard]] std::vector<Order> orders() const;
    [[nodiscard]] std::optional<Order> order(const OrderId& id) const;
    /// An order of the last minutes waits for its milestone, its key or its first reading.
    [[nodiscard]] bool hurried() const;
    /// Name and unit of what the order bought.
    void describe(SubscriptionInfo& info) const;
    /// The first message of a subscription arrived.
    void messageArrived(const SubscriptionId& id);

    Observers<OrderId> changed;

private:
    using Row = buyer_store::OrderRow;

    struct Replies {
        struct Tail {
            Hash hash;
            int tries = 0;  ///< its bundle was not complete
        };
        std::unique_ptr<ledger::Reader> reader;  ///< of the reply address
        std::deque<Tail> tails;                  ///< to be read, in the order in which they came
        std::uint32_t count = 0;
        std::optional<SteadyTime> requestSeen;  ///< when we last made sure that our request is on the ledger
    };

    /// Of the private key of an order in the vault.
    [[nodiscard]] static std::string secretContext(const OrderId& id) { return "market order key " + id; }
    [[nodiscard]] std::vector<OrderId> due() const;
    Task<void> step(OrderId id);
    Task<void> advance(OrderId id);
    Task<void> prepare(Row row);
    [[nodiscard]] Result<Offer> judge(const Row& row) const;
    [[nodiscard]] Result<void> checkWish(const Offer& offer, const BuyOptions& options) const;
    [[nodiscard]] const Row* boughtBefore(const Offer& offer) const;
    Task<void> checkFunds(Iotas price);
    [[nodiscard]] OrderWait waitOf(const Row& row) const;
    [[nodiscard]] OrderWait waitFor(const Error& error) const;
    void noteWait(const OrderId& id, OrderWait wait);
    Task<void> pay(Row row);
    Task<void> send(Row row);
    Task<void> followPayment(Row row);
    Task<void> findReplies(OrderId id);
    Task<void> lookForReplies(OrderId id);
    Task<void> readReply(OrderId id, Hash tail);
    Task<void> keepRequestUp(OrderId id);
    Task<void> tryCandidates(OrderId id);
    Task<void> activate(Row row, buyer_store::CandidateRow candidate);
    Task<void> noteOverdue(OrderId id);
    Task<void> noteConfirmed(OrderId id);
    Task<void> save(Row row);
    Task<void> saveReason(Row row, std::string reason);
    Task<void> saveFailed(Row row, std::string reason);
    [[nodiscard]] std::vector<buyer_store::CandidateRow> candidatesOf(const OrderId& id) const;

    MarketServices services_;
    const BuyerOptions& options_;
    OfferBook& offers_;
    ChannelDesk& channels_;
    BuyerCounters& counters_;
    std::map<OrderId, Row> rows_;
    std::map<OrderId, Replies> replies_;
    std::vector<buyer_store::CandidateRow> candidates_;
    std::vector<OrderId> firstReadings_;  // to be written
    std::unordered_set<Address> awaited_;  // where the last pass looked for replies and first messages
    std::optional<Iotas> unfunded_;       // what could not be paid in this pass: nor will more be
    std::map<OrderId, OrderWait> waits_;  // of those that the worker could not bring on
    AsyncMutex mutex_;                    // cancel against the worker
    AsyncMutex buying_;                   // of two wishes for one stream the second sees the first
};

}  // namespace pegasus::market
