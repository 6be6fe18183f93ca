// SPDX-License-Identifier: Apache-2.0
// The sponge around the permutation of curl_kernel.cpp.
#include "crypto/curl.hpp"

#include <algorithm>

#include "base/secret.hpp"

namespace pegasus::crypto {
namespace {

using trinary::Trit;

void setTrit(CurlPlanes& planes, std::size_t i, Trit trit) {
    const std::size_t y = i / kPlanes;
    const std::size_t word = i % kPlanes * kPlaneWords + y / 64;
    const auto bit = std::uint64_t{1} << (y % 64);
    planes.low[word] = trit <= 0 ? planes.low[word] | bit : planes.low[word] & ~bit;
    planes.high[word] = trit >= 0 ? planes.high[word] | bit : planes.high[word] & ~bit;
}

Trit getTrit(const CurlPlanes& planes, std::size_t i) {
    const std::size_t y = i / kPlanes;
    const std::size_t word = i % kPlanes * kPlaneWords + y / 64;
    const auto high = planes.high[word] >> (y % 64) & 1;
    const auto low = planes.low[word] >> (y % 64) & 1;
    return static_cast<Trit>(static_cast<int>(high) - static_cast<int>(low));
}

/// The character of low trits | high trits << 3.
constexpr std::array<char, 64> makeTryteChars() {
    std::array<char, 64> table{};
    for (std::size_t value = 0; value < trinary::kAlphabet.size(); ++value) {
        std::size_t bits = 0;
        auto rest = value;
        for (std::size_t j = 0; j < kPlanes; ++j) {
            const auto digit = rest % 3;  // 2 stands for -1
            bits |= std::size_t{digit != 1} << j | std::size_t{digit != 2} << (kPlanes + j);
            rest = (rest + (digit == 2 ? 1 : 0)) / 3;
        }
        table[bits] = trinary::kAlphabet[value];
    }
    return table;
}
constexpr auto kTryteChars = makeTryteChars();

}  // namespace

trinary::Hash toHash(const RatePlanes& planes) {
    std::array<char, kRateTrytes> text;
    for (std::size_t y = 0; y < text.size(); ++y) {
        std::size_t bits = 0;
        for (std::size_t j = 0; j < kPlanes; ++j) {
            const std::size_t word = j * kRateWords + y / 64;
            bits |= (planes.low[word] >> (y % 64) & 1) << j | (planes.high[word] >> (y % 64) & 1) << (kPlanes + j);
        }
        text[y] = kTryteChars[bits];
    }
    return *trinary::Hash::parse({text.data(), text.size()});
}

Curl::Curl(CurlRounds rounds) : rounds_(rounds) {
    for (std::size_t word = 0; word < planes_.low.size(); ++word)
        planes_.low[word] = word % kPlaneWords == kPlaneWords - 1 ? (std::uint64_t{1} << (kPlaneBits % 64)) - 1 : ~std::uint64_t{0};
    planes_.high = planes_.low;
}

Curl::~Curl() { wipe(&planes_, sizeof planes_); }

void Curl::permute() { kernel::permute(planes_, static_cast<int>(rounds_)); }

void Curl::overwrite(std::span<const Trit> trits) {
    std::size_t done = 0;
    if (trits.size() >= kCurlRateTrits) {
        setRate(planes_, kernel::fromTrits(trits.first<kCurlRateTrits>()));
        done = kCurlRateTrits;
    }
    for (; done < std::min(trits.size(), kCurlStateTrits); ++done) setTrit(planes_, done, trits[done]);
}

void Curl::absorb(std::span<const Trit> trits) {
    while (!trits.empty()) {
        const auto block = trits.first(std::min(trits.size(), kCurlRateTrits));
        overwrite(block);
        permute();
        trits = trits.subspan(block.size());
    }
}

void Curl::absorb(std::string_view trytes) {
    while (trytes.size() >= kRateTrytes) {
        setRate(planes_, kernel::fromTrytes(std::span<const char, kRateTrytes>(trytes.data(), kRateTrytes)));
        permute();
        trytes.remove_prefix(kRateTrytes);
    }
    absorb(trinary::tritsFromTrytes(trytes));
}

CurlState Curl::state() const {
    CurlState trits;
    for (std::size_t i = 0; i < trits.size(); ++i) trits[i] = getTrit(planes_, i);
    return trits;
}

CurlBlock Curl::rate() const { return kernel::toTrits(rateOf(planes_)); }

trinary::Hash Curl::hash() const { return toHash(rateOf(planes_)); }

trinary::Trits Curl::squeeze(std::size_t blocks) {
    trinary::Trits out;
    out.reserve(blocks * kCurlRateTrits);
    for (std::size_t block = 0; block < blocks; ++block) {
        if (block != 0) permute();
        const auto trits = rate();
        out.insert(out.end(), trits.begin(), trits.end());
    }
    return out;
}

trinary::Hash curlHash(CurlRounds rounds, std::string_view trytes) {
    Curl curl(rounds);
    curl.absorb(trytes);
    return curl.hash();
}

CurlBlock curlHash(CurlRounds rounds, std::span<const Trit> trits) {
    Curl curl(rounds);
    curl.absorb(trits);
    return curl.rate();
}

}  // namespace pegasus::crypto
