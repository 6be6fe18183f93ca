// SPDX-License-Identifier: Apache-2.0
// Recovery: batches of the gap limit's size.
#include "wallet/recovery.hpp"

#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"

namespace pegasus::wallet {

using keys::DerivedKey;
using keys::KeyState;

namespace {

/// A ledger that calls everything used must not keep us busy for ever.
constexpr crypto::KeyIndex kMostIndices = 100'000;


}  // namespace

Task<void> Recovery::run() {
    // Unused indices are kept back until it is known whether used ones follow: what lies between used ones may have been
    // given to somebody, so it is watched, and not handed out anew.
    std::vector<DerivedKey> unused;
    crypto::KeyIndex next = 0;
    while (unused.size() < context_.options.gapLimit) {
        if (next >= kMostIndices)
            co_return fail(ErrorCode::LimitExceeded, "the ledger calls {} addresses of this seed used", next);
        PEGASUS_CO_TRY(auto batch, co_await look(next));
        next += batch.keys.size();
        const auto last = std::find(batch.used.rbegin(), batch.used.rend(), true);
        const auto until = static_cast<std::size_t>(batch.used.rend() - last);  // one past the last used one
        if (until > 0) {
            std::vector<bool> none(unused.size(), false);
            PEGASUS_CO_CHECK(co_await keep(std::move(unused), none, none));
            unused.clear();
            const auto middle = batch.keys.begin() + static_cast<std::ptrdiff_t>(until);
            std::vector<DerivedKey> known(batch.keys.begin(), middle);
            PEGASUS_CO_CHECK(co_await keep(std::move(known), batch.spent, batch.used));
        }
        unused.insert(unused.end(), batch.keys.begin() + static_cast<std::ptrdiff_t>(until), batch.keys.end());
    }
    co_return co_await context_.book.add(std::move(unused));
}

Task<Recovery::Batch> Recovery::look(crypto::KeyIndex first) {
    const auto signer = context_.signer;
    if (!signer)
        co_return fail(ErrorCode::Locked, "unlock the wallet: its used addresses are still to be found on the ledger");
    const auto level = context_.options.security;
    PEGASUS_CO_TRY(const auto addresses, co_await signer->addresses(first, context_.options.gapLimit, level));
    Batch batch;
    for (std::size_t i = 0; i < addresses.size(); ++i) batch.keys.push_back({{first + i, level}, addresses[i]});
    auto& ledger = context_.services.ledger;
    PEGASUS_CO_TRY(batch.spent, co_await ledger::fetchSpent(ledger, addresses));
    PEGASUS_CO_TRY(const auto balances, co_await ledger::fetchBalances(ledger, addresses));
    batch.used = batch.spent;
    for (std::size_t i = 0; i < addresses.size(); ++i)
        if (balances[i].count() > 0) batch.used[i] = true;
    PEGASUS_CO_CHECK(co_await lookForTransactions(batch));
    co_return batch;
}

Task<void> Recovery::lookForTransactions(Batch& batch) {
    for (std::size_t i = 0; i < batch.keys.size(); ++i) {
        if (batch.used[i]) continue;
        ledger::TransactionQuery query;
        query.addresses.push_back(batch.keys[i].address);
        const auto found = co_await context_.services.ledger.find(std::move(query));
        if (!found && found.error().code != ErrorCode::LimitExceeded) co_return fail(found.error());
        batch.used[i] = !found || !found->empty();
    }
    co_return Result<void>();
}

Task<void> Recovery::keep(std::vector<DerivedKey> keys, std::vector<bool> spent, std::vector<bool> used) {
    std::vector<DerivedKey> gone;
    std::vector<DerivedKey> open;
    std::vector<Address> seen;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        (spent[i] ? gone : open).push_back(keys[i]);
        if (used[i]) seen.push_back(keys[i].address);
    }
    const std::string purpose(kRestoredPurpose);
    PEGASUS_CO_CHECK(co_await context_.book.addAs(std::move(gone), KeyState::Spent, purpose));
    PEGASUS_CO_CHECK(co_await context_.book.addAs(std::move(open), KeyState::HandedOut, purpose));
    co_return co_await addresses_.markUsed(std::move(seen));
}

}  // namespace pegasus::wallet
