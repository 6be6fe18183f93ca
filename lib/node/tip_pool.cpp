// SPDX-License-Identifier: Apache-2.0
// Uniform tips and the weighted random walk.
#include "node/tip_pool.hpp"

#include <algorithm>
#include <cmath>

namespace pegasus::node {
namespace {

constexpr int kTries = 10;

std::size_t below(std::size_t count, TipRandom& random) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
}

/// One step of a walk among `candidates`.
Slot step(const TailGraph& graph, const std::vector<Slot>& candidates, std::int64_t latest,
          double alpha, TipRandom& random) {
    std::vector<Slot> slots;
    std::vector<std::uint64_t> weights;
    for (const Slot slot : candidates) {
        if (graph.score(graph[slot], latest) == Score::Lazy) continue;
        slots.push_back(slot);
        weights.push_back(graph[slot].weight);
    }
    return slots.empty() ? kNoSlot : slots[weightedStep(weights, alpha, random)];
}

Slot walk(const TailGraph& graph, Slot from, std::int64_t latest, double alpha, TipRandom& random) {
    for (;;) {
        const Slot next = step(graph, graph[from].approvers, latest, alpha, random);
        if (next == kNoSlot) return from;
        from = next;
    }
}

}  // namespace

std::optional<TipView::Choice> TipView::choose(TipRandom& random, SteadyTime now) const {
    if (tips.empty()) return Choice{milestone, milestone};
    const Tip* first = nullptr;
    for (int i = 0; i < kTries; ++i) {
        const auto& tip = tips[below(tips.size(), random)];
        if (tip.end <= now) continue;
        if (first == nullptr) {
            first = &tip;
        } else if (tip.hash != first->hash) {
            return Choice{first->hash, tip.hash};
        }
    }
    if (first == nullptr) return std::nullopt;
    return Choice{first->hash, milestone};
}

void TipPool::add(Slot slot, std::int64_t latest, SteadyTime now) {
    const auto approvees = (*graph_)[slot].approvees;
    for (const auto& approvee : approvees)
        if (approvee.slot != kNoSlot) approve(approvee.slot, now);
    insert(slot, graph_->score((*graph_)[slot], latest));
}

void TipPool::insert(Slot slot, Score score) {
    if (score == Score::Lazy) return;
    auto& pool = pools_[static_cast<std::size_t>(score)];
    auto& tail = (*graph_)[slot];
    tail.pool = static_cast<std::uint8_t>(score);
    tail.poolPlace = static_cast<std::uint32_t>(pool.size());
    pool.push_back(slot);
}

void TipPool::remove(Slot slot) {
    auto& tail = (*graph_)[slot];
    if (tail.pool == 0) return;
    auto& pool = pools_[tail.pool];
    (*graph_)[pool.back()].poolPlace = tail.poolPlace;
    pool[tail.poolPlace] = pool.back();
    pool.pop_back();
    tail.pool = 0;
}

void TipPool::approve(Slot slot, SteadyTime now) {
    auto& tail = (*graph_)[slot];
    if (tail.pool == 0) return;
    const auto limit =
        tail.pool == static_cast<std::uint8_t>(Score::NonLazy) ? kMaxNonLazy : kMaxSemiLazy;
    if (pools_[tail.pool].size() > limit || ++tail.poolApprovers >= kMaxApprovers) {
        remove(slot);
    } else {
        tail.poolEnd = now + kTimeAfterApproval;
        approved_.emplace_back(tail.poolEnd, tail.id);
    }
}

void TipPool::expire(SteadyTime now) {
    for (; !approved_.empty() && approved_.front().first <= now; approved_.pop_front())
        if (const Slot slot = graph_->find(approved_.front().second); slot != kNoSlot) remove(slot);
}

void TipPool::refresh(std::int64_t latest) {
    const auto semiLazy = std::exchange(pools_[1], {});
    const auto nonLazy = std::exchange(pools_[2], {});
    for (const auto* pool : {&nonLazy, &semiLazy}) {
        for (const Slot slot : *pool) {
            (*graph_)[slot].pool = 0;
            insert(slot, graph_->score((*graph_)[slot], latest));
        }
    }
}

Slot TipPool::pick(TipRandom& random) const {
    const auto& pool = best();
    return pool.empty() ? kNoSlot : pool[below(pool.size(), random)];
}

std::vector<TipView::Tip> TipPool::view(TipRandom& random) const {
    const auto& pool = best();
    const bool all = pool.size() <= kMaxView;
    std::vector<TipView::Tip> tips;
    tips.reserve(std::min(pool.size(), kMaxView));
    for (std::size_t i = 0; i < pool.size() && i < kMaxView; ++i) {
        const auto& tail = (*graph_)[all ? pool[i] : pool[below(pool.size(), random)]];
        tips.push_back({tail.hash, tail.poolEnd});
    }
    return tips;
}

Slot TipPool::pickBeside(Slot other, TipRandom& random) const {
    for (int i = 0; i < kTries; ++i)
        if (const Slot slot = pick(random); slot != other) return slot;
    return kNoSlot;
}

std::size_t weightedStep(const std::vector<std::uint64_t>& weights, double alpha,
                         TipRandom& random) {
    if (weights.size() == 1) return 0;
    const auto heaviest = static_cast<double>(*std::ranges::max_element(weights));
    std::vector<double> sums;  // of the chances up to each place
    sums.reserve(weights.size());
    double sum = 0;
    for (const auto weight : weights)
        sums.push_back(sum += std::exp(alpha * (static_cast<double>(weight) - heaviest)));
    const auto point = std::uniform_real_distribution<double>(0, sum)(random);
    const auto place = std::ranges::upper_bound(sums, point) - sums.begin();
    return std::min(static_cast<std::size_t>(place), weights.size() - 1);  // point may round up
}

Slot weightedWalk(const TailGraph& graph, std::int64_t entry, std::int64_t latest, double alpha,
                  TipRandom& random) {
    std::vector<Slot> starts;
    for (const Slot slot : graph.order()) {
        const auto& approvees = graph[slot].approvees;
        if (std::ranges::any_of(approvees, [&](const Approvee& a) {
                return a.slot == kNoSlot && a.milestone >= entry;
            }))
            starts.push_back(slot);
    }
    const Slot first = step(graph, starts, latest, alpha, random);
    return first == kNoSlot ? kNoSlot : walk(graph, first, latest, alpha, random);
}

Slot walkFrom(const TailGraph& graph, Slot from, std::int64_t latest, double alpha,
              TipRandom& random) {
    return walk(graph, from, latest, alpha, random);
}

}  // namespace pegasus::node
