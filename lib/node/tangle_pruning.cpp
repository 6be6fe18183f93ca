// SPDX-License-Identifier: Apache-2.0
// Tangle: what goes with time.
#include "node/tangle_change.hpp"

namespace pegasus::node {
namespace {

/// Milestones that stay whatever their age, since tails may still approve what they confirmed.
constexpr std::int64_t kKeptMilestones = 2 * kMaxDepth;
constexpr int kLookEvery = 16;  // calls between two looks at the size, while it is small

}  // namespace

Result<bool> Tangle::cleanUp(std::size_t limit, const Moment& now) {
    return change([&]() -> Result<bool> {
        changing_ = true;
        const auto before = count_;
        expireWaiting(toSeconds(now.wall));
        bool more = options_.retention > Duration(0) && prune(limit, now);
        more = squeeze(limit) || more;
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
bool Tangle::prune(std::size_t limit, const Moment& now) {
    const auto since = grownAt_ ? std::chrono::floor<std::chrono::seconds>(now.steady - *grownAt_) : std::chrono::seconds(0);
    const auto kept = std::chrono::duration_cast<std::chrono::seconds>(options_.retention).count();
    std::int64_t target = 0;
    Id last = kNoId;
    {
        auto rows = pruneTarget_.rows(age_ + since.count() - kept, latest_ - kKeptMilestones);
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

std::uint64_t Tangle::usedBytes() {
    auto rows = pages_.rows();
    if (!rows.next()) return 0;
    return static_cast<std::uint64_t>((rows.integer(0) - rows.integer(1)) * rows.integer(2));
}

Result<bool> Tangle::crowded() {
    PEGASUS_CHECK(refresh());
    used_ = usedBytes();
    return options_.maxSize > 0 && used_ > options_.maxSize / 10 * 9;
}

/// What is this gateway's own has the last tenth above the budget; who has sent the most stops before the others.
Result<void> Tangle::checkBudget(Origin origin) {
    if (options_.maxSize == 0) return {};
    if (++unlooked_ >= kLookEvery || used_ > options_.maxSize / 2) {
        unlooked_ = 0;
        used_ = usedBytes();
    }
    const auto most = origin == kOwn              ? options_.maxSize / 10 * 11
                      : greedy_.contains(origin) ? options_.maxSize / 20 * 19
                                                 : options_.maxSize;
    if (used_ <= most) return {};
    return fail(ErrorCode::LimitExceeded, "the ledger has used up its {} MB (ledger.embedded.max-size): try again later",
                options_.maxSize / 1'000'000);
}

/// Those who have sent as much as the mean of all or more.
void Tangle::beginSqueeze() {
    greedy_.clear();
    squeezed_ = kNoId;
    const auto counts = tails_.countsByOrigin();
    std::int64_t all = 0;
    for (const auto& [origin, count] : counts) all += count;
    for (const auto& [origin, count] : counts)
        if (count * static_cast<std::int64_t>(counts.size()) >= all) greedy_.insert(origin);
    squeezing_ = true;
}

/// Goes through what is old enough, oldest first: what no milestone has confirmed, and what the greedy have sent. True if there is more.
bool Tangle::squeeze(std::size_t limit) {
    if (options_.maxSize == 0) return false;
    used_ = usedBytes();
    if (!squeezing_ && used_ <= options_.maxSize / 10 * 9) {
        greedy_.clear();
        return false;
    }
    if (!squeezing_) beginSqueeze();
    Id last = kNoId;
    {
        auto rows = pruneTarget_.rows(std::int64_t{INT64_MAX}, latest_ - kKeptMilestones);
        if (rows.next()) last = rows.integer(1);
    }
    std::vector<Id> old;
    {
        auto rows = oldest_.rows(squeezed_, last, static_cast<std::int64_t>(limit));
        while (rows.next()) old.push_back(rows.integer(0));
    }
    for (const Id id : old) {
        const auto origin = tails_.originOf(id);
        if (origin ? greedy_.contains(*origin) : graph_.find(id) == kNoSlot && !waiting_.contains(id)) forget(id);
    }
    used_ = usedBytes();
    squeezing_ = old.size() == limit && used_ > options_.maxSize / 10 * 8;
    if (squeezing_) squeezed_ = old.back();
    return squeezing_;
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
