// SPDX-License-Identifier: Apache-2.0
// TailGraph: additions, traversal, removal.
#include "node/tail_graph.hpp"

#include <algorithm>
#include <iterator>

namespace pegasus::node {

Slot TailGraph::add(Tail tail) {
    const Slot slot = free_.empty() ? static_cast<Slot>(tails_.size()) : free_.back();
    if (free_.empty()) {
        tails_.emplace_back();
    } else {
        free_.pop_back();
    }
    for (auto& approvee : tail.approvees) approvee.slot = find(approvee.id);
    updateAge(tail);
    const auto approvees = tail.approvees;
    slots_.emplace(tail.id, slot);
    ++held_[tail.origin];
    order_.push_back(slot);
    tails_[slot] = std::move(tail);
    for (const auto& approvee : approvees) {
        if (approvee.slot == kNoSlot) continue;
        auto& approvers = tails_[approvee.slot].approvers;
        if (approvers.empty() || approvers.back() != slot) approvers.push_back(slot);
    }
    if (weights_) addWeight(slot);
    return slot;
}

Slot TailGraph::find(Id id) const {
    const auto it = slots_.find(id);
    return it == slots_.end() ? kNoSlot : it->second;
}

std::vector<Slot> TailGraph::heads(std::size_t limit) const {
    std::vector<Slot> heads;
    for (const Slot slot : order_) {
        if (heads.size() >= limit) break;
        if (tails_[slot].approvers.empty()) heads.push_back(slot);
    }
    return heads;
}

bool TailGraph::headOfItsOrigin(Slot slot) const {
    const auto& tail = tails_[slot];
    return std::ranges::none_of(tail.approvers,
                                [&](Slot approver) { return tails_[approver].origin == tail.origin; });
}

std::size_t TailGraph::held(Origin origin) const {
    const auto it = held_.find(origin);
    return it == held_.end() ? 0 : it->second;
}

Score TailGraph::score(const Tail& tail, std::int64_t latest) const {
    if (latest - tail.youngest > kMaxYoungest || latest - tail.oldest > kMaxDepth)
        return Score::Lazy;
    return latest - tail.oldest > kSemiLazy ? Score::SemiLazy : Score::NonLazy;
}

std::vector<Slot> TailGraph::cone(const std::vector<Slot>& roots) {
    ++mark_;
    std::vector<Slot> order;
    for (const Slot root : roots) std::ranges::copy(enterPast(root), std::back_inserter(order));
    return order;
}

std::vector<Slot> TailGraph::enterPast(Slot root) {
    std::vector<Slot> order;
    struct Frame {
        Slot slot;
        std::size_t next = 0;  // approvee to enter
    };
    std::vector<Frame> stack;
    const auto enter = [&](Slot slot) {
        if (slot == kNoSlot || tails_[slot].visited == mark_) return;
        tails_[slot].visited = mark_;
        stack.push_back({slot});
    };
    enter(root);
    while (!stack.empty()) {
        auto& frame = stack.back();
        if (frame.next < 2) {
            enter(tails_[frame.slot].approvees[frame.next++].slot);
        } else {
            order.push_back(frame.slot);
            stack.pop_back();
        }
    }
    return order;
}

void TailGraph::confirm(const std::vector<Slot>& ordered, std::int64_t index) {
    for (const Slot slot : ordered) {
        for (const Slot approver : tails_[slot].approvers) {
            for (auto& approvee : tails_[approver].approvees) {
                if (approvee.slot != slot) continue;
                approvee.slot = kNoSlot;
                approvee.milestone = index;
            }
        }
    }
    erase(ordered);
    for (const Slot slot : order_) updateAge(tails_[slot]);
}

std::vector<Id> TailGraph::dropStale(std::int64_t latest) {
    std::vector<Slot> gone;
    for (const Slot slot : order_)
        if (latest - tails_[slot].oldest > kMaxDepth) gone.push_back(slot);
    ++mark_;
    std::vector<Id> ids;
    std::vector<Slot> left;  // what approves a stale tail is stale: only approvees stay behind
    for (const Slot slot : gone) {
        ids.push_back(tails_[slot].id);
        tails_[slot].visited = mark_;
        for (const auto& approvee : tails_[slot].approvees)
            if (approvee.slot != kNoSlot) left.push_back(approvee.slot);
    }
    std::ranges::sort(left);
    left.erase(std::ranges::unique(left).begin(), left.end());
    for (const Slot slot : left)
        std::erase_if(tails_[slot].approvers,
                      [this](Slot approver) { return tails_[approver].visited == mark_; });
    erase(gone);
    return ids;
}

void TailGraph::addWeight(Slot slot) {
    ++mark_;
    tails_[slot].visited = mark_;
    std::vector<Slot> stack{slot};
    while (!stack.empty()) {
        const Slot at = stack.back();
        stack.pop_back();
        for (const auto& approvee : tails_[at].approvees) {
            if (approvee.slot == kNoSlot || tails_[approvee.slot].visited == mark_) continue;
            tails_[approvee.slot].visited = mark_;
            ++tails_[approvee.slot].weight;
            stack.push_back(approvee.slot);
        }
    }
}

void TailGraph::updateAge(Tail& tail) const {
    const auto& [trunk, branch] = tail.approvees;
    const auto youngest = [&](const Approvee& a) {
        return a.slot == kNoSlot ? a.milestone : tails_[a.slot].youngest;
    };
    const auto oldest = [&](const Approvee& a) {
        return a.slot == kNoSlot ? a.milestone : tails_[a.slot].oldest;
    };
    tail.youngest = std::max(youngest(trunk), youngest(branch));
    tail.oldest = std::min(oldest(trunk), oldest(branch));
}

void TailGraph::erase(const std::vector<Slot>& gone) {
    ++mark_;
    for (const Slot slot : gone) tails_[slot].visited = mark_;
    std::erase_if(order_, [this](Slot slot) { return tails_[slot].visited == mark_; });
    for (const Slot slot : gone) {
        slots_.erase(tails_[slot].id);
        if (const auto held = held_.find(tails_[slot].origin); --held->second == 0) held_.erase(held);
        tails_[slot] = Tail();
        free_.push_back(slot);
    }
}

}  // namespace pegasus::node
