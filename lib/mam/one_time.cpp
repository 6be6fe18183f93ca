// SPDX-License-Identifier: Apache-2.0
//   subseed = H(seed + index)   raw blocks = squeezed from subseed   key block = H(raw)   end = H^26(key)
//   signature block i = H^(13 - v_i)(key)   leaf = H(H(all ends)),   H = Curl-P-27
// The chains of blocks are independent and run side by side.
#include "mam/one_time.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/curl_batch.hpp"

namespace pegasus::mam {
namespace {

using crypto::Curl;
using crypto::CurlBlock;
using crypto::CurlRounds;
using crypto::KeyIndex;
using crypto::Seed;
using crypto::SecurityLevel;
using trinary::Trit;

constexpr int kMaxValue = 13;
constexpr std::uint8_t kChainLength = 26;
/// Leaves that are made together: enough to fill all lanes.
constexpr std::size_t kLeavesTogether = 256;

/// Key material: blocks that are wiped when they go.
struct SecretBlocks {
    explicit SecretBlocks(std::size_t count) : blocks(count) {}
    SecretBlocks(const SecretBlocks&) = delete;
    SecretBlocks& operator=(const SecretBlocks&) = delete;
    ~SecretBlocks() { wipe(blocks.data(), blocks.size() * sizeof(CurlBlock)); }

    std::vector<CurlBlock> blocks;
};

/// Adds `index` to the number in `trits`; what does not fit is dropped.
void addTo(CurlBlock& trits, KeyIndex index) {
    int carry = 0;
    for (auto& trit : trits) {
        int digit = trit + static_cast<int>(index % 3) + carry;
        index /= 3;
        carry = digit > 1 ? 1 : 0;
        digit -= 3 * carry;
        trit = static_cast<Trit>(digit);
        if (index == 0 && carry == 0) return;
    }
}

/// Sponges that have absorbed the subseeds of consecutive keys: their rates are the first raw blocks.
std::vector<Curl> keySponges(const Seed& seed, KeyIndex start, std::size_t count) {
    std::vector<Curl> sponges(count, Curl(CurlRounds::P27));
    SecretBlocks block(1);
    for (std::size_t i = 0; i < count; ++i) {
        trinary::tritsFromTrytes(seed.trytes(), block.blocks[0]);
        addTo(block.blocks[0], start + i);
        sponges[i].overwrite(block.blocks[0]);
    }
    crypto::permuteAll(sponges);
    for (auto& sponge : sponges) {
        block.blocks[0] = sponge.rate();
        sponge = Curl(CurlRounds::P27);
        sponge.overwrite(block.blocks[0]);
    }
    crypto::permuteAll(sponges);
    return sponges;
}

/// The raw blocks of consecutive keys, those of one key one after the other.
void squeezeKeys(std::vector<Curl> sponges, std::size_t blocks, std::span<CurlBlock> out) {
    for (std::size_t i = 0; i < blocks; ++i) {
        if (i != 0) crypto::permuteAll(sponges);
        for (std::size_t key = 0; key < sponges.size(); ++key) out[key * blocks + i] = sponges[key].rate();
    }
}

/// H(H(ends)) of consecutive keys.
std::vector<CurlBlock> leavesOfEnds(std::span<const CurlBlock> ends, std::size_t blocks) {
    std::vector<Curl> sponges(ends.size() / blocks, Curl(CurlRounds::P27));
    for (std::size_t i = 0; i < blocks; ++i) {
        for (std::size_t key = 0; key < sponges.size(); ++key) sponges[key].overwrite(ends[key * blocks + i]);
        crypto::permuteAll(sponges);
    }
    std::vector<CurlBlock> leaves;
    for (const auto& sponge : sponges) leaves.push_back(crypto::curlHash(CurlRounds::P27, sponge.rate()));
    return leaves;
}

/// v_i of the signed part of a hash.
int valueAt(const CurlBlock& hash, std::size_t tryte) {
    return hash[3 * tryte] + 3 * hash[3 * tryte + 1] + 9 * hash[3 * tryte + 2];
}

}  // namespace

std::vector<CurlBlock> leafAddresses(const Seed& seed, KeyIndex start, std::size_t count, SecurityLevel level) {
    const auto blocks = keyBlocks(level);
    std::vector<CurlBlock> leaves;
    for (std::size_t done = 0; done < count; done += kLeavesTogether) {
        const auto together = std::min(kLeavesTogether, count - done);
        SecretBlocks chains(together * blocks);
        squeezeKeys(keySponges(seed, start + done, together), blocks, chains.blocks);
        crypto::hashChains(CurlRounds::P27, chains.blocks,
                           std::vector<std::uint8_t>(chains.blocks.size(), kChainLength + 1));
        const auto some = leavesOfEnds(chains.blocks, blocks);
        leaves.insert(leaves.end(), some.begin(), some.end());
    }
    return leaves;
}

trinary::Trits signHash(const Seed& seed, KeyIndex index, SecurityLevel level, const CurlBlock& hash) {
    SecretBlocks chains(keyBlocks(level));
    squeezeKeys(keySponges(seed, index, 1), chains.blocks.size(), chains.blocks);
    std::vector<std::uint8_t> steps;
    for (std::size_t i = 0; i < chains.blocks.size(); ++i)
        steps.push_back(static_cast<std::uint8_t>(1 + kMaxValue - valueAt(hash, i)));  // one more: raw block to key
    crypto::hashChains(CurlRounds::P27, chains.blocks, steps);
    trinary::Trits signature;
    for (const auto& block : chains.blocks) signature.insert(signature.end(), block.begin(), block.end());
    return signature;
}

CurlBlock leafOfSignature(std::span<const Trit> signature, SecurityLevel level, const CurlBlock& hash) {
    std::vector<CurlBlock> chains(keyBlocks(level));
    std::vector<std::uint8_t> steps;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        std::ranges::copy(signature.subspan(i * crypto::kCurlRateTrits, crypto::kCurlRateTrits), chains[i].begin());
        steps.push_back(static_cast<std::uint8_t>(kMaxValue + valueAt(hash, i)));
    }
    crypto::hashChains(CurlRounds::P27, chains, steps);
    return leavesOfEnds(chains, chains.size()).front();
}

std::optional<SecurityLevel> levelOfHash(const CurlBlock& hash) {
    constexpr std::size_t kPart = crypto::kCurlRateTrits / 3;
    int sum = 0;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        sum += hash[i];
        if ((i + 1) % kPart == 0 && sum == 0) return static_cast<SecurityLevel>((i + 1) / kPart);
    }
    return std::nullopt;
}

}  // namespace pegasus::mam
