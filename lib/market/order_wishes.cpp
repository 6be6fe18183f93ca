// SPDX-License-Identifier: Apache-2.0
// OrderDesk: the buyer's wishes. What is refused leaves nothing; what is taken is a row before it is answered.
#include <algorithm>
#include <cmath>

#include "crypto/digest.hpp"
#include "market/order_desk.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

Result<void> OrderDesk::checkWish(const Offer& offer, const BuyOptions& options) const {
    const auto& name = offer.terms.name;
    if (!offer.verified && !options.acceptUnverified)
        return fail(ErrorCode::InvalidState, "the offer '{}' is not signed by a device: it could be anybody's", name);
    if (offer.nameClash && !options.acceptNameClash)
        return fail(ErrorCode::InvalidState, "several devices offer '{}'", name);
    if (offer.addressSpent)
        return fail(ErrorCode::AddressSpent, "the address of '{}' was spent from: what is sent there can be stolen", name);
    if (offer.terms.price.count() == 0)
        return fail(ErrorCode::InvalidArgument, "'{}' asks for 0 i: only a payment tells the seller of a buyer, so nobody would answer", name);
    if (options.maxPrice && offer.terms.price > *options.maxPrice)
        return fail(ErrorCode::InvalidArgument, "'{}' costs {} i, more than {} i", name, offer.terms.price.count(),
                    options.maxPrice->count());
    const auto* before = options.again ? nullptr : boughtBefore(offer);
    if (before == nullptr) return {};
    const auto order = *this->order(before->order.id);
    const bool active = order.state == OrderState::Active;
    const auto why = order.reason.empty() ? std::string(detailOf(order.waits)) : order.reason;
    return fail(ErrorCode::AlreadyExists, "'{}' is bought already: order {} is {}{}; with the option again it is paid once more",
                name, order.id, toString(order.state),
                active ? ", and its subscription is " + order.id : why.empty() ? "" : " (" + why + ")");
}

/// An order of the same stream that has not failed. An unverified offer gets another id with each address: then name and
/// place must do.
const OrderDesk::Row* OrderDesk::boughtBefore(const Offer& offer) const {
    const auto micro = [](double degrees) { return std::llround(degrees * 1e6); };
    const Row* found = nullptr;
    for (const auto& [id, row] : rows_) {
        const auto& o = row.order;
        if (o.state == OrderState::Failed || o.state == OrderState::Cancelled) continue;
        const bool sameName = o.name == offer.terms.name;
        const bool samePlace = row.place && micro(row.place->latitude) == micro(offer.terms.place.latitude) &&
                               micro(row.place->longitude) == micro(offer.terms.place.longitude);
        const bool unsure = !offer.verified || !row.deviceKey;
        const bool same = o.offerId == offer.id || (sameName && o.sellerAddress == offer.address) || (unsure && sameName && samePlace);
        if (same && (found == nullptr || o.created > found->order.created)) found = &row;
    }
    return found;
}

/// What cannot be paid is refused at once; what is on its way counts, and of a ledger that is away nothing is known.
Task<void> OrderDesk::checkFunds(Iotas price) {
    const auto status = services_.wallet.status();
    if (!status.exists) co_return fail(ErrorCode::NotFound, "there is no wallet to pay from");
    const auto enough = [price](const wallet::Balance& b) { return b.available.count() + b.pendingIn.count() >= price.count(); };
    if (status.restoring || enough(services_.wallet.balance())) co_return Result<void>();
    const auto balance = co_await services_.wallet.refreshBalance();
    if (!balance || enough(*balance)) co_return Result<void>();
    const auto earned = balance->reserved.count() == 0
                            ? std::string()
                            : fmt::format("; {} i more are on announced addresses: pegasusctl wallet collect", balance->reserved.count());
    co_return fail(ErrorCode::InsufficientFunds, "{} i are confirmed and free to spend, expected {} i{}", balance->available.count(),
                   price.count(), earned);
}

Task<OrderId> OrderDesk::buy(OfferId offerId, BuyOptions options) {
    const auto guard = co_await buying_.lock();
    auto offer = offers_.offer(offerId);
    if (!offer) co_return fail(ErrorCode::NotFound, "no offer {}", offerId);
    // What was known may be old, or a node's error; a ledger that is away is asked again before the payment.
    const auto spent = co_await offers_.checkSpent(offer->address);
    if (spent) offer->addressSpent = *spent;
    PEGASUS_CO_CHECK(checkWish(*offer, options));
    PEGASUS_CO_CHECK(co_await checkFunds(offer->terms.price));
    Row row;
    row.maxPrice = options.maxPrice.value_or(offer->terms.price);
    std::array<std::uint8_t, 16> id{};
    services_.random.fill(id);
    row.order.id = crypto::toHex(id);
    row.order.offerId = offerId;
    row.order.name = offer->terms.name;
    row.order.price = offer->terms.price;
    row.order.sellerAddress = offer->address;
    row.order.created = services_.clock.now();
    row.deviceKey = offers_.deviceKey(offerId);
    row.quantity = offer->terms.quantity;
    row.unit = offer->terms.unit;
    row.place = offer->terms.place;
    PEGASUS_CO_CHECK(co_await save(row));
    co_return OrderId(row.order.id);
}

bool OrderDesk::boughtFrom(const crypto::Ed25519PublicKey& device) const {
    return std::ranges::any_of(rows_, [&](const auto& entry) { return entry.second.deviceKey == device && entry.second.order.paid; });
}

Task<void> OrderDesk::cancel(OrderId id) {
    const auto guard = co_await mutex_.lock();
    const auto it = rows_.find(id);
    if (it == rows_.end()) co_return fail(ErrorCode::NotFound, "no order {}", id);
    auto row = it->second;
    if (row.order.state != OrderState::Created && row.order.state != OrderState::Checked)
        co_return fail(ErrorCode::InvalidState, "the order is {}: too late to cancel", toString(row.order.state));
    row.order.state = OrderState::Cancelled;
    row.order.reason.clear();
    co_return co_await save(row);
}

}  // namespace pegasus::market
