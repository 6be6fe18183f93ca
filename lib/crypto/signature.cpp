// SPDX-License-Identifier: Apache-2.0
// Winternitz one-time signatures over Kerl, on integer blocks.
//
//   subseed  = Kerl(seed + index)                    private key = security * 27 blocks squeezed from Kerl(subseed)
//   digest i = Kerl(27 blocks, each hashed 26 times)  address     = Kerl(digests)
//   signature block j of fragment i: private block hashed 13 - n times, n = value 27 * (i mod 3) + j of the
//   normalised hash; verification hashes n + 13 times more.
#include "crypto/signature.hpp"

#include <algorithm>
#include <numeric>

#include "crypto/chains.hpp"
#include "crypto/kerl.hpp"

namespace pegasus::crypto {
namespace {

using trinary::Hash;
using trinary::kHashTrytes;

constexpr std::size_t kFragmentBlocks = 27;
constexpr std::size_t kParts = 3;
constexpr int kMaxValue = 13;
constexpr std::uint8_t kChainLength = 26;
constexpr std::size_t kChecksumTrytes = 9;
constexpr std::size_t kFragmentTrytes = kFragmentBlocks * kHashTrytes;

/// Blocks of a private key, wiped when they go.
class KeyBlocks {
public:
    explicit KeyBlocks(std::size_t count) : blocks_(count) {}
    KeyBlocks(const KeyBlocks&) = delete;
    KeyBlocks& operator=(const KeyBlocks&) = delete;
    KeyBlocks(KeyBlocks&&) = default;
    KeyBlocks& operator=(KeyBlocks&&) = delete;
    ~KeyBlocks() { wipe(blocks_.data(), blocks_.size() * sizeof(KerlBlock)); }
    [[nodiscard]] std::vector<KerlBlock>& get() { return blocks_; }

private:
    std::vector<KerlBlock> blocks_;
};

KeyBlocks privateKey(const Seed& seed, KeyIndex index, SecurityLevel level) {
    // The sum is taken over 243 trits; the last is dropped by Kerl in any case.
    Kerl subseedSponge;
    subseedSponge.absorb(dropLastTrit(add(kerlBlock(seed.trytes()), Wide{index})));
    auto subseed = subseedSponge.squeeze();
    Kerl sponge;
    sponge.absorb(subseed);
    wipe(subseed.data(), sizeof subseed);
    KeyBlocks key(levelCount(level) * kFragmentBlocks);
    for (auto& block : key.get()) block = sponge.squeeze();
    return key;
}

/// Kerl of the digests of consecutive fragments of fully advanced blocks.
Hash addressOfEnds(std::span<const KerlBlock> ends) {
    Kerl digests;
    for (std::size_t at = 0; at < ends.size(); at += kFragmentBlocks) {
        Kerl fragment;
        for (const auto& block : ends.subspan(at, kFragmentBlocks)) fragment.absorb(block);
        digests.absorb(fragment.squeeze());
    }
    return digests.squeezeHash();
}

std::int8_t valueOf(const NormalizedHash& hash, std::size_t block) { return hash[block % hash.size()]; }

}  // namespace

Result<Seed> Seed::parse(std::string_view trytes) {
    if (trytes.empty() || trytes.size() > kHashTrytes)
        return fail(ErrorCode::InvalidArgument, "seed has {} characters, expected 1 to 81 trytes", trytes.size());
    if (!trinary::isTrytes(trytes))
        return fail(ErrorCode::InvalidArgument, "seed has characters other than 9 and A-Z");
    SecretBytes bytes(kHashTrytes);
    std::ranges::fill(bytes.bytes(), std::uint8_t{'9'});
    std::ranges::copy(trytes, bytes.bytes().begin());
    return Seed(std::move(bytes));
}

Seed Seed::generate(Random& random) {
    constexpr std::uint8_t kLimit = 243;  // 9 * 27: every tryte is equally likely below it
    SecretBytes bytes(kHashTrytes);
    SecretBytes drawn(1);
    for (auto& tryte : bytes.bytes()) {
        do random.fill(drawn.bytes());
        while (drawn.bytes()[0] >= kLimit);
        tryte = static_cast<std::uint8_t>(trinary::kAlphabet[drawn.bytes()[0] % trinary::kAlphabet.size()]);
    }
    return Seed(std::move(bytes));
}

Seed Seed::clone() const { return Seed(bytes_.clone()); }

NormalizedHash normalize(const Hash& bundleHash) {
    NormalizedHash values;
    std::ranges::transform(bundleHash.view(), values.begin(),
                           [](char c) { return static_cast<std::int8_t>(trinary::tryteValue(c)); });
    for (std::size_t part = 0; part < kParts; ++part) {
        const auto values27 = std::span(values).subspan(part * kFragmentBlocks, kFragmentBlocks);
        // Units are taken from the first values that can give them, until the sum is zero.
        int sum = std::accumulate(values27.begin(), values27.end(), 0);
        for (auto& value : values27) {
            const int wanted = std::clamp(value - sum, -kMaxValue, kMaxValue);
            sum += wanted - value;
            value = static_cast<std::int8_t>(wanted);
        }
    }
    return values;
}

bool containsThirteen(const NormalizedHash& hash) {
    return std::ranges::any_of(hash, [](std::int8_t v) { return v == kMaxValue; });
}

Hash deriveAddress(const Seed& seed, KeyIndex index, SecurityLevel level) {
    auto key = privateKey(seed, index, level);
    const std::vector<std::uint8_t> steps(key.get().size(), kChainLength);
    advanceChains(key.get(), steps);
    return addressOfEnds(key.get());
}

std::vector<std::string> sign(const Seed& seed, KeyIndex index, SecurityLevel level, const NormalizedHash& hash) {
    auto key = privateKey(seed, index, level);
    std::vector<std::uint8_t> steps(key.get().size());
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = static_cast<std::uint8_t>(kMaxValue - valueOf(hash, i));
    advanceChains(key.get(), steps);
    std::vector<std::string> fragments(levelCount(level));
    for (std::size_t i = 0; i < steps.size(); ++i) fragments[i / kFragmentBlocks] += hashFromBlock(key.get()[i]).view();
    return fragments;
}

Hash addressOfSignature(const NormalizedHash& hash, std::span<const std::string_view> fragments) {
    std::vector<KerlBlock> blocks;
    std::vector<std::uint8_t> steps;
    for (const auto fragment : fragments)
        for (std::size_t at = 0; at < kFragmentTrytes; at += kHashTrytes) {
            steps.push_back(static_cast<std::uint8_t>(valueOf(hash, blocks.size()) + kMaxValue));
            blocks.push_back(kerlBlock(fragment.substr(at, kHashTrytes)));
        }
    advanceChains(blocks, steps);
    return addressOfEnds(blocks);
}

std::string addressChecksum(const Hash& address) {
    Kerl kerl;
    kerl.absorb(address.view());
    return std::string(kerl.squeezeHash().view().substr(kHashTrytes - kChecksumTrytes));
}

}  // namespace pegasus::crypto
