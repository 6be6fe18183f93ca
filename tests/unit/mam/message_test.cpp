// SPDX-License-Identifier: Apache-2.0
// Messages made and read, and everything that must not be read.
#include "mam/message.hpp"

#include <gtest/gtest.h>

#include <random>

#include "channels.hpp"

namespace pegasus::mam {
namespace {

constexpr Mode kModes[] = {Mode::Public, Mode::Private, Mode::Restricted};

std::string randomTrytes(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::string trytes(count, '9');
    for (auto& c : trytes) c = trinary::kAlphabet[random() % 27];
    return trytes;
}

void expectRefused(std::string_view payload, const Hash& root, const SideKey& key) {
    const auto decoded = decode(payload, root, key);
    ASSERT_FALSE(decoded);
    EXPECT_TRUE(decoded.error().code == ErrorCode::Corrupt || decoded.error().code == ErrorCode::InvalidArgument);
}

TEST(Message, IsReadBackInEveryModeLevelAndTreePastTheChangeOfTrees) {
    for (const auto mode : kModes) {
        for (int security = 1; security <= 3; ++security) {
            for (const std::uint32_t count : {1U, 2U, 4U}) {
                TestChannel channel(testState(mode, security, count));
                auto root = channel.trees.root();
                for (std::uint32_t i = 0; i < count + 2; ++i) {
                    const auto text = randomTrytes(37 * i, i);
                    const auto message = channel.publish(text);
                    ASSERT_EQ(message.root, root);
                    const auto decoded = decode(message.payload, root, channel.readingKey());
                    ASSERT_TRUE(decoded) << security << " " << count << " " << i;
                    EXPECT_EQ(decoded->message, text);
                    EXPECT_EQ(decoded->nextRoot, message.nextRoot);
                    EXPECT_EQ(decoded->index, i % count);
                    EXPECT_EQ(static_cast<int>(decoded->security), security);
                    if (i % count == count - 1) root = message.nextRoot;
                }
            }
        }
    }
}

TEST(Message, IsReadFromWholeFragments) {
    TestChannel channel(testState(Mode::Restricted, 2, 2));
    const auto message = channel.publish("HELLO");
    std::string joined;
    for (const auto& fragment : fragments(message.payload)) joined += fragment.view();
    EXPECT_EQ(decode(joined, message.root, channel.readingKey())->message, "HELLO");
    joined.append(2187, 'X');  // what follows is ignored, whatever it is
    EXPECT_EQ(decode(joined, message.root, channel.readingKey())->message, "HELLO");
}

TEST(Message, OfTheLargestSizeFitsAndOneMoreIsRefused) {
    const TestChannel channel(testState(Mode::Restricted, 1, 1));
    const auto text = randomTrytes(kMaxMessageTrytes, 4);
    const auto message = channel.make(text);
    EXPECT_LE(static_cast<std::int64_t>(fragmentCount(message.payload.size())), kMaxFragments);
    EXPECT_EQ(decode(message.payload, message.root, channel.readingKey())->message, text);
    EXPECT_EQ(createMessage(channel.keys, channel.state, channel.trees, text + "A").error().code,
              ErrorCode::InvalidArgument);
}

TEST(Message, OfCharactersOtherThanTrytesIsRefused) {
    const TestChannel channel(testState(Mode::Restricted, 1, 1));
    for (const char* text : {"abc", "A B", "8", "\xc3\x84"})
        EXPECT_EQ(createMessage(channel.keys, channel.state, channel.trees, text).error().code,
                  ErrorCode::InvalidArgument);
}

TEST(Message, IsTheSameEachTimeItIsMade) {
    const TestChannel channel(testState(Mode::Restricted, 2, 1));
    EXPECT_EQ(channel.make("AGAIN").payload, channel.make("AGAIN").payload);
}

TEST(Message, IsRefusedWhenItIsCutAnywhere) {
    const TestChannel channel(testState(Mode::Restricted, 1, 2));
    const auto message = channel.make("CUT9ME9SHORT");
    auto payload = message.payload;
    const auto key = channel.readingKey();
    // The Rust library adds trytes that are not of the message: find its end first.
    while (decode(std::string_view(payload).substr(0, payload.size() - 1), message.root, key)) payload.pop_back();
    EXPECT_GE(payload.size() + 3, message.payload.size());
    for (std::size_t length = 0; length < payload.size(); ++length)
        expectRefused(std::string_view(payload).substr(0, length), message.root, key);
}

TEST(Message, IsRefusedWhenOneTryteIsChanged) {
    const TestChannel channel(testState(Mode::Restricted, 1, 2));
    const auto message = channel.make("DO9NOT9TOUCH");
    const auto key = channel.readingKey();
    constexpr std::size_t kUnauthenticated = 4;  // trytes at the end that may be padding
    for (std::size_t i = 0; i + kUnauthenticated < message.payload.size(); ++i) {
        auto changed = message.payload;
        changed[i] = trinary::kAlphabet[(trinary::kAlphabet.find(changed[i]) + 1 + i % 26) % 27];
        expectRefused(changed, message.root, key);
    }
}

TEST(Message, IsRefusedForAnotherRootOrKey) {
    const TestChannel channel(testState(Mode::Restricted, 2, 1));
    const auto message = channel.make("SECRET");
    expectRefused(message.payload, message.nextRoot, channel.readingKey());
    expectRefused(message.payload, message.root, SideKey::none());
    for (unsigned i = 0; i < 200; ++i)  // some pass the check of the hash by chance: they fail later
        expectRefused(message.payload, message.root, SideKey::parse(randomTrytes(81, i)).value());
}

TEST(Message, IsNotReadOutOfJunk) {
    const TestChannel channel(testState(Mode::Restricted, 1, 1));
    const auto key = channel.readingKey();
    for (unsigned i = 0; i < 200; ++i) expectRefused(randomTrytes(2187 * (i % 5) + i, i), channel.trees.root(), key);
    expectRefused(std::string(6561, '9'), channel.trees.root(), key);
    expectRefused(std::string(6561, 'M'), channel.trees.root(), key);
    expectRefused(std::string(6561, 'N'), channel.trees.root(), key);
    expectRefused("", channel.trees.root(), key);
    expectRefused(std::string(3000, 'a'), channel.trees.root(), key);
    expectRefused(std::string(kMaxPayloadTrytes + 1, '9'), channel.trees.root(), key);
}

TEST(Message, IsRefusedWhenItsIndexIsBeyondItsTree) {
    // A writer may sign any header; the leaf is right, the position is not.
    const TestChannel channel(testState(Mode::Restricted, 1, 2));
    const auto key = channel.readingKey();
    const auto payload = encode({channel.keys.seed, 0, crypto::SecurityLevel::One, key, channel.trees.root(),
                                 channel.trees.next.root(), 2, channel.trees.current.siblings(0), "ODD"});
    expectRefused(payload.value(), channel.trees.root(), key);
}

TEST(Message, IsRefusedWithMoreSiblingsThanATreeMayHave) {
    const TestChannel channel(testState(Mode::Restricted, 1, 1));
    const auto key = channel.readingKey();
    const auto payload = encode({channel.keys.seed, 0, crypto::SecurityLevel::One, key, channel.trees.root(),
                                 channel.trees.next.root(), 0, std::vector<Hash>(33), "DEEP"});
    expectRefused(payload.value(), channel.trees.root(), key);
}

TEST(SideKey, TakesOneToEightyOneTrytesAndPadsThem) {
    EXPECT_EQ(SideKey::parse("ABC")->trytes(), "ABC" + std::string(78, '9'));
    EXPECT_TRUE(SideKey::parse(std::string(81, 'Z')));
    EXPECT_TRUE(SideKey::parse("9")->isNone());
    EXPECT_FALSE(SideKey::parse("A")->isNone());
    for (const auto& bad : {std::string(), std::string(82, 'A'), std::string("abc"), std::string("0xFF")})
        EXPECT_EQ(SideKey::parse(bad).error().code, ErrorCode::InvalidArgument);
}

TEST(SideKey, IsNotRepeatedInErrors) {
    EXPECT_EQ(SideKey::parse("my-secret").error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::mam
