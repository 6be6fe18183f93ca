// SPDX-License-Identifier: Apache-2.0
// Addresses: the pool of derived keys in front of the book.
#include "wallet/addresses.hpp"

#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"

namespace pegasus::wallet {

using keys::KeyEntry;
using keys::KeyState;
using store::Connection;

namespace {

/// A ledger that calls every address spent must not burn the whole wallet.
constexpr std::size_t kMostDirty = 50;

}  // namespace

bool isReceivePurpose(std::string_view purpose) {
    return purpose == kReceivePurpose || purpose.starts_with(std::string(kReceivePurpose) + " ");
}

Task<void> Addresses::load() {
    auto work = [](Connection& c) -> Result<std::unordered_set<Address>> {
        SQLite::Statement query(c, "SELECT a.address FROM keys_key AS k CROSS JOIN wallet_address AS a ON a.address = k.address "
                                   "WHERE k.account = ? AND k.state IN (0, 1) AND a.used = 1");
        query.bind(1, kAccount);
        std::unordered_set<Address> out;
        while (query.executeStep()) {
            PEGASUS_TRY(const auto address, Address::parse(query.getColumn(0).getString()));
            out.insert(address);
        }
        return out;
    };
    PEGASUS_CO_TRY(used_, co_await context_.services.database.read(work));
    co_return Result<void>();
}

Task<void> Addresses::topUp() {
    const auto guard = co_await context_.keysMutex.lock();
    if (!context_.signer || context_.restoring) co_return Result<void>();
    PEGASUS_CO_TRY(const auto ready, co_await context_.book.countReady());
    if (ready >= context_.options.readyAddresses) co_return Result<void>();
    co_return co_await derive(context_.options.readyAddresses - ready);
}

Task<void> Addresses::derive(std::size_t count) {
    const auto signer = context_.signer;
    if (!signer)
        co_return fail(ErrorCode::Locked, "the addresses derived in advance are used up: unlock the wallet");
    const auto level = context_.options.security;
    PEGASUS_CO_TRY(const auto first, co_await context_.book.nextIndex());
    PEGASUS_CO_TRY(const auto addresses, co_await signer->addresses(first, count, level));
    std::vector<keys::DerivedKey> derived;
    for (std::size_t i = 0; i < addresses.size(); ++i) derived.push_back({{first + i, level}, addresses[i]});
    co_return co_await context_.book.add(std::move(derived));
}

Task<bool> Addresses::stillClean(Address address) {
    const std::vector<Address> one{address};
    PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(context_.services.ledger, one));
    if (spent.front()) co_return false;
    PEGASUS_CO_TRY(const auto balances, co_await ledger::fetchBalances(context_.services.ledger, one));
    co_return balances.front().count() == 0;
}

Task<std::vector<KeyEntry>> Addresses::ready(std::size_t count) {
    PEGASUS_CO_TRY(auto entries, co_await context_.book.page(KeyState::Ready, 0, count));
    if (entries.size() >= count) co_return entries;
    PEGASUS_CO_CHECK(co_await derive(std::max(count, context_.options.readyAddresses)));
    co_return co_await context_.book.page(KeyState::Ready, 0, count);
}

Task<std::vector<KeyEntry>> Addresses::fresh(std::size_t count) {
    for (std::size_t passed = 0; passed < kMostDirty;) {
        PEGASUS_CO_TRY(auto entries, co_await ready(count));
        std::vector<Address> addresses;
        for (const auto& entry : entries) addresses.push_back(entry.address);
        PEGASUS_CO_TRY(const auto spent, co_await ledger::fetchSpent(context_.services.ledger, addresses));
        PEGASUS_CO_TRY(const auto balances, co_await ledger::fetchBalances(context_.services.ledger, addresses));
        const auto before = passed;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (!spent[i] && balances[i].count() == 0) continue;
            PEGASUS_CO_CHECK(co_await passOver(entries[i], spent[i]));
            ++passed;
        }
        if (passed == before) co_return entries;
    }
    co_return fail(ErrorCode::Conflict, "the ledger calls {} new addresses in a row used: it lies, or another copy of "
                                        "this wallet is at work", kMostDirty);
}

/// Another copy of this seed has been at work.
Task<void> Addresses::passOver(KeyEntry entry, bool spent) {
    auto work = [index = entry.key.index, spent](Connection& c) -> Result<void> {
        PEGASUS_CHECK(keys::key_rows::handOut(c, kAccount, index, std::string(kRestoredPurpose), false));
        if (!spent) return {};
        return keys::key_rows::markSpent(c, kAccount, {{index, std::nullopt}});
    };
    co_return co_await context_.services.database.write(work);
}

Task<void> Addresses::checkGap() {
    const std::vector<KeyState> signedStates{KeyState::Signed, KeyState::Spent};
    PEGASUS_CO_TRY(const auto last, co_await context_.book.lastIndex(signedStates));
    PEGASUS_CO_TRY(const auto entries, co_await context_.book.entries(KeyState::HandedOut));
    std::size_t unused = 0;
    for (const auto& entry : entries) {
        if (last && entry.key.index < *last) continue;
        unused = used(entry.address) ? 0 : unused + 1;
    }
    if (unused >= context_.options.gapLimit)
        co_return fail(ErrorCode::LimitExceeded,
                       "{} addresses in a row are out and unused: a recovery of this wallet would not find another one "
                       "(wallet.gap-limit)",
                       unused);
    co_return Result<void>();
}

Task<Address> Addresses::handOut(std::string purpose, bool held) {
    const auto guard = co_await context_.keysMutex.lock();
    PEGASUS_CO_CHECK(context_.checkUsable());
    PEGASUS_CO_CHECK(co_await checkGap());
    PEGASUS_CO_TRY(const auto key, co_await fresh(1));
    PEGASUS_CO_TRY(const auto entry, co_await context_.book.handOut(std::move(purpose), held));
    co_return entry.address;
}

Task<Address> Addresses::receive() {
    const auto guard = co_await context_.keysMutex.lock();
    PEGASUS_CO_CHECK(context_.checkUsable());
    PEGASUS_CO_TRY(const auto entries, co_await context_.book.entries(KeyState::HandedOut));
    const auto last = std::find_if(entries.rbegin(), entries.rend(), [](const KeyEntry& entry) {
        return !entry.held && isReceivePurpose(entry.purpose);
    });
    if (last != entries.rend() && !used(last->address)) {
        PEGASUS_CO_TRY(const bool clean, co_await stillClean(last->address));
        if (clean) co_return last->address;
    }
    PEGASUS_CO_TRY(const auto key, co_await fresh(1));
    std::string purpose(kReceivePurpose);
    PEGASUS_CO_TRY(const auto entry, co_await context_.book.handOut(std::move(purpose)));
    co_return entry.address;
}

Task<void> Addresses::markUsed(std::vector<Address> addresses) {
    std::erase_if(addresses, [this](const Address& address) { return used(address); });
    if (addresses.empty()) co_return Result<void>();
    auto work = [addresses](Connection& c) -> Result<void> {
        SQLite::Statement upsert(c, "INSERT INTO wallet_address (address, used) VALUES (?, 1) "
                                    "ON CONFLICT (address) DO UPDATE SET used = 1");
        for (const auto& address : addresses) {
            upsert.reset();
            upsert.bind(1, address.str());
            upsert.exec();
        }
        return {};
    };
    PEGASUS_CO_CHECK(co_await context_.services.database.write(work));
    used_.insert(addresses.begin(), addresses.end());
    co_return Result<void>();
}

}  // namespace pegasus::wallet
