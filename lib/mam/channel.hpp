// SPDX-License-Identifier: Apache-2.0
// A channel: its state as plain values, and the step from one message to the next. Source: mam0.md sections 11 and 12.
//
// A leaf must never sign twice. So the writer (1) takes `state`, (2) makes the message of it, (3) stores advanced(state) together with the
// payload, durably, and only then (4) sends the payload. After a crash it sends the stored payload; if it cannot know whether
// a leaf has signed, it goes on with advanced(state), which skips the leaf.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/signature.hpp"
#include "mam/message.hpp"
#include "mam/side_key.hpp"
#include "mam/tree.hpp"
#include "model/types.hpp"

namespace pegasus::mam {

enum class Mode : std::uint8_t { Public, Private, Restricted };

/// What never changes in the life of a channel, and is secret. One seed for each channel: channels on one seed share keys.
struct ChannelKeys {
    crypto::Seed seed;
    SideKey sideKey = SideKey::none();  ///< read in mode Restricted only

    [[nodiscard]] ChannelKeys clone() const { return {seed.clone(), sideKey.clone()}; }
};

/// What the next message needs to know.
struct ChannelState {
    Mode mode = Mode::Restricted;
    crypto::SecurityLevel security = crypto::SecurityLevel::Two;
    std::uint32_t count = 1;      ///< leaves of the current tree; stock readers see only the first message of a tree
    std::uint32_t nextCount = 1;  ///< leaves of the next tree; must be count
    crypto::KeyIndex start = 0;   ///< key index of leaf 0 of the current tree
    std::uint32_t index = 0;      ///< next unused leaf of the current tree

    bool operator==(const ChannelState&) const = default;
};

/// InvalidArgument says what is wrong: count no power of two or not next count, index beyond the tree, key indexes used up.
[[nodiscard]] Result<void> validate(const ChannelState& state);
/// The state after its leaf has signed (or has to be skipped). `state` is valid.
[[nodiscard]] ChannelState advanced(const ChannelState& state);
/// The state at the first leaf of the next tree, when it is not known which leaves of this one have signed.
[[nodiscard]] ChannelState advancedTree(const ChannelState& state);

/// The key that messages are masked with: the side key in mode Restricted, else that of 9s.
[[nodiscard]] SideKey maskingKey(const ChannelKeys& keys, Mode mode);

/// The address of all messages of a root.
[[nodiscard]] model::Address addressOf(const Hash& root, Mode mode);

/// The two trees that a message needs. Keep them from message to message; nothing in them is secret.
struct ChannelTrees {
    Tree current;
    Tree next;

    [[nodiscard]] const Hash& root() const { return current.root(); }
};

/// Both trees of a state. Slow: for the pool.
[[nodiscard]] Result<ChannelTrees> buildTrees(const crypto::Seed& seed, const ChannelState& state);
/// The trees of advanced(state), given those of `state`: the same ones, or, after the last leaf of a tree, the next one and a new
/// one (slow: for the pool).
[[nodiscard]] Result<ChannelTrees> advanceTrees(const crypto::Seed& seed, const ChannelState& state, ChannelTrees trees);

/// A message signed by the leaf of `state`.
struct ChannelMessage {
    std::string payload;  ///< trytes, to be cut into fragments (transport.hpp)
    Hash root;
    Hash nextRoot;
    std::uint32_t index = 0;  ///< of the leaf in its tree
    model::Address address;
};

/// Makes the message. `trees` are those of `state`. InvalidArgument for a message that is not trytes or longer than
/// kMaxMessageTrytes, or a state that is not valid. Always the same payload for the same input. About 0.5 ms.
[[nodiscard]] Result<ChannelMessage> createMessage(const ChannelKeys& keys, const ChannelState& state,
                                                   const ChannelTrees& trees, std::string_view message);

}  // namespace pegasus::mam
