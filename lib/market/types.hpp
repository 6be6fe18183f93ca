// SPDX-License-Identifier: Apache-2.0
// What the market speaks of: offers, orders, payments, subscriptions, messages. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "model/types.hpp"

namespace pegasus::market {

using model::Address;
using model::Hash;
using model::Iotas;

/// 32 lower-case hexadecimal digits. Of a verified offer: derived from device key and stream, so it survives every new
/// announcement. Of an unverified one: derived from name and address.
using OfferId = std::string;
/// 32 lower-case hexadecimal digits, random. A subscription has the id of its order.
using OrderId = std::string;
using SubscriptionId = std::string;

/// Degrees: latitude -90..90, longitude -180..180, finite; zero is valid.
struct Place {
    double latitude = 0;
    double longitude = 0;
    bool operator==(const Place&) const = default;
};

/// What one stream is sold as.
struct ListingTerms {
    std::string name;         ///< 1..kMaxNameLength once escaped; text for people
    std::string description;  ///< may be empty
    Place place;
    Iotas price;              ///< 1 i .. supply, once for the whole stream
    std::string quantity;     ///< "temperature"; may be empty
    std::string unit;         ///< UCUM; may be empty
    std::chrono::seconds interval{0};  ///< between readings; 0: not said
    std::string sensor{};     ///< "BME280, serial 1A2B, calibrated 2026-05-01", as the seller says; may be empty
    bool operator==(const ListingTerms&) const = default;
};

/// A listing found on the ledger.
struct Offer {
    OfferId id;
    ListingTerms terms;
    Address address;       ///< where to pay
    bool verified = false; ///< signed by the device key that `deviceId` names
    std::string deviceId;  ///< 32 hexadecimal digits of the hash of the device key; empty if unverified
    std::string stream;    ///< the seller's name of the stream; empty if unverified
    std::int64_t seq = 0;  ///< grows with each announcement; 0 if unverified
    Timestamp announced;   ///< of the newest announcement, as its transaction says
    bool addressSpent = false;  ///< paying there is unsafe: refused
    bool nameClash = false;     ///< another device offers the same name
};

/// Created: recorded. Checked: the offer was judged. Paying: handed to the wallet. Paid: the payment is on the ledger.
/// Confirmed: by a milestone. KeyReceived: a reply was decrypted. Active: the channel was read with that key.
enum class OrderState : std::uint8_t { Created, Checked, Paying, Paid, Confirmed, KeyReceived, Active, Failed, Cancelled };
[[nodiscard]] std::string_view toString(OrderState state);

/// What an order that has not ended waits for.
enum class OrderWait : std::uint8_t {
    Nothing,    ///< it gets on by itself
    Unlock,     ///< the wallet is locked
    Restore,    ///< the wallet looks for what it has used
    Funds,      ///< own money that no milestone has confirmed
    Ledger,     ///< no node answers, or it is not in step
    Milestone,  ///< that confirms the payment
    Reply,      ///< of the seller
    Reading,    ///< the first one under the key
};
/// "", "unlock", "restore", "funds", "ledger", "milestone", "reply", "reading".
[[nodiscard]] std::string_view toString(OrderWait wait);
/// For people, with nothing of the order in it.
[[nodiscard]] std::string_view detailOf(OrderWait wait);

struct Order {
    OrderId id;
    OfferId offerId;
    std::string name;
    Iotas price;                    ///< agreed: what is paid
    OrderState state = OrderState::Created;
    std::string reason;             ///< for people, of Failed and of delays
    OrderWait waits = OrderWait::Nothing;
    bool overdue = false;           ///< paid, and no usable reply within the time-out; a late reply still counts
    Address sellerAddress;
    Address replyAddress;
    std::optional<Hash> paymentBundle;
    std::uint32_t repliesSeen = 0;  ///< candidates at the reply address, junk included
    Timestamp created;              ///< the times below: first entry into the state
    std::optional<Timestamp> paid, confirmed, keyReceived, active, firstReading;
    [[nodiscard]] bool finished() const {
        return state == OrderState::Active || state == OrderState::Failed || state == OrderState::Cancelled;
    }
};

/// Waiting: the message at the next root is not there yet. Stalled: none for `BuyerOptions::stalledAfter`.
enum class SubscriptionState : std::uint8_t { Waiting, Live, Stalled, Ended };
[[nodiscard]] std::string_view toString(SubscriptionState state);

struct SubscriptionInfo {
    SubscriptionId id;
    OfferId offerId;
    std::string name;
    std::string unit, quantity;
    SubscriptionState state = SubscriptionState::Waiting;
    Hash nextRoot;
    std::uint64_t received = 0;  ///< messages, since the order
    std::uint64_t junk = 0;      ///< bundles at our addresses that did not decode
    std::optional<Timestamp> lastMessage;
};

/// One message of a channel, as it was received.
struct Message {
    std::int64_t sequence = 0;  ///< 1, 2, 3, ... within the subscription, in channel order
    Timestamp received;
    Hash root;
    std::string payload;        ///< text as sent; foreign: treat as hostile
};

/// A page of history: ascending sequence; `cursor` for the next page, absent at the end.
struct MessagePage {
    std::vector<Message> messages;
    std::optional<std::int64_t> cursor;
};

/// Announcing: attached, not yet confirmed. Closed: withdrawn. Waiting: the operator wants it sold, and it is not announced
/// (any more), since no good reading comes.
enum class ListingState : std::uint8_t { Announcing, Announced, Closed, Waiting };
[[nodiscard]] std::string_view toString(ListingState state);

struct ListingInfo {
    std::string streamId;
    ListingTerms terms;
    ListingState state = ListingState::Announcing;
    Address address;
    std::int64_t seq = 0;
    Hash bundle;             ///< of the listing
    Timestamp announced;
    std::optional<Timestamp> confirmed;
    Timestamp renewal;       ///< when it is announced again
    std::string lastError;   ///< why announcing is late, or what is wrong with what is sold; empty if nothing is
    /// Buyers are told to pay for it.
    [[nodiscard]] bool forSale() const { return state == ListingState::Announcing || state == ListingState::Announced; }
};

/// An address that was announced, which the wallet does not spend from.
struct HeldAddress {
    Address address;
    std::string streamId;
    bool announced = false;         ///< it is what buyers are told now, so it stays
    std::optional<Timestamp> free;  ///< when the wallet gets it; absent: it is announced, or what follows it is not confirmed
};

/// Seen: on the ledger, no valid request yet. Valid: bundle and request hold. Confirmed: by a milestone, judged good.
/// Delivering: the reply is stored. Delivered: the ledger has taken the reply. Held: confirmed, waits for the operator.
/// Refused: the operator refused it.
enum class PaymentState : std::uint8_t { Seen, Valid, Confirmed, Delivering, Delivered, Held, Refused };
[[nodiscard]] std::string_view toString(PaymentState state);

/// Legacy: no commitment, so the request could be anybody's. NoRequest: no attachment carries a readable or the
/// committed request. Silent: the stream gives no readings; served by itself when it does. Undeliverable: the ledger takes no
/// reply to the address that the request names.
enum class HoldReason : std::uint8_t { None, Legacy, Underpaid, NoRequest, Withdrawn, Silent, Undeliverable };
[[nodiscard]] std::string_view toString(HoldReason reason);

struct Payment {
    Hash bundle;
    std::string streamId;
    Address address;       ///< ours, which received it
    Iotas value;
    Iotas price;           ///< that it was judged by
    Iotas credit;          ///< value beyond the price
    PaymentState state = PaymentState::Seen;
    HoldReason hold = HoldReason::None;
    bool committed = false;    ///< the request is bound to the bundle
    bool conflicting = false;  ///< legacy, and attachments carry different requests
    Timestamp seen;
    std::optional<Timestamp> confirmed, delivered;
    std::optional<Hash> replyBundle;
    bool replyConfirmed = false;
};

/// One value of a data message.
struct DataReading {
    std::variant<std::monostate, double, std::int64_t, bool, std::string> value;  ///< monostate: the sensor gave none
    std::optional<Timestamp> time;
    std::string name, quantity, unit, quality, reason;  ///< empty: not said
};

}  // namespace pegasus::market
