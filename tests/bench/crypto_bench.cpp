// SPDX-License-Identifier: Apache-2.0
// Addresses, signing and verification a second on one core, each beside the same work with plain chains.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "crypto/chains.hpp"
#include "crypto/kerl.hpp"
#include "crypto/signature.hpp"

namespace pegasus::crypto {
namespace {

constexpr std::size_t kFragmentBlocks = 27;
constexpr int kMaxValue = 13;

const Seed& seed() {
    static const Seed value = Seed::parse(std::string(81, 'B')).value();
    return value;
}

SecurityLevel levelOf(const benchmark::State& state) { return static_cast<SecurityLevel>(state.range(0)); }

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

void kerlOneBlock(benchmark::State& state) {
    KerlBlock block{1};
    for (auto _ : state) benchmark::DoNotOptimize(block = kerlOf(block));
    state.SetItemsProcessed(state.iterations());
}

void address(benchmark::State& state) {
    KeyIndex index = 0;
    for (auto _ : state) benchmark::DoNotOptimize(deriveAddress(seed(), index++, levelOf(state)));
    state.SetItemsProcessed(state.iterations());
}

void addressPlain(benchmark::State& state) {
    if (plainAddress(7, levelOf(state)) != deriveAddress(seed(), 7, levelOf(state))) state.SkipWithError("they differ");
    KeyIndex index = 0;
    for (auto _ : state) benchmark::DoNotOptimize(plainAddress(index++, levelOf(state)));
    state.SetItemsProcessed(state.iterations());
}

void signing(benchmark::State& state) {
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(sign(seed(), 0, levelOf(state), hashNumber(++number)));
    state.SetItemsProcessed(state.iterations());
}

void signingPlain(benchmark::State& state) {
    if (plainSign(7, levelOf(state), hashNumber(1)) != sign(seed(), 7, levelOf(state), hashNumber(1)))
        state.SkipWithError("they differ");
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(plainSign(0, levelOf(state), hashNumber(++number)));
    state.SetItemsProcessed(state.iterations());
}

/// Any fragments take as long as valid ones.
const std::vector<std::string>& fragmentsOf(SecurityLevel level) {
    static const std::vector<std::string> one = sign(seed(), 0, SecurityLevel::One, hashNumber(0));
    static const std::vector<std::string> two = sign(seed(), 0, SecurityLevel::Two, hashNumber(0));
    static const std::vector<std::string> three = sign(seed(), 0, SecurityLevel::Three, hashNumber(0));
    if (level == SecurityLevel::One) return one;
    return level == SecurityLevel::Two ? two : three;
}

void verification(benchmark::State& state) {
    const auto& fragments = fragmentsOf(levelOf(state));
    const std::vector<std::string_view> views(fragments.begin(), fragments.end());
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(addressOfSignature(hashNumber(++number), views));
    state.SetItemsProcessed(state.iterations());
}

void verificationPlain(benchmark::State& state) {
    const auto& fragments = fragmentsOf(levelOf(state));
    if (plainVerify(hashNumber(0), fragments) != deriveAddress(seed(), 0, levelOf(state)))
        state.SkipWithError("they differ");
    std::uint64_t number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(plainVerify(hashNumber(++number), fragments));
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(kerlOneBlock);
BENCHMARK(address)->DenseRange(1, 3);
BENCHMARK(addressPlain)->DenseRange(1, 3);
BENCHMARK(signing)->DenseRange(1, 3);
BENCHMARK(signingPlain)->DenseRange(1, 3);
BENCHMARK(verification)->DenseRange(1, 3);
BENCHMARK(verificationPlain)->DenseRange(1, 3);

}  // namespace
}  // namespace pegasus::crypto

BENCHMARK_MAIN();
