// SPDX-License-Identifier: Apache-2.0
#include "mam/side_key.hpp"

#include <algorithm>

#include "crypto/signature.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::mam {
namespace {

constexpr char kPadding = '9';

SecretBytes padded(std::string_view trytes) {
    SecretBytes bytes(trinary::kHashTrytes);
    std::ranges::fill(bytes.bytes(), static_cast<std::uint8_t>(kPadding));
    std::ranges::copy(trytes, bytes.bytes().begin());
    return bytes;
}

}  // namespace

Result<SideKey> SideKey::parse(std::string_view trytes) {
    if (trytes.empty() || trytes.size() > trinary::kHashTrytes)
        return fail(ErrorCode::InvalidArgument, "side key has {} characters, expected 1 to {} trytes", trytes.size(),
                    trinary::kHashTrytes);
    if (!trinary::isTrytes(trytes))
        return fail(ErrorCode::InvalidArgument, "side key has characters other than 9 and A-Z");
    return SideKey(padded(trytes));
}

SideKey SideKey::none() { return SideKey(padded({})); }

SideKey SideKey::generate(Random& random) {
    const auto trytes = crypto::Seed::generate(random);  // the same distribution
    return SideKey(padded(trytes.trytes()));
}

bool SideKey::isNone() const {
    return std::ranges::all_of(trytes(), [](char c) { return c == kPadding; });
}

}  // namespace pegasus::mam
