// SPDX-License-Identifier: Apache-2.0
// Tangle: milestones order their past (white flag, tangle.md 4.3).
#include <algorithm>

#include "node/fair_order.hpp"
#include "node/tangle_change.hpp"

namespace pegasus::node {
namespace {

/// Payments whose funds are looked up before a milestone; some thousandths of a second.
constexpr std::size_t kMostJudged = 5'000;

/// That a stop of the program, or a clock that was set, counts for.
constexpr std::chrono::seconds kLongestGap = std::chrono::minutes(10);

}  // namespace

Result<Tangle::Heads> Tangle::heads(std::size_t limit) {
    PEGASUS_CHECK(refresh());
    Heads heads;
    heads.latest = latest_;
    PEGASUS_TRY(heads.milestone, hashOf(latestId_));
    auto chosen = graph_.heads(limit + 1);
    if (chosen.size() > limit && limit > 1) chosen = preferred(limit);
    chosen.resize(std::min(chosen.size(), limit));
    for (const Slot slot : chosen) {
        PEGASUS_TRY(const auto hash, graph_[slot].hash.unpack<model::Hash>());
        heads.tails.push_back(hash);
    }
    return heads;
}

/// Funded payments first, one for each address that they take from; then what this gateway sent; then the others. Each
/// class takes turns by origin, and leaves a part of the room to the next.
std::vector<Slot> Tangle::preferred(std::size_t limit) {
    FairOrder payments, own, others;
    for (const Slot slot : graph_.order()) {
        const auto& tail = graph_[slot];
        if (!tail.changes.empty()) payments.add(tail.origin, slot);
        if (graph_.headOfItsOrigin(slot)) (tail.origin == kOwn ? own : others).add(tail.origin, slot);
    }
    std::vector<Slot> chosen;
    TailGraph::Cover cover(graph_);
    const auto take = [&](FairOrder& from, std::size_t until, std::size_t tries, const auto& good) {
        for (; chosen.size() < until && tries > 0; --tries) {
            const Slot slot = from.next(random_);
            if (slot == kNoSlot) return;
            if (good(graph_[slot]) && cover.add(slot)) chosen.push_back(slot);
        }
    };
    const auto any = [](const Tail&) { return true; };
    std::unordered_set<Id> taken;  // addresses whose funds move
    take(payments, limit / 2, kMostJudged, [&](const Tail& tail) {
        return funded(tail) && std::ranges::all_of(tail.changes, [&](const Change& change) {
                   return change.amount > 0 || taken.insert(change.address).second;
               });
    });
    take(own, limit - (limit - chosen.size()) / 4, graph_.size(), any);
    take(others, limit, graph_.size(), any);
    return chosen;
}

Result<Ordering> Tangle::orderUnder(Id branch) {
    const Slot slot = graph_.find(branch);
    if (slot == kNoSlot && branch != latestId_)
        return fail(ErrorCode::Internal, "a milestone may approve accepted tails only");
    // Its trunk is the milestone before, whose past is ordered: what is new is under the branch.
    return ledger_.judge(graph_, graph_.cone({slot}));
}

Result<crypto::Sha256Digest> Tangle::rootOf(const Ordering& ordering) {
    std::vector<model::Hash> included;
    for (const auto& entry : ordering.entries) {
        if (!entry.included) continue;
        PEGASUS_TRY(const auto hash, graph_[entry.slot].hash.unpack<model::Hash>());
        included.push_back(hash);
    }
    return includedRoot(included);
}

Result<MilestoneStatement> Tangle::nextMilestone(const model::Hash& branch) {
    PEGASUS_CHECK(refresh());
    PEGASUS_TRY(const auto ordering, orderUnder(hashes_.find(Packed(branch))));
    MilestoneStatement statement;
    statement.index = latest_ + 1;
    PEGASUS_TRY(statement.trunk, hashOf(latestId_));
    statement.branch = branch;
    PEGASUS_TRY(statement.root, rootOf(ordering));
    return statement;
}

Result<void> Tangle::applyMilestone(const Batch& batch, const MilestoneStatement& statement,
                                    const Moment& now) {
    return change([&]() -> Result<void> {
        if (batch.records.size() != 1 || batch.attachments.size() != 1 ||
            statement.index != latest_ + 1 || batch.records.front().trunk != hashes_.at(latestId_))
            return fail(ErrorCode::Internal, "this is not milestone {}", latest_ + 1);
        const auto& record = batch.records.front();
        PEGASUS_TRY(const auto ordering, orderUnder(hashes_.find(record.branch)));
        PEGASUS_TRY(const auto root, rootOf(ordering));
        if (root != statement.root)
            return fail(ErrorCode::Internal, "milestone {} orders other than stated", latest_ + 1);

        changing_ = true;
        Arrival arrival;
        insert(record, arrival);
        state_.put("transactions", count_);
        PEGASUS_CHECK(ledger_.apply(ordering.diff));
        confirm(ordering, statement.index);
        tails_.confirm(arrival.id, {statement.index, true}, kOwn);
        grow(now);
        putMilestone_.run(statement.index, arrival.id, toSeconds(now.wall), hashes_.greatest(), age_);
        latestId_ = arrival.id;
        std::vector<Slot> ordered;
        for (const auto& entry : ordering.entries) ordered.push_back(entry.slot);
        advance(ordered, statement.index);
        return {};
    });
}

/// By the clock, but not by its jumps: no more than what has passed here, and little more over a stop.
void Tangle::grow(const Moment& now) {
    const auto here = grownAt_ ? std::chrono::ceil<std::chrono::seconds>(now.steady - *grownAt_) : std::chrono::seconds(0);
    const auto most = std::max<std::int64_t>(here.count(), kLongestGap.count());
    const auto wall = toSeconds(now.wall);
    age_ += std::clamp<std::int64_t>(wall - milestoneTime_, 0, most);
    milestoneTime_ = wall;
    grownAt_ = now.steady;
}

void Tangle::confirm(const Ordering& ordering, std::int64_t index) {
    for (const auto& entry : ordering.entries) {
        const auto& tail = graph_[entry.slot];
        for (const Id id : transactions_.bundleOf(tail.id, tail.length))
            tails_.confirm(id, {index, entry.included}, tail.origin);
        if (entry.included && !tail.changes.empty()) ledger_.markIncluded(tail.bundle, index);
        tails_.erase(tail.id);
    }
}

void Tangle::advance(const std::vector<Slot>& ordered, std::int64_t index) {
    latest_ = index;
    for (const Slot slot : ordered) pool_.remove(slot);
    graph_.confirm(ordered, index);
    pool_.refresh(latest_);
    for (const Id id : graph_.dropStale(latest_)) tails_.setState(id, TailState::Stale);
}

Result<model::AttachedTransaction> Tangle::milestone(std::int64_t index) {
    PEGASUS_CHECK(refresh());
    auto rows = milestone_.rows(index);
    if (!rows.next()) return fail(ErrorCode::NotFound, "no milestone {}", index);
    PEGASUS_TRY(auto transaction, load(rows.integer(0)));
    if (!transaction) return fail(ErrorCode::NotFound, "milestone {} was pruned", index);
    return *std::move(transaction);
}

}  // namespace pegasus::node
