// SPDX-License-Identifier: Apache-2.0
// Batches: as many states as there are lanes at a time. The fast part is in curl_lanes-inl.hpp, the way in and out of it in
// curl_rows-inl.hpp.
#include "crypto/curl_batch.hpp"

#include <algorithm>
#include <array>

// g++ cannot put scalable vectors into arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "crypto/curl_batch.cpp"
#include <hwy/foreach_target.h>  // includes this file again for each instruction set
#include <hwy/highway.h>

#include "crypto/curl_codec-inl.hpp"
#include "crypto/curl_rows-inl.hpp"
#include "crypto/curl_text-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

std::size_t lanes() { return kStates; }

/// At most kStates of them.
void permuteChunk(CurlRounds rounds, std::span<CurlPlanes* const> sponges) {
    States states;
    Rows<kPlaneWords> rows;
    for (std::size_t i = 0; i < sponges.size(); ++i) rows.set(i, *sponges[i]);
    rows.writeTo(states.get());
    states.permute(rounds);
    rows.readFrom(states.get());
    for (std::size_t i = 0; i < sponges.size(); ++i) *sponges[i] = rows.get(i);
}

void permuteMany(CurlRounds rounds, std::span<CurlPlanes* const> sponges) {
    for (std::size_t first = 0; first < sponges.size(); first += kStates)
        permuteChunk(rounds, sponges.subspan(first, std::min(kStates, sponges.size() - first)));
}

/// The states whose chain is longer than `step`, as a mask of bits.
Vec longerThan(std::span<const std::uint8_t> steps, std::size_t step) {
    alignas(64) std::array<std::uint64_t, kVecWords> words{};
    for (std::size_t i = 0; i < steps.size(); ++i) words[i / kRows] |= std::uint64_t{steps[i] > step} << (i % kRows);
    return hn::Load(Tag(), words.data());
}

/// Goes on with "permute, forget all but the rate". `ends` keeps the rate of the chains that are through.
void chainsChunk(CurlRounds rounds, std::span<CurlBlock> blocks, std::span<const std::uint8_t> steps) {
    States states;
    Buffer<kCurlRateTrits> ends;
    Rows<kRateWords> rows;
    for (std::size_t i = 0; i < blocks.size(); ++i) rows.set(i, planesFromTrits(blocks[i]));
    rows.writeTo(states.get());
    for (std::size_t trit = 0; trit < kCurlRateTrits; ++trit) store(load(states.get(), trit), ends.get(), trit);
    const std::size_t last = *std::ranges::max_element(steps);
    for (std::size_t step = 0; step < last; ++step) {
        states.setZero(kCurlRateTrits);
        states.permute(rounds);
        const auto active = longerThan(steps, step);
        for (std::size_t trit = 0; trit < kCurlRateTrits; ++trit) {
            const auto now = load(states.get(), trit);
            const auto kept = load(ends.get(), trit);
            store({choose(active, now.low, kept.low), choose(active, now.high, kept.high)}, ends.get(), trit);
        }
    }
    rows.readFrom(ends.get());
    for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = tritsFromPlanes(rows.get(i));
    ends.clear();
}

void chains(CurlRounds rounds, std::span<CurlBlock> blocks, std::span<const std::uint8_t> steps) {
    for (std::size_t first = 0; first < blocks.size(); first += kStates) {
        const auto count = std::min(kStates, blocks.size() - first);
        chainsChunk(rounds, blocks.subspan(first, count), steps.subspan(first, count));
    }
}

void hashChunk(CurlRounds rounds, std::span<const std::string_view> inputs, std::span<trinary::Hash> hashes) {
    States states;
    for (std::size_t offset = 0; offset < inputs[0].size(); offset += kRateTrytes) {
        writeTrytes(inputs, offset, states.get());
        states.permute(rounds);
    }
    Rows<kRateWords> rows;
    rows.readFrom(states.get());
    for (std::size_t i = 0; i < inputs.size(); ++i) hashes[i] = toHash(rows.get(i));
}

void hashes(CurlRounds rounds, std::span<const std::string_view> inputs, std::span<trinary::Hash> out) {
    // Below this number a batch costs more than one after the other.
    constexpr std::size_t kFew = 16;
    for (std::size_t first = 0; first < inputs.size(); first += kStates) {
        const auto count = std::min(kStates, inputs.size() - first);
        if (count >= kFew) {
            hashChunk(rounds, inputs.subspan(first, count), out.subspan(first, count));
        } else {
            for (std::size_t i = first; i < first + count; ++i) out[i] = curlHash(rounds, inputs[i]);
        }
    }
}

std::int64_t target() { return HWY_TARGET; }

}  // namespace pegasus::crypto::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pegasus::crypto {

HWY_EXPORT(lanes);
HWY_EXPORT(target);
HWY_EXPORT(permuteMany);
HWY_EXPORT(chains);
HWY_EXPORT(hashes);

std::size_t curlLanes() { return HWY_DYNAMIC_DISPATCH(lanes)(); }

std::string_view curlTarget() {
    return hwy::TargetName(static_cast<decltype(HWY_TARGET)>(HWY_DYNAMIC_DISPATCH(target)()));
}

void permuteAll(std::span<Curl> sponges) {
    // Below this number a batch costs more than one after the other.
    constexpr std::size_t kFew = 48;
    if (sponges.size() < kFew) {
        for (auto& sponge : sponges) sponge.permute();
        return;
    }
    std::vector<CurlPlanes*> planes;
    planes.reserve(sponges.size());
    for (auto& sponge : sponges) planes.push_back(&sponge.planes_);
    HWY_DYNAMIC_DISPATCH(permuteMany)(sponges[0].rounds_, planes);
}

void hashChains(CurlRounds rounds, std::span<CurlBlock> blocks, std::span<const std::uint8_t> steps) {
    HWY_DYNAMIC_DISPATCH(chains)(rounds, blocks, steps);
}

std::vector<trinary::Hash> curlHashAll(CurlRounds rounds, std::span<const std::string_view> inputs) {
    std::vector<trinary::Hash> out(inputs.size());
    HWY_DYNAMIC_DISPATCH(hashes)(rounds, inputs, out);
    return out;
}

}  // namespace pegasus::crypto
#endif
