// SPDX-License-Identifier: Apache-2.0
// OfferBook.
#include "market/offer_book.hpp"

#include <algorithm>
#include <array>

#include "ledger/bundles.hpp"
#include "market/tags.hpp"
#include "model/text.hpp"

namespace pegasus::market {

namespace {

constexpr Duration kKnownAfter = std::chrono::hours(24);
constexpr std::size_t kMaxClosed = 2'000;
constexpr int kMostLooks = 8;  // in one pass
constexpr Duration kClockJump = std::chrono::minutes(2);

struct Decoded {
    Result<Listing> listing;
    std::string trytes;
    Timestamp stamped;
};

}  // namespace

Task<void> OfferBook::load() {
    const auto query = [](store::Connection& db) { return buyer_store::offers(db); };
    PEGASUS_CO_TRY(const auto rows, co_await services_.database.read(query));
    for (const auto& row : rows) {
        auto listing = decodeListing(row.text, services_.clock.now());
        if (listing && !listing->closed) entries_[row.id] = Entry{std::move(*listing), row.text, row.announced, row.spent, row.firstSeen};
    }
    co_return Result<void>();
}

/// Verdicts on listings hang on the clock: when it was set, all of them are read and judged again.
Task<void> OfferBook::beginReading() {
    const auto offset = std::chrono::duration_cast<Duration>(services_.clock.now().time_since_epoch() - services_.clock.steady().time_since_epoch());
    if (reader_ && std::chrono::abs(offset - clockOffset_) < kClockJump) co_return Result<void>();
    clockOffset_ = offset;
    std::vector<model::Tag> all;
    for (const auto& word : options_.tagWords) {
        PEGASUS_CO_TRY(const auto tags, spellingsOf(word));
        all.insert(all.end(), tags.begin(), tags.end());
    }
    reader_.emplace(services_.ledger);
    reader_->watch(std::move(all));
    co_return Result<void>();
}

Task<void> OfferBook::discover() {
    const auto guard = co_await mutex_.lock();
    PEGASUS_CO_CHECK(co_await beginReading());
    for (int i = 0; i < kMostLooks; ++i) {
        PEGASUS_CO_TRY(auto look, co_await reader_->look());
        PEGASUS_CO_CHECK(co_await read(std::move(look.fresh)));
        if (!look.more) break;
    }
    counters_.offersIncomplete = reader_->incomplete();
    dropExpired();
    const auto checked = co_await checkNew();
    if (!dirty_.empty() || !dropped_.empty()) {
        PEGASUS_CO_CHECK(co_await save());
        changed.notify();
    }
    co_return checked;
}

Task<void> OfferBook::read(std::vector<ledger::AttachedTransaction> transactions) {
    auto work = std::make_shared<std::vector<Found>>();
    for (const auto& attached : transactions) {
        const auto& t = attached.transaction;
        // The market's tag is also on replies and other messages: a listing is one zero-value transaction at index 0.
        if (t.currentIndex != 0 || t.value != 0) continue;
        work->push_back({t.signatureMessageFragment.str(), fromMicros(t.timestamp * 1'000'000)});
    }
    const auto now = services_.clock.now();
    const auto decode = [work, now] {
        std::vector<Decoded> out;
        for (auto& found : *work) out.push_back({decodeListing(found.text, now), found.text, found.stamped});
        return out;
    };
    auto decoded = co_await compute(services_.pool, decode);
    for (auto& item : decoded) {
        ++counters_.listingsSeen;
        if (item.listing) apply(std::move(*item.listing), std::move(item.trytes), item.stamped);
        else if (item.listing.error().code == ErrorCode::AuthenticationFailed) ++counters_.badSignatures;
        else ++counters_.junkListings;
    }
    co_return Result<void>();
}

void OfferBook::apply(Listing listing, std::string text, Timestamp stamped) {
    const auto now = services_.clock.now();
    const auto id = offerIdOf(listing);
    // seq is Unix milliseconds and signed; the time of a transaction is anybody's.
    if (listing.identity) stamped = Timestamp(std::chrono::milliseconds(std::min(listing.identity->seq, toMillis(now) + 1)));
    const auto announced = std::min(stamped, now);
    if (announced + options_.offerLifetime < now) return;
    const auto seq = listing.identity ? listing.identity->seq : toMicros(announced);
    const auto known = entries_.find(id);
    if (known != entries_.end()) {
        const auto& old = known->second;
        const auto oldSeq = old.listing.identity ? old.listing.identity->seq : toMicros(old.announced);
        if (seq <= oldSeq) return;
    }
    if (const auto it = closed_.find(id); it != closed_.end() && seq <= it->second) return;
    if (listing.closed) {
        if (closed_.size() >= kMaxClosed) closed_.erase(closed_.begin());
        closed_[id] = seq;
        erase(id);
        return;
    }
    if (known == entries_.end() && !makeRoom(listing.identity.has_value(), announced)) return;
    const auto firstSeen = known != entries_.end() ? known->second.firstSeen : now;
    const bool spent = known != entries_.end() && known->second.spent && known->second.listing.address == listing.address;
    entries_[id] = Entry{std::move(listing), std::move(text), announced, spent, firstSeen};
    dropped_.erase(id);
    dirty_.insert(id);
    unchecked_.insert(id);
}

bool OfferBook::makeRoom(bool verified, Timestamp announced) {
    if (entries_.size() < options_.maxOffers) return true;
    std::vector<OfferId> unverified, fresh, known;
    for (const auto& [id, entry] : entries_) {
        const auto& identity = entry.listing.identity;
        if (entry.announced > announced) continue;
        if (!identity) unverified.push_back(id);
        else if (boughtFrom && boughtFrom(identity->key)) continue;
        else if (services_.clock.now() - entry.firstSeen < kKnownAfter) fresh.push_back(id);
        else known.push_back(id);
    }
    const auto* from = &unverified;
    if (verified && unverified.empty()) from = !fresh.empty() || known.size() <= options_.maxOffers / 4 * 3 ? &fresh : &known;
    if (from->empty()) return false;
    std::array<std::uint8_t, 4> bytes{};
    services_.random.fill(bytes);
    std::size_t number = 0;
    for (const auto byte : bytes) number = number << 8U | byte;
    erase((*from)[number % from->size()]);
    return true;
}

void OfferBook::erase(const OfferId& id) {
    if (entries_.erase(id) == 0) return;
    dirty_.erase(id);
    dropped_.insert(id);
}

void OfferBook::dropExpired() {
    std::vector<OfferId> old;
    for (const auto& [id, entry] : entries_)
        if (entry.announced + options_.offerLifetime < services_.clock.now()) old.push_back(id);
    for (const auto& id : old) erase(id);
}

Task<void> OfferBook::checkNew() {
    std::vector<Address> addresses;
    std::vector<OfferId> ids;
    for (const auto& id : unchecked_) {
        const auto it = entries_.find(id);
        if (it == entries_.end()) continue;
        addresses.push_back(it->second.listing.address);
        ids.push_back(id);
    }
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(services_.ledger, addresses));
    unchecked_.clear();
    for (std::size_t i = 0; i < ids.size() && i < spent.size(); ++i) {
        const auto it = entries_.find(ids[i]);
        if (it == entries_.end() || it->second.spent == spent[i]) continue;
        it->second.spent = spent[i];
        dirty_.insert(ids[i]);
    }
    co_return Result<void>();
}

Task<bool> OfferBook::checkSpent(Address address) {
    const std::vector<Address> one{address};
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(services_.ledger, one));
    if (spent.empty()) co_return fail(ErrorCode::Corrupt, "the ledger does not say whether an address was spent from");
    for (auto& [id, entry] : entries_)
        if (entry.listing.address == address) entry.spent = spent.front();
    co_return static_cast<bool>(spent.front());
}

Task<void> OfferBook::save() {
    std::vector<buyer_store::OfferRow> put;
    for (const auto& id : dirty_)
        if (const auto it = entries_.find(id); it != entries_.end())
            put.push_back({id, it->second.text, it->second.announced, it->second.spent, it->second.firstSeen});
    const std::vector<OfferId> drop(dropped_.begin(), dropped_.end());
    dirty_.clear();
    dropped_.clear();
    const auto write = [put, drop](store::Connection& db) { return buyer_store::changeOffers(db, put, drop); };
    // The ledger has them too: a loss costs a look.
    co_return co_await services_.database.write(write, store::Durability::Batched);
}

Offer OfferBook::describe(const OfferId& id, const Entry& entry) const {
    Offer offer;
    offer.id = id;
    offer.terms = entry.listing.terms;
    offer.address = entry.listing.address;
    offer.announced = entry.announced;
    offer.addressSpent = entry.spent;
    if (const auto& identity = entry.listing.identity) {
        offer.verified = true;
        offer.deviceId = deviceIdOf(identity->key);
        offer.stream = identity->stream;
        offer.seq = identity->seq;
    }
    return offer;
}

std::vector<Offer> OfferBook::offers() const {
    std::map<std::string, std::set<std::string>> devicesByName;
    std::vector<Offer> list;
    for (const auto& [id, entry] : entries_) {
        list.push_back(describe(id, entry));
        const auto& offer = list.back();
        devicesByName[offer.terms.name].insert(offer.verified ? offer.deviceId : offer.id);
    }
    for (auto& offer : list) offer.nameClash = devicesByName[offer.terms.name].size() > 1;
    return list;
}

std::optional<Offer> OfferBook::offer(const OfferId& id) const {
    const auto it = entries_.find(id);
    if (it == entries_.end()) return std::nullopt;
    auto offer = describe(id, it->second);
    for (const auto& [otherId, other] : entries_) {
        if (otherId == id || other.listing.terms.name != offer.terms.name) continue;
        const bool sameDevice = offer.verified && other.listing.identity && deviceIdOf(other.listing.identity->key) == offer.deviceId;
        if (!sameDevice) offer.nameClash = true;
    }
    return offer;
}

std::optional<crypto::Ed25519PublicKey> OfferBook::deviceKey(const OfferId& id) const {
    const auto it = entries_.find(id);
    if (it == entries_.end() || !it->second.listing.identity) return std::nullopt;
    return it->second.listing.identity->key;
}

}  // namespace pegasus::market
