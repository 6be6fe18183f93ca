// SPDX-License-Identifier: Apache-2.0
// A signed message from its text to the bundle that carries it, the same one each time. Pure; for the pool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mam/channel.hpp"
#include "model/transaction.hpp"

namespace pegasus::stream {

/// One row of the outbox: all that fixes the bundle hash.
struct Message {
    std::uint64_t epoch = 0;
    std::uint64_t leaf = 0;  ///< key index, and number of the message in its channel: trees have one leaf
    model::Hash root;
    model::Address address;
    std::string payload;     ///< trytes
    model::Tag tag;
    model::Tag obsoleteTag;  ///< of transaction 0, as the search for an acceptable bundle hash left it
    std::int64_t timestamp = 0;  ///< seconds
    model::Hash bundle;
    std::size_t samples = 0;
    std::string text;        ///< the JSON that the payload holds
};

/// The state of a channel whose next leaf is `leaf`. Restricted; one leaf a tree, as stock readers need it.
[[nodiscard]] mam::ChannelState stateAt(std::uint64_t leaf, int security);

/// Signs `text` (ASCII). epoch and samples are left to the caller.
[[nodiscard]] Result<Message> makeMessage(const mam::ChannelKeys& keys, const mam::ChannelState& state,
                                          const mam::ChannelTrees& trees, std::string_view text,
                                          std::int64_t timestamp);

/// The transactions in index order, to be attached. Corrupt if they do not give the stored bundle hash.
[[nodiscard]] Result<std::vector<model::Transaction>> transactionsOf(const Message& message);

}  // namespace pegasus::stream
