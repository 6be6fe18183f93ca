// SPDX-License-Identifier: Apache-2.0
// A signed message gives the same bundle each time.
#include "stream/message.hpp"

#include <gtest/gtest.h>

#include "mam/transport.hpp"
#include "model/text.hpp"
#include "support/test_loop.hpp"

namespace pegasus::stream {
namespace {

Message made(std::uint64_t leaf = 4) {
    test::FakeRandom random;
    const mam::ChannelKeys keys{crypto::Seed::generate(random), mam::SideKey::generate(random)};
    const auto state = stateAt(leaf, 1);
    const auto trees = mam::buildTrees(keys.seed, state).value();
    return makeMessage(keys, state, trees, R"({"data":1})", 1'700'000'000).value();
}

TEST(StreamMessage, BuildsTheSameBundleAgain) {
    const auto message = made();
    const auto transactions = transactionsOf(message).value();
    EXPECT_EQ(transactions.front().bundle, message.bundle);
    EXPECT_EQ(transactions.size(), mam::fragmentCount(message.payload.size()));
    for (const auto& t : transactions) {
        EXPECT_EQ(t.value, 0);
        EXPECT_EQ(t.address, message.address);
    }
}

TEST(StreamMessage, RefusesAnEssenceThatWasChanged) {
    auto later = made();
    ++later.timestamp;
    EXPECT_EQ(transactionsOf(later).error().code, ErrorCode::Corrupt);
    auto tag = made();
    tag.obsoleteTag = *model::Tag::parsePadded("X");
    EXPECT_EQ(transactionsOf(tag).error().code, ErrorCode::Corrupt);
}

TEST(StreamMessage, RefusesTextThatIsNotAscii) {
    test::FakeRandom random;
    const mam::ChannelKeys keys{crypto::Seed::generate(random), mam::SideKey::generate(random)};
    const auto trees = mam::buildTrees(keys.seed, stateAt(0, 1)).value();
    EXPECT_FALSE(makeMessage(keys, stateAt(0, 1), trees, "\xFF", 0));
}

}  // namespace
}  // namespace pegasus::stream
