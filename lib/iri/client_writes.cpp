// SPDX-License-Identifier: Apache-2.0
// RemoteLedger: broadcasting, and the faucet.
#include "iri/client_impl.hpp"

namespace pegasus::iri {

namespace {

// Hornet stores after it has answered.
constexpr auto kStorePoll = 100ms;
constexpr auto kStoreTime = 10s;

}  // namespace

Task<void> RemoteLedger::Impl::broadcast(std::vector<TransactionTrytes> transactions) {
    const auto parts = splitAt(transactions, ledger::kMaxTransactionsPerCall);
    for (const auto& part : parts) {
        const Attempt<void> attempt = [&](Node& node, SteadyTime deadline) {
            return broadcastOn(node, part, deadline);
        };
        PEGASUS_CO_CHECK(co_await nodes_.each<void>(attempt));
    }
    co_return Result<void>();
}

Task<void> RemoteLedger::Impl::broadcastOn(Node& node, const std::vector<TransactionTrytes>& part,
                                           SteadyTime deadline) {
    // IRI's broadcast hides what is wrong, its store says it; on the others the two are the same.
    if (node.kind == NodeKind::Iri) {
        StoreTransactions store;
        store.trytes = part;
        const Request request = std::move(store);
        PEGASUS_CO_TRY(const auto stored, co_await nodes_.ask<EmptyAnswer>(node, request, deadline, 0, 0));
        (void)stored;
    }
    BroadcastTransactions publish;
    publish.trytes = part;
    const Request request = std::move(publish);
    PEGASUS_CO_TRY(const auto published, co_await nodes_.ask<EmptyAnswer>(node, request, deadline, 0, 0));
    (void)published;
    if (node.kind != NodeKind::Hornet) co_return Result<void>();
    co_return co_await awaitStored(node, part, deadline);
}

Task<void> RemoteLedger::Impl::awaitStored(Node& node, const std::vector<TransactionTrytes>& part,
                                           SteadyTime deadline) {
    auto hashAll = [part] {
        std::vector<Hash> hashes;
        for (const auto& trytes : part) hashes.push_back(model::transactionHash(trytes));
        return hashes;
    };
    const auto hashes = co_await compute(pool_, std::move(hashAll));
    const auto until = std::min(deadline, clock_.steady() + kStoreTime);
    for (;;) {
        PEGASUS_CO_TRY(const auto found, co_await fetchOn(node, hashes, deadline));
        if (std::ranges::all_of(found, [](const auto& one) { return one.has_value(); })) co_return Result<void>();
        if (clock_.steady() >= until)
            co_return fail(ErrorCode::Timeout, "{} took the transactions and does not show them", node.url.text());
        const Duration pause = kStorePoll;
        PEGASUS_CO_CHECK(co_await scheduler_.sleep(pause));
    }
}

Task<ledger::FundsGrant> RemoteLedger::Impl::requestFunds(Address address) {
    FaucetRequest r;
    r.address = address;
    const Request request = r;
    std::optional<Error> asked;  // asking twice may pay twice
    const Attempt<FaucetAnswer> attempt = [&](Node& node, SteadyTime deadline) -> Task<FaucetAnswer> {
        if (asked) co_return fail(*asked);
        if (node.kind != NodeKind::Pegasus)
            co_return fail(ErrorCode::NotSupported, "{} has no faucet", node.url.text());
        auto answer = co_await nodes_.ask<FaucetAnswer>(node, request, deadline, 2, kSmallEntry);
        if (!answer) asked = answer.error();
        co_return answer;
    };
    PEGASUS_CO_TRY(const auto answer, co_await nodes_.each<FaucetAnswer>(attempt, NodePool::Patience::Full));
    ledger::FundsGrant grant;
    grant.bundle = answer.bundle;
    grant.amount = answer.amount;
    co_return grant;
}

}  // namespace pegasus::iri
