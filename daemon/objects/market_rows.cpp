// SPDX-License-Identifier: Apache-2.0
// Rows of the market.
#include <algorithm>
#include <array>
#include <cctype>
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

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

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
            {"address", listing.address.str()},
            {"bundle", listing.bundle.str()},
            {"announced", micros(listing.announced)},
            {"renewal", micros(listing.renewal)},
            {"error", bus::validUtf8(listing.lastError)}};
}

bus::Dict rowOf(const market::Offer& offer, bool own) {
    const auto interval = std::max<std::int64_t>(0, offer.terms.interval.count());
    return {{"id", offer.id},
            {"name", bus::printable(offer.terms.name)},
            {"description", bus::printable(offer.terms.description)},
            {"quantity", bus::printable(offer.terms.quantity)},
            {"unit", bus::printable(offer.terms.unit)},
            {"price", iotas(offer.terms.price)},
            {"interval", static_cast<std::uint64_t>(std::min<std::int64_t>(interval, 1'000'000'000)) * 1'000'000U},
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
                  {"reason", bus::validUtf8(order.reason)},
                  {"overdue", order.overdue},
                  {"bundle", order.paymentBundle ? order.paymentBundle->str() : std::string()},
                  {"subscription", order.state == market::OrderState::Active ? order.id : std::string()},
                  {"replies", std::uint64_t{order.repliesSeen}},
                  {"created", micros(order.created)}};
    putTime(row, "paid", order.paid);
    putTime(row, "confirmed", order.confirmed);
    putTime(row, "key-received", order.keyReceived);
    putTime(row, "active", order.active);
    putTime(row, "first-reading", order.firstReading);
    return row;
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
    putTime(row, "confirmed", payment.confirmed);
    putTime(row, "delivered", payment.delivered);
    return row;
}

Result<OfferFilter> OfferFilter::parse(bus::Dict dict) {
    bus::Options options(std::move(dict));
    OfferFilter filter;
    PEGASUS_TRY(filter.text, options.text("text"));
    PEGASUS_TRY(filter.maxPrice, options.integer("max-price", -1));
    PEGASUS_TRY(filter.verifiedOnly, options.flag("verified"));
    PEGASUS_CHECK(options.done());
    filter.text = lower(filter.text);
    return filter;
}

bool OfferFilter::passes(const market::Offer& offer) const {
    if (verifiedOnly && !offer.verified) return false;
    if (maxPrice >= 0 && offer.terms.price.count() > maxPrice) return false;
    if (text.empty()) return true;
    const auto& terms = offer.terms;
    return std::ranges::any_of(
        std::array{std::string_view(terms.name), std::string_view(terms.description), std::string_view(terms.quantity)},
        [this](std::string_view field) { return lower(field).find(text) != std::string::npos; });
}

}  // namespace pegasus::daemon
