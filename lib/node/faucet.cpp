// SPDX-License-Identifier: Apache-2.0
// Faucet: requests, payouts.
#include "node/faucet.hpp"

#include <algorithm>

namespace pegasus::node {
namespace {

constexpr std::size_t kMaxPeer = 256;

model::Tag faucetTag() { return *model::Tag::parsePadded("PEGASUSFAUCET"); }

Result<model::BundleDraft> draftOf(const Payout& payout, const model::Address& from,
                                   const model::Address& rest) {
    model::BundlePlan plan;
    for (const auto& output : payout.outputs)
        plan.outputs.push_back(
            model::Output{output.address, model::Iotas(output.amount), faucetTag(), ""});
    // All were refused: what is left goes on to the next key all the same.
    if (plan.outputs.empty()) plan.outputs.push_back(model::Output{rest, model::Iotas(), faucetTag(), ""});
    plan.inputs.push_back(
        model::Input{from, model::Iotas(payout.balance), kTreasuryLevel, faucetTag()});
    plan.remainder = rest;
    plan.timestamp = payout.timestamp;
    return model::buildBundle(plan);
}

/// What is left of the treasury for requests that are not in a payout.
Result<std::int64_t> remaining(Tangle& tangle, FaucetBook& book, const model::Address& next) {
    PEGASUS_TRY(const auto open, book.open());
    if (!open) {
        PEGASUS_TRY(const auto balances, tangle.balances({next}));
        return balances.balances.front().count();
    }
    auto left = open->balance;
    for (const auto& output : open->outputs) left -= output.amount;
    return left;
}

/// What was in order when it was asked for may have signed since.
Result<void> dropUnpayable(Tangle& tangle, FaucetBook& book, const model::Address& coordinator) {
    PEGASUS_TRY(const auto addresses, book.candidates());
    PEGASUS_TRY(const auto spent, tangle.spentFrom(addresses));
    for (std::size_t i = 0; i < addresses.size(); ++i)
        if (spent[i] || addresses[i] == coordinator) book.drop(addresses[i]);
    return {};
}

}  // namespace

Faucet::Faucet(Core& core, ledger::Ledger& ledger, crypto::Seed treasury,
               const model::Address& coordinator, const FaucetLimits& limits, Pool& pool,
               const Clock& clock)
    : core_(core),
      coordinator_(coordinator),
      signer_(std::move(treasury), pool),
      limits_(limits),
      clock_(clock),
      attacher_(ledger, pool, clock) {}

Task<ledger::FundsGrant> Faucet::request(model::Address address, std::string peer) {
    if (!doubt_.empty()) co_return fail(ErrorCode::InvalidState, "{}", doubt_);
    if (peer.size() > kMaxPeer)
        co_return fail(ErrorCode::InvalidArgument, "the peer's name has {} characters",
                       peer.size());
    if (address == coordinator_)
        co_return fail(ErrorCode::InvalidArgument,
                       "this is the coordinator's address: the faucet does not pay to it");
    if (address.trits().back() != 0)
        co_return fail(ErrorCode::InvalidArgument,
                       "the last trit of an address that receives must be 0");
    auto nextKey = [](Tangle&, FaucetBook& book) {
        return Result<crypto::KeyIndex>(book.nextKey());
    };
    PEGASUS_CO_TRY(const auto key, co_await core_.readBook(nextKey));
    PEGASUS_CO_CHECK(co_await checkForeign(address, key));
    keys::KeyRef ref{key, kTreasuryLevel};
    PEGASUS_CO_TRY(const auto treasury, co_await signer_.address(ref));

    auto ask = [question = FaucetBook::Question{address, std::move(peer), clock_.now()},
                limits = limits_,
                treasury](Tangle& tangle, FaucetBook& book) -> Result<std::int64_t> {
        PEGASUS_TRY(const auto spent, tangle.spentFrom({question.address}));
        if (spent.front())
            return fail(ErrorCode::AddressSpent, "the address has signed already: give a new one");
        PEGASUS_TRY(const auto left, remaining(tangle, book, treasury));
        return book.ask(question, limits, left);
    };
    PEGASUS_CO_TRY(const auto id, co_await core_.writeBook(std::move(ask)));
    (void)co_await pump();  // the request is kept; a milestone pumps again
    auto bundleOf = [id](Tangle&, FaucetBook& book) { return book.bundleOf(id); };
    PEGASUS_CO_TRY(const auto bundle, co_await core_.readBook(bundleOf));
    co_return ledger::FundsGrant{bundle.value_or(model::Hash()), limits_.perRequest};
}

/// The key of an open payment, the next one, and the one after it, where the next remainder goes.
/// Earlier ones have signed, and are refused for that; later ones nobody has seen.
Task<void> Faucet::checkForeign(const model::Address& address, crypto::KeyIndex next) const {
    const auto first = next == 0 ? next : next - 1;
    PEGASUS_CO_TRY(const auto own, co_await signer_.addresses(first, 3, kTreasuryLevel));
    if (std::ranges::find(own, address) != own.end())
        co_return fail(ErrorCode::InvalidArgument,
                       "this is an address of the treasury: the faucet does not pay to itself");
    co_return Result<void>();
}

Task<void> Faucet::pump() {
    const auto guard = co_await mutex_.lock();
    auto open = [](Tangle&, FaucetBook& book) { return book.open(); };
    PEGASUS_CO_TRY(auto payout, co_await core_.readBook(open));
    if (payout) {
        PEGASUS_CO_TRY(const bool done, co_await settle(*std::move(payout)));
        if (!done) co_return Result<void>();
    }
    if (!doubt_.empty()) co_return Result<void>();
    auto next = [](Tangle&, FaucetBook& book) -> Result<std::optional<crypto::KeyIndex>> {
        if (!book.queued() || book.failed()) return std::optional<crypto::KeyIndex>();
        return std::optional(book.nextKey());
    };
    PEGASUS_CO_TRY(const auto key, co_await core_.readBook(next));
    if (!key) co_return Result<void>();
    keys::KeyRef ref{*key, kTreasuryLevel};
    PEGASUS_CO_TRY(const auto from, co_await signer_.address(ref));
    auto plan = [from, coordinator = coordinator_,
                 now = clock_.now()](Tangle& tangle, FaucetBook& book) -> Result<std::optional<Payout>> {
        PEGASUS_CHECK(dropUnpayable(tangle, book, coordinator));
        PEGASUS_TRY(const auto balances, tangle.balances({from}));
        return book.plan(balances.balances.front().count(), now);
    };
    PEGASUS_CO_TRY(auto planned, co_await core_.writeBook(plan));
    if (!planned) co_return Result<void>();
    co_return co_await pay(*std::move(planned));
}

/// True if the payout is over.
Task<bool> Faucet::settle(Payout payout) {
    bool again = !payout.tail;
    if (payout.bundle) {
        auto included = [bundle = *payout.bundle](Tangle& tangle) {
            return tangle.bundleIncluded(bundle);
        };
        PEGASUS_CO_TRY(const bool done, co_await core_.read(included));
        if (done) {
            auto close = [id = payout.id, now = clock_.now()](Tangle&,
                                                              FaucetBook& book) -> Result<void> {
                book.close(id, now);
                return {};
            };
            PEGASUS_CO_CHECK(co_await core_.writeBook(close));
            co_return true;
        }
        auto ask = [tail = *payout.tail](Tangle& tangle) { return tangle.tailInfo(tail); };
        const auto info = co_await core_.read(ask);
        if (info && info->conflicting) {
            // A milestone since may have included another attachment of it: anybody can make one.
            auto refuse = [id = payout.id, bundle = *payout.bundle](
                              Tangle& tangle, FaucetBook& book) -> Result<bool> {
                PEGASUS_TRY(const bool paid, tangle.bundleIncluded(bundle));
                if (!paid) book.fail(id);
                return !paid;
            };
            PEGASUS_CO_TRY(const bool refused, co_await core_.writeBook(refuse));
            if (!refused) co_return false;  // the next turn closes it
            co_return fail(ErrorCode::Conflict,
                           "the ledger refused the payment of the faucet's key {}", payout.key);
        }
        again = !info || info->shouldReattach;  // an error: a power cut took the attachment
    }
    if (again) PEGASUS_CO_CHECK(co_await pay(std::move(payout)));
    co_return false;
}

Task<void> Faucet::pay(Payout payout) {
    PEGASUS_CO_TRY(const auto addresses, co_await signer_.addresses(payout.key, 2, kTreasuryLevel));
    PEGASUS_CO_TRY(auto draft, draftOf(payout, addresses[0], addresses[1]));
    std::vector<keys::KeyRef> refs{keys::KeyRef{payout.key, kTreasuryLevel}};
    PEGASUS_CO_TRY(auto transactions, co_await signer_.sign(std::move(draft), std::move(refs)));
    const auto attachment = co_await attacher_.attach(std::move(transactions));
    if (!attachment && attachment.error().code == ErrorCode::Refused && !payout.tail) {
        // The next turn signs what is left of it.
        auto drop = [id = payout.id, coordinator = coordinator_](Tangle&, FaucetBook& book) -> Result<void> {
            book.drop(id, coordinator);
            return {};
        };
        PEGASUS_CO_CHECK(co_await core_.writeBook(drop));
    }
    if (!attachment) co_return fail(attachment.error());
    auto attached = [id = payout.id, bundle = attachment->transactions.front().transaction.bundle,
                     tail = attachment->tail](Tangle&, FaucetBook& book) -> Result<void> {
        book.attached(id, bundle, tail);
        return {};
    };
    co_return co_await core_.writeBook(attached);
}

}  // namespace pegasus::node
