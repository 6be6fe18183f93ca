// SPDX-License-Identifier: Apache-2.0
// One MAM0 message: made, and read with all its checks. Source: mam0.md sections 5, 8, 9. Layout in message.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signature.hpp"
#include "mam/side_key.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::mam {

using trinary::Hash;

/// Longer messages are not made: libraries disagree about their header (mam0.md section 14).
inline constexpr std::size_t kMaxMessageTrytes = 88'573;
/// Longer payloads are not read: 64 fragments hold the longest message that is made.
inline constexpr std::size_t kMaxPayloadTrytes = std::size_t{64} * 2187;

/// All that a message is made of. References are not kept.
struct MessageParts {
    const crypto::Seed& seed;
    crypto::KeyIndex keyIndex;  ///< start of the tree + index
    crypto::SecurityLevel security;
    const SideKey& sideKey;
    Hash root;
    Hash nextRoot;
    std::uint32_t index;         ///< of the leaf in its tree
    std::vector<Hash> siblings;  ///< of the leaf
    std::string_view message;    ///< trytes
};

/// The payload, byte for byte that of the Rust library (nonce order, length). InvalidArgument if the message is not trytes or
/// longer than kMaxMessageTrytes.
[[nodiscard]] Result<std::string> encode(const MessageParts& parts);

/// An authenticated message.
struct Decoded {
    std::string message;  ///< trytes
    Hash nextRoot;
    std::uint32_t index = 0;  ///< of the leaf in its tree
    crypto::SecurityLevel security = crypto::SecurityLevel::One;
    std::uint32_t depth = 0;  ///< siblings: the tree has 2^depth leaves

    bool operator==(const Decoded&) const = default;
};

/// Reads a payload at a root; trytes after the end of the message are ignored, as in a padded last fragment. InvalidArgument:
/// not trytes, empty or longer than kMaxPayloadTrytes. Corrupt: not a valid message for this root and key; why is not said,
/// since a wrong key cannot be told from a changed payload. Nothing of a message that fails is returned.
[[nodiscard]] Result<Decoded> decode(std::string_view payload, const Hash& root, const SideKey& sideKey);

}  // namespace pegasus::mam
