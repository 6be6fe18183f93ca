// SPDX-License-Identifier: Apache-2.0
// Signed bundles for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/bundle.hpp"

namespace pegasus::model::test {

inline constexpr std::int64_t kTime = 1'600'000'000;

inline crypto::Seed seed() { return crypto::Seed::parse(std::string(81, 'P')).value(); }

inline Address addressOf(crypto::KeyIndex index, crypto::SecurityLevel level = crypto::SecurityLevel::Two) {
    return addressFrom(crypto::deriveAddress(seed(), index, level));
}

inline Output output(const Address& address, std::int64_t value, std::string message = "", std::string_view tag = "OUT") {
    return {address, Iotas(value), Tag::parsePadded(tag).value(), std::move(message)};
}

/// An input of the test's seed.
struct Key {
    crypto::KeyIndex index;
    crypto::SecurityLevel level;
    std::int64_t balance;
};

inline Input inputOf(const Key& key) { return {addressOf(key.index, key.level), Iotas(key.balance), key.level, Tag()}; }

/// Pays `value` to address 1000 with a message; what is left goes to address 2000.
inline BundlePlan planOf(std::int64_t value, const std::vector<Key>& keys, std::string message = "HELLO") {
    BundlePlan plan;
    plan.outputs.push_back(output(addressOf(1000), value, std::move(message)));
    for (const auto& key : keys) plan.inputs.push_back(inputOf(key));
    plan.remainder = addressOf(2000);
    plan.timestamp = kTime;
    return plan;
}

inline std::vector<Fragment> signatureOf(const Key& key, const Hash& bundleHash) {
    std::vector<Fragment> fragments;
    for (const auto& f : crypto::sign(seed(), key.index, key.level, crypto::normalize(bundleHash)))
        fragments.push_back(Fragment::parse(f).value());
    return fragments;
}

inline BundleDraft signedDraft(const BundlePlan& plan, const std::vector<Key>& keys) {
    auto draft = buildBundle(plan).value();
    for (std::size_t i = 0; i < keys.size(); ++i)
        EXPECT_TRUE(putSignature(draft, i, signatureOf(keys[i], draft.bundleHash)));
    return draft;
}

}  // namespace pegasus::model::test
