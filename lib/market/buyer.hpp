// SPDX-License-Identifier: Apache-2.0
// Buyer: finds offers, buys, receives keys, follows channels.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/defaults.hpp"
#include "market/seller.hpp"

namespace pegasus::market {

struct BuyerOptions {
    std::vector<std::string> tagWords{defaults::kTagWord};  ///< listings are looked for under every spelling of these
    Duration discoverEvery = std::chrono::seconds(60);   ///< beside milestones
    Duration poll = defaults::kMarketPoll;               ///< orders and channels, beside milestones
    Duration replyTimeout = defaults::kReplyTimeout;     ///< after confirmation: then the order is overdue
    Duration offerLifetime = std::chrono::hours(24 * 14);  ///< older listings are forgotten
    Duration stalledAfter = std::chrono::minutes(10);
    std::size_t maxOffers = 2000;            ///< beyond, what cannot be forged cheaply decides: offer_book.hpp
    std::uint64_t keepMessages = 100'000;    ///< of each subscription; 0: all
    Duration messageRetention = defaults::kMessageRetention;  ///< messages received longer ago are forgotten
    int rsaBits = 2048;
};

struct BuyOptions {
    std::optional<Iotas> maxPrice;     ///< absent: the price of the offer as it is now
    bool acceptUnverified = false;
    bool acceptNameClash = true;
    bool again = false;  ///< although it was bought before
};

struct BuyerCounters {
    std::uint64_t listingsSeen = 0;
    bool offersIncomplete = false;    ///< the node hides some of what is under the market's tags
    std::uint64_t junkListings = 0;   ///< under the tag, and no listing
    std::uint64_t badSignatures = 0;  ///< listings that claim a key and fail its signature: dropped
    std::uint64_t junkReplies = 0;
    std::uint64_t junkMessages = 0;
};

/// Loop thread only.
class Buyer {
public:
    [[nodiscard]] static std::unique_ptr<Buyer> create(MarketServices services, BuyerOptions options = {});
    virtual ~Buyer() = default;

    /// Loads what is stored and starts the work. Once.
    virtual Task<void> start() = 0;

    /// Looks at the ledger now. What is new is in offers() when it returns.
    virtual Task<void> discover() = 0;
    [[nodiscard]] virtual std::vector<Offer> offers() const = 0;
    [[nodiscard]] virtual std::optional<Offer> offer(const OfferId& id) const = 0;

    /// Records an order and returns at once; the rest happens by itself, across restarts. NotFound (no such offer, no
    /// wallet), InvalidArgument (dearer than maxPrice), InvalidState (unverified and not accepted), AlreadyExists (an order
    /// of the same stream has not failed; see BuyOptions::again), InsufficientFunds (also with what is on its way).
    virtual Task<OrderId> buy(OfferId offer, BuyOptions options) = 0;
    /// Before it is paid. InvalidState afterwards.
    virtual Task<void> cancel(OrderId order) = 0;
    [[nodiscard]] virtual std::vector<Order> orders() const = 0;
    [[nodiscard]] virtual std::optional<Order> order(const OrderId& id) const = 0;

    [[nodiscard]] virtual std::vector<SubscriptionInfo> subscriptions() const = 0;
    [[nodiscard]] virtual std::optional<SubscriptionInfo> subscription(const SubscriptionId& id) const = 0;
    /// Messages with a sequence above `after`, at most `limit` (1..1000).
    virtual Task<MessagePage> history(SubscriptionId id, std::size_t limit, std::int64_t after) = 0;
    /// Stops following; what was received is kept.
    virtual Task<void> unsubscribe(SubscriptionId id) = 0;

    [[nodiscard]] virtual const BuyerCounters& counters() const = 0;

    Observers<> offersChanged;
    Observers<OrderId> orderChanged;
    Observers<SubscriptionId> subscriptionChanged;
    Observers<SubscriptionId, Message> subscriptionMessage;  ///< after the message is durable
};

}  // namespace pegasus::market
