// SPDX-License-Identifier: Apache-2.0
// Signer: bundles that validate, and refusals.
#include "keys/signer.hpp"

#include <gtest/gtest.h>

#include "support/test_loop.hpp"

namespace pegasus::keys {
namespace {

using model::Iotas;
using test::FakeRandom;
using test::TestLoop;

constexpr auto kLevel = crypto::SecurityLevel::Two;

struct Signing : testing::Test {
    model::Address at(crypto::KeyIndex index) { return loop.run(signer.address({index, kLevel})).value(); }
    model::BundleDraft draft() {
        model::BundlePlan plan;
        plan.outputs.push_back({at(9), Iotas(30), model::Tag(), std::string()});
        plan.inputs.push_back({at(0), Iotas(10), kLevel, model::Tag()});
        plan.inputs.push_back({at(3), Iotas(20), kLevel, model::Tag()});
        plan.timestamp = 1'600'000'000;
        return model::buildBundle(plan).value();
    }
    TestLoop loop;
    FakeRandom random;
    Signer signer{crypto::Seed::generate(random), loop.pool};
};

TEST_F(Signing, MakesABundleThatIsValid) {
    const auto signedBundle = loop.run(signer.sign(draft(), {{0, kLevel}, {3, kLevel}})).value();
    EXPECT_TRUE(model::validateBundle(signedBundle).has_value());
}

TEST_F(Signing, MakesTheSameSignatureAgain) {
    const std::vector<KeyRef> keys{{0, kLevel}, {3, kLevel}};
    EXPECT_EQ(loop.run(signer.sign(draft(), keys)).value(), loop.run(signer.sign(draft(), keys)).value());
}

TEST_F(Signing, RefusesAKeyThatIsNotTheInputs) {
    EXPECT_EQ(loop.run(signer.sign(draft(), {{0, kLevel}, {4, kLevel}})).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(loop.run(signer.sign(draft(), {{0, kLevel}})).error().code, ErrorCode::InvalidArgument);
}

TEST_F(Signing, RefusesADraftWhoseHashIsNotItsOwn) {
    auto changed = draft();
    changed.transactions[0].value += 1;
    EXPECT_EQ(loop.run(signer.sign(std::move(changed), {{0, kLevel}, {3, kLevel}})).error().code,
              ErrorCode::InvalidArgument);
}

TEST_F(Signing, RefusesAHashThatWouldGiveAwayAPartOfTheKey) {
    auto unsafe = draft();
    const auto gives = [&] { return crypto::containsThirteen(crypto::normalize(unsafe.bundleHash)); };
    for (int i = 0; i < 26 * 26 && !gives(); ++i) {
        const std::string tag{static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)};
        unsafe.transactions[0].obsoleteTag = model::Tag::parsePadded(tag).value();
        unsafe.bundleHash = model::bundleHash(unsafe.transactions);
    }
    ASSERT_TRUE(gives());
    for (auto& transaction : unsafe.transactions) transaction.bundle = unsafe.bundleHash;
    EXPECT_EQ(loop.run(signer.sign(std::move(unsafe), {{0, kLevel}, {3, kLevel}})).error().code, ErrorCode::InvalidArgument);
}

TEST_F(Signing, DerivesARunOfAddresses) {
    const auto run = loop.run(signer.addresses(2, 3, kLevel)).value();
    ASSERT_EQ(run.size(), 3U);
    EXPECT_EQ(run[1], at(3));
    EXPECT_NE(run[0], run[1]);
}

TEST_F(Signing, StopsDerivingWhenTheProgramStops) {
    loop.pool.stop.request_stop();
    EXPECT_EQ(loop.run(signer.addresses(0, 3, kLevel)).error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace pegasus::keys
