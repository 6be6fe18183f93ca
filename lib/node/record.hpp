// SPDX-License-Identifier: Apache-2.0
// Record: a transaction as tangle.db keeps it, and what a whole bundle does. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "model/bundle.hpp"
#include "node/packed.hpp"

namespace pegasus::node {

/// A transaction with its fields packed.
struct Record {
    Packed hash, address, bundle, trunk, branch, tag, obsoleteTag, nonce;
    std::int64_t value = 0;
    std::int64_t timestamp = 0;
    std::int64_t currentIndex = 0;
    std::int64_t lastIndex = 0;
    std::int64_t attached = 0;
    std::int64_t lower = 0;
    std::int64_t upper = 0;
    std::vector<std::uint8_t> signature;  ///< without zero bytes at the end
};

[[nodiscard]] Record pack(const model::AttachedTransaction& transaction);
/// Corrupt if the record cannot have come from pack().
[[nodiscard]] Result<model::AttachedTransaction> unpack(const Record& record);

/// A bundle longer than this is refused. (What fits into a call of the API is some 370.)
inline constexpr std::int64_t kMaxBundleLength = 400;

/// A valid attachment of a bundle, as far as its own transactions tell.
struct Attachment {
    struct Change {
        Packed address;
        std::int64_t amount = 0;  ///< not 0
    };
    Packed tail, bundle;
    Packed trunk, branch;  ///< of the head: they must be tails
    std::int64_t length = 1;
    std::vector<Change> changes;  ///< the sum for each address; none for a bundle without value
    std::vector<Packed> spent;    ///< addresses that have signed
};

/// Validates a whole bundle, in index order, with its links. InvalidArgument says what is wrong.
[[nodiscard]] Result<Attachment> examineBundle(
    const std::vector<model::AttachedTransaction>& transactions);

}  // namespace pegasus::node
