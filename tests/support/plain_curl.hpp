// SPDX-License-Identifier: Apache-2.0
// Curl-P as its definition says (mam0.md section 2), trit by trit: what the fast forms are compared with.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "crypto/curl.hpp"

namespace pegasus::test {

class PlainCurl {
public:
    explicit PlainCurl(crypto::CurlRounds rounds) : rounds_(static_cast<int>(rounds)) {}

    void permute() {
        for (int round = 0; round < rounds_; ++round) {
            const auto old = state_;
            std::size_t p = 0;
            for (auto& trit : state_) {
                const std::size_t next = p < 365 ? p + 364 : p - 365;
                trit = kF[static_cast<std::size_t>(old[p] + 1)][static_cast<std::size_t>(old[next] + 1)];
                p = next;
            }
        }
    }
    void absorb(std::span<const trinary::Trit> trits) {
        while (!trits.empty()) {
            const auto block = trits.first(std::min(trits.size(), crypto::kCurlRateTrits));
            std::ranges::copy(block, state_.begin());
            permute();
            trits = trits.subspan(block.size());
        }
    }
    [[nodiscard]] crypto::CurlBlock rate() const {
        crypto::CurlBlock out;
        std::copy_n(state_.begin(), out.size(), out.begin());
        return out;
    }
    [[nodiscard]] const crypto::CurlState& state() const { return state_; }

private:
    static constexpr std::array<std::array<trinary::Trit, 3>, 3> kF = {{{1, 1, -1}, {0, -1, 1}, {-1, 0, 0}}};
    int rounds_;
    crypto::CurlState state_{};
};

}  // namespace pegasus::test
