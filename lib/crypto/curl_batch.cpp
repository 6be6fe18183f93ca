// SPDX-License-Identifier: Apache-2.0
// Carries states in and out of the bit-sliced form: transposition of 64 x 64 bits, one row a state, one column a trit.
#include "crypto/curl_batch.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "crypto/curl_planes.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "crypto/curl_batch.cpp"
#include <hwy/foreach_target.h>  // includes this file again for each instruction set
#include <hwy/highway.h>

#include "crypto/curl_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::crypto::HWY_NAMESPACE {

using planes::kBlockWords;

constexpr std::size_t kRow = 64;
using Square = std::array<std::uint64_t, kRow>;

/// Transposes by exchanging halves, quarters, .. of the square; bit c of row r goes to bit r of row c.
inline void transpose(Square& square) {
    std::uint64_t mask = 0x00000000FFFFFFFF;
    for (std::size_t half = kRow / 2; half != 0; half /= 2, mask ^= mask << half) {
        for (std::size_t block = 0; block < kRow; block += 2 * half) {
            for (std::size_t r = block; r < block + half; ++r) {
                const auto exchanged = ((square[r] >> half) ^ square[r + half]) & mask;
                square[r] ^= exchanged << half;
                square[r + half] ^= exchanged;
            }
        }
    }
}

/// Where trit `trit` of plane `plane` (0 low, 1 high) of states 64 group .. 64 group + 63 stands.
HWY_INLINE std::size_t place(std::size_t trit, std::size_t plane, std::size_t group) {
    return trit * kPairWords + plane * kVecWords + group;
}

/// Writes trits 64 word .. (before `end`) of one plane of 64 states; row r of the square is state r.
inline void putSquare(std::uint64_t* state, Square& square, std::size_t word, std::size_t end, std::size_t plane,
                      std::size_t group) {
    transpose(square);
    for (std::size_t trit = kRow * word; trit < std::min(end, kRow * (word + 1)); ++trit)
        state[place(trit, plane, group)] = square[trit % kRow];
}
inline Square getSquare(const std::uint64_t* state, std::size_t word, std::size_t end, std::size_t plane,
                        std::size_t group) {
    Square square{};
    for (std::size_t trit = kRow * word; trit < std::min(end, kRow * (word + 1)); ++trit)
        square[trit % kRow] = state[place(trit, plane, group)];
    transpose(square);
    return square;
}

/// The planes of 64 states, as far as `Words` words: what is copied from and to the squares.
template <std::size_t Words>
struct Group {
    std::array<std::array<Square, Words>, 2> planes{};

    void putInto(std::uint64_t* state, std::size_t end, std::size_t group) {
        for (std::size_t plane = 0; plane < 2; ++plane)
            for (std::size_t word = 0; word < Words; ++word)
                putSquare(state, planes[plane][word], word, end, plane, group);
    }
    void getFrom(const std::uint64_t* state, std::size_t end, std::size_t group) {
        for (std::size_t plane = 0; plane < 2; ++plane)
            for (std::size_t word = 0; word < Words; ++word)
                planes[plane][word] = getSquare(state, word, end, plane, group);
    }
    void setRow(std::size_t row, std::span<const std::uint64_t, Words> low, std::span<const std::uint64_t, Words> high) {
        for (std::size_t word = 0; word < Words; ++word) {
            planes[0][word][row] = low[word];
            planes[1][word][row] = high[word];
        }
    }
    void getRow(std::size_t row, std::span<std::uint64_t, Words> low, std::span<std::uint64_t, Words> high) const {
        for (std::size_t word = 0; word < Words; ++word) {
            low[word] = planes[0][word][row];
            high[word] = planes[1][word][row];
        }
    }
};

using Words = std::array<std::uint64_t, kBlockWords>;

std::size_t lanes() { return kStates; }

/// At most kStates of them.
void permuteChunk(CurlRounds rounds, std::span<Curl::Planes* const> sponges) {
    using Whole = Group<std::tuple_size_v<decltype(Curl::Planes::low)>>;
    States states;
    Whole group;
    for (std::size_t first = 0; first < sponges.size(); first += kRow) {
        const auto part = sponges.subspan(first, std::min(kRow, sponges.size() - first));
        for (std::size_t row = 0; row < part.size(); ++row) group.setRow(row, part[row]->low, part[row]->high);
        group.putInto(states.state.get(), kCurlStateTrits, first / kRow);
    }
    states.permute(rounds);
    for (std::size_t first = 0; first < sponges.size(); first += kRow) {
        const auto part = sponges.subspan(first, std::min(kRow, sponges.size() - first));
        group.getFrom(states.state.get(), kCurlStateTrits, first / kRow);
        for (std::size_t row = 0; row < part.size(); ++row) group.getRow(row, part[row]->low, part[row]->high);
    }
    wipe(&group, sizeof group);
}

void permuteMany(CurlRounds rounds, std::span<Curl::Planes* const> sponges) {
    for (; !sponges.empty(); sponges = sponges.subspan(std::min(kStates, sponges.size())))
        permuteChunk(rounds, sponges.first(std::min(kStates, sponges.size())));
}

/// The states whose chain is longer than `step`, as a mask of bits.
Vec longerThan(std::span<const std::uint8_t> steps, std::size_t step) {
    HWY_ALIGN std::array<std::uint64_t, kVecWords> words{};
    for (std::size_t i = 0; i < steps.size(); ++i) words[i / kRow] |= std::uint64_t{steps[i] > step} << (i % kRow);
    return hn::Load(Tag(), words.data());
}

HWY_INLINE Vec choose(Vec mask, Vec yes, Vec no) { return hn::Or(hn::And(mask, yes), hn::AndNot(mask, no)); }

/// Goes `steps[i]` times through "permute, forget all but the rate". `ends` keeps the rate of the chains that are through.
void chainsChunk(CurlRounds rounds, std::span<CurlBlock> blocks, std::span<const std::uint8_t> steps) {
    States states;
    States ends;
    Group<kBlockWords> group;
    Words low{};
    Words high{};
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        planes::put(blocks[i], low, high);
        group.setRow(i % kRow, low, high);
        if (i % kRow != kRow - 1 && i + 1 != blocks.size()) continue;
        group.putInto(states.state.get(), kCurlRateTrits, i / kRow);
    }
    for (std::size_t trit = 0; trit < kCurlRateTrits; ++trit)
        store(load(states.state.get(), trit), ends.state.get(), trit);
    const std::size_t last = *std::ranges::max_element(steps);
    for (std::size_t step = 0; step < last; ++step) {
        states.clear(kCurlRateTrits);
        states.permute(rounds);
        const auto active = longerThan(steps, step);
        for (std::size_t trit = 0; trit < kCurlRateTrits; ++trit) {
            const auto now = load(states.state.get(), trit);
            const auto kept = load(ends.state.get(), trit);
            store({choose(active, now.low, kept.low), choose(active, now.high, kept.high)}, ends.state.get(), trit);
        }
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (i % kRow == 0) group.getFrom(ends.state.get(), kCurlRateTrits, i / kRow);
        group.getRow(i % kRow, low, high);
        planes::get(low, high, blocks[i]);
    }
    wipe(&group, sizeof group);
    wipe(low.data(), sizeof low);
    wipe(high.data(), sizeof high);
}

void chains(CurlRounds rounds, std::span<CurlBlock> blocks, std::span<const std::uint8_t> steps) {
    for (std::size_t first = 0; first < blocks.size(); first += kStates) {
        const auto count = std::min(kStates, blocks.size() - first);
        chainsChunk(rounds, blocks.subspan(first, count), steps.subspan(first, count));
    }
}

void hashChunk(CurlRounds rounds, std::span<const std::string_view> inputs, std::span<trinary::Hash> hashes) {
    States states;
    Group<kBlockWords> group;
    Words low{};
    Words high{};
    for (std::size_t offset = 0; offset < inputs[0].size(); offset += planes::kBlockTrytes) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            planes::put(inputs[i].substr(offset, planes::kBlockTrytes), low, high);
            group.setRow(i % kRow, low, high);
            if (i % kRow != kRow - 1 && i + 1 != inputs.size()) continue;
            group.putInto(states.state.get(), kCurlRateTrits, i / kRow);
        }
        states.permute(rounds);
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (i % kRow == 0) group.getFrom(states.state.get(), kCurlRateTrits, i / kRow);
        group.getRow(i % kRow, low, high);
        hashes[i] = planes::getHash(low, high);
    }
}

void hashes(CurlRounds rounds, std::span<const std::string_view> inputs, std::span<trinary::Hash> out) {
    // Below this number a batch costs more than one after the other.
    constexpr std::size_t kFew = 6;
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
    constexpr std::size_t kFew = 6;
    if (sponges.size() < kFew) {
        for (auto& sponge : sponges) sponge.permute();
        return;
    }
    std::vector<Curl::Planes*> planes;
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
