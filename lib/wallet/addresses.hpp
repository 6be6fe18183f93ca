// SPDX-License-Identifier: Apache-2.0
// Addresses: derives them in advance, checks them on the ledger, hands each out once.
#pragma once

#include <string>
#include <unordered_set>

#include "wallet/context.hpp"

namespace pegasus::wallet {

/// Loop thread. Takes the keys mutex where it says so; elsewhere the caller holds it.
class Addresses {
public:
    explicit Addresses(Context& context) : context_(context) {}

    /// Reads which addresses were used, but for those that have signed.
    Task<void> load();
    /// Derives until there are enough ready ones; does nothing while locked. Takes the mutex.
    Task<void> topUp();
    /// The lowest Ready keys, of whose addresses the ledger knows none as spent from, nor holds funds there; not handed out.
    /// Under the mutex. Locked: there are not as many, and the wallet is locked.
    Task<std::vector<keys::KeyEntry>> fresh(std::size_t count);
    // These take the mutex.
    Task<Address> receive();
    Task<Address> handOut(std::string purpose, bool held);

    /// Of one that has not signed: a payment to it has been seen.
    [[nodiscard]] bool used(const Address& address) const { return used_.contains(address); }
    /// Payments to these have been seen. Durable.
    Task<void> markUsed(std::vector<Address> addresses);

private:
    Task<void> derive(std::size_t count);
    Task<void> checkGap();
    Task<std::vector<keys::KeyEntry>> ready(std::size_t count);
    Task<void> passOver(keys::KeyEntry entry, bool spent);
    Task<bool> stillClean(Address address);

    Context& context_;
    std::unordered_set<Address> used_;
};

inline constexpr std::string_view kReceivePurpose = "receive";
inline constexpr std::string_view kRemainderPurpose = "remainder";
inline constexpr std::string_view kRestoredPurpose = "restored";
[[nodiscard]] bool isReceivePurpose(std::string_view purpose);

}  // namespace pegasus::wallet
