// SPDX-License-Identifier: Apache-2.0
// PaymentDesk: seen, confirmed, judged; payment_delivery.cpp delivers. What is done once per payment is keyed by its bundle hash.
#include "market/payment_desk.hpp"

#include <algorithm>

#include "stream/stream_service.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

namespace {

constexpr int kMostLooks = 4;                   // in one pass
constexpr std::size_t kMaxPending = 20'000;     // tails that wait for a milestone
constexpr std::size_t kPendingPortion = 2'000;  // of them asked about in one pass
constexpr std::size_t kManyPending = 100;
constexpr std::size_t kHopelessPortion = 50;
constexpr Duration kHopelessAge = std::chrono::minutes(2);

bool isPayment(const model::Transaction& tail) { return tail.currentIndex == 0 && tail.value > 0; }

}  // namespace

Task<void> PaymentDesk::load(const crypto::Ed25519Key& key) {
    key_ = &key;
    const auto query = [](store::Connection& db) { return seller_store::requestless(db); };
    PEGASUS_CO_TRY(const auto bundles, co_await services_.database.read(query));
    requestless_.insert(bundles.begin(), bundles.end());
    co_return Result<void>();
}

Task<void> PaymentDesk::work() {
    if (const auto looked = co_await look(); !looked) ++counters_.errors;
    PEGASUS_CO_CHECK(co_await confirmPending());
    PEGASUS_CO_CHECK(co_await rekey());
    PEGASUS_CO_CHECK(co_await wakeSilent());
    const auto query = [](store::Connection& db) { return seller_store::openPayments(db); };
    PEGASUS_CO_TRY(const auto open, co_await services_.database.read(query));
    for (const auto& row : open)
        if (const auto delivered = co_await deliver(row); !delivered) ++counters_.errors;
    co_return Result<void>();
}

// ---- seen ----

bool PaymentDesk::concerns(const std::vector<ledger::StoredTransaction>& stored) const {
    return std::ranges::any_of(stored, [this](const auto& one) { return watched_.contains(one.address); });
}

/// Everything that comes to our addresses, each once. While too many wait for a milestone nothing more is read: it is there later.
Task<void> PaymentDesk::look() {
    std::vector<Address> addresses;
    std::unordered_map<Address, ListingDesk::Watched> places;
    for (const auto& where : listings_.watched()) {
        addresses.push_back(where.address);
        places.emplace(where.address, where);
    }
    watched_ = {addresses.begin(), addresses.end()};
    const auto begun = services_.clock.now();
    reader_.watch(std::move(addresses));
    for (int i = 0; i < kMostLooks && pending_.size() < kMaxPending; ++i) {
        PEGASUS_CO_TRY(const auto look, co_await reader_.look());
        // What was given comes once, so an error here must not lose it: a payment that is decided is left alone later too.
        const auto known = co_await decidedOf(look.fresh);
        const auto decided = known ? *known : std::unordered_set<Hash>();
        for (const auto& transaction : look.fresh)
            if (const auto it = places.find(transaction.transaction.address); it != places.end())
                remember(transaction, it->second, decided);
        if (!look.more) break;
    }
    counters_.paymentsIncomplete = reader_.incomplete();
    if (!reader_.caughtUp()) co_return Result<void>();
    for (const auto& [address, where] : places) listings_.looked(address, begun);
    co_return Result<void>();
}

Task<std::unordered_set<Hash>> PaymentDesk::decidedOf(const std::vector<ledger::AttachedTransaction>& transactions) {
    std::vector<Hash> bundles;
    for (const auto& t : transactions)
        if (isPayment(t.transaction)) bundles.push_back(t.transaction.bundle);
    if (bundles.empty()) co_return std::unordered_set<Hash>();
    const auto query = [bundles](store::Connection& db) { return seller_store::decided(db, bundles); };
    PEGASUS_CO_TRY(const auto found, co_await services_.database.read(query));
    co_return std::unordered_set<Hash>(found.begin(), found.end());
}

void PaymentDesk::remember(const ledger::AttachedTransaction& attached, const ListingDesk::Watched& where,
                           const std::unordered_set<Hash>& decided) {
    const auto& t = attached.transaction;
    if (!isPayment(t)) {
        ++counters_.junkTransactions;
        return;
    }
    if (decided.contains(t.bundle)) return;
    if (!pending_.emplace(attached.hash, Pending{t.bundle, where, Iotas(t.value), services_.clock.now()}).second) return;
    queue_.push_back(attached.hash);
    changed.notify(t.bundle);
}

// ---- confirmed ----

/// The next of those that wait; all of them have their turn.
std::vector<Hash> PaymentDesk::nextPending() {
    std::vector<Hash> tails;
    for (auto left = queue_.size(); left > 0 && tails.size() < kPendingPortion; --left) {
        const auto tail = queue_.front();
        queue_.pop_front();
        if (pending_.contains(tail)) tails.push_back(tail);
    }
    queue_.insert(queue_.end(), tails.begin(), tails.end());
    return tails;
}

Task<void> PaymentDesk::confirmPending() {
    const auto tails = nextPending();
    if (tails.empty()) co_return Result<void>();
    PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(services_.ledger, tails));
    for (std::size_t i = 0; i < tails.size() && i < included.size(); ++i) {
        const auto it = pending_.find(tails[i]);
        if (it == pending_.end()) continue;
        const auto pending = it->second;
        // Of a payment that is confirmed and lacks its request any attachment may carry it.
        if (!included[i] && !requestless_.contains(pending.bundle)) continue;
        if (const auto accepted = co_await accept(pending, tails[i]); !accepted) {
            ++counters_.errors;  // it stays pending, and is tried again
            continue;
        }
        pending_.erase(tails[i]);
        // While no request is known, each of its other attachments has its turn.
        if (!requestless_.contains(pending.bundle))
            std::erase_if(pending_, [&](const auto& entry) { return entry.second.bundle == pending.bundle; });
    }
    co_return co_await dropHopeless(tails);
}

/// Claims without funds are passed over by a milestone; only a flood makes it worth while to ask. What a node does not know
/// just now may be confirmed yet, and is not told again.
Task<void> PaymentDesk::dropHopeless(std::vector<Hash> tails) {
    if (pending_.size() < kManyPending) co_return Result<void>();
    std::size_t asked = 0;
    for (const auto& tail : tails) {
        const auto it = pending_.find(tail);
        if (it == pending_.end() || services_.clock.now() - it->second.seen < kHopelessAge) continue;
        if (++asked > kHopelessPortion) break;
        const auto info = co_await services_.ledger.tailInfo(tail);
        if (!info && info.error().code != ErrorCode::NotFound) co_return fail(info.error());
        if (info && info->conflicting) pending_.erase(tail);
    }
    co_return Result<void>();
}

/// All attachments that can be read, that of `tail` among them: anybody can flood a bundle hash with junk.
Task<ledger::Attachments> PaymentDesk::attachmentsOf(Hash bundle, Hash tail) {
    auto found = co_await ledger::attachmentsOf(services_.ledger, services_.pool, bundle);
    if (!found && found.error().code != ErrorCode::LimitExceeded) co_return fail(found.error());
    ledger::Attachments attachments{{}, false};
    if (found) attachments = std::move(*found);
    const auto isIt = [&](const ledger::Attachment& a) { return a.tail == tail; };
    if (attachments.complete || std::any_of(attachments.list.begin(), attachments.list.end(), isIt)) co_return attachments;
    auto one = co_await ledger::fetchBundle(services_.ledger, services_.pool, tail);
    if (one) attachments.list.push_back(std::move(*one));
    co_return attachments;
}

Task<void> PaymentDesk::accept(Pending pending, Hash includedTail) {
    PEGASUS_CO_TRY(const auto attachments, co_await attachmentsOf(pending.bundle, includedTail));
    if (attachments.list.empty()) co_return fail(ErrorCode::NotFound, "no valid attachment of a payment that was confirmed");
    const auto shared = std::make_shared<const std::vector<ledger::Attachment>>(attachments.list);
    const auto reading = [shared, includedTail] { return judge(*shared, includedTail); };
    auto judged = co_await compute(services_.pool, reading);
    judged.conflicting = judged.conflicting || !attachments.complete;  // as far as we can tell
    counters_.foreignRequests += judged.foreign;
    if (judged.parts.address != pending.where.address || judged.parts.value != pending.value) {
        ++counters_.invalidBundles;
        co_return Result<void>();
    }
    const auto load = [bundle = pending.bundle](store::Connection& db) { return seller_store::payment(db, bundle); };
    PEGASUS_CO_TRY(auto stored, co_await services_.database.read(load));
    Row row = stored.value_or(Row());
    auto& p = row.payment;
    if (!stored) {
        p.bundle = pending.bundle;
        p.streamId = pending.where.stream;
        p.address = pending.where.address;
        p.value = pending.value;
        p.seen = pending.seen;
        p.confirmed = services_.clock.now();
    }
    decide(row, judged);
    const auto put = [row](store::Connection& db) { return seller_store::acceptPayment(db, row); };
    PEGASUS_CO_TRY(const bool accepted, co_await services_.database.write(put));
    if (accepted) note(row);
    co_return Result<void>();
}

/// Of a committed payment the request that the commitment names; of a legacy one that of the attachment that was confirmed.
PaymentDesk::Judged PaymentDesk::judge(const std::vector<ledger::Attachment>& attachments, const Hash& includedTail) {
    Judged result;
    std::set<std::string> different;
    for (const auto& attachment : attachments) {
        std::vector<model::Transaction> transactions;
        for (const auto& t : attachment.transactions) transactions.push_back(t.transaction);
        auto parts = paymentParts(transactions);
        const bool readable = decodeRequest(parts.requestTrytes).has_value();
        const bool bound = parts.committed.value_or(true);
        if (!bound) ++result.foreign;
        if (readable && bound) {
            different.insert(parts.requestTrytes);
            if (result.request.empty() || attachment.tail == includedTail) result.request = parts.requestTrytes;
        }
        if (parts.committed.value_or(false) || result.parts.requestTrytes.empty()) result.parts = std::move(parts);
    }
    result.conflicting = different.size() > 1;
    return result;
}

void PaymentDesk::decide(Row& row, const Judged& judged) const {
    auto& p = row.payment;
    const auto price = listings_.priceAt(p.address, p.seen);
    p.price = price.value_or(Iotas());
    p.committed = judged.parts.committed.has_value();
    p.conflicting = judged.conflicting;
    row.request = judged.request;
    p.state = PaymentState::Held;
    p.credit = Iotas();
    const bool unbound = !p.committed && (options_.legacy == LegacyPolicy::Hold || p.conflicting);
    if (row.request.empty()) p.hold = HoldReason::NoRequest;
    else if (!price) p.hold = HoldReason::Withdrawn;
    else if (p.value < *price) p.hold = HoldReason::Underpaid;
    else if (unbound) p.hold = HoldReason::Legacy;
    else if (listings_.isSilent(p.streamId)) p.hold = HoldReason::Silent;
    else p.hold = HoldReason::None;
    if (price && p.value > *price) p.credit = Iotas(p.value.count() - price->count());
    if (p.hold == HoldReason::None) p.state = PaymentState::Confirmed;
}

Task<void> PaymentDesk::save(Row row) {
    const auto put = [row](store::Connection& db) { return seller_store::putPayment(db, row); };
    PEGASUS_CO_CHECK(co_await services_.database.write(put));
    note(row);
    co_return Result<void>();
}

void PaymentDesk::note(const Row& row) {
    const auto& bundle = row.payment.bundle;
    // While no request is known, each of its other attachments has its turn.
    const bool wantsRequest = row.payment.state == PaymentState::Held && row.request.empty();
    if (wantsRequest) requestless_.insert(bundle);
    else requestless_.erase(bundle);
    if (!wantsRequest) std::erase_if(pending_, [&](const auto& entry) { return entry.second.bundle == bundle; });
    changed.notify(bundle);
}

// ---- the operator ----

Task<std::vector<Payment>> PaymentDesk::payments(std::size_t limit, std::optional<Timestamp> before) {
    const auto query = [limit, before](store::Connection& db) { return seller_store::payments(db, limit, before); };
    PEGASUS_CO_TRY(const auto rows, co_await services_.database.read(query));
    std::map<Hash, Payment> unconfirmed;  // several attachments are one payment
    for (const auto& [tail, pending] : pending_) {
        if (requestless_.contains(pending.bundle) || (before && pending.seen >= *before)) continue;
        auto& p = unconfirmed[pending.bundle];
        p.bundle = pending.bundle;
        p.streamId = pending.where.stream;
        p.address = pending.where.address;
        p.value = pending.value;
        p.price = listings_.priceAt(p.address, pending.seen).value_or(Iotas());
        p.seen = pending.seen;
    }
    std::vector<Payment> list;
    for (const auto& [bundle, payment] : unconfirmed) list.push_back(payment);
    for (const auto& row : rows) list.push_back(row.payment);
    std::stable_sort(list.begin(), list.end(), [](const Payment& a, const Payment& b) { return a.seen > b.seen; });
    if (list.size() > limit) list.resize(limit);
    co_return list;
}

Task<void> PaymentDesk::release(Hash bundle) { return endHold(bundle, PaymentState::Confirmed); }
Task<void> PaymentDesk::refuse(Hash bundle) { return endHold(bundle, PaymentState::Refused); }

/// Read and written at once: the desk and the operator may decide at the same moment.
Task<void> PaymentDesk::endHold(Hash bundle, PaymentState to) {
    const auto change = [bundle, to](store::Connection& db) { return seller_store::endHold(db, bundle, to); };
    PEGASUS_CO_TRY(const auto row, co_await services_.database.write(change));
    note(row);
    co_return Result<void>();
}

}  // namespace pegasus::market
