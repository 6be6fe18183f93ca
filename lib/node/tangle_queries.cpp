// SPDX-License-Identifier: Apache-2.0
// Tangle: tips, and what the API asks.
#include "node/tangle.hpp"

#include <algorithm>

namespace pegasus::node {
namespace {

constexpr std::string_view kInconsistent =
    "tails are not consistent (would lead to inconsistent ledger state or below max depth)";

}  // namespace

Result<std::optional<model::AttachedTransaction>> Tangle::load(Id id) {
    const auto record = id == kNoId ? std::nullopt : transactions_.load(id);
    if (!record) return std::optional<model::AttachedTransaction>();
    PEGASUS_TRY(auto transaction, unpack(*record));
    return std::optional(std::move(transaction));
}

Slot Tangle::tip(int depth, Slot beside) {
    if (options_.tipSelection == TipSelection::Walk)
        return weightedWalk(graph_, latest_ - depth, latest_, options_.alpha, random_);
    return beside == kNoSlot ? pool_.pick(random_) : pool_.pickBeside(beside, random_);
}

Result<Id> Tangle::tipApproving(const model::Hash& reference) {
    const Id id = hashes_.find(Packed(reference));
    if (const Slot slot = graph_.find(id); slot != kNoSlot) {
        const double alpha = options_.tipSelection == TipSelection::Walk ? options_.alpha : 0;
        return graph_[walkFrom(graph_, slot, latest_, alpha, random_)].id;
    }
    const auto confirmed = id == kNoId ? std::nullopt : tails_.confirmation(id);
    const bool tooOld = confirmed ? latest_ - confirmed->milestone > kMaxDepth
                                  : tails_.state(id) == TailState::Stale;
    if (tooOld) return fail(ErrorCode::InvalidArgument, "reference transaction is too old");
    const auto links = confirmed ? transactions_.links(id) : std::nullopt;
    if (id != latestId_ && (!links || links->currentIndex != 0))
        return fail(ErrorCode::InvalidArgument, "reference transaction is invalid");
    return latestId_;  // each milestone approves all that is confirmed
}

TipView Tangle::tipView() {
    TipView view;
    if (options_.tipSelection == TipSelection::Walk) return view;
    view.tips = pool_.view(random_);
    view.milestone = hashes_.at(latestId_);
    return view;
}

Result<ledger::Tips> Tangle::tips(int depth, const std::optional<model::Hash>& reference,
                                  SteadyTime now) {
    PEGASUS_CHECK(refresh());
    pool_.expire(now);
    const Slot first = tip(depth, kNoSlot);
    ledger::Tips tips;
    PEGASUS_TRY(tips.trunk, packedOf(first).unpack<model::Hash>());
    if (reference) {
        PEGASUS_TRY(const Id approving, tipApproving(*reference));
        PEGASUS_TRY(tips.branch, hashOf(approving));
    } else {
        PEGASUS_TRY(tips.branch, packedOf(tip(depth, first)).unpack<model::Hash>());
    }
    return tips;
}

IdQuery Tangle::idsOf(const ledger::TransactionQuery& query) {
    IdQuery ids;
    const auto translate = [this](const auto& names, IdQuery::List& list) {
        list.asked = !names.empty();
        for (const auto& name : names)
            if (const Id id = hashes_.find(Packed(name)); id != kNoId) list.ids.push_back(id);
        std::ranges::sort(list.ids);
        const auto doubles = std::ranges::unique(list.ids);
        list.ids.erase(doubles.begin(), doubles.end());
    };
    translate(query.addresses, ids.addresses);
    translate(query.bundles, ids.bundles);
    translate(query.tags, ids.tags);
    translate(query.approvees, ids.approvees);
    ids.valueOnly = query.valueOnly;
    return ids;
}

Result<std::vector<model::Hash>> Tangle::find(const ledger::TransactionQuery& query) {
    PEGASUS_CHECK(refresh());
    const auto ids = idsOf(query);
    PEGASUS_TRY(const auto found, transactions_.find(ids));
    std::vector<model::Hash> hashes;
    hashes.reserve(found.size());
    for (const Id id : found) {
        PEGASUS_TRY(const auto hash, hashOf(id));
        hashes.push_back(hash);
    }
    return hashes;
}

Result<std::vector<std::optional<model::AttachedTransaction>>> Tangle::transactions(
    const std::vector<model::Hash>& hashes) {
    PEGASUS_CHECK(refresh());
    std::vector<std::optional<model::AttachedTransaction>> found;
    for (const auto& hash : hashes) {
        PEGASUS_TRY(auto transaction, load(hashes_.find(Packed(hash))));
        found.push_back(std::move(transaction));
    }
    return found;
}

Result<ledger::Balances> Tangle::balances(const std::vector<model::Address>& addresses) {
    PEGASUS_CHECK(refresh());
    ledger::Balances answer;
    for (const auto& address : addresses)
        answer.balances.emplace_back(ledger_.balance(hashes_.find(Packed(address))));
    PEGASUS_TRY(const auto latest, hashOf(latestId_));
    answer.references.push_back(latest);
    answer.milestoneIndex = latest_;
    return answer;
}

Result<std::vector<bool>> Tangle::inclusionStates(const std::vector<model::Hash>& hashes) {
    PEGASUS_CHECK(refresh());
    std::vector<bool> states;
    for (const auto& hash : hashes) {
        const auto confirmation = tails_.confirmation(hashes_.find(Packed(hash)));
        states.push_back(confirmation && confirmation->included);
    }
    return states;
}

Result<std::vector<bool>> Tangle::spentFrom(const std::vector<model::Address>& addresses) {
    PEGASUS_CHECK(refresh());
    std::vector<bool> states;
    for (const auto& address : addresses)
        states.push_back(ledger_.spent(hashes_.find(Packed(address))));
    return states;
}

/// Why a tail is not consistent by itself; empty if it is, and what it does remains to be judged.
Result<std::string> Tangle::inconsistency(Id id, const model::Hash& hash) {
    const auto links = id == kNoId ? std::nullopt : transactions_.links(id);
    if (!links) return fail(ErrorCode::NotFound, "Invalid transaction, missing: {}", hash.view());
    if (links->currentIndex != 0)
        return fail(ErrorCode::InvalidArgument, "Invalid transaction, not a tail: {}", hash.view());
    const auto state = tails_.state(id);
    if (waiting_.contains(id) || state == TailState::Unchecked || state == TailState::Sound)
        return fmt::format("tails are not solid (missing a referenced tx): {}", hash.view());
    if (const auto confirmed = tails_.confirmation(id))
        return std::string(confirmed->included && latest_ - confirmed->milestone <= kMaxDepth
                               ? ""
                               : kInconsistent);
    if (!state) return fmt::format("tails are not consistent (bundle is invalid): {}", hash.view());
    return std::string(*state == TailState::Stale ? kInconsistent : "");
}

Result<ledger::Consistency> Tangle::checkConsistency(const std::vector<model::Hash>& tails) {
    PEGASUS_CHECK(refresh());
    std::vector<Slot> roots;
    for (const auto& hash : tails) {
        const Id id = hashes_.find(Packed(hash));
        PEGASUS_TRY(auto why, inconsistency(id, hash));
        if (!why.empty()) return ledger::Consistency{false, std::move(why)};
        roots.push_back(graph_.find(id));
    }
    // Together, as a milestone that approves them in this order would judge; a bundle whose funding
    // fails there fails too.
    for (const auto& entry : ledger_.judge(graph_, graph_.cone(roots)).entries)
        if (!entry.included && std::ranges::find(roots, entry.slot) != roots.end())
            return ledger::Consistency{false, std::string(kInconsistent)};
    return ledger::Consistency{true, ""};
}

Result<ledger::TailInfo> Tangle::tailInfo(const model::Hash& hash) {
    PEGASUS_CHECK(refresh());
    const Id id = hashes_.find(Packed(hash));
    const auto links = id == kNoId ? std::nullopt : transactions_.links(id);
    if (!links) return fail(ErrorCode::NotFound, "unknown tail transaction");
    if (links->currentIndex != 0)
        return fail(ErrorCode::InvalidArgument, "transaction is not a tail");
    ledger::TailInfo info;
    if (const auto confirmed = tails_.confirmation(id)) {
        info.confirmed = confirmed->included;
        info.conflicting = !confirmed->included;
    } else if (const Slot slot = graph_.find(id); slot != kNoSlot) {
        info.shouldPromote = graph_.score(graph_[slot], latest_) != Score::NonLazy;
    } else if (!waiting_.contains(id)) {
        const auto state =
            tails_.state(id);  // no row: the bundle, or something it approves, is invalid
        info.shouldReattach = !state || *state == TailState::Stale;
    }
    return info;
}

Result<ledger::LedgerStatus> Tangle::status() {
    PEGASUS_CHECK(refresh());
    ledger::LedgerStatus status;
    status.state = ledger::LedgerState::Ready;
    PEGASUS_TRY(status.latestMilestone, hashOf(latestId_));
    status.latestSolidMilestone = status.latestMilestone;
    status.latestMilestoneIndex = latest_;
    status.latestSolidMilestoneIndex = latest_;
    status.snapshotIndex = state_.integer("pruned").value_or(0);
    status.tips = pool_.size();
    status.transactionsToRequest = waiting_.size();
    status.transactionCount = static_cast<std::uint64_t>(count_);
    status.databaseBytes = usedBytes();
    status.databaseLimit = options_.maxSize;
    return status;
}

Result<bool> Tangle::bundleIncluded(const model::Hash& bundle) {
    PEGASUS_CHECK(refresh());
    return ledger_.included(hashes_.find(Packed(bundle)));
}

}  // namespace pegasus::node
