// SPDX-License-Identifier: Apache-2.0
// Tangle: what goes with time.
#include "node/tangle_change.hpp"

namespace pegasus::node {
namespace {

/// Milestones that stay whatever their age, since tails may still approve what they confirmed.
constexpr std::int64_t kKeptMilestones = 2 * kMaxDepth;

}  // namespace

Result<bool> Tangle::cleanUp(std::size_t limit, const Moment& now) {
    return change([&]() -> Result<bool> {
        changing_ = true;
        const auto before = count_;
        expireWaiting(toSeconds(now.wall));
        const bool more = options_.retention > Duration(0) && prune(limit, toSeconds(now.wall));
        if (count_ != before) state_.put("transactions", count_);
        return more;
    });
}

void Tangle::expireWaiting(std::int64_t now) {
    const auto time =
        std::chrono::duration_cast<std::chrono::seconds>(options_.waitingTime).count();
    for (const Id id : waiting_.olderThan(now - time)) {
        waiting_.remove(id);
        forget(id);
    }
}

/// Goes through the ids up to the greatest at the time of the last milestone that is old enough.
/// What a later milestone has confirmed, or may still confirm, is left for a later round.
bool Tangle::prune(std::size_t limit, std::int64_t now) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(options_.retention).count();
    std::int64_t target = 0;
    Id last = kNoId;
    {
        auto rows = pruneTarget_.rows(now - age, latest_ - kKeptMilestones);
        if (!rows.next()) return false;
        target = rows.integer(0);
        last = rows.integer(1);
    }
    std::vector<Id> old;
    {
        auto rows = oldest_.rows(pruned_, last, static_cast<std::int64_t>(limit));
        while (rows.next()) old.push_back(rows.integer(0));
    }
    for (const Id id : old) {
        const auto confirmed = tails_.confirmation(id);
        if (confirmed ? confirmed->milestone <= target
                      : graph_.find(id) == kNoSlot && !waiting_.contains(id))
            forget(id);
    }
    const bool more = old.size() == limit;
    pruned_ = more ? old.back() : kNoId;
    if (!more) {
        if (dropMilestones_.run(target) > 0) state_.put("pruned", target);
    }
    return more;
}

void Tangle::forget(Id id) {
    const auto links = transactions_.links(id);
    transactions_.erase(id);
    tails_.erase(id);
    tails_.forget(id);
    unchecked_.erase(id);
    --count_;
    if (!links) return;
    for (const Id name : {id, links->address, links->bundle, links->trunk, links->branch,
                          links->tag, links->obsoleteTag})
        dropUnusedName(name);
}

void Tangle::dropUnusedName(Id id) {
    if (id == kNullId) return;
    {
        auto rows = nameUsed_.rows(id);
        if (rows.next() && rows.integer(0) != 0) return;
    }
    hashes_.erase(id);
}

}  // namespace pegasus::node
