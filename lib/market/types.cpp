// SPDX-License-Identifier: Apache-2.0
// Names of the states, as stored nowhere but shown everywhere.
#include "market/types.hpp"

namespace pegasus::market {

std::string_view toString(OrderState state) {
    switch (state) {
        case OrderState::Created: return "created";
        case OrderState::Checked: return "checked";
        case OrderState::Paying: return "paying";
        case OrderState::Paid: return "paid";
        case OrderState::Confirmed: return "confirmed";
        case OrderState::KeyReceived: return "key-received";
        case OrderState::Active: return "active";
        case OrderState::Failed: return "failed";
        case OrderState::Cancelled: return "cancelled";
    }
    return "unknown";
}

std::string_view toString(OrderWait wait) {
    switch (wait) {
        case OrderWait::Nothing: return "";
        case OrderWait::Unlock: return "unlock";
        case OrderWait::Restore: return "restore";
        case OrderWait::Funds: return "funds";
        case OrderWait::Ledger: return "ledger";
        case OrderWait::Milestone: return "milestone";
        case OrderWait::Reply: return "reply";
        case OrderWait::Reading: return "reading";
    }
    return "unknown";
}

std::string_view detailOf(OrderWait wait) {
    switch (wait) {
        case OrderWait::Nothing: return "";
        case OrderWait::Unlock: return "waits for the wallet to be unlocked";
        case OrderWait::Restore: return "waits until the restored wallet knows what it has used";
        case OrderWait::Funds: return "waits for funds that no milestone has confirmed yet";
        case OrderWait::Ledger: return "waits for a node of the ledger";
        case OrderWait::Milestone: return "waits for the milestone that confirms the payment";
        case OrderWait::Reply: return "waits for the seller's answer";
        case OrderWait::Reading: return "waits for the first reading";
    }
    return "unknown";
}

std::string_view toString(SubscriptionState state) {
    switch (state) {
        case SubscriptionState::Waiting: return "waiting";
        case SubscriptionState::Live: return "live";
        case SubscriptionState::Stalled: return "stalled";
        case SubscriptionState::Ended: return "ended";
    }
    return "unknown";
}

std::string_view toString(ListingState state) {
    switch (state) {
        case ListingState::Announcing: return "announcing";
        case ListingState::Announced: return "announced";
        case ListingState::Closed: return "closed";
        case ListingState::Waiting: return "waiting";
    }
    return "unknown";
}

std::string_view toString(PaymentState state) {
    switch (state) {
        case PaymentState::Seen: return "seen";
        case PaymentState::Valid: return "valid";
        case PaymentState::Confirmed: return "confirmed";
        case PaymentState::Delivering: return "delivering";
        case PaymentState::Delivered: return "delivered";
        case PaymentState::Held: return "held";
        case PaymentState::Refused: return "refused";
    }
    return "unknown";
}

std::string_view toString(HoldReason reason) {
    switch (reason) {
        case HoldReason::None: return "";
        case HoldReason::Legacy: return "legacy";
        case HoldReason::Underpaid: return "underpaid";
        case HoldReason::NoRequest: return "no-request";
        case HoldReason::Withdrawn: return "withdrawn";
        case HoldReason::Silent: return "silent";
        case HoldReason::Undeliverable: return "undeliverable";
    }
    return "unknown";
}

}  // namespace pegasus::market
