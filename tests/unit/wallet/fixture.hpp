// SPDX-License-Identifier: Apache-2.0
// A wallet on a fake ledger and a real database, which can be restarted at any moment.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "keys/schema.hpp"
#include "ledger/attacher.hpp"
#include "ledger/fake_ledger.hpp"
#include "support/test_loop.hpp"
#include "wallet/schema.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::wallet {

/// The ledger outlives the wallet's loops, so its clock is whichever is present.
class RelayClock final : public Clock {
public:
    const Clock* target = nullptr;
    [[nodiscard]] Timestamp now() const override { return target->now(); }
    [[nodiscard]] SteadyTime steady() const override { return target->steady(); }
};

/// One run of the program.
struct Life {
    Life(const std::filesystem::path& file, ledger::Ledger& ledger, Random& random, const WalletOptions& options)
        : schema(std::string(keys::kSchema) + std::string(kSchema) + std::string(kTaken) + std::string(kHistoryByTransfer)),
          database(store::Database::open({.path = file}, {schema}).value()) {
        const WalletServices services{loop, loop.pool, loop.clock, random, *database, ledger};
        wallet = std::move(loop.run(Wallet::open(services, options)).value());
        wallet->start();
    }
    ~Life() {
        loop.stop();
        wallet.reset();
    }
    test::TestLoop loop;
    std::string schema;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<Wallet> wallet;
};

struct WalletTest : testing::Test {
    static constexpr auto kLevel = crypto::SecurityLevel::One;
    static constexpr std::string_view kPassword = "correct horse";

    WalletTest() {
        options.security = kLevel;
        options.scryptLogN = 10;
        options.gapLimit = 4;
        options.readyAddresses = 4;
        clock.target = &ledgerLoop.clock;
        startLife();
    }
    ~WalletTest() override { life.reset(); }

    void startLife() {
        life = std::make_unique<Life>(dir.path() / "state.db", ledger, random, options);
        clock.target = &life->loop.clock;
        life->loop.settle();
    }
    /// Ends the program, and starts it again: locked.
    void restart() {
        clock.target = &ledgerLoop.clock;
        life.reset();
        startLife();
    }
    void create() { must(wallet().create(password())); }
    /// A wallet with so much on one address each.
    void createWith(const std::vector<std::int64_t>& amounts) {
        create();
        for (const auto amount : amounts) (void)fund(amount);
    }
    Address fund(std::int64_t amount) {
        const auto address = run(wallet().newAddress(std::string())).value();
        ledger.fund(address, Iotas(amount));
        must(wallet().poll());
        return address;
    }
    SendRequest payment(std::int64_t amount, std::string reference = std::string()) {
        SendRequest request;
        request.outputs.push_back({theirs(), Iotas(amount), std::string(), Tag()});
        request.reference = std::move(reference);
        return request;
    }
    TransferId send(std::int64_t amount) { return run(wallet().send(payment(amount))).value(); }
    ErrorCode sendError(SendRequest request) { return run(wallet().send(std::move(request))).error().code; }
    Transfer transfer(TransferId id) { return run(wallet().transfer(id)).value(); }
    TransferState stateOf(TransferId id) { return transfer(id).state; }
    std::vector<HistoryEntry> history() { return run(wallet().history(100, std::nullopt)).value().entries; }
    /// Lets the wallet attach what it has, includes everything, and lets the wallet see it.
    void milestone() {
        settle();
        ledger.milestone();
        settle();
    }
    void settle() { life->loop.settle(); }
    /// Distinct hashes of the bundles on the ledger that move value.
    std::set<Hash> valueBundles() {
        std::set<Hash> out;
        for (const auto& hash : ledger.broadcastBundles())
            if (run(wallet().bundleDetails(hash)).value().lines.size() > 1) out.insert(hash);
        return out;
    }

    Wallet& wallet() { return *life->wallet; }
    template <class T>
    T run(Async<T> task) {
        return life->loop.run(std::move(task));
    }
    void must(Task<void> task) {
        const auto outcome = run(std::move(task));
        ASSERT_TRUE(outcome) << outcome.error().message;
    }
    ErrorCode codeOf(Task<void> task) { return run(std::move(task)).error().code; }
    static SecretBytes password(std::string_view text = kPassword) { return SecretBytes::fromText(text); }
    static Address theirs() { return Address::parsePadded("THEIRS").value(); }

    test::TempDir dir;
    test::FakeRandom random;
    WalletOptions options;
    test::TestLoop ledgerLoop;
    RelayClock clock;
    ledger::FakeLedger ledger{ledgerLoop, clock};
    std::unique_ptr<Life> life;
};

}  // namespace pegasus::wallet
