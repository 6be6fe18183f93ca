// SPDX-License-Identifier: Apache-2.0
// What the parts of the wallet share.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "keys/key_book.hpp"
#include "keys/signer.hpp"
#include "ledger/attacher.hpp"
#include "wallet/types.hpp"

namespace pegasus::wallet {

inline constexpr const char* kAccount = "wallet";

/// Loop thread only. Owned by the wallet, outlives its parts.
struct Context {
    Context(WalletServices s, WalletOptions o)
        : services(s),
          options(o),
          book(s.database, kAccount),
          attacher(s.ledger, s.pool, s.clock) {}

    WalletServices services;
    WalletOptions options;
    keys::KeyBook book;
    ledger::Attacher attacher;
    AsyncMutex keysMutex;  ///< held by whoever hands out or reserves keys
    std::shared_ptr<const keys::Signer> signer;  // shared with coroutines that were signing when the wallet was locked
    bool exists = false;
    bool restoring = false;
    SteadyTime lastUse{};
    std::string doubt;  ///< why no key signs anything new; empty: nothing is in the way
    // Set once by the facade.
    std::function<void(TransferId)> transferChanged;
    std::function<void(const Hash&)> historyChanged;
    std::function<void()> wake;  ///< asks for a pass of the background work

    /// For what needs a wallet whose used indices are known.
    [[nodiscard]] Result<void> checkUsable() const {
        if (!exists) return fail(ErrorCode::NotFound, "there is no wallet: create or restore one");
        if (restoring)
            return fail(ErrorCode::InvalidState, "the wallet is still looking for its used addresses on the ledger");
        return {};
    }
};

}  // namespace pegasus::wallet
