// SPDX-License-Identifier: Apache-2.0
// Vectors i and j: MAM0 channels, byte for byte those of the Rust library, and payloads that must be read or refused.
#include "mam/channel.hpp"
#include "vector_file.hpp"

namespace pegasus::vectors {
namespace {

using mam::ChannelKeys;
using mam::ChannelState;
using mam::Mode;
using mam::SideKey;
using trinary::Hash;

Mode modeOf(const std::string& name) {
    if (name == "public") return Mode::Public;
    return name == "private" ? Mode::Private : Mode::Restricted;
}

SideKey sideKeyOf(const json::object& o) {
    const auto& key = o.at("sideKey");
    return key.is_null() ? SideKey::none() : SideKey::parse(std::string(key.as_string())).value();
}

ChannelState stateOf(const json::object& o) {
    ChannelState state;
    state.mode = modeOf(text(o, "mode"));
    state.security = static_cast<crypto::SecurityLevel>(integer(o, "security"));
    state.count = static_cast<std::uint32_t>(integer(o, "count"));
    state.nextCount = static_cast<std::uint32_t>(integer(o, "nextCount"));
    state.start = static_cast<crypto::KeyIndex>(integer(o, "start"));
    return state;
}

void expectState(const ChannelState& state, const json::object& expected) {
    EXPECT_EQ(state.start, static_cast<crypto::KeyIndex>(integer(expected, "start")));
    EXPECT_EQ(state.index, integer(expected, "index"));
    if (expected.contains("count")) {
        EXPECT_EQ(state.count, integer(expected, "count"));
    }
}

void expectDecodes(const std::string& payload, const json::object& m, const SideKey& key, const ChannelState& state) {
    const auto decoded = mam::decode(payload, Hash::parse(text(m, "root")).value(), key);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->message, text(m, "message"));
    EXPECT_EQ(decoded->nextRoot.view(), text(m, "next_root"));
    EXPECT_EQ(decoded->index, state.index);
    EXPECT_EQ(decoded->security, state.security);
    EXPECT_EQ(std::uint32_t{1} << decoded->depth, state.count);
}

class MamChannels : public testing::Test {
protected:
    /// Calls body(message, keys, state, trees) for every message of every channel.
    template <class F>
    void forEachMessage(F body) {
        for (const auto& c : cases("i_mam.json")) {
            const auto& o = c.as_object();
            const testing::ScopedTrace trace(__FILE__, __LINE__, text(o, "name"));
            const ChannelKeys keys{crypto::Seed::parse(text(o, "seed")).value(), sideKeyOf(o)};
            auto state = stateOf(o);
            auto trees = mam::buildTrees(keys.seed, state);
            ASSERT_FALSE(o.at("messages").as_array().empty());
            for (const auto& m : o.at("messages").as_array()) {
                ASSERT_TRUE(trees);
                const auto& message = m.as_object();
                expectState(state, message.at("channel_before").as_object());
                body(message, keys, state, *trees);
                trees = mam::advanceTrees(keys.seed, state, std::move(*trees));
                state = mam::advanced(state);
                expectState(state, message.at("channel_after").as_object());
            }
        }
    }
};

TEST_F(MamChannels, ArePublishedByteForByteAsTheRustLibraryDoes) {
    forEachMessage([](const json::object& m, const ChannelKeys& keys, const ChannelState& state,
                      const mam::ChannelTrees& trees) {
        const auto message = mam::createMessage(keys, state, trees, text(m, "message"));
        ASSERT_TRUE(message);
        EXPECT_EQ(message->root.view(), text(m, "root"));
        EXPECT_EQ(message->nextRoot.view(), text(m, "next_root"));
        EXPECT_EQ(message->address.view(), text(m, "address"));
        EXPECT_EQ(message->payload, text(m, "payload_mamasm"));
    });
}

TEST_F(MamChannels, AreReadFromThePayloadsOfBothLibraries) {
    forEachMessage([](const json::object& m, const ChannelKeys& keys, const ChannelState& state,
                      const mam::ChannelTrees&) {
        const auto key = mam::maskingKey(keys, state.mode);
        expectDecodes(text(m, "payload_mamasm"), m, key, state);
        const auto& other = m.at("payload_mamjs");
        // "same", or a remark, where mam.js has no payload of its own.
        if (!other.is_string() || !trinary::isTrytes(std::string(other.as_string()))) return;
        expectDecodes(std::string(other.as_string()), m, key, state);
    });
}

TEST(VectorsJ, ValidPayloadsAreReadAndAllOthersRefused) {
    for (const auto& c : cases("j_mam_decode.json")) {
        const auto& o = c.as_object();
        const testing::ScopedTrace trace(__FILE__, __LINE__, text(o, "name"));
        const auto root = Hash::parse(text(o, "root"));
        const auto key = sideKeyOf(o);
        const auto decoded = root ? mam::decode(text(o, "payload"), *root, key) : fail(root.error());
        const auto expected = text(o, "expect");
        if (expected == "fail") {
            EXPECT_FALSE(decoded);
        } else if (expected == "ok") {
            ASSERT_TRUE(decoded);
            EXPECT_EQ(decoded->message, text(o, "message"));
            EXPECT_EQ(decoded->nextRoot.view(), text(o, "next_root"));
        } else {
            FAIL() << expected;
        }
    }
}

}  // namespace
}  // namespace pegasus::vectors
