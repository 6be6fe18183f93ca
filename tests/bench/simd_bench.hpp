// SPDX-License-Identifier: Apache-2.0
// Registers a benchmark once for each instruction set that the machine and the build have: name/TARGET.
#pragma once

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include <cstdint>
#include <string>

namespace pegasus::bench {

template <class F>
void registerForEachTarget(const std::string& name, F body) {
    for (const auto target : hwy::SupportedAndGeneratedTargets()) {
        const auto run = [target, body](benchmark::State& state) {
            hwy::SetSupportedTargetsForTest(target);
            body(state);
            hwy::SetSupportedTargetsForTest(0);
        };
        benchmark::RegisterBenchmark((name + "/" + hwy::TargetName(target)).c_str(), run);
    }
}

/// Things done a second of the thread's processor time.
inline void setRate(benchmark::State& state, std::uint64_t things) {
    state.counters["rate"] = benchmark::Counter(static_cast<double>(things), benchmark::Counter::kIsRate);
}

}  // namespace pegasus::bench
