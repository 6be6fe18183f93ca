// SPDX-License-Identifier: Apache-2.0
// Live readers.
#include "daemon/objects/watchers.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <vector>

namespace pegasus::daemon {
namespace {

/// "" when nothing is there, "(end)" when the other end is closed.
std::string receive(const OwnedFd& end) {
    std::string buffer(1U << 16U, '\0');
    const auto n = recv(end.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0) return "";
    if (n == 0) return "(end)";
    return buffer.substr(0, static_cast<std::size_t>(n));
}

TEST(Watchers, SendsOneDatagramToEachReaderOfTheSubscription) {
    Watchers watchers;
    const auto a = watchers.add("one");
    const auto b = watchers.add("one");
    const auto c = watchers.add("two");
    watchers.send("one", "hello", "short");
    watchers.send("one", "again", "short");
    EXPECT_EQ(receive(*a), "hello");
    EXPECT_EQ(receive(*a), "again");
    EXPECT_EQ(receive(*b), "hello");
    EXPECT_EQ(receive(*c), "");
}

TEST(Watchers, ForgetsAReaderThatHasClosed) {
    Watchers watchers;
    {
        const auto gone = watchers.add("one");
        EXPECT_EQ(watchers.count(), 1U);
    }
    EXPECT_EQ(watchers.count(), 0U);
}

TEST(Watchers, DropsASlowReaderAndNoOther) {
    Watchers watchers;
    const auto slow = watchers.add("one");
    const auto quick = watchers.add("one");
    for (int i = 0; i < 10'000 && watchers.count() == 2; ++i) {
        watchers.send("one", std::string(1000, 'x'), "short");
        EXPECT_NE(receive(*quick), "");
    }
    EXPECT_EQ(watchers.count(), 1U);
    while (receive(*slow).starts_with("x")) continue;
    EXPECT_EQ(receive(*slow), "(end)");
    watchers.send("one", "still", "short");
    EXPECT_EQ(receive(*quick), "still");
}

TEST(Watchers, SendsTheShortFormWhereADatagramIsTooLong) {
    Watchers watchers;
    const auto end = watchers.add("one");
    watchers.send("one", std::string(8U << 20U, 'x'), "short");
    EXPECT_EQ(receive(*end), "short");
}

TEST(Watchers, TakeNothingFromAReader) {
    Watchers watchers;
    const auto end = watchers.add("one");
    EXPECT_LT(send(end->get(), "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL), 0);
    watchers.send("one", "hello", "short");
    EXPECT_EQ(receive(*end), "hello");
    EXPECT_EQ(watchers.count(), 1U);
}

TEST(Watchers, AreBounded) {
    Watchers watchers;
    std::vector<OwnedFd> ends;
    for (std::size_t i = 0; i < kMaxWatchers; ++i) ends.push_back(std::move(watchers.add("one").value()));
    EXPECT_EQ(watchers.add("one").error().code, ErrorCode::LimitExceeded);
    ends.pop_back();
    EXPECT_TRUE(watchers.add("one"));
}

}  // namespace
}  // namespace pegasus::daemon
