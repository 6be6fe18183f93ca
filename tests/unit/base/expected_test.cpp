// SPDX-License-Identifier: Apache-2.0
// Expected: a value or what went wrong.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace pegasus {
namespace {

Result<std::string> text(bool well) {
    if (!well) return fail(ErrorCode::NotFound, "no {}", "text");
    return "a text that is too long to be kept without memory of its own";
}

TEST(Expected, HoldsAValueOrAnError) {
    const auto well = text(true);
    const auto ill = text(false);
    ASSERT_TRUE(well);
    EXPECT_EQ(well->substr(0, 6), "a text");
    ASSERT_FALSE(ill);
    EXPECT_EQ(ill.error().message, "no text");
    EXPECT_EQ(ill.value_or("none"), "none");
    EXPECT_THROW((void)ill.value(), BadExpectedAccess);
}

TEST(Expected, ChangesBetweenBothWhenAssigned) {
    auto it = text(true);
    it = text(false);
    EXPECT_FALSE(it);
    it = text(true);
    ASSERT_TRUE(it);
    auto copy = it;
    EXPECT_EQ(copy, it);
    copy = text(false);
    EXPECT_TRUE(it);
    EXPECT_FALSE(copy == it);
    const auto& self = it;
    it = self;
    EXPECT_EQ(it->substr(0, 6), "a text");
}

TEST(Expected, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>> one = std::make_unique<int>(5);
    auto other = std::move(one);
    ASSERT_TRUE(other);
    EXPECT_EQ(**other, 5);
    static_assert(!std::is_copy_constructible_v<Result<std::unique_ptr<int>>>);
    std::vector<Result<std::unique_ptr<int>>> many;
    many.push_back(std::move(other));
    many.push_back(fail(ErrorCode::Internal, "x"));
    EXPECT_EQ(**many.front(), 5);
}

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {};

TEST(Expected, ConvertsAsItsValueDoes) {
    Result<std::unique_ptr<Derived>> derived = std::make_unique<Derived>();
    const Result<std::unique_ptr<Base>> base = std::move(derived);
    ASSERT_TRUE(base);
    EXPECT_NE(*base, nullptr);
}

TEST(Expected, MayHoldNothing) {
    Result<void> done;
    EXPECT_TRUE(done);
    done = fail(ErrorCode::Timeout, "late");
    EXPECT_EQ(done.error().code, ErrorCode::Timeout);
    const auto copy = done;
    done = {};
    EXPECT_TRUE(done);
    EXPECT_FALSE(copy);
}

TEST(Expected, PassesItsValueOn) {
    const auto length = text(true).map([](const std::string& t) { return t.size(); });
    EXPECT_GT(length.value(), 10U);
    const auto none = text(false).and_then([](const std::string&) { return Result<int>(1); });
    EXPECT_EQ(none.error().message, "no text");
}

}  // namespace
}  // namespace pegasus
