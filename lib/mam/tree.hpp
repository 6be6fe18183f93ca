// SPDX-License-Identifier: Apache-2.0
// The Merkle tree over the one-time keys of a channel. Source: mam0.md section 4.
#pragma once

#include <cstdint>
#include <vector>

#include "crypto/signature.hpp"
#include "trinary/trytes.hpp"

namespace pegasus::mam {

using trinary::Hash;

/// A tree of more leaves is refused: 65 536 leaves take a core some seconds.
inline constexpr std::uint32_t kMaxLeaves = 65'536;

/// A value; nothing in it is secret. Its leaves may be stored and the tree made of them again.
class Tree {
public:
    /// From the keys start .. start + count - 1. InvalidArgument unless count is a power of two up to kMaxLeaves. Slow (a leaf
    /// of level 2 is 1568 permutations): for the pool.
    [[nodiscard]] static Result<Tree> build(const crypto::Seed& seed, crypto::KeyIndex start, std::uint32_t count,
                                            crypto::SecurityLevel level);
    /// From leaves made before, left to right; the same condition on their number.
    [[nodiscard]] static Result<Tree> fromLeaves(std::vector<Hash> leaves);

    [[nodiscard]] const Hash& root() const { return levels_.back().front(); }
    [[nodiscard]] const std::vector<Hash>& leaves() const { return levels_.front(); }
    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(leaves().size()); }
    /// Siblings of a leaf, leaf level first. `index` is below count().
    [[nodiscard]] std::vector<Hash> siblings(std::uint32_t index) const;

    bool operator==(const Tree&) const = default;

private:
    explicit Tree(std::vector<std::vector<Hash>> levels) : levels_(std::move(levels)) {}
    std::vector<std::vector<Hash>> levels_;  // leaves first, the root last
};

}  // namespace pegasus::mam
