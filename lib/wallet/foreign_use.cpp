// SPDX-License-Identifier: Apache-2.0
#include "wallet/foreign_use.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/bundles.hpp"

namespace pegasus::wallet {
namespace {

using model::Address;
using model::Hash;

constexpr std::size_t kMostTransactions = 1000;  // read at one address
constexpr std::size_t kMostBundles = 50;         // validated for one address

/// Bundles that claim to take something from the address.
Task<std::set<Hash>> claimsOn(ledger::Ledger& ledger, Address address) {
    std::set<Hash> claims;
    ledger::TransactionQuery query;
    query.addresses.push_back(address);
    auto hashes = co_await ledger.find(std::move(query));
    if (!hashes && hashes.error().code == ErrorCode::LimitExceeded) co_return claims;
    if (!hashes) co_return fail(hashes.error());
    if (hashes->empty() || hashes->size() > kMostTransactions) co_return claims;
    PEGASUS_CO_TRY(const auto found, co_await ledger::fetchTransactions(ledger, std::move(*hashes)));
    for (const auto& one : found)
        if (one && one->transaction.value < 0 && one->transaction.address == address) claims.insert(one->transaction.bundle);
    co_return claims;
}

Task<std::optional<Hash>> signedBundle(ledger::Ledger& ledger, Pool& pool, Address address) {
    PEGASUS_CO_TRY(const auto claims, co_await claimsOn(ledger, address));
    std::size_t looked = 0;
    for (const auto& bundle : claims) {
        if (++looked > kMostBundles) break;
        PEGASUS_CO_TRY(const auto valid, co_await ledger::attachmentsOf(ledger, pool, bundle));
        if (!valid.list.empty()) co_return std::optional<Hash>(bundle);
    }
    co_return std::optional<Hash>();
}

}  // namespace

Task<std::vector<ForeignUse>> usedOnLedger(ledger::Ledger& ledger, Pool& pool, std::vector<Address> addresses) {
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(ledger, addresses));
    std::vector<ForeignUse> uses(addresses.size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        PEGASUS_CO_TRY(uses[i].proof, co_await signedBundle(ledger, pool, addresses[i]));
        uses[i].used = spent[i] || uses[i].proof;
    }
    co_return uses;
}

}  // namespace pegasus::wallet
