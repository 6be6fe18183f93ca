// SPDX-License-Identifier: Apache-2.0
// A fake ledger, an attacher, and signed bundles to attach.
#pragma once

#include <gtest/gtest.h>

#include "keys/signer.hpp"
#include "ledger/attacher.hpp"
#include "ledger/bundles.hpp"
#include "ledger/fake_ledger.hpp"
#include "support/test_loop.hpp"

namespace pegasus::ledger {

struct LedgerTest : testing::Test {
    static constexpr auto kLevel = crypto::SecurityLevel::Two;

    Address at(crypto::KeyIndex index) { return loop.run(signer.address({index, kLevel})).value(); }

    std::vector<model::Transaction> message(std::string_view trytes, std::string_view address = "MESSAGE") {
        model::BundlePlan plan;
        plan.outputs.push_back({Address::parsePadded(address).value(), Iotas(), Tag(), std::string(trytes)});
        plan.timestamp = 1'600'000'000;
        return model::buildBundle(plan).value().transactions;
    }
    /// Moves all of an address to another.
    std::vector<model::Transaction> payment(crypto::KeyIndex from, crypto::KeyIndex to, std::int64_t amount) {
        model::BundlePlan plan;
        plan.outputs.push_back({at(to), Iotas(amount), Tag(), std::string()});
        plan.inputs.push_back({at(from), Iotas(amount), kLevel, Tag()});
        plan.timestamp = 1'600'000'000;
        return loop.run(signer.sign(model::buildBundle(plan).value(), {{from, kLevel}})).value();
    }
    Attachment attach(std::vector<model::Transaction> transactions) {
        return loop.run(attacher.attach(std::move(transactions))).value();
    }

    test::TestLoop loop;
    test::FakeRandom random;
    keys::Signer signer{crypto::Seed::generate(random), loop.pool};
    FakeLedger ledger{loop, loop.clock};
    Attacher attacher{ledger, loop.pool, loop.clock};
};

}  // namespace pegasus::ledger
