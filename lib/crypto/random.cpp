// SPDX-License-Identifier: Apache-2.0
// SystemRandom over RAND_priv_bytes.
#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

namespace pegasus::crypto {

void SystemRandom::fill(std::span<std::uint8_t> out) {
    constexpr std::size_t kStep = 1U << 20;  // the length is an int there
    for (std::size_t at = 0; at < out.size(); at += kStep) {
        const auto part = out.subspan(at, std::min(kStep, out.size() - at));
        if (RAND_priv_bytes(part.data(), static_cast<int>(part.size())) != 1) std::abort();
    }
}

}  // namespace pegasus::crypto
