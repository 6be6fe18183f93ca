// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures (RFC 8032) with raw keys: milestones.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "base/scheduler.hpp"
#include "base/secret.hpp"

namespace pegasus::crypto {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

/// A signing key: 32 secret bytes and what follows from them.
class Ed25519Key {
public:
    [[nodiscard]] static Result<Ed25519Key> generate(Random& random);
    /// Exactly 32 bytes; InvalidArgument otherwise.
    [[nodiscard]] static Result<Ed25519Key> fromBytes(SecretBytes secret);
    [[nodiscard]] const SecretBytes& bytes() const { return secret_; }
    [[nodiscard]] const Ed25519PublicKey& publicKey() const { return public_; }
    [[nodiscard]] Result<Ed25519Signature> sign(std::span<const std::uint8_t> message) const;

private:
    Ed25519Key(SecretBytes secret, const Ed25519PublicKey& publicKey) : secret_(std::move(secret)), public_(publicKey) {}
    SecretBytes secret_;
    Ed25519PublicKey public_{};
};

/// False for anything but a valid signature of `message` by the holder of `key`.
[[nodiscard]] bool verifyEd25519(const Ed25519PublicKey& key, std::span<const std::uint8_t> message,
                                 const Ed25519Signature& signature);

}  // namespace pegasus::crypto
