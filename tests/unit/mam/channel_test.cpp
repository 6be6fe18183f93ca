// SPDX-License-Identifier: Apache-2.0
#include "mam/channel.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "channels.hpp"
#include "crypto/curl.hpp"

namespace pegasus::mam {
namespace {

TEST(ChannelState, GoesThroughTheLeavesAndThenToTheNextTree) {
    auto state = testState(Mode::Restricted, 2, 2);
    state = advanced(state);
    EXPECT_EQ(state.start, 0U);
    EXPECT_EQ(state.index, 1U);
    state = advanced(state);
    EXPECT_EQ(state.start, 2U);
    EXPECT_EQ(state.index, 0U);
    EXPECT_EQ(advanced(testState(Mode::Public, 1, 1)).start, 1U);
}

TEST(ChannelState, SkipsADoubtfulTree) {
    const auto state = advancedTree(advanced(testState(Mode::Restricted, 2, 4)));
    EXPECT_EQ(state.start, 4U);
    EXPECT_EQ(state.index, 0U);
}

TEST(ChannelState, IsRefusedWhenTheChainWouldBreak) {
    const auto refused = [](auto change) {
        auto state = testState(Mode::Restricted, 2, 4);
        EXPECT_TRUE(validate(state));
        change(state);
        return !validate(state) && !buildTrees(testSeed(), state);
    };
    EXPECT_TRUE(refused([](ChannelState& s) { s.count = s.nextCount = 3; }));
    EXPECT_TRUE(refused([](ChannelState& s) { s.count = s.nextCount = 0; }));
    EXPECT_TRUE(refused([](ChannelState& s) { s.nextCount = 8; }));
    EXPECT_TRUE(refused([](ChannelState& s) { s.index = 4; }));
    EXPECT_TRUE(refused([](ChannelState& s) { s.start = std::numeric_limits<crypto::KeyIndex>::max(); }));
}

TEST(Channel, AnnouncesTheRootThatItsNextTreeHas) {
    TestChannel channel(testState(Mode::Restricted, 1, 2));
    const auto first = channel.publish("A");
    const auto second = channel.publish("B");
    EXPECT_EQ(first.root, second.root);
    EXPECT_EQ(first.nextRoot, second.nextRoot);
    EXPECT_EQ(channel.publish("C").root, first.nextRoot);
    const auto built = buildTrees(channel.keys.seed, channel.state).value();
    EXPECT_EQ(built.current, channel.trees.current);
    EXPECT_EQ(built.next, channel.trees.next);
}

TEST(Channel, HasTheRootAsAddressOnlyInPublic) {
    const auto root = Hash::parse(std::string(81, 'R')).value();
    const auto hashed = crypto::curlHash(crypto::CurlRounds::P81, root.view());
    EXPECT_EQ(addressOf(root, Mode::Public).view(), root.view());
    EXPECT_EQ(addressOf(root, Mode::Private).view(), hashed.view());
    EXPECT_EQ(addressOf(root, Mode::Restricted).view(), hashed.view());
}

TEST(Channel, UsesTheSideKeyInRestrictedOnly) {
    const auto keys = testKeys();
    EXPECT_TRUE(maskingKey(keys, Mode::Public).isNone());
    EXPECT_TRUE(maskingKey(keys, Mode::Private).isNone());
    EXPECT_EQ(maskingKey(keys, Mode::Restricted).trytes(), keys.sideKey.trytes());
}

TEST(Channel, RefusesTreesOfAnotherSize) {
    const TestChannel channel(testState(Mode::Restricted, 1, 2));
    auto state = channel.state;
    state.count = state.nextCount = 4;
    EXPECT_EQ(createMessage(channel.keys, state, channel.trees, "A").error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace pegasus::mam
