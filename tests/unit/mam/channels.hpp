// SPDX-License-Identifier: Apache-2.0
// Channels, messages and bundles for the tests of MAM.
#pragma once

#include <string>
#include <vector>

#include "mam/channel.hpp"
#include "mam/transport.hpp"

namespace pegasus::mam {

inline crypto::Seed testSeed(char letter = 'S') { return crypto::Seed::parse(std::string(81, letter)).value(); }

inline ChannelKeys testKeys(char letter = 'S') {
    return {testSeed(letter), SideKey::parse("OPEN9SESAME").value()};
}

inline ChannelState testState(Mode mode, int security, std::uint32_t count) {
    ChannelState state;
    state.mode = mode;
    state.security = static_cast<crypto::SecurityLevel>(security);
    state.count = state.nextCount = count;
    return state;
}

/// A writer that keeps its trees.
struct TestChannel {
    ChannelKeys keys;
    ChannelState state;
    ChannelTrees trees;

    explicit TestChannel(ChannelState first, char seed = 'S')
        : keys(testKeys(seed)), state(first), trees(buildTrees(keys.seed, first).value()) {}

    /// The message of the present leaf, without going on.
    [[nodiscard]] ChannelMessage make(std::string_view message) const {
        return createMessage(keys, state, trees, message).value();
    }
    ChannelMessage publish(std::string_view message) {
        auto made = make(message);
        trees = advanceTrees(keys.seed, state, std::move(trees)).value();
        state = advanced(state);
        return made;
    }
    [[nodiscard]] SideKey readingKey() const { return maskingKey(keys, state.mode); }
};

/// The transactions of a payload, linked by invented hashes that start with `letter`.
inline std::vector<model::AttachedTransaction> attached(const ChannelMessage& message, char letter) {
    const auto parts = fragments(message.payload);
    const auto hash = [letter](std::size_t index) {
        std::string trytes(81, letter);
        trytes[1] = trinary::kAlphabet[index];
        return model::Hash::parse(trytes).value();
    };
    std::vector<model::AttachedTransaction> out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        model::AttachedTransaction a;
        a.transaction.signatureMessageFragment = parts[i];
        a.transaction.address = message.address;
        a.transaction.currentIndex = static_cast<std::int64_t>(i);
        a.transaction.lastIndex = static_cast<std::int64_t>(parts.size()) - 1;
        a.transaction.bundle = model::Hash::parse(std::string(81, letter)).value();
        a.transaction.trunkTransaction = hash(i + 1);
        a.transaction.timestamp = 1'600'000'000;
        a.hash = hash(i);
        out.push_back(a);
    }
    return out;
}

}  // namespace pegasus::mam
