// SPDX-License-Identifier: Apache-2.0
// Errors and variants over the library, without a bus.
#include <gtest/gtest.h>

#include "bus/error_names.hpp"
#include "bus/errors.hpp"
#include "bus/names.hpp"
#include "bus/variant.hpp"

namespace pegasus::bus {
namespace {

TEST(Errors, EveryCodeComesBack) {
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const Error error{static_cast<ErrorCode>(i), "what was got"};
        EXPECT_EQ(fromBus(toBus(error)), error) << i;
    }
}

TEST(Errors, StandardNamesAreUsedWhereTheyFit) {
    EXPECT_EQ(toBus(Error{ErrorCode::AccessDenied, ""}).getName(), "org.freedesktop.DBus.Error.AccessDenied");
    EXPECT_EQ(toBus(Error{ErrorCode::Locked, ""}).getName(), std::string(kErrorPrefix) + "Locked");
}

TEST(Errors, NamesAreTheOnesThatADesktopProgramCompares) {
    EXPECT_EQ(nameOnBus(ErrorCode::LimitExceeded), "org.freedesktop.DBus.Error.LimitsExceeded");
    EXPECT_EQ(nameOnBus(ErrorCode::InvalidArgument), "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_EQ(nameOnBus(ErrorCode::Timeout), std::string(kErrorPrefix) + "Timeout");
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        EXPECT_EQ(codeOnBus(nameOnBus(code)), code) << i;
    }
}

TEST(Errors, AnAbsentDaemonIsUnreachable) {
    EXPECT_EQ(fromBus(sdbus::Error(ErrorName("org.freedesktop.DBus.Error.ServiceUnknown"), "x")).code,
              ErrorCode::Unreachable);
    EXPECT_EQ(fromBus(sdbus::Error(ErrorName("com.example.Strange"), "x")).code, ErrorCode::Internal);
}

TEST(Errors, AttemptCatches) {
    const auto failed = attempt([]() -> int { throw toBus(Error{ErrorCode::NotFound, "no"}); });
    EXPECT_EQ(failed.error(), (Error{ErrorCode::NotFound, "no"}));
    EXPECT_EQ(attempt([] { return 3; }).value(), 3);
}

TEST(Variant, EveryKindOfValueComesBack) {
    const Dict dict{{"b", true},
                    {"d", 0.25},
                    {"l", Value::Strings{"x", "y"}},
                    {"n", -5},
                    {"o", Dict{{"k", "v"}}},
                    {"r", Dicts{Dict{}, Dict{{"z", std::uint64_t{1}}}}},
                    {"s", "text"}};
    EXPECT_EQ(fromVariants(toVariants(dict)).value(), dict);
}

TEST(Variant, SmallNumbersAreWidened) {
    EXPECT_EQ(fromVariant(sdbus::Variant(std::uint8_t{200})).value(), Value(std::uint64_t{200}));
    EXPECT_EQ(fromVariant(sdbus::Variant(std::int16_t{-2})).value(), Value(-2));
    EXPECT_EQ(fromVariant(sdbus::Variant(sdbus::ObjectPath("/a"))).value(), Value("/a"));
}

TEST(Variant, RefusesWhatItHasNoPlaceFor) {
    EXPECT_EQ(fromVariant(sdbus::Variant(std::vector<std::uint8_t>{1})).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(fromVariant(sdbus::Variant()).error().code, ErrorCode::InvalidArgument);
}

TEST(Variant, RefusesDeepNesting) {
    Value value("deep");
    for (int i = 0; i < 4; ++i) value = Value(Dict{{"k", value}});
    EXPECT_TRUE(fromVariant(toVariant(value)));
    value = Value(Dict{{"k", value}});
    EXPECT_EQ(fromVariant(toVariant(value)).error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace pegasus::bus
