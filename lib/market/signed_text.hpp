// SPDX-License-Identifier: Apache-2.0
// Signatures inside JSON: the last member is "sig", over the very characters before it. docs/protocol.md, "Signatures".
#pragma once

#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"

namespace pegasus::market {

/// What a signature is for; it is part of what is signed, so that one cannot be taken for another.
inline constexpr std::string_view kListingContext = "pegasus-listing-1\n";
inline constexpr std::string_view kReplyContext = "pegasus-reply-1\n";

/// `open` is a JSON object without its closing brace and with at least one member. Adds the signature and the brace; before
/// them a space, where the original's reader would not find the end of the text (json_text.hpp, endsReadably()).
[[nodiscard]] Result<std::string> signText(std::string_view context, std::string open, const crypto::Ed25519Key& key);

struct SignedParts {
    std::string_view open;  ///< what was signed, besides the context
    crypto::Ed25519Signature signature;
};
/// Takes a signed text apart; AuthenticationFailed if it does not end in a signature member of the one accepted form.
[[nodiscard]] Result<SignedParts> splitSigned(std::string_view text);
/// True if `text` is signed by `key` for `context`.
[[nodiscard]] bool isSignedBy(std::string_view context, std::string_view text, const crypto::Ed25519PublicKey& key);

}  // namespace pegasus::market
