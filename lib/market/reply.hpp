// SPDX-License-Identifier: Apache-2.0
// The seller's reply: root and side key under the buyer's RSA key. docs/protocol.md, "Reply". Pure; RSA is for the pool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "crypto/ed25519.hpp"
#include "market/payment_request.hpp"

namespace pegasus::market {

inline constexpr std::size_t kMaxReplyLength = 4372;  // four fragments

/// What is granted.
struct Grant {
    Hash root;
    SecretBytes sideKey;  ///< trytes, 1..81
    [[nodiscard]] Grant clone() const { return {root, sideKey.clone()}; }
};

struct ReplyTerms {
    std::string deviceName;
    std::string description;
    OfferId offer;
    Hash paymentBundle;
    std::uint64_t epoch = 1;  ///< of the channel: a later reply with a higher one replaces the grant
};

/// Encrypts, writes and signs. The message in trytes, without padding; random, so keep it to send the same again.
[[nodiscard]] Result<std::string> encodeReply(const Grant& grant, const ReplyTerms& terms, const PaymentRequest& request,
                                              const crypto::Ed25519Key& key);

/// A reply that is not decrypted yet.
struct Reply {
    std::string text;  ///< the whole JSON
    std::vector<std::uint8_t> sideKey, root;  ///< ciphertexts
    std::optional<Hash> paymentBundle;
    std::string offer;  ///< empty: not said
    std::uint64_t epoch = 0;
};
/// InvalidArgument, LimitExceeded.
[[nodiscard]] Result<Reply> decodeReply(std::string_view messageTrytes);
/// True if it answers `payment` for the stream of `key`, and that key signed it.
[[nodiscard]] bool isAuthentic(const Reply& reply, const crypto::Ed25519PublicKey& key, const OfferId& offer,
                               const Hash& payment);
/// Tries OAEP with SHA-1, then SHA-256. AuthenticationFailed: not for this key; InvalidArgument: not root and side key.
[[nodiscard]] Result<Grant> decrypt(const Reply& reply, const crypto::RsaPrivateKey& key);

}  // namespace pegasus::market
