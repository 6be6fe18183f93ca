// SPDX-License-Identifier: Apache-2.0
// Any bytes as trytes, so that a target sees valid fields often.
#pragma once

#include <string>

#include "trinary/trytes.hpp"

namespace pegasus::fuzz {

/// Exactly `count` trytes: those of the input as they are, other bytes modulo 27, padded with 9s.
inline std::string trytesOf(const std::uint8_t* data, std::size_t size, std::size_t count) {
    std::string trytes;
    for (std::size_t i = 0; i < size && i < count; ++i) {
        const auto c = static_cast<char>(data[i]);
        trytes += trinary::isTrytes({&c, 1}) ? c : trinary::kAlphabet[data[i] % trinary::kAlphabet.size()];
    }
    trytes.resize(count, '9');
    return trytes;
}

}  // namespace pegasus::fuzz
