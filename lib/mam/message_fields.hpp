// SPDX-License-Identifier: Apache-2.0
// What making and reading a message have in common.
#pragma once

#include <array>
#include <span>

#include "crypto/curl.hpp"
#include "mam/side_key.hpp"

namespace pegasus::mam {

inline constexpr std::size_t kNonceTrits = 81;
using Nonce = std::array<trinary::Trit, kNonceTrits>;

/// The sponge after side key, root and header (mam0.md section 8, step 3).
[[nodiscard]] inline crypto::Curl startSponge(const SideKey& sideKey, const trinary::Hash& root,
                                              std::span<const trinary::Trit> header) {
    crypto::Curl sponge(crypto::CurlRounds::P27);
    sponge.absorb(sideKey.trytes());
    sponge.absorb(root.view());
    sponge.absorb(header);
    return sponge;
}

}  // namespace pegasus::mam
