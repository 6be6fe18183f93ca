// SPDX-License-Identifier: Apache-2.0
// What each command of the IRI API does with the ledger; no HTTP, no JSON.
#pragma once

#include <stop_token>
#include <string>

#include "iri/codec.hpp"
#include "iri/proof_of_work.hpp"
#include "iri/server.hpp"

namespace pegasus::iri {

using Reply = Expected<Answer, ApiError>;

/// How the API words a failure of the ledger.
[[nodiscard]] ApiError apiErrorFrom(const Error& error);

/// Loop thread; calls may overlap.
class Handler {
public:
    Handler(ledger::Ledger& ledger, Pool& pool, const Clock& clock, const ServerOptions& options)
        : ledger_(ledger), clock_(clock), options_(options), work_(pool, clock, options.maxAttachQueue) {}

    /// `peer`: the address of who asks. `gone`: set when nobody waits for the answer any more.
    [[nodiscard]] Async<Reply> handle(Request request, std::string peer, std::stop_token gone);
    /// For /healthz: why nobody should count on this node; empty if all is well.
    [[nodiscard]] Async<std::string> illness();
    /// Ends the proof of work under way.
    void interrupt() { work_.interruptAll(); }

private:
    Async<Reply> run(GetNodeInfo r);
    Async<Reply> run(GetNodeApiConfiguration r);
    Async<Reply> run(GetTransactionsToApprove r);
    Async<Reply> attach(AttachToTangle r, std::string peer, std::stop_token gone);
    Async<Reply> run(InterruptAttachingToTangle r, std::string peer);
    Async<Reply> run(StoreTransactions r, std::string peer);
    Async<Reply> run(BroadcastTransactions r, std::string peer);
    Async<Reply> run(FindTransactions r);
    Async<Reply> readOn(ledger::TransactionQuery query, FindTransactions request);
    Async<Reply> run(GetTrytes r);
    Async<Reply> run(GetBalances r);
    Async<Reply> run(GetInclusionStates r);
    Async<Reply> run(WereAddressesSpentFrom r);
    Async<Reply> run(CheckConsistency r);
    Async<Reply> run(GetTipInfo r);
    Async<Reply> run(GetMissingTransactions r);
    Async<Reply> run(GetTips r);
    Async<Reply> run(GetNeighbors r);
    Async<Reply> run(AddNeighbors r);
    Async<Reply> run(RemoveNeighbors r);
    Async<Reply> run(FaucetRequest r, std::string peer);

    Task<void> broadcast(std::vector<TransactionTrytes> trytes, std::string peer);

    ledger::Ledger& ledger_;
    const Clock& clock_;
    const ServerOptions& options_;
    ProofOfWork work_;
};

}  // namespace pegasus::iri
