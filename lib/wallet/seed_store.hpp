// SPDX-License-Identifier: Apache-2.0
// SeedStore: the one encrypted seed, its password, and the wait after wrong ones.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/async.hpp"
#include "base/secret.hpp"
#include "crypto/kdf.hpp"
#include "crypto/signature.hpp"
#include "wallet/types.hpp"

namespace pegasus::wallet {

/// Loop thread. Password derivation runs in the pool.
class SeedStore {
public:
    SeedStore(WalletServices services, const WalletOptions& options) : services_(services), options_(options) {}

    /// Reads the row, if there is one.
    Task<void> load();
    [[nodiscard]] bool exists() const { return row_.has_value(); }
    [[nodiscard]] bool restoring() const { return row_ && row_->restoring; }
    [[nodiscard]] std::uint64_t restoreCount() const { return row_ ? row_->restoreCount : 0; }
    /// Of the wallet, or of the options where there is none yet.
    [[nodiscard]] crypto::SecurityLevel security() const { return row_ ? row_->level : options_.security; }

    /// AlreadyExists; InvalidArgument: password too short.
    Task<void> create(crypto::Seed seed, SecretBytes password, bool restored);
    /// AuthenticationFailed; LimitExceeded after several wrong passwords: the wait doubles with each.
    Task<crypto::Seed> open(SecretBytes password);
    Task<void> changePassword(SecretBytes oldPassword, SecretBytes newPassword);
    Task<void> finishRestore();

private:
    struct Row {
        crypto::ScryptParameters kdf;
        std::vector<std::uint8_t> sealed;
        crypto::SecurityLevel level = crypto::SecurityLevel::Two;
        bool restoring = false;
        std::uint64_t restoreCount = 0;
    };
    [[nodiscard]] Result<void> checkPassword(const SecretBytes& password) const;
    Task<Row> seal(crypto::Seed seed, SecretBytes password, Row row);
    Task<crypto::Seed> openChecked(SecretBytes password);
    void noteWrongPassword();

    WalletServices services_;
    WalletOptions options_;
    std::optional<Row> row_;
    AsyncMutex mutex_;  // one attempt at a time, or the wait would mean nothing
    unsigned wrong_ = 0;
    SteadyTime notBefore_{};
};

}  // namespace pegasus::wallet
