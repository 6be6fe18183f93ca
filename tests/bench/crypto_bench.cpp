// SPDX-License-Identifier: Apache-2.0
// Addresses, signatures and verifications a second on one core, each beside the same work with plain chains ("/plain").
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/simd_bench.hpp"
#include "crypto/chains.hpp"
#include "crypto/kerl.hpp"
#include "crypto/signature.hpp"

namespace pegasus::bench {
namespace {

using namespace crypto;

constexpr std::size_t kFragmentBlocks = 27;
constexpr int kMaxValue = 13;

const Seed& seed() {
    static const Seed value = Seed::parse(std::string(81, 'B')).value();
    return value;
}

/// Hashes differ from call to call: signing takes longer or shorter with the values.
NormalizedHash hashNumber(std::uint64_t number) {
    Kerl kerl;
    kerl.absorb(wideOf(static_cast<std::int64_t>(number)));
    return normalize(kerl.squeezeHash());
}

/// The reference: the same algorithm, every chain by itself and without vectors.
std::vector<KerlBlock> plainKey(KeyIndex index, SecurityLevel level) {
    Kerl subseed;
    subseed.absorb(add(kerlBlock(seed().trytes()), Wide{index}));
    Kerl sponge;
    sponge.absorb(subseed.squeeze());
    std::vector<KerlBlock> key(levelCount(level) * kFragmentBlocks);
    for (auto& block : key) block = sponge.squeeze();
    return key;
}

trinary::Hash plainEnd(const std::vector<KerlBlock>& ends) {
    Kerl digests;
    for (std::size_t at = 0; at < ends.size(); at += kFragmentBlocks) {
        Kerl fragment;
        for (std::size_t i = 0; i < kFragmentBlocks; ++i) fragment.absorb(ends[at + i]);
        digests.absorb(fragment.squeeze());
    }
    return digests.squeezeHash();
}

std::vector<std::uint8_t> stepsOf(const NormalizedHash& hash, std::size_t blocks, int sign) {
    std::vector<std::uint8_t> steps(blocks);
    for (std::size_t i = 0; i < blocks; ++i) steps[i] = static_cast<std::uint8_t>(kMaxValue + sign * hash[i % hash.size()]);
    return steps;
}

trinary::Hash plainAddress(KeyIndex index, SecurityLevel level) {
    auto key = plainKey(index, level);
    advanceChainsPlain(key, std::vector<std::uint8_t>(key.size(), 2 * kMaxValue));
    return plainEnd(key);
}

std::vector<std::string> plainSign(KeyIndex index, SecurityLevel level, const NormalizedHash& hash) {
    auto key = plainKey(index, level);
    advanceChainsPlain(key, stepsOf(hash, key.size(), -1));
    std::vector<std::string> fragments(levelCount(level));
    for (std::size_t i = 0; i < key.size(); ++i) fragments[i / kFragmentBlocks] += hashFromBlock(key[i]).view();
    return fragments;
}

trinary::Hash plainVerify(const NormalizedHash& hash, const std::vector<std::string>& fragments) {
    std::vector<KerlBlock> blocks;
    for (const auto& fragment : fragments)
        for (std::size_t at = 0; at < fragment.size(); at += trinary::kHashTrytes)
            blocks.push_back(kerlBlock(std::string_view(fragment).substr(at, trinary::kHashTrytes)));
    advanceChainsPlain(blocks, stepsOf(hash, blocks.size(), 1));
    return plainEnd(blocks);
}

void kerlBlocks(benchmark::State& state) {
    KerlBlock block{1};
    for (auto _ : state) benchmark::DoNotOptimize(block = kerlOf(block));
    setRate(state, state.iterations());
}
BENCHMARK(kerlBlocks)->Name("kerl_block");

void address(benchmark::State& state, SecurityLevel level) {
    KeyIndex index = 0;
    for (auto _ : state) benchmark::DoNotOptimize(deriveAddress(seed(), index++, level));
    setRate(state, state.iterations());
}

void addressPlain(benchmark::State& state, SecurityLevel level) {
    if (plainAddress(7, level) != deriveAddress(seed(), 7, level)) state.SkipWithError("they differ");
    KeyIndex index = 0;
    for (auto _ : state) benchmark::DoNotOptimize(plainAddress(index++, level));
    setRate(state, state.iterations());
}

void signing(benchmark::State& state, SecurityLevel level) {
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(sign(seed(), 0, level, hashNumber(++number)));
    setRate(state, state.iterations());
}

void signingPlain(benchmark::State& state, SecurityLevel level) {
    if (plainSign(7, level, hashNumber(1)) != sign(seed(), 7, level, hashNumber(1))) state.SkipWithError("they differ");
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(plainSign(0, level, hashNumber(++number)));
    setRate(state, state.iterations());
}

void verification(benchmark::State& state, SecurityLevel level) {
    const auto fragments = sign(seed(), 0, level, hashNumber(0));  // any fragments take as long as valid ones
    const std::vector<std::string_view> views(fragments.begin(), fragments.end());
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(addressOfSignature(hashNumber(++number), views));
    setRate(state, state.iterations());
}

void verificationPlain(benchmark::State& state, SecurityLevel level) {
    const auto fragments = sign(seed(), 0, level, hashNumber(0));
    if (plainVerify(hashNumber(0), fragments) != deriveAddress(seed(), 0, level)) state.SkipWithError("they differ");
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(plainVerify(hashNumber(++number), fragments));
    setRate(state, state.iterations());
}

using Body = void (*)(benchmark::State&, SecurityLevel);

/// Security 2 with each instruction set and plain; 1 and 3 with the best one.
void registerLevels(const std::string& name, Body fast, Body plain) {
    const auto named = [&name](int level) { return name + "_security_" + std::to_string(level); };
    registerForEachTarget(named(2), [fast](benchmark::State& state) { fast(state, SecurityLevel::Two); });
    benchmark::RegisterBenchmark((named(2) + "/plain").c_str(), plain, SecurityLevel::Two);
    benchmark::RegisterBenchmark(named(1).c_str(), fast, SecurityLevel::One);
    benchmark::RegisterBenchmark(named(3).c_str(), fast, SecurityLevel::Three);
}

[[maybe_unused]] const bool kRegistered = [] {
    registerLevels("address", address, addressPlain);
    registerLevels("sign", signing, signingPlain);
    registerLevels("verify", verification, verificationPlain);
    return true;
}();

}  // namespace
}  // namespace pegasus::bench

BENCHMARK_MAIN();
