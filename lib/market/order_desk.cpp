// SPDX-License-Identifier: Apache-2.0
// OrderDesk: created, checked, paying, paid, confirmed. What comes before is in order_wishes.cpp, what follows a reply in
// order_replies.cpp.
#include "market/order_desk.hpp"

#include <algorithm>

#include "crypto/rsa.hpp"
#include "keys/machine_vault.hpp"
#include "market/payment_request.hpp"
#include "market/tags.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

namespace {

constexpr int kKeysAtOnce = 2;  // key pairs made before the orders that have one get their turn again
constexpr Duration kHurryTime = std::chrono::minutes(2);  // after the order

std::string referenceOf(const OrderId& id) { return "order " + id; }

/// A refusal of the wallet that time does not heal.
bool isFinal(ErrorCode code) {
    return code == ErrorCode::InvalidArgument || code == ErrorCode::InsufficientFunds || code == ErrorCode::AddressSpent ||
           code == ErrorCode::LimitExceeded || code == ErrorCode::AlreadyExists || code == ErrorCode::NotSupported || code == ErrorCode::Refused;
}

struct FreshKey {
    SecretBytes der;
    std::string pem;
};

Result<FreshKey> makeKey(int bits) {
    PEGASUS_TRY(const auto key, crypto::RsaPrivateKey::generate(static_cast<unsigned>(bits)));
    PEGASUS_TRY(auto der, key.der());
    PEGASUS_TRY(const auto publicKey, key.publicKey());
    return FreshKey{std::move(der), publicKey.pem()};
}

}  // namespace

Task<void> OrderDesk::load() {
    const auto loadOrders = [](store::Connection& db) { return buyer_store::orders(db); };
    const auto loadCandidates = [](store::Connection& db) { return buyer_store::candidates(db); };
    PEGASUS_CO_TRY(auto rows, co_await services_.database.read(loadOrders));
    PEGASUS_CO_TRY(candidates_, co_await services_.database.read(loadCandidates));
    for (auto& row : rows) {
        const auto id = row.order.id;
        rows_.emplace(id, std::move(row));
    }
    co_return Result<void>();
}

// ---- what is shown ----

std::vector<Order> OrderDesk::orders() const {
    std::vector<Order> list;
    for (const auto& [id, row] : rows_) list.push_back(*order(id));
    std::sort(list.begin(), list.end(), [](const Order& a, const Order& b) { return a.created < b.created; });
    return list;
}

std::optional<Order> OrderDesk::order(const OrderId& id) const {
    const auto it = rows_.find(id);
    if (it == rows_.end()) return std::nullopt;
    auto order = it->second.order;
    if (const auto replies = replies_.find(id); replies != replies_.end()) order.repliesSeen = replies->second.count;
    order.waits = waitOf(it->second);
    return order;
}

OrderWait OrderDesk::waitOf(const Row& row) const {
    const auto noted = waits_.find(row.order.id);
    switch (row.order.state) {
        case OrderState::Created:
        case OrderState::Checked: {
            if (noted != waits_.end()) return noted->second;
            const auto wallet = services_.wallet.status();  // the worker has not been there yet
            if (wallet.restoring) return OrderWait::Restore;
            return wallet.locked ? OrderWait::Unlock : OrderWait::Nothing;
        }
        case OrderState::Paying: return noted != waits_.end() ? noted->second : OrderWait::Nothing;
        case OrderState::Paid: return OrderWait::Milestone;
        case OrderState::Confirmed: return OrderWait::Reply;
        case OrderState::KeyReceived: return OrderWait::Reading;
        case OrderState::Active:
        case OrderState::Failed:
        case OrderState::Cancelled: break;
    }
    return OrderWait::Nothing;
}

OrderWait OrderDesk::waitFor(const Error& error) const {
    if (services_.wallet.status().restoring) return OrderWait::Restore;
    switch (error.code) {
        case ErrorCode::Locked: return OrderWait::Unlock;
        case ErrorCode::InsufficientFunds: return OrderWait::Funds;
        case ErrorCode::Unreachable:
        case ErrorCode::Timeout:
        case ErrorCode::NotSynchronised: return OrderWait::Ledger;
        default: return OrderWait::Nothing;
    }
}

void OrderDesk::noteWait(const OrderId& id, OrderWait wait) {
    const auto before = waits_.find(id);
    const bool same = before == waits_.end() ? wait == OrderWait::Nothing : before->second == wait;
    if (wait == OrderWait::Nothing) waits_.erase(id);
    else waits_[id] = wait;
    if (!same) changed.notify(id);
}

bool OrderDesk::hurried() const {
    const auto now = services_.clock.now();
    return std::any_of(rows_.begin(), rows_.end(), [now](const auto& entry) {
        const auto& o = entry.second.order;
        const bool waits = o.state >= OrderState::Paid && o.state <= OrderState::Active && !o.firstReading;
        return waits && now - o.created < kHurryTime;
    });
}

void OrderDesk::describe(SubscriptionInfo& info) const {
    const auto it = rows_.find(info.id);
    if (it == rows_.end()) return;
    info.offerId = it->second.order.offerId;
    info.name = it->second.order.name;
    info.quantity = it->second.quantity;
    info.unit = it->second.unit;
}

void OrderDesk::messageArrived(const SubscriptionId& id) {
    const auto it = rows_.find(id);
    if (it == rows_.end() || it->second.order.firstReading) return;
    it->second.order.firstReading = services_.clock.now();
    firstReadings_.push_back(id);
    changed.notify(id);
}

// ---- the steps ----

/// Those without a key pair last; who waited longer is paid for first.
std::vector<OrderId> OrderDesk::due() const {
    std::vector<OrderId> ids;
    for (const auto& [id, row] : rows_) {
        const auto* channel = channels_.find(id);
        const bool running = row.order.state == OrderState::Active && channel != nullptr && !channel->ended;
        if (running || !row.order.finished()) ids.push_back(id);
    }
    const auto rank = [this](const OrderId& id) {
        const auto& o = rows_.at(id).order;
        return std::pair(o.state == OrderState::Created, o.created);
    };
    std::ranges::stable_sort(ids, {}, rank);
    return ids;
}

bool OrderDesk::concerns(const std::vector<ledger::StoredTransaction>& stored) const {
    return std::ranges::any_of(stored, [this](const auto& one) { return awaited_.contains(one.address); });
}

Task<bool> OrderDesk::work() {
    unfunded_.reset();
    int keys = 0;
    bool more = false;
    const auto ids = due();
    awaited_.clear();
    for (const auto& id : ids) {
        const bool keyless = rows_.at(id).order.state == OrderState::Created;
        more = keyless && keys == kKeysAtOnce;
        if (more) break;
        (void)co_await step(id);
        if (keyless && rows_.at(id).order.state != OrderState::Created) ++keys;
    }
    const auto first = std::exchange(firstReadings_, {});
    for (const auto& id : first) (void)co_await save(rows_.at(id));  // a time for statistics: the next save has it too
    co_return more;
}

Task<void> OrderDesk::step(OrderId id) {
    const auto guard = co_await mutex_.lock();
    const auto outcome = co_await advance(id);
    // An order that waits says why.
    if (outcome || rows_.at(id).order.finished()) {
        if (rows_.at(id).order.state != OrderState::Paying) noteWait(id, OrderWait::Nothing);
    } else if (outcome.error().code != ErrorCode::Cancelled) {
        (void)co_await saveReason(rows_.at(id), outcome.error().message);
        noteWait(id, waitFor(outcome.error()));
    }
    co_return Result<void>();
}

Task<void> OrderDesk::advance(OrderId id) {
    for (;;) {
        const auto state = rows_.at(id).order.state;
        if (state == OrderState::Created) PEGASUS_CO_CHECK(co_await prepare(rows_.at(id)));
        if (state == OrderState::Checked) PEGASUS_CO_CHECK(co_await pay(rows_.at(id)));
        if (state == OrderState::Paying || state == OrderState::Paid) PEGASUS_CO_CHECK(co_await followPayment(rows_.at(id)));
        const auto after = rows_.at(id).order.state;
        if (after >= OrderState::Paid && after <= OrderState::Active) {
            PEGASUS_CO_CHECK(co_await lookForReplies(id));
            PEGASUS_CO_CHECK(co_await tryCandidates(id));
            // Without a device key the reply may be anybody's: the seller still has to see the request.
            const bool answered = after > OrderState::Confirmed && (after > OrderState::KeyReceived || rows_.at(id).deviceKey);
            if (after >= OrderState::Confirmed && !answered) PEGASUS_CO_CHECK(co_await keepRequestUp(id));
            PEGASUS_CO_CHECK(co_await noteOverdue(id));
            PEGASUS_CO_CHECK(co_await noteConfirmed(id));
        }
        if (rows_.at(id).order.state == state || rows_.at(id).order.finished()) co_return Result<void>();
    }
}

/// The offer as it is now, if it may be paid. NotFound, InvalidArgument (dearer), AddressSpent.
Result<Offer> OrderDesk::judge(const Row& row) const {
    auto offer = offers_.offer(row.order.offerId);
    if (!offer) return fail(ErrorCode::NotFound, "the offer is gone");
    if (row.deviceKey && offers_.deviceKey(row.order.offerId) != row.deviceKey)
        return fail(ErrorCode::InvalidArgument, "the offer is of another device now");
    if (offer->terms.price > row.maxPrice)
        return fail(ErrorCode::InvalidArgument, "the price is {} i now, more than {} i", offer->terms.price.count(), row.maxPrice.count());
    return std::move(*offer);
}

/// Created: a key pair, a reply address and the request, all durable together.
Task<void> OrderDesk::prepare(Row row) {
    if (const auto offer = judge(row); !offer) co_return co_await saveFailed(row, offer.error().message);
    const auto purpose = referenceOf(row.order.id);
    PEGASUS_CO_TRY(row.order.replyAddress, co_await services_.wallet.reserveAddress(purpose));
    const auto make = [bits = options_.rsaBits] { return makeKey(bits); };
    PEGASUS_CO_TRY(const auto fresh, co_await compute(services_.pool, make));
    PEGASUS_CO_TRY(row.secret, services_.vault.seal(secretContext(row.order.id), fresh.der.bytes()));
    const PaymentRequest request{fresh.pem, row.order.replyAddress, crypto::OaepHash::Sha256};
    PEGASUS_CO_TRY(row.request, encodeRequest(request));
    row.order.state = OrderState::Checked;
    row.order.reason.clear();
    co_return co_await save(row);
}

/// Checked: judges once more, since a locked wallet may have made it wait, and pays.
Task<void> OrderDesk::pay(Row row) {
    // A write of the wallet may have lasted although it was reported as failed: then this is paid for already.
    const auto reference = referenceOf(row.order.id);
    const auto present = co_await services_.wallet.transferByReference(reference);
    if (!present && present.error().code != ErrorCode::NotFound) co_return fail(present.error());
    if (present) {
        row.order.state = OrderState::Paying;
        co_return co_await save(row);
    }
    if (services_.wallet.status().locked) co_return fail(ErrorCode::Locked, "the wallet is locked: unlock it to pay");
    const auto offer = judge(row);
    if (!offer) co_return co_await saveFailed(row, offer.error().message);
    if (unfunded_ && offer->terms.price >= *unfunded_)
        co_return fail(ErrorCode::InsufficientFunds, "{}", detailOf(OrderWait::Funds));
    PEGASUS_CO_TRY(const bool spent, co_await offers_.checkSpent(offer->address));
    if (spent) co_return co_await saveFailed(row, "the seller's address was spent from: what is sent there can be stolen");
    row.order.price = offer->terms.price;
    row.order.sellerAddress = offer->address;
    row.order.state = OrderState::Paying;
    row.order.reason.clear();
    PEGASUS_CO_CHECK(co_await save(row));
    co_return co_await send(row);
}

Task<void> OrderDesk::send(Row row) {
    wallet::SendRequest request;
    request.outputs.push_back({row.order.sellerAddress, row.order.price, row.request, paymentTag()});
    request.outputs.push_back({commitmentOf(row.request), Iotas(0), "", paymentTag()});
    request.reference = referenceOf(row.order.id);
    request.label = "order of " + row.order.name.substr(0, 100);
    const auto sent = co_await services_.wallet.send(request);
    if (sent) co_return Result<void>();
    auto refusal = sent.error();
    bool waits = !isFinal(refusal.code);
    if (refusal.code == ErrorCode::InsufficientFunds) {
        // The rest of our own last payment, say, waits for its milestone.
        PEGASUS_CO_TRY(const auto balance, co_await services_.wallet.refreshBalance());
        waits = balance.available.count() + balance.pendingIn.count() >= row.order.price.count();
        if (waits) refusal.message = detailOf(OrderWait::Funds);
        if (waits) unfunded_ = row.order.price;
    }
    if (!waits) co_return co_await saveFailed(row, refusal.message);
    // Nothing remains in the wallet of a transfer that it refused: the order can wait, and be cancelled.
    row.order.state = OrderState::Checked;
    PEGASUS_CO_CHECK(co_await save(row));
    co_return fail(std::move(refusal));
}

Task<void> OrderDesk::followPayment(Row row) {
    const auto reference = referenceOf(row.order.id);
    const auto transfer = co_await services_.wallet.transferByReference(reference);
    if (!transfer) {
        if (transfer.error().code != ErrorCode::NotFound || row.order.state != OrderState::Paying) co_return fail(transfer.error());
        row.order.state = OrderState::Checked;  // stopped before the wallet had it
        co_return co_await save(row);
    }
    const auto now = services_.clock.now();
    auto& o = row.order;
    const auto before = o.state;
    if (transfer->state == wallet::TransferState::Conflicting)
        co_return co_await saveFailed(row, "the ledger decided for another spend of the same funds");
    if (transfer->state == wallet::TransferState::Refused)
        co_return co_await saveFailed(row, "the ledger refuses the payment: " + transfer->reason);
    if (transfer->state != wallet::TransferState::Reserved) o.paymentBundle = transfer->bundle;
    const auto wallet = services_.wallet.status();
    auto wait = OrderWait::Nothing;
    if (transfer->state == wallet::TransferState::Reserved && wallet.locked) wait = OrderWait::Unlock;
    else if (!transfer->taken && !wallet.detail.empty()) wait = OrderWait::Ledger;
    if (o.state == OrderState::Paying) noteWait(o.id, wait);
    if (transfer->taken && o.state == OrderState::Paying) {
        o.state = OrderState::Paid;
        o.paid = now;
    }
    if (transfer->state == wallet::TransferState::Confirmed) {
        if (!o.paid) o.paid = now;
        o.state = OrderState::Confirmed;
        o.confirmed = transfer->settled.value_or(now);
    }
    if (o.state == before) co_return Result<void>();
    o.reason.clear();
    co_return co_await save(row);
}

/// The reply may be read before our own wallet has seen the milestone: the time is kept for the record.
Task<void> OrderDesk::noteConfirmed(OrderId id) {
    auto row = rows_.at(id);
    if (row.order.state <= OrderState::Confirmed || row.order.confirmed) co_return Result<void>();
    const auto reference = referenceOf(id);
    PEGASUS_CO_TRY(const auto transfer, co_await services_.wallet.transferByReference(reference));
    if (transfer.state != wallet::TransferState::Confirmed) co_return Result<void>();
    row.order.confirmed = transfer.settled.value_or(services_.clock.now());
    co_return co_await save(row);
}

// ---- rows ----

Task<void> OrderDesk::save(Row row) {
    const auto put = [row](store::Connection& db) { return buyer_store::putOrder(db, row); };
    PEGASUS_CO_CHECK(co_await services_.database.write(put));
    rows_[row.order.id] = row;
    changed.notify(row.order.id);
    co_return Result<void>();
}

Task<void> OrderDesk::saveFailed(Row row, std::string reason) {
    row.order.state = OrderState::Failed;
    row.order.reason = std::move(reason);
    co_return co_await save(row);
}

Task<void> OrderDesk::saveReason(Row row, std::string reason) {
    if (row.order.reason == reason) co_return Result<void>();
    row.order.reason = std::move(reason);
    co_return co_await save(row);
}

}  // namespace pegasus::market
