// SPDX-License-Identifier: Apache-2.0
// Tip selection with 10 000 unconfirmed tails in memory: the weighted walk, in tangles of different
// shapes, and uniform tips; with the 99th percentile of a selection (two tips) in ms.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "node/tip_pool.hpp"

namespace pegasus::bench {
namespace {

using node::Id;

constexpr Id kFirst = 100;
constexpr Id kUnconfirmed = 10'000;
constexpr double kAlpha = 0.001;

/// Approves `trunk` and `branch`; ids below kFirst stand for what milestone 1 has confirmed.
node::Tail tailOf(Id id, Id trunk, Id branch) {
    node::Tail tail;
    tail.id = id;
    tail.approvees = {node::Approvee{trunk, node::kNoSlot, 1},
                      node::Approvee{branch, node::kNoSlot, 1}};
    return tail;
}

/// `width`: each approves two of so many before it. 0: all approve the milestone and nothing else.
node::TailGraph tangle(Id width) {
    node::TailGraph graph(true);
    node::TipRandom random(1);
    for (Id id = kFirst; id < kFirst + kUnconfirmed; ++id) {
        const auto before = [&] {
            if (width == 0) return Id{1};
            const Id back = std::uniform_int_distribution<Id>(1, width)(random);
            return id - back < kFirst ? Id{1} : id - back;
        };
        const Id trunk = before();
        graph.add(tailOf(id, trunk, before()));
    }
    return graph;
}

template <class Select>
void measure(benchmark::State& state, Select select) {
    std::vector<double> times;
    for (auto _ : state) {
        const auto begin = std::chrono::steady_clock::now();
        benchmark::DoNotOptimize(select());
        benchmark::DoNotOptimize(select());
        const auto took = std::chrono::steady_clock::now() - begin;
        times.push_back(std::chrono::duration<double, std::milli>(took).count());
    }
    std::ranges::sort(times);
    state.counters["p99_ms"] = times[times.size() * 99 / 100];
}

void walk(benchmark::State& state) {
    const auto graph = tangle(state.range(0));
    node::TipRandom random(2);
    measure(state, [&] { return node::weightedWalk(graph, 0, 1, kAlpha, random); });
}

void uniform(benchmark::State& state) {
    auto graph = tangle(state.range(0));
    node::TipPool pool(graph);
    for (const auto slot : graph.order()) pool.add(slot, 1, SteadyTime());
    node::TipRandom random(2);
    measure(state, [&] { return pool.pick(random); });
}

/// What a broadcast pays for each new tail, so that weights are known when tips are asked for.
void weights(benchmark::State& state) {
    auto graph = tangle(state.range(0));
    Id id = kFirst + kUnconfirmed;
    for (auto _ : state) graph.add(tailOf(id, id - 1, id - 2)), ++id;
}

// A chain, tangles of usual widths, and one that is all tips.
BENCHMARK(walk)->Name("tips_walk_10000")->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->Arg(0);
BENCHMARK(uniform)->Name("tips_uniform_10000")->Arg(100)->Arg(0);
BENCHMARK(weights)->Name("tips_add_weight_10000")->Arg(10)->Iterations(1000);

}  // namespace
}  // namespace pegasus::bench

BENCHMARK_MAIN();
