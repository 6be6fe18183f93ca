// SPDX-License-Identifier: Apache-2.0
#include "mam/tree.hpp"

#include <bit>

#include "crypto/curl_batch.hpp"
#include "mam/one_time.hpp"

namespace pegasus::mam {
namespace {

using crypto::CurlRounds;

Result<void> checkCount(std::size_t count) {
    if (count > kMaxLeaves || !std::has_single_bit(count))
        return fail(ErrorCode::InvalidArgument, "a tree of {} leaves, expected a power of two up to {}", count,
                    kMaxLeaves);
    return {};
}

std::vector<Hash> parents(const std::vector<Hash>& level) {
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < level.size(); i += 2) pairs.push_back(level[i].str() + level[i + 1].str());
    const std::vector<std::string_view> views(pairs.begin(), pairs.end());
    return crypto::curlHashAll(CurlRounds::P27, views);
}

}  // namespace

Result<Tree> Tree::build(const crypto::Seed& seed, crypto::KeyIndex start, std::uint32_t count,
                         crypto::SecurityLevel level) {
    PEGASUS_CHECK(checkCount(count));
    std::vector<Hash> leaves;
    for (const auto& leaf : leafAddresses(seed, start, count, level)) leaves.push_back(Hash::fromTrits(leaf));
    return fromLeaves(std::move(leaves));
}

Result<Tree> Tree::fromLeaves(std::vector<Hash> leaves) {
    PEGASUS_CHECK(checkCount(leaves.size()));
    std::vector<std::vector<Hash>> levels{std::move(leaves)};
    while (levels.back().size() > 1) levels.push_back(parents(levels.back()));
    return Tree(std::move(levels));
}

std::vector<Hash> Tree::siblings(std::uint32_t index) const {
    std::vector<Hash> out;
    for (std::size_t level = 0; level + 1 < levels_.size(); ++level) out.push_back(levels_[level][(index >> level) ^ 1U]);
    return out;
}

}  // namespace pegasus::mam
