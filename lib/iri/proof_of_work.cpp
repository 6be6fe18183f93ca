// SPDX-License-Identifier: Apache-2.0
// attachToTangle's proof of work.
#include "iri/proof_of_work.hpp"

#include <algorithm>

#include "ledger/pooled_search.hpp"

namespace pegasus::iri {

using model::Transaction;
using model::TransactionTrytes;

namespace {

constexpr std::size_t kMaxCalls = 32;  // of all peers: half of the requests that a server handles at a time

Result<std::vector<Transaction>> parseSorted(const std::vector<TransactionTrytes>& trytes) {
    std::vector<Transaction> transactions;
    transactions.reserve(trytes.size());
    for (const auto& one : trytes) {
        PEGASUS_TRY(auto transaction, model::parseTransaction(one));
        transactions.push_back(std::move(transaction));
    }
    std::ranges::stable_sort(transactions, {}, &Transaction::currentIndex);
    return transactions;
}

}  // namespace

/// Counts a call of a peer for as long as it lives, and keeps what is known of the peer.
class ProofOfWork::Call {
public:
    Call(ProofOfWork& desk, const std::string& peer) : desk_(desk), entry_(desk.callers_.try_emplace(peer).first) {
        ++desk_.calls_;
        ++entry_->second.calls;
    }
    ~Call() {
        --desk_.calls_;
        if (--entry_->second.calls == 0) desk_.callers_.erase(entry_);
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    [[nodiscard]] Caller& caller() const { return entry_->second; }

private:
    ProofOfWork& desk_;
    std::map<std::string, Caller>::iterator entry_;
};

Task<std::vector<TransactionTrytes>> ProofOfWork::attach(WorkOrder order, std::string peer, std::stop_token stop) {
    const auto known = callers_.find(peer);
    const std::size_t own = known == callers_.end() ? 0 : known->second.calls;
    // The second half is for those who have none.
    if (own > maxWaiting_ || calls_ >= (own > 0 ? kMaxCalls / 2 : kMaxCalls))
        co_return fail(ErrorCode::LimitExceeded, "{} calls want proof of work already, {} of them yours", calls_, own);
    const Call call(*this, peer);
    auto& caller = call.caller();
    const auto guard = co_await caller.atWork.lock();
    if (stop.stop_requested()) co_return fail(ErrorCode::Cancelled, "nobody waits for the proof of work");

    const auto source = std::make_shared<std::stop_source>();
    const auto relay = [source] { source->request_stop(); };
    const std::stop_callback onStop(stop, relay);
    caller.current = source;
    auto result = co_await work(std::move(order), source->get_token());
    caller.current.reset();
    co_return result;
}

Task<std::vector<TransactionTrytes>> ProofOfWork::work(WorkOrder order, std::stop_token stop) {
    PEGASUS_CO_TRY(auto transactions, parseSorted(order.trytes));
    model::Attaching attaching(std::move(transactions), order.trunk, order.branch, clock_.now());
    while (!attaching.done()) {
        const auto wanted = attaching.wanted().str();
        PEGASUS_CO_TRY(const auto found, co_await ledger::searchInSlices(pool_, wanted, order.minWeightMagnitude, stop, &turn_));
        PEGASUS_CO_TRY(const auto nonce, model::Nonce::parse(found.nonce));
        attaching.put(nonce);
    }
    std::vector<TransactionTrytes> result;
    for (const auto& one : std::move(attaching).take()) result.push_back(one.trytes);
    co_return result;
}

void ProofOfWork::interrupt(const std::string& peer) {
    const auto it = callers_.find(peer);
    if (it != callers_.end() && it->second.current) it->second.current->request_stop();
}

void ProofOfWork::interruptAll() {
    for (auto& [peer, caller] : callers_)
        if (caller.current) caller.current->request_stop();
}

}  // namespace pegasus::iri
