// SPDX-License-Identifier: Apache-2.0
// What the buyer keeps: offers, orders, candidates for a key, channels, messages. Functions run on the database thread.
#pragma once

#include <string>
#include <vector>

#include "crypto/ed25519.hpp"
#include "market/rows.hpp"

namespace pegasus::market::buyer_store {

struct OfferRow {
    OfferId id;
    std::string text;  ///< of the listing
    Timestamp announced;
    bool spent = false;
    Timestamp firstSeen;
};

struct OrderRow {
    Order order;
    Iotas maxPrice;
    std::optional<crypto::Ed25519PublicKey> deviceKey;  ///< that must sign the reply; of a verified offer
    std::vector<std::uint8_t> secret;                   ///< sealed RSA key; empty: not made yet
    std::string request;                                ///< message trytes; empty: not made yet
    std::string quantity, unit;
    std::optional<Place> place;  ///< absent: of an order of the first version
};

/// A root and side key that came in a reply and are not tried out.
struct CandidateRow {
    OrderId order;
    Hash bundle;  ///< of the reply
    std::uint64_t epoch = 0;
    Hash root;
    std::vector<std::uint8_t> sideKey;  ///< sealed
};

struct ChannelRow {
    SubscriptionId id;
    bool ended = false;
    std::uint64_t epoch = 0;
    Hash root;                          ///< where the next message is expected
    std::uint32_t leaf = 0;             ///< its least index in the tree of that root
    std::vector<std::uint8_t> sideKey;  ///< sealed
    std::int64_t received = 0;
    std::optional<Timestamp> lastMessage;
};

[[nodiscard]] Result<std::vector<OfferRow>> offers(store::Connection& db);
/// Writes some and removes others.
[[nodiscard]] Result<void> changeOffers(store::Connection& db, const std::vector<OfferRow>& put, const std::vector<OfferId>& drop);

[[nodiscard]] Result<std::vector<OrderRow>> orders(store::Connection& db);
[[nodiscard]] Result<void> putOrder(store::Connection& db, const OrderRow& row);
[[nodiscard]] Result<std::vector<CandidateRow>> candidates(store::Connection& db);
[[nodiscard]] Result<void> putCandidate(store::Connection& db, const CandidateRow& row);
[[nodiscard]] Result<void> dropCandidate(store::Connection& db, const CandidateRow& row);

[[nodiscard]] Result<std::vector<ChannelRow>> channels(store::Connection& db);
[[nodiscard]] Result<void> putChannel(store::Connection& db, const ChannelRow& row);
/// Adds messages and moves the channel on; `keep`: messages that stay, 0 for all.
[[nodiscard]] Result<void> addMessages(store::Connection& db, const ChannelRow& row, const std::vector<Message>& messages,
                                       std::uint64_t keep);
/// Forgets messages received before `time`.
[[nodiscard]] Result<void> forgetMessages(store::Connection& db, Timestamp time);
[[nodiscard]] Result<std::vector<Message>> messages(store::Connection& db, const SubscriptionId& id, std::size_t limit,
                                                    std::int64_t after);

}  // namespace pegasus::market::buyer_store
