// SPDX-License-Identifier: Apache-2.0
#include "mam/transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "channels.hpp"

namespace pegasus::mam {
namespace {

using model::AttachedTransaction;
using Found = std::vector<AttachedTransaction>;

class Collecting : public testing::Test {
protected:
    void add(const ChannelMessage& message, char letter) {
        const auto some = attached(message, letter);
        found.insert(found.end(), some.begin(), some.end());
    }
    [[nodiscard]] Collected collected(const Hash& root) const {
        return collect(found, root, channel.state.mode, channel.readingKey());
    }

    TestChannel channel{testState(Mode::Restricted, 1, 4)};
    Found found;
};

TEST(Fragments, HoldThePayloadAndOneMoreWhenItIsFull) {
    EXPECT_EQ(fragments("").size(), 1U);
    EXPECT_EQ(fragments(std::string(2186, 'A')).size(), 1U);
    EXPECT_EQ(fragments(std::string(2187, 'A')).size(), 2U);
    const auto two = fragments(std::string(2188, 'A'));
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[1].view(), "A" + std::string(2186, '9'));
}

TEST_F(Collecting, GivesAllMessagesOfARootInTheOrderOfIndex) {
    const auto root = channel.trees.root();
    std::vector<ChannelMessage> messages;
    for (const char* text : {"ONE", "TWO", "THREE"}) messages.push_back(channel.publish(text));
    add(messages[2], 'C');
    add(messages[0], 'A');
    add(messages[1], 'B');
    std::ranges::reverse(found);
    const auto all = collected(root);
    ASSERT_EQ(all.messages.size(), 3U);
    EXPECT_EQ(all.messages[0].message.message, "ONE");
    EXPECT_EQ(all.messages[1].message.message, "TWO");
    EXPECT_EQ(all.messages[2].message.message, "THREE");
    EXPECT_EQ(all.messages[1].bundle.view(), std::string(81, 'B'));
    EXPECT_EQ(all.messages[1].tail.view().substr(0, 2), "B9");
    EXPECT_EQ(all.messages[1].timestamp, 1'600'000'000);
    EXPECT_TRUE(all.reusedIndexes.empty());
    EXPECT_FALSE(all.nextRootsDiffer);
}

TEST_F(Collecting, TakesReattachmentsForOne) {
    const auto message = channel.publish("ONCE");
    add(message, 'A');
    add(message, 'B');
    add(message, 'A');  // the node named the same transactions twice
    const auto all = collected(message.root);
    ASSERT_EQ(all.messages.size(), 1U);
    EXPECT_EQ(all.messages[0].bundle.view(), std::string(81, 'A'));
    EXPECT_TRUE(all.reusedIndexes.empty());
}

TEST_F(Collecting, ReportsAKeyThatWasUsedTwice) {
    const auto first = channel.make("FIRST");
    const auto second = channel.make("SECOND");
    add(first, 'A');
    add(second, 'B');
    const auto all = collected(first.root);
    EXPECT_EQ(all.messages.size(), 2U);
    EXPECT_EQ(all.reusedIndexes, std::vector<std::uint32_t>{0});
    EXPECT_FALSE(all.nextRootsDiffer);
}

TEST_F(Collecting, ReportsDifferentNextRoots) {
    const auto first = channel.publish("FIRST");
    add(first, 'A');
    channel.trees.next = Tree::build(testSeed('X'), 0, 4, crypto::SecurityLevel::One).value();
    add(channel.make("SECOND"), 'B');
    EXPECT_TRUE(collected(first.root).nextRootsDiffer);
}

TEST_F(Collecting, PassesOverJunkAndForeignMessages) {
    const auto message = channel.publish("GOOD");
    auto junk = message;
    junk.payload = std::string(5000, 'J');
    add(junk, 'A');
    TestChannel foreign(testState(Mode::Restricted, 1, 4), 'F');
    auto other = foreign.publish("FOREIGN");
    other.address = message.address;
    add(other, 'B');
    add(message, 'C');
    const auto all = collected(message.root);
    ASSERT_EQ(all.messages.size(), 1U);
    EXPECT_EQ(all.messages[0].message.message, "GOOD");
    EXPECT_EQ(all.invalid, 2U);
}

TEST_F(Collecting, SkipsBundlesThatAreNotComplete) {
    const auto message = channel.publish("WHOLE");
    const auto parts = attached(message, 'A');
    ASSERT_EQ(parts.size(), 2U);
    found = {parts[0]};
    EXPECT_EQ(collected(message.root).incomplete, 1U);
    found = {parts[1]};
    EXPECT_EQ(collected(message.root).incomplete, 0U);  // no tail
    const auto broken = [&](auto change) {
        found = parts;
        change(found);
        const auto all = collected(message.root);
        return all.messages.empty() && all.incomplete == 1;
    };
    EXPECT_TRUE(broken([](Found& f) { f[1].transaction.currentIndex = 0; f[1].transaction.address = {}; }));
    EXPECT_TRUE(broken([](Found& f) { f[1].transaction.bundle = {}; }));
    EXPECT_TRUE(broken([](Found& f) { f[1].transaction.lastIndex = 2; }));
    EXPECT_TRUE(broken([](Found& f) { f[1].transaction.address = {}; }));
    EXPECT_TRUE(broken([](Found& f) { f[0].transaction.trunkTransaction = f[0].hash; }));
    EXPECT_TRUE(broken([](Found& f) { f[0].transaction.lastIndex = f[1].transaction.lastIndex = kMaxFragments; }));
    EXPECT_TRUE(broken([](Found& f) { f[0].transaction.lastIndex = f[1].transaction.lastIndex = -1; }));
}

TEST_F(Collecting, LooksOnlyAtTheAddressOfTheRoot) {
    auto message = channel.publish("ELSEWHERE");
    message.address = {};
    add(message, 'A');
    const auto all = collected(message.root);
    EXPECT_TRUE(all.messages.empty());
    EXPECT_EQ(all.incomplete + all.invalid, 0U);
}

TEST_F(Collecting, FindsNothingInNothing) {
    EXPECT_TRUE(collected(channel.trees.root()).messages.empty());
}

}  // namespace
}  // namespace pegasus::mam
