// SPDX-License-Identifier: Apache-2.0
// Which nonce a searcher tests when. Every nonce belongs to one share, one lane and one counter value, so that nothing is tested
// twice:
//     trits 0..20   index of the share
//     trits 21..27  lane, the state of the bit-sliced search
//     trits 28..80  counter, in Gray code: one trit changes from each trial to the next
#pragma once

#include <array>
#include <cstdint>

#include "trinary/trytes.hpp"

namespace pegasus::pow {

inline constexpr std::size_t kNonceTrits = 81;
inline constexpr std::size_t kShareTrits = 21;  // 3^21 > 2^32
inline constexpr std::size_t kLaneTrits = 7;    // 2187 lanes
inline constexpr std::size_t kCounterBegin = kShareTrits + kLaneTrits;
inline constexpr std::size_t kCounterTrits = kNonceTrits - kCounterBegin;

/// Trit `digit` of `value` in the plain ternary system, 0..2 taken to -1..1.
[[nodiscard]] constexpr trinary::Trit plainTrit(std::uint64_t value, std::size_t digit) {
    for (; digit > 0; --digit) value /= 3;
    return static_cast<trinary::Trit>(static_cast<int>(value % 3) - 1);
}

/// The reflected ternary Gray code.
class GrayCounter {
public:
    GrayCounter() {
        digits_.fill(-1);
        directions_.fill(1);
    }
    [[nodiscard]] const std::array<trinary::Trit, kCounterTrits>& digits() const { return digits_; }
    /// Goes on to the next value and returns the number of the digit that changed. 3^53 values come before a repetition.
    std::size_t advance() {
        std::size_t i = 0;
        while (i + 1 < kCounterTrits && digits_[i] == directions_[i]) {
            directions_[i] = static_cast<trinary::Trit>(-directions_[i]);
            ++i;
        }
        digits_[i] = static_cast<trinary::Trit>(digits_[i] + directions_[i]);
        return i;
    }

private:
    std::array<trinary::Trit, kCounterTrits> digits_;
    std::array<trinary::Trit, kCounterTrits> directions_;
};

/// The nonce of a share and lane at a counter value.
[[nodiscard]] inline std::array<trinary::Trit, kNonceTrits> nonceTrits(unsigned share, std::size_t lane,
                                                                       const GrayCounter& counter) {
    std::array<trinary::Trit, kNonceTrits> nonce;
    for (std::size_t i = 0; i < kShareTrits; ++i) nonce[i] = plainTrit(share, i);
    for (std::size_t i = 0; i < kLaneTrits; ++i) nonce[kShareTrits + i] = plainTrit(lane, i);
    std::copy(counter.digits().begin(), counter.digits().end(), nonce.begin() + kCounterBegin);
    return nonce;
}

}  // namespace pegasus::pow
