// SPDX-License-Identifier: Apache-2.0
// MAM messages a second on one core: restricted, 200 bytes of JSON (1200 trits), trees of one leaf. "mam_create" is a message with
// a new next tree, "mam_create_cached" has both trees. "/plain" does the permutations of the same work (mam0.md section 14) as
// the definition of Curl says.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "bench/simd_bench.hpp"
#include "mam/channel.hpp"
#include "support/plain_curl.hpp"

namespace pegasus::bench {
namespace {

using mam::ChannelKeys;
using mam::ChannelState;

const std::string kMessage(400, 'M');

ChannelKeys keys() {
    return {crypto::Seed::parse(std::string(81, 'B')).value(), mam::SideKey::parse("BENCH").value()};
}
ChannelState stateOf(int security) { return {.security = static_cast<crypto::SecurityLevel>(security)}; }

void create(benchmark::State& state, int security) {
    const auto channelKeys = keys();
    auto channel = stateOf(security);
    auto trees = mam::buildTrees(channelKeys.seed, channel).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(mam::createMessage(channelKeys, channel, trees, kMessage));
        trees = mam::advanceTrees(channelKeys.seed, channel, std::move(trees)).value();
        channel = mam::advanced(channel);
    }
    setRate(state, state.iterations());
}

void createCached(benchmark::State& state) {
    const auto channelKeys = keys();
    const auto channel = stateOf(2);
    const auto trees = mam::buildTrees(channelKeys.seed, channel).value();
    for (auto _ : state) benchmark::DoNotOptimize(mam::createMessage(channelKeys, channel, trees, kMessage));
    setRate(state, state.iterations());
}

void parse(benchmark::State& state, int security) {
    const auto channelKeys = keys();
    const auto channel = stateOf(security);
    const auto trees = mam::buildTrees(channelKeys.seed, channel).value();
    const auto message = mam::createMessage(channelKeys, channel, trees, kMessage).value();
    for (auto _ : state) benchmark::DoNotOptimize(mam::decode(message.payload, message.root, channelKeys.sideKey));
    setRate(state, state.iterations());
}

void plain(benchmark::State& state, int permutations) {
    test::PlainCurl curl(crypto::CurlRounds::P27);
    curl.absorb(std::array<trinary::Trit, 1>{1});
    for (auto _ : state)
        for (int i = 0; i < permutations; ++i) curl.permute();
    benchmark::DoNotOptimize(curl.rate());
    setRate(state, state.iterations());
}

[[maybe_unused]] const bool kRegistered = [] {
    registerForEachTarget("mam_create", [](benchmark::State& state) { create(state, 2); });
    registerForEachTarget("mam_create_cached", createCached);
    registerForEachTarget("mam_parse", [](benchmark::State& state) { parse(state, 2); });
    benchmark::RegisterBenchmark("mam_create/plain", plain, 2471);
    benchmark::RegisterBenchmark("mam_parse/plain", plain, 821);
    for (const int security : {1, 3}) {
        benchmark::RegisterBenchmark(("mam_security_" + std::to_string(security) + "_create").c_str(), create, security);
        benchmark::RegisterBenchmark(("mam_security_" + std::to_string(security) + "_parse").c_str(), parse, security);
    }
    return true;
}();

}  // namespace
}  // namespace pegasus::bench

BENCHMARK_MAIN();
