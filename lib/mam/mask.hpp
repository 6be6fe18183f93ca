// SPDX-License-Identifier: Apache-2.0
// The stream cipher of MAM0, made of a Curl-P-27 sponge that absorbs the plain text. Source: mam0.md section 7.
#pragma once

#include <span>

#include "crypto/curl.hpp"

namespace pegasus::mam {

/// Masks or unmasks in place. The grid of 243-trit blocks starts at the first trit of each call.
void mask(crypto::Curl& sponge, std::span<trinary::Trit> trits);
void unmask(crypto::Curl& sponge, std::span<trinary::Trit> trits);

}  // namespace pegasus::mam
