// SPDX-License-Identifier: Apache-2.0
// Rows of the market.
#include <algorithm>
#include <optional>

#include "bus/text.hpp"
#include "daemon/objects/rows.hpp"

namespace pegasus::daemon {
namespace {

std::uint64_t micros(Timestamp time) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, toMicros(time))); }

std::uint64_t iotas(model::Iotas amount) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, amount.count())); }

void putTime(bus::Dict& row, const char* key, const std::optional<Timestamp>& time) {
    if (time) row[key] = micros(*time);
}

std::uint64_t microsOf(std::chrono::seconds time) {
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.count(), 0, 1'000'000'000)) * 1'000'000U;
}

/// The times of an order in the order of its states, so that none of the differences that people are shown is negative. The
/// reply may be read before our own wallet has seen the milestone that confirmed the payment: then that was no later than
/// the reply. And a wall clock can be set back.
struct OrderTimes {
    explicit OrderTimes(const market::Order& order)
        : paid(order.paid), confirmed(order.confirmed), keyReceived(order.keyReceived), active(order.active), firstReading(order.firstReading) {
        if (confirmed && keyReceived) confirmed = std::min(*confirmed, *keyReceived);
        auto latest = order.created;
        for (auto* time : {&paid, &confirmed, &keyReceived, &active, &firstReading})
            if (*time) latest = (*time).emplace(std::max(**time, latest));
    }
    std::optional<Timestamp> paid, confirmed, keyReceived, active, firstReading;
};

}  // namespace

std::uint32_t progressOf(market::OrderState state) {
    switch (state) {
        case market::OrderState::Created: return 0;
        case market::OrderState::Checked: return 10;
        case market::OrderState::Paying: return 20;
        case market::OrderState::Paid: return 40;
        case market::OrderState::Confirmed: return 60;
        case market::OrderState::KeyReceived: return 80;
        case market::OrderState::Active: return 100;
        case market::OrderState::Failed:
        case market::OrderState::Cancelled: return 0;
    }
    return 0;
}

bus::Dict rowOf(const market::ListingInfo& listing) {
    return {{"state", std::string(market::toString(listing.state))},
            {"price", iotas(listing.terms.price)},
            {"quantity", bus::validUtf8(listing.terms.quantity)},
            {"unit", bus::validUtf8(listing.terms.unit)},
            {"interval", microsOf(listing.terms.interval)},
            {"sensor", bus::validUtf8(listing.terms.sensor)},
            {"address", listing.forSale() ? listing.address.str() : std::string()},
            {"bundle", listing.bundle.str()},
            {"announced", micros(listing.announced)},
            {"renewal", micros(listing.renewal)},
            {"error", bus::validUtf8(listing.lastError)}};
}

bus::Dict rowOf(const market::Offer& offer, bool own) {
    return {{"id", offer.id},
            {"name", bus::printable(offer.terms.name)},
            {"description", bus::printable(offer.terms.description)},
            {"quantity", bus::printable(offer.terms.quantity)},
            {"unit", bus::printable(offer.terms.unit)},
            {"price", iotas(offer.terms.price)},
            {"interval", microsOf(offer.terms.interval)},
            {"sensor", bus::printable(offer.terms.sensor)},
            {"latitude", offer.terms.place.latitude},
            {"longitude", offer.terms.place.longitude},
            {"address", offer.address.str()},
            {"device", bus::printable(offer.deviceId)},
            {"stream", bus::printable(offer.stream)},
            {"announced", micros(offer.announced)},
            {"verified", offer.verified},
            {"address-spent", offer.addressSpent},
            {"name-clash", offer.nameClash},
            {"own", own}};
}

bus::Dict rowOf(const market::Order& order) {
    bus::Dict row{{"id", order.id},
                  {"offer", order.offerId},
                  {"name", bus::printable(order.name)},
                  {"price", iotas(order.price)},
                  {"state", std::string(market::toString(order.state))},
                  {"reason", bus::validUtf8(order.reason.empty() ? market::detailOf(order.waits) : order.reason)},
                  {"waits-for", std::string(market::toString(order.waits))},
                  {"overdue", order.overdue},
                  {"bundle", order.paymentBundle ? order.paymentBundle->str() : std::string()},
                  {"subscription", order.state == market::OrderState::Active ? order.id : std::string()},
                  {"replies", std::uint64_t{order.repliesSeen}},
                  {"created", micros(order.created)}};
    const OrderTimes times(order);
    putTime(row, "paid", times.paid);
    putTime(row, "confirmed", times.confirmed);
    putTime(row, "key-received", times.keyReceived);
    putTime(row, "active", times.active);
    putTime(row, "first-reading", times.firstReading);
    return row;
}

bus::Dicts earningRows(const std::vector<market::HeldAddress>& held, const std::vector<wallet::OwnAddress>& own) {
    bus::Dicts rows;
    for (const auto& one : held) {
        const auto address = std::ranges::find(own, one.address, &wallet::OwnAddress::address);
        if (address == own.end() || address->balance.count() == 0) continue;
        bus::Dict row{{"stream", one.streamId},
                      {"address", model::withChecksum(one.address)},
                      {"amount", iotas(address->balance)},
                      {"announced", one.announced}};
        putTime(row, "spendable", one.free);
        rows.push_back(std::move(row));
    }
    return rows;
}

bus::Dict rowOf(const market::SubscriptionInfo& info) {
    bus::Dict row{{"id", info.id},
                  {"name", bus::printable(info.name)},
                  {"offer", info.offerId},
                  {"unit", bus::printable(info.unit)},
                  {"quantity", bus::printable(info.quantity)},
                  {"state", std::string(market::toString(info.state))},
                  {"received", info.received},
                  {"junk", info.junk},
                  {"next-root", info.nextRoot.str()}};
    putTime(row, "last-message", info.lastMessage);
    return row;
}

bus::Dict rowOf(const market::Message& message) {
    return {{"index", static_cast<std::uint64_t>(std::max<std::int64_t>(0, message.sequence))},
            {"root", message.root.str()},
            {"time", micros(message.received)},
            {"payload", bus::validUtf8(message.payload)}};
}

bus::Dict rowOf(const market::Payment& payment) {
    bus::Dict row{{"bundle", payment.bundle.str()},
                  {"stream", payment.streamId},
                  {"address", payment.address.str()},
                  {"value", iotas(payment.value)},
                  {"price", iotas(payment.price)},
                  {"credit", iotas(payment.credit)},
                  {"state", std::string(market::toString(payment.state))},
                  {"hold", std::string(market::toString(payment.hold))},
                  {"committed", payment.committed},
                  {"conflicting", payment.conflicting},
                  {"reply-confirmed", payment.replyConfirmed},
                  {"reply-bundle", payment.replyBundle ? payment.replyBundle->str() : std::string()},
                  {"seen", micros(payment.seen)}};
    const auto confirmed = payment.confirmed ? std::optional(std::max(*payment.confirmed, payment.seen)) : std::nullopt;
    putTime(row, "confirmed", confirmed);
    if (payment.delivered) putTime(row, "delivered", std::max(*payment.delivered, confirmed.value_or(payment.seen)));
    return row;
}

}  // namespace pegasus::daemon
