// SPDX-License-Identifier: Apache-2.0
// Tips: the uniform pools, the weighted walk, age, references.
#include <array>
#include <cmath>
#include <set>

#include "net.hpp"
#include "node/tip_pool.hpp"

namespace pegasus::node {
namespace {

TEST(WeightedStep, FollowsTheExponentOfTheDifferenceOfWeights) {
    const std::vector<std::uint64_t> weights{1, 3, 7, 10};
    constexpr double kAlpha = 0.2;
    constexpr int kSteps = 40'000;
    TipRandom random(7);
    std::array<int, 4> counts{};
    for (int i = 0; i < kSteps; ++i) ++counts[weightedStep(weights, kAlpha, random)];
    double total = 0;
    for (const auto w : weights) total += std::exp(kAlpha * static_cast<double>(w));
    double chiSquare = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double expected = kSteps * std::exp(kAlpha * static_cast<double>(weights[i])) / total;
        chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    EXPECT_LT(chiSquare, 16.27);  // 3 degrees of freedom, p = 0.001
}

TEST(WeightedStep, IsUniformForAlphaZeroAndDoesNotOverflowForLargeOnes) {
    TipRandom random(7);
    std::array<int, 2> counts{};
    for (int i = 0; i < 10'000; ++i) ++counts[weightedStep({1, 1'000'000}, 0, random)];
    EXPECT_NEAR(counts[0], 5000, 250);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(weightedStep({1, 1'000'000}, 50, random), 1U);
}

/// A graph of one-transaction bundles.
class Graph {
  public:
    explicit Graph(bool weights = true) : graph(weights), pool(graph) {}
    Slot add(Id id, Id trunk, Id branch, std::int64_t milestone = 0,
             SteadyTime now = SteadyTime()) {
        Tail tail;
        tail.id = id;
        tail.hash = hashOf(id);
        tail.approvees = {Approvee{trunk, kNoSlot, milestone},
                          Approvee{branch, kNoSlot, milestone}};
        const Slot slot = graph.add(std::move(tail));
        pool.add(slot, latest, now);
        return slot;
    }
    static Packed hashOf(Id id) {
        const std::array bytes{static_cast<std::uint8_t>(id % 100 + 1)};
        return Packed(std::span<const std::uint8_t>(bytes));
    }
    TailGraph graph;
    TipPool pool;
    std::int64_t latest = 0;
};

TEST(TailGraph, KeepsCumulativeWeightsAsTailsArrive) {
    Graph g;
    const auto a = g.add(10, 1, 1);
    const auto b = g.add(11, 10, 1);
    const auto c = g.add(12, 10, 11);
    const auto d = g.add(13, 12, 12);
    EXPECT_EQ(g.graph[a].weight, 4U);  // b, c, d each once
    EXPECT_EQ(g.graph[b].weight, 3U);
    EXPECT_EQ(g.graph[c].weight, 2U);
    EXPECT_EQ(g.graph[d].weight, 1U);
}

TEST(TailGraph, WalksThePastTrunkFirstInPostOrder) {
    Graph g;
    const auto a = g.add(10, 1, 1);
    const auto b = g.add(11, 1, 1);
    const auto c = g.add(12, 11, 10);
    const auto d = g.add(13, 10, 12);
    EXPECT_EQ(g.graph.cone({c}), (std::vector<Slot>{b, a, c}));
    EXPECT_EQ(g.graph.cone({d}), (std::vector<Slot>{a, b, c, d}));
    EXPECT_EQ(g.graph.cone({kNoSlot}), std::vector<Slot>{});
}

TEST(TailGraph, KnowsTheAgeOfTheConfirmedPast) {
    Graph g;
    g.latest = 20;
    const auto a = g.add(10, 1, 1, 18);
    const auto b = g.add(11, 2, 2, 6);
    const auto c = g.add(12, 10, 11);
    EXPECT_EQ(g.graph[c].youngest, 18);
    EXPECT_EQ(g.graph[c].oldest, 6);
    EXPECT_EQ(g.graph.score(g.graph[a], 20), Score::NonLazy);
    EXPECT_EQ(g.graph.score(g.graph[b], 20), Score::Lazy);      // youngest more than 8 below
    EXPECT_EQ(g.graph.score(g.graph[c], 20), Score::SemiLazy);  // oldest more than 13 below
    EXPECT_EQ(g.graph.score(g.graph[c], 22), Score::Lazy);      // and more than 15
    g.graph.confirm({b}, 21);
    EXPECT_EQ(g.graph[c].oldest, 18);
    EXPECT_EQ(g.graph.score(g.graph[c], 22), Score::NonLazy);
}

TEST(TailGraph, DropsWhatIsBelowMaxDepthWithAllThatApprovesIt) {
    Graph g;
    const auto fresh = g.add(10, 1, 1, 19);
    g.add(11, 2, 2, 3);
    g.add(12, 10, 11);
    g.latest = 20;
    g.pool.refresh(20);
    const auto gone = g.graph.dropStale(20);
    EXPECT_EQ(gone, (std::vector<Id>{11, 12}));
    EXPECT_TRUE(g.graph[fresh].approvers.empty());
    EXPECT_EQ(g.graph.size(), 1U);
}

TEST(TipPool, OffersUniformlyWhatIsNotLazy) {
    Graph g(false);
    g.latest = 20;
    g.add(10, 1, 1, 20);
    g.add(11, 1, 1, 20);
    g.add(12, 1, 1, 20);
    g.add(13, 2, 2, 5);  // lazy
    TipRandom random(3);
    std::array<int, 4> counts{};
    for (int i = 0; i < 3000; ++i)
        ++counts[static_cast<std::size_t>(g.graph[g.pool.pick(random)].id - 10)];
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(counts[static_cast<std::size_t>(i)], 1000, 130);
    EXPECT_EQ(counts[3], 0);
}

TEST(TipPool, TakesSemiLazyTipsOnlyIfThereAreNoOthers) {
    Graph g(false);
    g.latest = 20;
    g.add(10, 1, 1, 20);
    g.add(11, 2, 2, 6);
    const auto semi = g.add(12, 10, 11);
    ASSERT_EQ(g.graph.score(g.graph[semi], 20), Score::SemiLazy);
    TipRandom random(3);
    EXPECT_EQ(g.graph[g.pool.pick(random)].id, 10);
    g.pool.remove(g.graph.find(10));
    EXPECT_EQ(g.pool.pick(random), semi);
}

TEST(TipPool, LetsGoOfATipAtItsSecondApproverOrThreeSecondsAfterItsFirst) {
    Graph g(false);
    const auto start = SteadyTime() + 100s;
    g.add(10, 1, 1, 0, start);
    g.add(11, 10, 1, 0, start);
    EXPECT_EQ(g.pool.size(), 2U);
    g.add(12, 10, 1, 0, start + 1s);
    EXPECT_EQ(g.pool.size(), 2U);  // 10 has gone
    g.add(13, 11, 1, 0, start + 2s);
    g.pool.expire(start + 4s);
    EXPECT_EQ(g.pool.size(), 3U);
    g.pool.expire(start + 5s);
    EXPECT_EQ(g.pool.size(), 2U);  // 11 has gone
}

TEST(WeightedWalk, EndsAtTheHeavyBranchForALargeAlpha) {
    Graph g;
    g.add(10, 1, 1, 0);
    g.add(20, 1, 1, 0);
    for (Id id = 11; id < 19; ++id) g.add(id, id - 1, id - 1);
    TipRandom random(5);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(g.graph[weightedWalk(g.graph, 0, 0, 5, random)].id, 18);
    std::set<Id> ends;
    for (int i = 0; i < 200; ++i) ends.insert(g.graph[weightedWalk(g.graph, 0, 0, 0, random)].id);
    EXPECT_EQ(ends, (std::set<Id>{18, 20}));
}

TEST(WeightedWalk, ReachesEveryTailOfATangleThatIsAllTips) {
    constexpr Id kTails = 24'000;
    Graph g(false);
    for (Id id = 0; id < kTails; ++id) g.add(10 + id, 1, 1, 0);
    TipRandom random(5);
    std::array<int, 4> quarters{};
    for (int i = 0; i < 120; ++i) {
        const Id id = g.graph[weightedWalk(g.graph, 0, 0, 0, random)].id - 10;
        ++quarters[static_cast<std::size_t>(id * 4 / kTails)];
    }
    for (const int count : quarters) EXPECT_NEAR(count, 30, 22);
}

TEST(WeightedWalk, IsUniformOverPathsWithoutAlpha) {
    Graph g;
    g.add(10, 1, 1, 0);
    g.add(11, 10, 10);  // one way
    g.add(12, 10, 10);  // the other, which parts again
    g.add(13, 12, 12);
    g.add(14, 12, 12);
    TipRandom random(5);
    std::array<int, 15> ends{};
    for (int i = 0; i < 4000; ++i)
        ++ends[static_cast<std::size_t>(g.graph[weightedWalk(g.graph, 0, 0, 0, random)].id)];
    EXPECT_NEAR(ends[11], 2000, 150);
    EXPECT_NEAR(ends[13], 1000, 130);
    EXPECT_NEAR(ends[14], 1000, 130);
}

TEST(TipView, OffersTwoDifferentTipsUniformly) {
    Graph g(false);
    for (Id id = 10; id < 13; ++id) g.add(id, 1, 1, 0);
    TipRandom random(3);
    const TipView view{g.pool.view(random), Graph::hashOf(9)};
    ASSERT_EQ(view.tips.size(), 3U);
    std::array<int, 13> counts{};
    for (int i = 0; i < 3000; ++i) {
        const auto choice = view.choose(random, SteadyTime()).value();
        EXPECT_NE(choice.first, choice.second);
        ++counts[choice.first.bytes()[0] - 1U];
    }
    for (std::size_t i = 10; i < 13; ++i) EXPECT_NEAR(counts[i], 1000, 130);
}

TEST(TipView, OffersTheMilestoneWhereTipsAreMissing) {
    TipRandom random(3);
    TipView view{{}, Graph::hashOf(9)};
    EXPECT_EQ(view.choose(random, SteadyTime()).value().first, view.milestone);
    EXPECT_EQ(view.choose(random, SteadyTime()).value().second, view.milestone);
    view.tips.push_back({Graph::hashOf(10), SteadyTime::max()});
    EXPECT_EQ(view.choose(random, SteadyTime()).value().first, view.tips[0].hash);
    EXPECT_EQ(view.choose(random, SteadyTime()).value().second, view.milestone);
}

TEST(TipView, LeavesOutTipsWhoseTimeIsOver) {
    Graph g(false);
    const auto start = SteadyTime() + 100s;
    g.add(10, 1, 1, 0, start);
    TipRandom random(3);
    g.add(11, 10, 1, 0, start);  // approves 10
    const TipView view{g.pool.view(random), Graph::hashOf(9)};
    ASSERT_EQ(view.tips.size(), 2U);
    for (int i = 0; i < 30; ++i) {
        const auto choice = view.choose(random, start + 3s);
        if (!choice) continue;  // all tries found the other
        EXPECT_EQ(choice->first, Graph::hashOf(11));
    }
    const TipView over{{view.tips[0]}, view.milestone};
    ASSERT_EQ(over.tips[0].hash, Graph::hashOf(10));
    EXPECT_TRUE(over.choose(random, start + 2s));
    EXPECT_FALSE(over.choose(random, start + 3s));
}

TEST(TipView, IsASampleOfALargePool) {
    Graph g(false);
    for (Id id = 10; id < 110; ++id) g.add(id, 1, 1, 0);
    TipRandom random(3);
    std::set<std::uint8_t> seen;
    for (int i = 0; i < 20; ++i) {
        const auto tips = g.pool.view(random);
        EXPECT_EQ(tips.size(), TipPool::kMaxView);
        for (const auto& tip : tips) seen.insert(tip.hash.bytes()[0]);
    }
    EXPECT_EQ(seen.size(), 100U);
}

TEST(Tips, FollowEveryWriteAndTheClock) {
    Net net;
    net.milestone();
    const auto base = net.latest();
    EXPECT_EQ(net.tips().trunk, base);
    const auto first = net.send(message("FIRST"), base, base);
    EXPECT_EQ(net.tips().trunk, first);
    const auto second = net.send(message("SECOND"), first, base);
    net.loop.runFor(4s);  // the first is approved since
    for (int i = 0; i < 10; ++i) EXPECT_EQ(net.tips().trunk, second);
    net.reopen();
    EXPECT_TRUE(net.tips().trunk == second || net.tips().trunk == first);
    net.milestone();
    EXPECT_NE(net.tips().trunk, second);
}

TEST(Tips, ApproveTheReference) {
    for (const auto selection : {TipSelection::Uniform, TipSelection::Walk}) {
        NodeOptions options;
        options.tipSelection = selection;
        Net net(options);
        net.milestone();
        const auto base = net.latest();
        const auto reference = net.send(message("REFERENCE"), base, base);
        for (int i = 0; i < 5; ++i)
            net.send(message(std::string(1, static_cast<char>('A' + i))), base, base);
        EXPECT_EQ(net.run(net.ledger->tipsToApprove(3, reference)).value().branch, reference);
        const auto approver = net.send(message("APPROVER"), reference, base);
        EXPECT_EQ(net.run(net.ledger->tipsToApprove(3, reference)).value().branch, approver);
        net.milestone();
        EXPECT_EQ(net.run(net.ledger->tipsToApprove(3, reference)).value().branch, net.latest());
        EXPECT_EQ(net.run(net.ledger->tipsToApprove(3, model::hashFrom(Keys('A').address(0))))
                      .error()
                      .code,
                  ErrorCode::InvalidArgument);
    }
}

TEST(Tips, RefuseADepthOutOfBounds) {
    Net net;
    EXPECT_TRUE(net.run(net.ledger->tipsToApprove(0)));
    EXPECT_TRUE(net.run(net.ledger->tipsToApprove(15)));
    EXPECT_EQ(net.run(net.ledger->tipsToApprove(16)).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(net.run(net.ledger->tipsToApprove(-1)).error().code, ErrorCode::InvalidArgument);
}

TEST(Tips, AreNeverStaleAndWhatIsStaleIsToBeAttachedAgain) {
    Net net;
    net.milestone();
    const auto old = net.latest();
    for (int i = 0; i < 16; ++i) net.milestone();
    const auto stale = net.send(message("STALE"), old, old);
    const auto info = net.info(stale);
    EXPECT_TRUE(info.shouldReattach);
    EXPECT_FALSE(net.run(net.ledger->checkConsistency({stale})).value().consistent);
    const auto tips = net.tips();
    EXPECT_NE(tips.trunk, stale);
    EXPECT_NE(tips.branch, stale);
    EXPECT_EQ(net.run(net.ledger->tipsToApprove(3, stale)).error().code,
              ErrorCode::InvalidArgument);
    const auto child = net.send(message("CHILD"), stale, net.latest());
    EXPECT_TRUE(net.info(child).shouldReattach);
    net.milestone();
    EXPECT_FALSE(net.included(stale));
    EXPECT_FALSE(net.info(stale).conflicting);
}

}  // namespace
}  // namespace pegasus::node
