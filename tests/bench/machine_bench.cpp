// SPDX-License-Identifier: Apache-2.0
// What the other figures were measured with: the clock of a core, the compiler, the best instruction set.
#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include "bench/simd_bench.hpp"

namespace pegasus::bench {
namespace {

#if defined(__x86_64__)
/// A multiplication that waits for the one before takes three cycles on every x86-64 core since 2008.
void clockRate(benchmark::State& state) {
    constexpr std::uint64_t kLinks = 10'000;
    constexpr std::uint64_t kCyclesOfALink = 3;
    std::uint64_t value = 3;
    for (auto _ : state) {
        for (std::uint64_t i = 0; i < kLinks; ++i) asm volatile("imul %0, %0" : "+r"(value));
    }
    setRate(state, state.iterations() * kLinks * kCyclesOfALink);
}
BENCHMARK(clockRate)->Name("clock");
#endif

[[maybe_unused]] const bool kDescribed = [] {
#if defined(__clang__)
    benchmark::AddCustomContext("compiler", __VERSION__);
#else
    benchmark::AddCustomContext("compiler", "g++ " __VERSION__);
#endif
    benchmark::AddCustomContext("instruction_set", hwy::TargetName(hwy::SupportedAndGeneratedTargets().front()));
    return true;
}();

}  // namespace
}  // namespace pegasus::bench

BENCHMARK_MAIN();
