// SPDX-License-Identifier: Apache-2.0
// The inside of Wallet: its parts and the background work.
#pragma once

#include <memory>
#include <string>

#include "wallet/recovery.hpp"
#include "wallet/scanner.hpp"
#include "wallet/seed_store.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::wallet {

/// Loop thread. Holds no reference to its facade but the observers', which live as long.
class Wallet::Core {
public:
    Core(WalletServices services, WalletOptions options);

    Task<void> load();
    void start(Wallet& facade);
    Task<void> adopt(crypto::Seed seed, SecretBytes password, bool restored);
    Task<void> unlock(SecretBytes password);
    void lock();
    Task<void> hold(Address address, bool held);
    Task<std::vector<OwnAddress>> list();
    Task<BundleDetails> details(Hash bundle);
    /// One pass of the background work; passes follow one another.
    Task<void> pass();
    [[nodiscard]] WalletStatus status() const;

    Context context;
    SeedStore seeds;
    Addresses addresses;
    Spender spender;
    Settler settler;
    Scanner scanner;
    Recovery recovery;
    Balance balance;
    Wallet* facade = nullptr;

private:
    Task<void> passOnce();
    Task<void> finishRestore();
    Task<void> updateBalance();
    Async<void> passes();
    Async<void> watchTime();
    void requestPass();
    void takeSeed(crypto::Seed seed);
    Task<BundleDetails> describe(std::vector<model::Transaction> transactions);

    PendingSums sums_;
    std::string detail_;
    std::uint64_t ready_ = 0;
    AsyncMutex passMutex_;
    bool started_ = false;
    bool passing_ = false;
    bool again_ = false;
    Subscription milestones_;
};

}  // namespace pegasus::wallet
