// SPDX-License-Identifier: Apache-2.0
// Tangle: storing what arrives, waiting for the past, accepting tails.
#include <algorithm>

#include "node/tangle_change.hpp"

namespace pegasus::node {

Result<Tangle::Stored> Tangle::store(const Batch& batch, const Moment& now) {
    return change([&]() -> Result<Stored> {
        PEGASUS_TRY(auto arrivals, resolve(batch));
        PEGASUS_CHECK(checkLimits(arrivals, originOf(batch)));
        PEGASUS_CHECK(checkBudget(originOf(batch)));
        changing_ = true;
        payment_ = false;
        Stored stored;
        for (std::size_t i = 0; i < arrivals.size(); ++i) {
            auto& arrival = arrivals[i];
            if (arrival.known) continue;
            const auto& record = batch.records[i];
            insert(record, arrival);
            PEGASUS_TRY(const auto hash, record.hash.unpack<model::Hash>());
            PEGASUS_TRY(const auto address, record.address.unpack<model::Address>());
            stored.fresh.push_back({hash, address});
            if (arrival.solid) {
                becomeSolid(arrival.id, batch, now);
            } else {
                waiting_.add(arrival.id, arrival.trunk, arrival.branch, toSeconds(now.wall));
            }
        }
        if (!stored.fresh.empty()) state_.put("transactions", count_);
        stored.unchecked = !unchecked_.empty();
        stored.payment = payment_;
        return stored;
    });
}

Result<std::vector<Tangle::Arrival>> Tangle::resolve(const Batch& batch) {
    std::vector<Arrival> arrivals(batch.records.size());
    std::unordered_map<Packed, std::size_t, PackedHash> places;
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
        const auto& record = batch.records[i];
        auto& arrival = arrivals[i];
        arrival.id = hashes_.find(record.hash);
        arrival.known = arrival.id != kNoId && transactions_.contains(arrival.id);
        if (!arrival.known && record.address == coordinator_)
            return fail(ErrorCode::Refused,
                        "the address is that of milestones, which only this node makes");
        const auto parentSolid = [&](const Packed& parent, Id& id) {
            if (const auto place = places.find(parent); place != places.end())
                return arrivals[place->second].solid;
            id = hashes_.find(parent);
            return solid(id);
        };
        const bool trunk = parentSolid(record.trunk, arrival.trunk);
        const bool branch = parentSolid(record.branch, arrival.branch);
        arrival.solid = arrival.known ? !waiting_.contains(arrival.id) : trunk && branch;
        places.emplace(record.hash, i);
    }
    return arrivals;
}

Origin Tangle::originOf(const Batch& batch) const {
    if (batch.peer.empty()) return kOwn;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(batch.peer.data());
    return static_cast<Origin>(sipHash(key_, {bytes, batch.peer.size()}) | 1U);
}

Result<void> Tangle::checkLimits(const std::vector<Arrival>& arrivals, Origin origin) const {
    std::size_t more = 0;
    for (const auto& arrival : arrivals)
        if (!arrival.known && !arrival.solid) ++more;
    if (more > options_.maxWaitingPerCall ||
        (more > 0 && waiting_.size() + more > options_.maxWaiting))
        return fail(ErrorCode::LimitExceeded,
                    "{} transactions approve unknown ones, and {} wait already: send what they "
                    "approve first",
                    more, waiting_.size());
    // The last tenth is for this gateway; of the half before each origin has its share.
    const auto most = options_.maxUnconfirmed;
    const auto share = most / 2 / (graph_.origins() + 1);
    const bool full = origin == kOwn ? graph_.size() >= most
                                     : graph_.size() >= most - most / 10 ||
                                           (graph_.size() >= most / 2 && graph_.held(origin) >= share);
    if (full)
        return fail(ErrorCode::LimitExceeded,
                    "{} bundles are not confirmed yet, {} of them yours: try again after a milestone",
                    graph_.size(), graph_.held(origin));
    return {};
}

void Tangle::insert(const Record& record, Arrival& arrival) {
    if (arrival.id == kNoId) arrival.id = hashes_.intern(record.hash).id;
    // An approvee may be of the same batch: it has its id by now.
    if (arrival.trunk == kNoId) arrival.trunk = hashes_.intern(record.trunk).id;
    if (arrival.branch == kNoId) arrival.branch = hashes_.intern(record.branch).id;
    arrivals_.add(arrival.id, transactions_.insert(arrival.id, arrival.trunk, arrival.branch, record));
    ++count_;
}

bool Tangle::solid(Id id) {
    if (id == kNullId) return true;
    return id != kNoId && !waiting_.contains(id) && transactions_.contains(id);
}

void Tangle::becomeSolid(Id first, const Batch& batch, const Moment& now) {
    std::vector<Id> solidNow{first};
    for (std::size_t i = 0; i < solidNow.size(); ++i) {
        const Id id = solidNow[i];
        tailIsSolid(id, batch, now);
        for (const Id waiter : waiting_.waitersFor(id)) {
            const auto entry = waiting_.at(waiter);
            if (!solid(entry.trunk) || !solid(entry.branch)) continue;
            waiting_.remove(waiter);
            solidNow.push_back(waiter);
        }
    }
}

void Tangle::tailIsSolid(Id id, const Batch& batch, const Moment& now) {
    const auto links = transactions_.links(id);
    if (!links || links->currentIndex != 0) return;
    if (const auto it = batch.attachments.find(hashes_.at(id)); it != batch.attachments.end()) {
        admit(id, it->second, originOf(batch), now);
        return;
    }
    Tail tail;
    tail.id = id;
    tail.bundle = links->bundle;
    tail.length = links->lastIndex + 1;
    tail.origin = originOf(batch);
    tails_.put(tail, TailState::Unchecked);
    unchecked_.insert(id);
}

Result<std::vector<Tangle::UncheckedBundle>> Tangle::unchecked(std::size_t limit) {
    PEGASUS_CHECK(refresh());
    std::vector<UncheckedBundle> bundles;
    for (const Id id : unchecked_) {
        if (bundles.size() >= limit) break;
        const auto tail = tails_.load(id);
        if (!tail) return fail(ErrorCode::Internal, "an unchecked tail has no row");
        UncheckedBundle bundle{id, {}};
        for (const Id part : transactions_.bundleOf(id, tail->length)) {
            PEGASUS_TRY(auto transaction, load(part));
            if (transaction) bundle.transactions.push_back(std::move(*transaction));
        }
        bundles.push_back(std::move(bundle));
    }
    return bundles;
}

Result<bool> Tangle::checked(Id id, const Result<Attachment>& outcome, const Moment& now) {
    return change([&]() -> Result<bool> {
        if (!unchecked_.contains(id)) return false;
        changing_ = true;
        payment_ = false;
        unchecked_.erase(id);
        const auto tail = tails_.load(id);
        if (outcome) {
            admit(id, *outcome, tail ? tail->origin : kOwn, now);
        } else {
            tails_.erase(id);
            settle(id, now);
        }
        return payment_;
    });
}

void Tangle::admit(Id id, const Attachment& attachment, Origin origin, const Moment& now) {
    for (const auto& address : attachment.spent) ledger_.markSpent(hashes_.intern(address).id);
    Tail tail;
    tail.id = id;
    tail.bundle = hashes_.intern(attachment.bundle).id;
    tail.origin = origin;
    tail.length = attachment.length;
    tail.approvees[0].id = hashes_.intern(attachment.trunk).id;
    tail.approvees[1].id = hashes_.intern(attachment.branch).id;
    for (const auto& change : attachment.changes)
        tail.changes.push_back({hashes_.intern(change.address).id, change.amount});
    tails_.put(tail, TailState::Sound);
    settle(id, now);
}

void Tangle::settle(Id first, const Moment& now) {
    std::vector<Id> settled{first};
    for (std::size_t i = 0; i < settled.size(); ++i) {
        if (!settleOne(settled[i], now)) continue;
        const auto [begin, end] = awaiting_.equal_range(settled[i]);
        for (auto it = begin; it != end; ++it) settled.push_back(it->second);
        awaiting_.erase(begin, end);
    }
}

/// False if it is not decided yet.
bool Tangle::settleOne(Id id, const Moment& now) {
    auto tail = tails_.load(id);
    if (!tail || tails_.state(id) != TailState::Sound) return true;
    auto worst = Standing::Good;
    for (auto& approvee : tail->approvees) {
        const auto here = standing(approvee);
        if (here == Standing::Pending) awaiting_.emplace(approvee.id, id);
        worst = std::max(worst, here);
    }
    switch (worst) {
        case Standing::Pending:
            return false;
        case Standing::Bad:
            tails_.erase(id);
            return true;
        case Standing::Stale:
            tails_.setState(id, TailState::Stale);
            return true;
        case Standing::Good:
            break;
    }
    tails_.setState(id, TailState::Accepted);
    tail->hash = hashes_.at(id);
    payment_ = payment_ || funded(*tail);
    pool_.add(graph_.add(std::move(*tail)), latest_, now.steady);
    return true;
}

/// Moves funds that are confirmed: what cannot count does not hurry the coordinator.
bool Tangle::funded(const Tail& tail) {
    return !tail.changes.empty() && !ledger_.included(tail.bundle) &&
           std::ranges::all_of(tail.changes, [this](const Change& change) {
               return ledger_.balance(change.address) + change.amount >= 0;
           });
}

Tangle::Standing Tangle::standing(Approvee& approvee) {
    if (approvee.id == kNullId || graph_.find(approvee.id) != kNoSlot) {
        approvee.milestone = 0;
        return approvee.id == kNullId && latest_ > kMaxDepth ? Standing::Stale : Standing::Good;
    }
    if (const auto confirmed = tails_.confirmation(approvee.id)) {
        const auto links = transactions_.links(approvee.id);
        if (!links || links->currentIndex != 0) return Standing::Bad;
        approvee.milestone = confirmed->milestone;
        return latest_ - confirmed->milestone > kMaxDepth ? Standing::Stale : Standing::Good;
    }
    const auto state = tails_.state(approvee.id);
    if (!state) return Standing::Bad;
    return *state == TailState::Stale ? Standing::Stale : Standing::Pending;
}

}  // namespace pegasus::node
