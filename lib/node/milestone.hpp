// SPDX-License-Identifier: Apache-2.0
// Milestones: what they contain, what is signed, and how anyone verifies them. Format: README.md.
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.hpp"
#include "crypto/ed25519.hpp"
#include "model/bundle.hpp"

namespace pegasus::node {

/// What the coordinator says with a milestone.
struct MilestoneStatement {
    std::int64_t index = 0;  ///< 1 is the first
    model::Hash trunk;
    model::Hash branch;
    crypto::Sha256Digest root{};  ///< includedRoot() of what it includes
};

/// A milestone as it was stored or received.
struct Milestone {
    MilestoneStatement statement;
    crypto::Ed25519Signature signature{};
    model::Hash hash;            ///< of its transaction
    std::int64_t timestamp = 0;  ///< seconds
};

/// The address that milestones go to: the 32 bytes of the key, two trytes each, then 9s.
[[nodiscard]] model::Address coordinatorAddress(const crypto::Ed25519PublicKey& key);
/// The inverse; InvalidArgument for other addresses.
[[nodiscard]] Result<crypto::Ed25519PublicKey> coordinatorKey(const model::Address& address);

/// Root of the Merkle tree over the tails of the included bundles in white-flag order, those
/// without value too.
[[nodiscard]] crypto::Sha256Digest includedRoot(std::span<const model::Hash> tails);
/// The bytes under the signature.
[[nodiscard]] std::vector<std::uint8_t> signedBytes(std::string_view networkId,
                                                    const MilestoneStatement& statement);

/// The bundle of one transaction, finalised, not attached.
[[nodiscard]] Result<model::BundleDraft> milestoneBundle(const model::Address& coordinator,
                                                         const MilestoneStatement& statement,
                                                         const crypto::Ed25519Signature& signature,
                                                         std::int64_t timestamp);
/// Reads a milestone without judging its signature. InvalidArgument: it is none.
[[nodiscard]] Result<Milestone> parseMilestone(const model::AttachedTransaction& transaction);
/// Reads it and checks that the holder of the coordinator's key signed it for this network.
[[nodiscard]] Result<Milestone> verifyMilestone(const model::AttachedTransaction& transaction,
                                                const model::Address& coordinator,
                                                std::string_view networkId);

}  // namespace pegasus::node
