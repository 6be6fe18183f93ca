// SPDX-License-Identifier: Apache-2.0
// MAM0 messages in bundles: a payload cut into fragments, and all messages of a root out of the transactions of its address.
// Source: mam0.md section 13. Pure; for the pool.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "mam/channel.hpp"
#include "model/transaction.hpp"

namespace pegasus::mam {

/// Longer bundles are skipped.
inline constexpr std::int64_t kMaxFragments = 64;

/// Number of transactions of a payload: the clients add an empty one to a multiple of 2187 trytes.
[[nodiscard]] constexpr std::size_t fragmentCount(std::size_t payloadTrytes) {
    return payloadTrytes / model::Fragment::kTrytes + 1;
}
/// The fragments, the last filled with 9s. `payload` is of trytes.
[[nodiscard]] std::vector<model::Fragment> fragments(std::string_view payload);

/// A valid message, and the bundle it came in.
struct Received {
    Decoded message;
    model::Hash bundle;
    model::Hash tail;            ///< of the first attachment given
    std::int64_t timestamp = 0;  ///< of that tail, seconds; authenticated by nothing
};

/// What the transactions of an address hold.
struct Collected {
    /// Every distinct valid message, in the order of index; the first one given stands for its reattachments.
    std::vector<Received> messages;
    /// Indexes at which there are several different messages: the writer has used a key twice.
    std::vector<std::uint32_t> reusedIndexes;
    /// Not all messages announce the same next root: the writer is broken, or a key was used twice.
    bool nextRootsDiffer = false;
    std::size_t incomplete = 0;  ///< tails of this address whose bundle is not here as a whole, or too long
    std::size_t invalid = 0;     ///< complete bundles that are no message for this root and key
};

/// Looks at every transaction of `found` that is a tail of the root's address. Others, and other addresses, are passed over.
[[nodiscard]] Collected collect(std::span<const model::AttachedTransaction> found, const Hash& root, Mode mode,
                                const SideKey& sideKey);

}  // namespace pegasus::mam
