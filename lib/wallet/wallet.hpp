// SPDX-License-Identifier: Apache-2.0
// Wallet: one seed, its addresses, transfers and history. Durable first; works locked for all but spending.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/observers.hpp"
#include "base/secret.hpp"
#include "wallet/types.hpp"

namespace pegasus::wallet {

/// Loop thread only. Every change is durable before the call answers, and before anything of it reaches the ledger.
/// After open(), start() once; then the wallet attaches, promotes, recovers and watches by itself until the scheduler
/// stops. It must outlive its tasks.
class Wallet {
public:
    /// Loads the wallet of the database, if there is one; it is locked then. Corrupt: what is stored contradicts itself.
    [[nodiscard]] static Task<std::unique_ptr<Wallet>> open(WalletServices services, WalletOptions options);
    ~Wallet();
    Wallet(const Wallet&) = delete;
    Wallet& operator=(const Wallet&) = delete;

    void start();

    // ---- seed and password ----
    /// A new random seed, encrypted under `password`; unlocked and ready at once. AlreadyExists; InvalidArgument: the
    /// password is too short.
    Task<void> create(SecretBytes password);
    /// The wallet of a seed of 81 trytes. Unlocked, and restoring until the used indices were found on the ledger.
    Task<void> restore(SecretBytes seedTrytes, SecretBytes password);
    /// AuthenticationFailed: wrong password. LimitExceeded: too many wrong ones, wait. NotFound: there is no wallet.
    Task<void> unlock(SecretBytes password);
    /// Forgets the seed; what is being signed ends.
    void lock();
    Task<void> changePassword(SecretBytes oldPassword, SecretBytes newPassword);
    /// The 81 trytes; asks for the password even when unlocked. The caller passes them on by file descriptor only.
    Task<SecretBytes> exportSeed(SecretBytes password);

    // ---- addresses ----
    // All: NotFound without a wallet, InvalidState while restoring, Locked when the addresses derived in advance are used
    // up and the wallet is locked; or the ledger's error, since an address is checked there before it is given.
    /// The address to be paid at: was never spent from, is not being spent from, is not announced; the same until it was used.
    Task<Address> receiveAddress();
    /// A fresh one, which is receiveAddress() from now on. LimitExceeded: so many unused addresses are out that a recovery
    /// would not find another one (WalletOptions::gapLimit).
    Task<Address> newAddress(std::string label);
    /// A fresh one for something announced; it is held from the start. `purpose` is shown by addresses(). LimitExceeded as
    /// above; InvalidArgument: the purpose is empty, too long, or one of the wallet's own (receive, remainder, restored).
    Task<Address> reserveAddress(std::string purpose);
    /// A held address is never an input until it is released. NotFound: not ours. InvalidState: it has signed.
    Task<void> holdAddress(Address address);
    Task<void> releaseAddress(Address address);
    Task<std::vector<OwnAddress>> addresses();

    /// While `reason` is not empty send() refuses to spend, with that text: keys may have signed where nobody can look any more. What was
    /// reserved before goes on, since the same bundle gets the same signature.
    void setDoubt(std::string reason);

    // ---- money ----
    [[nodiscard]] const Balance& balance() const;
    /// Looks at the ledger now.
    Task<Balance> refreshBalance();
    /// Checks, chooses confirmed inputs, reserves their keys, signs; answers when the signed bundle is durable, and attaches
    /// it in the background. Without value it works locked. InvalidArgument, Locked, InvalidState (restoring),
    /// InsufficientFunds, AddressSpent (an output's address), LimitExceeded (too many inputs or transactions),
    /// AlreadyExists (the reference was used for other outputs), or the ledger's error. Nothing remains of a refused one.
    Task<TransferId> send(SendRequest request);
    /// NotFound: there is none, or it was a message that was settled long ago (WalletOptions::keepMessages).
    Task<Transfer> transfer(TransferId id);
    /// NotFound as above.
    Task<Transfer> transferByReference(std::string reference);
    /// Newest first; `cursor` as of the page before. At most 1000 entries a page.
    Task<HistoryPage> history(std::size_t limit, std::optional<std::int64_t> cursor);
    /// From what is stored and from the ledger. NotFound.
    Task<BundleDetails> bundleDetails(Hash bundle);

    [[nodiscard]] WalletStatus status() const;
    /// One pass of the background work, for tests and for people who do not want to wait.
    Task<void> poll();

    Observers<Balance> changed;
    Observers<TransferId> transferChanged;
    Observers<Hash> historyChanged;  ///< incoming bundles too
    Observers<bool> lockedChanged;   ///< true: locked
    /// A seed was restored: see WalletStatus::restoreCount.
    Observers<std::uint64_t> restored;

private:
    class Core;
    explicit Wallet(std::unique_ptr<Core> core);
    std::unique_ptr<Core> core_;
};

}  // namespace pegasus::wallet
