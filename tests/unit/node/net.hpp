// SPDX-License-Identifier: Apache-2.0
// Net: an embedded tangle of the tests, with keys, transfers and attachments made by hand.
#pragma once

#include <gtest/gtest.h>

#include "keys/machine_vault.hpp"
#include "model/bundle.hpp"
#include "node/embedded_ledger.hpp"
#include "pow/nonce_search.hpp"
#include "support/test_loop.hpp"

namespace pegasus::node {

inline constexpr int kWeight = 1;
inline constexpr auto kLevel = crypto::SecurityLevel::One;

using Attached = std::vector<model::AttachedTransaction>;
using Transactions = std::vector<model::Transaction>;

/// Keys of one seed.
class Keys {
  public:
    explicit Keys(char name) : seed_(*crypto::Seed::parse(std::string(81, name))) {}
    [[nodiscard]] model::Address address(crypto::KeyIndex index) const {
        return model::addressFrom(crypto::deriveAddress(seed_, index, kLevel));
    }
    /// A signed bundle that moves all of `balance` from key `from`: `value` to `to`, the rest to
    /// key `from` + 1.
    [[nodiscard]] Transactions pay(crypto::KeyIndex from, std::int64_t balance,
                                   const model::Address& to, std::int64_t value,
                                   std::int64_t timestamp = 1'600'000'000) const {
        model::BundlePlan plan;
        plan.outputs.push_back({to, model::Iotas(value), model::Tag(), ""});
        plan.inputs.push_back({address(from), model::Iotas(balance), kLevel, model::Tag()});
        plan.remainder = address(from + 1);
        plan.timestamp = timestamp;
        auto draft = model::buildBundle(plan).value();
        std::vector<model::Fragment> fragments;
        for (const auto& text :
             crypto::sign(seed_, from, kLevel, crypto::normalize(draft.bundleHash)))
            fragments.push_back(*model::Fragment::parse(text));
        EXPECT_TRUE(model::putSignature(draft, 0, fragments));
        return draft.transactions;
    }

  private:
    crypto::Seed seed_;
};

/// A bundle of `length` zero-value transactions.
inline Transactions message(std::string_view tag = "", std::size_t length = 1,
                            std::int64_t timestamp = 1'600'000'000) {
    model::BundlePlan plan;
    plan.timestamp = timestamp;
    plan.outputs.push_back({model::Address(), model::Iotas(), *model::Tag::parsePadded(tag),
                            std::string(length * model::Fragment::kTrytes - 1, 'A')});
    return model::buildBundle(plan).value().transactions;
}

inline std::vector<model::TransactionTrytes> trytesOf(const Attached& attached) {
    std::vector<model::TransactionTrytes> trytes;
    for (const auto& transaction : attached) trytes.push_back(transaction.trytes);
    return trytes;
}

inline Attached attachTo(Transactions transactions, const model::Hash& trunk,
                         const model::Hash& branch, Timestamp now, int weight = kWeight) {
    const auto search = [weight](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
        PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), weight, std::stop_token()));
        return model::Nonce::parse(found.nonce);
    };
    return model::attachBundle(std::move(transactions), trunk, branch, now, search).value();
}

/// A query with the given lists.
struct Query {
    std::vector<model::Address> addresses{};
    std::vector<model::Hash> bundles{};
    std::vector<model::Tag> tags{};
    std::vector<model::Hash> approvees{};
};

class Net {
  public:
    explicit Net(NodeOptions options = NodeOptions()) : options_(std::move(options)) {
        options_.database = dir.path() / "tangle.db";
        options_.minWeightMagnitude = kWeight;
        reopen();
    }
    void reopen() {
        ledger.reset();
        ledger = open().value();
    }
    [[nodiscard]] Result<std::unique_ptr<EmbeddedLedger>> open() {
        return EmbeddedLedger::open(options_, {loop, loop.pool, loop.clock, random, vault});
    }
    [[nodiscard]] NodeOptions& options() { return options_; }

    template <class T>
    T run(Async<T> task) {
        return loop.run(std::move(task));
    }
    ledger::Tips tips() { return run(ledger->tipsToApprove(3)).value(); }
    Attached attach(Transactions transactions) {
        const auto t = tips();
        return attachTo(std::move(transactions), t.trunk, t.branch, loop.clock.now());
    }
    Attached attach(Transactions transactions, const model::Hash& trunk,
                    const model::Hash& branch) {
        return attachTo(std::move(transactions), trunk, branch, loop.clock.now());
    }
    Result<void> broadcast(const Attached& attached) {
        return run(ledger->broadcast(trytesOf(attached)));
    }
    Result<void> broadcastOne(const model::AttachedTransaction& one) {
        return run(ledger->broadcast({one.trytes}));
    }
    /// Attaches to tips, or to the given tails, and broadcasts; returns the tail.
    model::Hash send(Transactions transactions) { return store(attach(std::move(transactions))); }
    model::Hash send(Transactions transactions, const model::Hash& trunk,
                     const model::Hash& branch) {
        return store(attach(std::move(transactions), trunk, branch));
    }
    model::Hash store(const Attached& attached) {
        const auto done = broadcast(attached);
        EXPECT_TRUE(done) << done.error().message;
        return attached.front().hash;
    }
    std::int64_t milestone() {
        const auto index = run(ledger->issueMilestone());
        EXPECT_TRUE(index) << index.error().message;
        return index.value_or(0);
    }
    Result<std::vector<model::Hash>> find(Query q) {
        return run(ledger->find({q.addresses, q.bundles, q.tags, q.approvees}));
    }
    model::Hash latest() { return run(ledger->status()).latestMilestone; }
    std::int64_t balance(const model::Address& address) {
        return run(ledger->balances({address})).value().balances.front().count();
    }
    bool included(const model::Hash& hash) {
        return run(ledger->inclusionStates({hash})).value().front();
    }
    ledger::TailInfo info(const model::Hash& tail) { return run(ledger->tailInfo(tail)).value(); }
    /// From the faucet, confirmed.
    std::int64_t fund(const model::Address& address, std::string peer = "test") {
        const auto grant = run(ledger->requestFunds(address, std::move(peer)));
        EXPECT_TRUE(grant) << grant.error().message;
        milestone();
        return balance(address);
    }

    test::TempDir dir;
    test::TestLoop loop;
    test::FakeRandom random;
    keys::MachineVault vault = keys::MachineVault::open(dir.path() / "key", random).value();
    std::unique_ptr<EmbeddedLedger> ledger;

  private:
    NodeOptions options_;
};

}  // namespace pegasus::node
