// SPDX-License-Identifier: Apache-2.0
#include "mam/channel.hpp"

#include <bit>
#include <limits>

#include "crypto/curl.hpp"

namespace pegasus::mam {

Result<void> validate(const ChannelState& state) {
    if (state.count > kMaxLeaves || !std::has_single_bit(state.count))
        return fail(ErrorCode::InvalidArgument, "a tree of {} leaves, expected a power of two up to {}", state.count,
                    kMaxLeaves);
    if (state.nextCount != state.count)
        return fail(ErrorCode::InvalidArgument, "the next tree has {} leaves, expected {} as the current one",
                    state.nextCount, state.count);
    if (state.index >= state.count)
        return fail(ErrorCode::InvalidArgument, "leaf {} of a tree of {}", state.index, state.count);
    // Room for the next two trees: advanced() then never overflows.
    if (state.start > std::numeric_limits<crypto::KeyIndex>::max() / 2)
        return fail(ErrorCode::LimitExceeded, "key index {}: start a new channel", state.start);
    return {};
}

ChannelState advanced(const ChannelState& state) {
    if (state.index + 1 >= state.count) return advancedTree(state);
    auto next = state;
    ++next.index;
    return next;
}

ChannelState advancedTree(const ChannelState& state) {
    auto next = state;
    next.start += state.nextCount;
    next.index = 0;
    return next;
}

SideKey maskingKey(const ChannelKeys& keys, Mode mode) {
    return mode == Mode::Restricted ? keys.sideKey.clone() : SideKey::none();
}

model::Address addressOf(const Hash& root, Mode mode) {
    return model::addressFrom(mode == Mode::Public ? root : crypto::curlHash(crypto::CurlRounds::P81, root.view()));
}

Result<ChannelTrees> buildTrees(const crypto::Seed& seed, const ChannelState& state) {
    PEGASUS_CHECK(validate(state));
    PEGASUS_TRY(auto current, Tree::build(seed, state.start, state.count, state.security));
    PEGASUS_TRY(auto next, Tree::build(seed, state.start + state.count, state.nextCount, state.security));
    return ChannelTrees{std::move(current), std::move(next)};
}

Result<ChannelTrees> advanceTrees(const crypto::Seed& seed, const ChannelState& state, ChannelTrees trees) {
    PEGASUS_CHECK(validate(state));
    const auto after = advanced(state);
    if (after.start == state.start) return trees;
    PEGASUS_TRY(auto next, Tree::build(seed, after.start + after.count, after.nextCount, after.security));
    return ChannelTrees{std::move(trees.next), std::move(next)};
}

Result<ChannelMessage> createMessage(const ChannelKeys& keys, const ChannelState& state, const ChannelTrees& trees,
                                     std::string_view message) {
    PEGASUS_CHECK(validate(state));
    if (trees.current.count() != state.count || trees.next.count() != state.nextCount)
        return fail(ErrorCode::InvalidArgument, "trees of {} and {} leaves for a channel of {}", trees.current.count(),
                    trees.next.count(), state.count);
    const auto key = maskingKey(keys, state.mode);
    PEGASUS_TRY(auto payload,
                encode({keys.seed, state.start + state.index, state.security, key, trees.root(), trees.next.root(),
                        state.index, trees.current.siblings(state.index), message}));
    return ChannelMessage{std::move(payload), trees.root(), trees.next.root(), state.index,
                          addressOf(trees.root(), state.mode)};
}

}  // namespace pegasus::mam
