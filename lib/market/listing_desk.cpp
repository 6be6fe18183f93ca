// SPDX-License-Identifier: Apache-2.0
// ListingDesk: a listing is a row first, then a transfer of the wallet, which attaches it until a milestone confirms it.
#include "market/listing_desk.hpp"

#include <algorithm>
#include <cmath>

#include "ledger/bundles.hpp"
#include "market/listing.hpp"
#include "market/listing_terms.hpp"
#include "market/payment_request.hpp"
#include "market/tags.hpp"
#include "model/text.hpp"
#include "stream/stream_service.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

namespace {

constexpr std::string_view kPurpose = "listing of ";

std::string referenceOf(const seller_store::ListingRow& row) { return fmt::format("listing {} {}", row.stream, row.seq); }

/// As a listing says them: places are rounded there.
bool sameTerms(const ListingTerms& a, const ListingTerms& b) {
    const auto micro = [](double degrees) { return std::llround(degrees * 1e6); };
    auto adjusted = b;
    if (micro(a.place.latitude) == micro(b.place.latitude) && micro(a.place.longitude) == micro(b.place.longitude))
        adjusted.place = a.place;
    return a == adjusted;
}

Result<ListingTerms> termsIn(const seller_store::ListingRow& row) {
    PEGASUS_TRY(const auto trytes, model::trytesFromText(row.text));
    auto listing = decodeListing(trytes, row.created);
    if (!listing) return fail(ErrorCode::Corrupt, "the stored listing of '{}': {}", row.stream, listing.error().message);
    return std::move(listing->terms);
}

}  // namespace

Task<void> ListingDesk::load(const crypto::Ed25519Key& key) {
    key_ = &key;
    const auto query = [](store::Connection& db) { return seller_store::listings(db); };
    const auto wanted = [](store::Connection& db) { return seller_store::sales(db); };
    PEGASUS_CO_TRY(rows_, co_await services_.database.read(query));
    PEGASUS_CO_TRY(sales_, co_await services_.database.read(wanted));
    for (auto& row : rows_) {
        if (row.closed()) continue;
        PEGASUS_CO_TRY(row.terms, termsIn(row));
    }
    co_return Result<void>();
}

const ListingDesk::Row* ListingDesk::current(const std::string& stream) const {
    const Row* last = nullptr;
    for (const auto& row : rows_)
        if (row.stream == stream) last = &row;
    return last;
}

ListingDesk::Row* ListingDesk::find(const std::string& stream, std::int64_t seq) {
    const auto it = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.stream == stream && r.seq == seq; });
    return it == rows_.end() ? nullptr : &*it;
}

bool ListingDesk::isOpen(const std::string& stream) const {
    const Row* last = current(stream);
    return last != nullptr && !last->closed();
}

bool ListingDesk::stayedAway(const stream::Source& source) const {
    return source.state != stream::SourceState::Live &&
           source.without >= std::max(options_.withdrawSilentAfter, source.patience);
}

bool ListingDesk::isSilent(const std::string& stream) const {
    const auto info = streams_.info(stream);
    if (!info || info->source.state == stream::SourceState::Live) return false;
    return stayedAway(info->source) || (sales_.contains(stream) && !isOpen(stream));
}

Result<ListingTerms> ListingDesk::presentTerms(const std::string& stream) const {
    PEGASUS_TRY(const auto info, streams_.info(stream));
    auto terms = termsOf(info);
    if (!info.source.channels.empty() || !isOpen(stream)) return terms;
    const auto& before = current(stream)->terms;  // a sensor that is away still is what it was
    terms.quantity = before.quantity;
    terms.unit = before.unit;
    terms.interval = before.interval;
    terms.sensor = before.sensor;
    return terms;
}

Task<void> ListingDesk::announce(std::string stream, bool fresh) {
    const auto guard = co_await mutex_.lock();
    PEGASUS_CO_TRY(const auto info, streams_.info(stream));
    PEGASUS_CO_TRY(const auto terms, presentTerms(stream));
    PEGASUS_CO_CHECK(checkTerms(terms));
    // What is for sale may change its address: the money there is the operator's, whatever the sensor does.
    if (info.source.state == stream::SourceState::Live || (fresh && isOpen(stream)))
        co_return co_await announceLocked(stream, fresh, false);
    if (!services_.wallet.status().exists) co_return fail(ErrorCode::NotFound, "there is no wallet to be paid to");
    PEGASUS_CO_CHECK(co_await want(stream, fresh));
    dirty_.insert(stream);
    changed.notify(stream);
    co_return Result<void>();
}

Task<void> ListingDesk::want(std::string stream, bool fresh) {
    const auto put = [stream, fresh](store::Connection& db) { return seller_store::putSale(db, stream, fresh); };
    PEGASUS_CO_CHECK(co_await services_.database.write(put));
    sales_[stream] = fresh;
    co_return Result<void>();
}

Task<void> ListingDesk::forget(std::string stream) {
    const auto drop = [stream](store::Connection& db) { return seller_store::dropSale(db, stream); };
    PEGASUS_CO_CHECK(co_await services_.database.write(drop));
    sales_.erase(stream);
    lastError_.erase(stream);
    changed.notify(stream);
    co_return Result<void>();
}

/// The present address, or that of the listing before if it is still held: a sensor that comes and goes must not use up
/// addresses.
Task<Address> ListingDesk::addressFor(std::string stream, bool fresh) {
    std::optional<Address> former;
    for (const auto& row : rows_)
        if (row.stream == stream && !row.closed()) former = row.address;
    if (former && !fresh) {
        if (isOpen(stream)) co_return *former;
        const auto held = co_await services_.wallet.holdAddress(*former);
        if (held) co_return *former;
    }
    const auto purpose = std::string(kPurpose) + stream;
    co_return co_await services_.wallet.reserveAddress(purpose);
}

Task<void> ListingDesk::announceLocked(std::string stream, bool fresh, bool renew) {
    PEGASUS_CO_TRY(const auto terms, presentTerms(stream));
    PEGASUS_CO_CHECK(checkTerms(terms));
    const Row* last = current(stream);
    const bool open = last != nullptr && !last->closed();
    if (open && !fresh && !renew && sameTerms(terms, last->terms)) co_return Result<void>();
    Row row;
    row.stream = stream;
    row.seq = std::max<std::int64_t>(last == nullptr ? 1 : last->seq + 1, toMillis(services_.clock.now()));
    row.price = terms.price;
    row.terms = terms;
    PEGASUS_CO_TRY(row.address, co_await addressFor(stream, fresh));
    co_return co_await add(row, true);
}

Task<void> ListingDesk::withdraw(std::string stream) {
    const auto guard = co_await mutex_.lock();
    if (current(stream) == nullptr && !sales_.contains(stream))
        co_return fail(ErrorCode::NotFound, "stream '{}' is not announced", stream);
    if (isOpen(stream)) co_return co_await closeLocked(stream, false);
    co_return co_await forget(stream);
}

Task<void> ListingDesk::closeLocked(std::string stream, bool wanted) {
    const Row* last = current(stream);
    Row row;
    row.stream = stream;
    row.seq = std::max(last->seq + 1, toMillis(services_.clock.now()));
    co_return co_await add(row, wanted);
}

Task<void> ListingDesk::add(Row row, bool wanted) {
    row.created = services_.clock.now();
    std::array<std::uint8_t, 8> bytes{};
    services_.random.fill(bytes);
    std::uint64_t random = 0;
    for (const auto byte : bytes) random = random << 8 | byte;
    const auto encode = [row, random, key = key_](std::stop_token stop) {
        return row.closed() ? encodeClosing(row.stream, row.seq, *key, row.created, random, stop)
                            : encodeListing(row.terms, row.address, row.stream, row.seq, *key, row.created, random, stop);
    };
    PEGASUS_CO_TRY(row.text, co_await compute(services_.pool, encode));
    const auto put = [row, wanted](store::Connection& db) -> Result<void> {
        PEGASUS_CHECK(seller_store::putListing(db, row));
        return wanted ? seller_store::putSale(db, row.stream, false) : seller_store::dropSale(db, row.stream);
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(put));
    if (wanted) sales_[row.stream] = false;
    else sales_.erase(row.stream);
    const auto after = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.stream > row.stream; });
    rows_.insert(after, row);
    changed.notify(row.stream);
    co_return Result<void>();
}

void ListingDesk::note(const std::string& stream, const Result<void>& outcome) {
    auto& last = lastError_[stream];
    const std::string now = outcome ? "" : outcome.error().message;
    if (!outcome) ++counters_.errors;
    if (std::exchange(last, now) != now) changed.notify(stream);
}

Task<void> ListingDesk::work() {
    const auto guard = co_await mutex_.lock();
    if (!claimed_) {
        const auto claimed = co_await claim();
        claimed_ = claimed.has_value();
    }
    PEGASUS_CO_CHECK(co_await refresh());
    const auto rows = rows_;
    for (const auto& row : rows) {
        if (row.confirmed || current(row.stream)->seq != row.seq) continue;
        Result<void> outcome;
        if (row.bundle) {
            outcome = co_await follow(row);
        } else {
            outcome = co_await send(row);
        }
        note(row.stream, outcome);
    }
    co_return co_await releaseOld();
}

/// After a start or a restore: the addresses of open listings must be ours and unspent, and addresses that a crash left
/// reserved for a listing that was never written are given back.
Task<void> ListingDesk::claim() {
    PEGASUS_CO_TRY(const auto own, co_await services_.wallet.addresses());
    const auto listed = watched();
    for (const auto& address : own) {
        const bool known = std::any_of(listed.begin(), listed.end(), [&](const Watched& w) { return w.address == address.address; });
        if (address.held && !known && address.purpose.starts_with(kPurpose))
            PEGASUS_CO_CHECK(co_await services_.wallet.releaseAddress(address.address));
    }
    // The book does not know what a copy of it has spent.
    std::vector<Address> addresses;
    for (const auto& item : listed) addresses.push_back(item.address);
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(services_.ledger, std::move(addresses)));
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const auto& item = listed[i];
        Result<void> held = fail(ErrorCode::InvalidState, "{} was spent from", item.address.view());
        if (!spent[i]) held = co_await services_.wallet.holdAddress(item.address);
        if (held) continue;
        if (held.error().code != ErrorCode::NotFound && held.error().code != ErrorCode::InvalidState) co_return held;
        const Row* last = current(item.stream);
        if (last->address == item.address) PEGASUS_CO_CHECK(co_await announceLocked(item.stream, true, false));
    }
    co_return Result<void>();
}

/// Announces what is wanted and gives readings, and again what has other terms or comes near the end of the ledger's memory;
/// closes what gives none.
Task<void> ListingDesk::refresh() {
    std::set<std::string> all;
    for (const auto& row : rows_)
        if (!row.closed()) all.insert(row.stream);
    for (const auto& [stream, fresh] : sales_) all.insert(stream);
    for (const auto& stream : all) PEGASUS_CO_CHECK(co_await refreshOne(stream));
    co_return Result<void>();
}

Task<void> ListingDesk::refreshOne(std::string stream) {
    const bool open = isOpen(stream);
    const auto sale = sales_.find(stream);
    const auto info = streams_.info(stream);
    if (!info) {  // it was removed
        if (open) co_return co_await closeLocked(stream, false);
        co_return co_await forget(stream);
    }
    if (info->source.state != stream::SourceState::Live) {
        if (open && stayedAway(info->source)) co_return co_await closeLocked(stream, true);
        co_return Result<void>();
    }
    const bool renew = open && services_.clock.now() >= renewalOf(*current(stream));
    if (open ? !renew && !dirty_.contains(stream) : sale == sales_.end()) co_return Result<void>();
    const bool fresh = !open && sale->second;
    const auto outcome = co_await announceLocked(stream, fresh, renew);
    note(stream, outcome);
    // Terms that cannot be listed stay an error until they change again.
    if (outcome || outcome.error().code == ErrorCode::InvalidArgument) dirty_.erase(stream);
    co_return Result<void>();
}

Task<void> ListingDesk::send(Row row) {
    PEGASUS_CO_TRY(const auto tag, tagOf(options_.tagWord));
    PEGASUS_CO_TRY(const auto message, model::trytesFromText(row.text));
    wallet::SendRequest request;
    // The destination does not matter to readers; this one binds the text to the bundle.
    request.outputs.push_back({commitmentOf(message), Iotas(0), message, tag});
    request.reference = referenceOf(row);
    request.label = "listing";
    PEGASUS_CO_TRY(const auto id, co_await services_.wallet.send(request));
    PEGASUS_CO_TRY(const auto transfer, co_await services_.wallet.transfer(id));
    const auto update = [row, bundle = transfer.bundle](store::Connection& db) {
        return seller_store::setListingBundle(db, row.stream, row.seq, bundle);
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(update));
    if (auto* kept = find(row.stream, row.seq)) kept->bundle = transfer.bundle;
    changed.notify(row.stream);
    co_return Result<void>();
}

Task<void> ListingDesk::follow(Row row) {
    const auto reference = referenceOf(row);
    PEGASUS_CO_TRY(const auto transfer, co_await services_.wallet.transferByReference(reference));
    if (transfer.state != wallet::TransferState::Confirmed) co_return Result<void>();
    const auto now = services_.clock.now();
    const auto update = [row, now](store::Connection& db) { return seller_store::confirmListing(db, row.stream, row.seq, now); };
    PEGASUS_CO_CHECK(co_await services_.database.write(update));
    for (auto& other : rows_) {
        if (other.stream != row.stream) continue;
        if (other.seq == row.seq) other.confirmed = now;
        if (other.seq < row.seq && !other.superseded) other.superseded = now;
    }
    changed.notify(row.stream);
    co_return Result<void>();
}

/// Drops listings whose grace time is over; an address that no row names any more goes back to the wallet.
Task<void> ListingDesk::releaseOld() {
    const auto rows = rows_;
    for (const auto& row : rows) {
        if (!row.superseded || services_.clock.now() < *row.superseded + options_.grace) continue;
        const auto looked = looked_.find(row.address);
        if (!row.closed() && (looked == looked_.end() || looked->second < *row.superseded + options_.grace)) continue;
        const auto uses = std::count_if(rows_.begin(), rows_.end(), [&](const Row& r) { return r.address == row.address; });
        if (uses == 1 && !row.closed()) {
            const auto released = co_await services_.wallet.releaseAddress(row.address);
            const bool gone = !released && (released.error().code == ErrorCode::NotFound || released.error().code == ErrorCode::InvalidState);
            if (!released && !gone) co_return released;
        }
        const auto drop = [row](store::Connection& db) { return seller_store::dropListing(db, row.stream, row.seq); };
        PEGASUS_CO_CHECK(co_await services_.database.write(drop));
        std::erase_if(rows_, [&](const Row& r) { return r.stream == row.stream && r.seq == row.seq; });
        if (uses == 1) looked_.erase(row.address);
    }
    co_return Result<void>();
}

std::vector<ListingDesk::Watched> ListingDesk::watched() const {
    std::vector<Watched> list;
    for (const auto& row : rows_) {
        const bool known = std::any_of(list.begin(), list.end(), [&](const Watched& w) { return w.address == row.address; });
        if (!row.closed() && !known) list.push_back({row.address, row.stream});
    }
    return list;
}

std::optional<Iotas> ListingDesk::priceAt(const Address& address, Timestamp when) const {
    std::optional<Iotas> least;
    for (const auto& row : rows_) {
        if (row.address != address || (row.superseded && *row.superseded + options_.grace < when)) continue;
        if (!least || row.price < *least) least = row.price;
    }
    return least;
}

std::string ListingDesk::problemOf(const std::string& stream) const {
    if (const auto it = lastError_.find(stream); it != lastError_.end() && !it->second.empty()) return it->second;
    const auto info = streams_.info(stream);
    const bool early = info && info->source.state == stream::SourceState::Starting && isOpen(stream);
    return info && !early ? info->source.problem : std::string();
}

ListingInfo ListingDesk::infoOf(const Row& row) const {
    ListingInfo info;
    info.streamId = row.stream;
    info.terms = row.terms;
    if (!row.closed()) info.state = row.confirmed ? ListingState::Announced : ListingState::Announcing;
    else info.state = sales_.contains(row.stream) ? ListingState::Waiting : ListingState::Closed;
    if (info.state == ListingState::Waiting) info.terms = presentTerms(row.stream).value_or(ListingTerms());
    info.address = row.address;
    info.seq = row.seq;
    info.bundle = row.bundle.value_or(Hash());
    info.announced = row.created;
    info.confirmed = row.confirmed;
    info.renewal = renewalOf(row);
    if (info.state != ListingState::Closed) info.lastError = problemOf(row.stream);
    return info;
}

std::vector<ListingInfo> ListingDesk::infos() const {
    std::vector<ListingInfo> list;
    for (const auto& row : rows_)
        if (current(row.stream) == &row) list.push_back(infoOf(row));
    for (const auto& [stream, fresh] : sales_) {
        if (current(stream) != nullptr) continue;
        ListingInfo info;
        info.streamId = stream;
        info.terms = presentTerms(stream).value_or(ListingTerms());
        info.state = ListingState::Waiting;
        info.lastError = problemOf(stream);
        list.push_back(std::move(info));
    }
    return list;
}

std::vector<HeldAddress> ListingDesk::heldAddresses() const {
    std::vector<HeldAddress> list;
    for (const auto& [address, stream] : watched()) {
        HeldAddress held{address, stream, isOpen(stream) && current(stream)->address == address, {}};
        std::optional<Timestamp> last;
        bool settled = !held.announced;
        for (const auto& row : rows_) {
            if (row.address != address) continue;
            settled = settled && row.superseded.has_value();
            if (row.superseded) last = std::max(last.value_or(*row.superseded), *row.superseded);
        }
        if (settled && last) held.free = *last + options_.grace;
        list.push_back(std::move(held));
    }
    return list;
}

}  // namespace pegasus::market
