// SPDX-License-Identifier: Apache-2.0
// Kerl's sponge and the conversion between trytes and 384-bit integers.
//
// A block of trits is the integer sum t_i 3^i, i < 242, written as 48 bytes big-endian two's complement; Keccak's lanes are
// little-endian, so lane k of a block is limb 5 - k with its bytes reversed.
#include "crypto/kerl.hpp"

#include "base/secret.hpp"
#include "crypto/keccak.hpp"
#include "crypto/wide.hpp"

namespace pegasus::crypto {
namespace {

using trinary::Hash;
using trinary::kHashTrits;
using trinary::kHashTrytes;

// The largest powers of 27 below 2^63 and 2^32, and how many trytes they hold.
constexpr std::size_t kGroupTrytes = 13;
constexpr std::uint64_t kGroup = 4'052'555'153'018'976'267;  // 27^13
constexpr std::size_t kDigitTrytes = 6;
constexpr std::uint32_t kDigit = 387'420'489;  // 27^6

std::uint64_t reverseBytes(std::uint64_t x) { return __builtin_bswap64(x); }

int withoutLastTrit(int tryte) {
    if (tryte > 4) return tryte - 9;
    return tryte < -4 ? tryte + 9 : tryte;
}

/// Divides in place, returns the remainder; 32 bits a step keep the division a multiplication.
std::uint32_t divideByDigit(std::array<std::uint32_t, 12>& number, std::size_t used) {
    std::uint64_t rest = 0;
    for (std::size_t i = used; i-- > 0;) {
        const std::uint64_t part = rest << 32 | number[i];
        number[i] = static_cast<std::uint32_t>(part / kDigit);
        rest = part % kDigit;
    }
    return static_cast<std::uint32_t>(rest);
}

std::array<std::uint32_t, 12> halves(const Wide& wide) {
    std::array<std::uint32_t, 12> out;
    for (std::size_t i = 0; i < wide.size(); ++i) {
        out[2 * i] = static_cast<std::uint32_t>(wide[i]);
        out[2 * i + 1] = static_cast<std::uint32_t>(wide[i] >> 32);
    }
    return out;
}

}  // namespace

KerlBlock kerlBlock(std::string_view trytes) {
    Wide value = wideOf(withoutLastTrit(trinary::tryteValue(trytes[kHashTrytes - 1])));
    std::size_t end = kHashTrytes - 1;
    while (end > 0) {
        const std::size_t count = end % kGroupTrytes == 0 ? kGroupTrytes : end % kGroupTrytes;
        std::int64_t group = 0;
        std::uint64_t factor = 1;
        for (std::size_t i = end; i-- > end - count;) {
            group = group * 27 + trinary::tryteValue(trytes[i]);
            factor *= 27;
        }
        value = multiplyAdd(value, factor, group);
        end -= count;
    }
    return value;
}

KerlBlock kerlBlock(std::span<const trinary::Trit, kHashTrits> trits) {
    return kerlBlock(Hash::fromTrits(trits).view());
}

KerlBlock dropLastTrit(const KerlBlock& block) {
    if (isNegative(block)) return isNegative(add(block, kHalfRange)) ? add(block, kRange) : block;
    return isNegative(add(kHalfRange, negate(block))) ? add(block, negate(kRange)) : block;
}

Hash hashFromBlock(const KerlBlock& block) {
    // Every trit plus one makes the digits unsigned: 242 trits are 80 trytes and a last one of two trits.
    auto number = halves(add(dropLastTrit(block), kHalfRange));
    std::array<char, kHashTrytes> chars;
    std::size_t used = number.size();
    for (std::size_t at = 0; at < kHashTrytes - 1;) {
        std::uint32_t digit = divideByDigit(number, used);
        if (used > 1 && number[used - 1] == 0) --used;
        for (std::size_t k = 0; k < kDigitTrytes && at < kHashTrytes - 1; ++k) {
            chars[at++] = trinary::tryteChar(static_cast<int>(digit % 27) - 13);
            digit /= 27;
        }
        if (at == kHashTrytes - 1) chars[at] = trinary::tryteChar(static_cast<int>(digit) - 4);
    }
    return *Hash::parse({chars.data(), chars.size()});
}

Kerl::~Kerl() { wipe(state_.data(), sizeof state_); }

void Kerl::absorb(const KerlBlock& block) {
    for (std::size_t k = 0; k < kKerlBlockLanes; ++k) {
        state_[lane_] ^= reverseBytes(block[kKerlBlockLanes - 1 - k]);
        if (++lane_ < kKerlRateLanes) continue;
        keccakF1600(state_);
        lane_ = 0;
    }
}

void Kerl::absorb(std::string_view trytes) {
    for (std::size_t at = 0; at + kHashTrytes <= trytes.size(); at += kHashTrytes)
        absorb(kerlBlock(trytes.substr(at, kHashTrytes)));
}

void Kerl::absorb(std::span<const trinary::Trit> trits) {
    for (std::size_t at = 0; at + kHashTrits <= trits.size(); at += kHashTrits)
        absorb(kerlBlock(trits.subspan(at).first<kHashTrits>()));
}

KerlBlock Kerl::squeeze() {
    state_[lane_] ^= kKeccakPadFirst;
    state_[kKerlRateLanes - 1] ^= kKeccakPadLast;
    keccakF1600(state_);
    KerlBlock digest;
    for (std::size_t k = 0; k < kKerlBlockLanes; ++k) digest[kKerlBlockLanes - 1 - k] = reverseBytes(state_[k]);
    // The next output hashes the inverted digest.
    state_.fill(0);
    lane_ = 0;
    absorb(invert(digest));
    return dropLastTrit(digest);
}

KerlBlock kerlOf(const KerlBlock& block) {
    KeccakState state{};
    for (std::size_t k = 0; k < kKerlBlockLanes; ++k) state[k] = reverseBytes(block[kKerlBlockLanes - 1 - k]);
    state[kKerlBlockLanes] = kKeccakPadFirst;
    state[kKerlRateLanes - 1] = kKeccakPadLast;
    keccakF1600(state);
    KerlBlock digest;
    for (std::size_t k = 0; k < kKerlBlockLanes; ++k) digest[kKerlBlockLanes - 1 - k] = reverseBytes(state[k]);
    return dropLastTrit(digest);
}

}  // namespace pegasus::crypto
