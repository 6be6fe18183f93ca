// SPDX-License-Identifier: Apache-2.0
// attachToTangle's proof of work.
#include "iri/proof_of_work.hpp"

#include <algorithm>

#include "pow/nonce_search.hpp"

namespace pegasus::iri {

using model::Transaction;
using model::TransactionTrytes;

namespace {

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

Result<std::vector<TransactionTrytes>> work(const WorkOrder& order, Timestamp now, const std::stop_token& stop) {
    PEGASUS_TRY(auto transactions, parseSorted(order.trytes));
    const auto search = [&](const TransactionTrytes& trytes) -> Result<model::Nonce> {
        PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), order.minWeightMagnitude, stop));
        return model::Nonce::parse(found.nonce);
    };
    PEGASUS_TRY(const auto attached,
                model::attachBundle(std::move(transactions), order.trunk, order.branch, now, search));
    std::vector<TransactionTrytes> result;
    for (const auto& one : attached) result.push_back(one.trytes);
    return result;
}

/// Counts a call for as long as it lives.
class Count {
public:
    explicit Count(std::size_t& calls) : calls_(calls) { ++calls_; }
    ~Count() { --calls_; }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;

private:
    std::size_t& calls_;
};

}  // namespace

Task<std::vector<TransactionTrytes>> ProofOfWork::attach(WorkOrder order, std::stop_token stop) {
    if (calls_ > maxWaiting_)
        co_return fail(ErrorCode::LimitExceeded, "{} calls want proof of work already", calls_);
    const Count count(calls_);
    const auto guard = co_await mutex_.lock();
    if (stop.stop_requested()) co_return fail(ErrorCode::Cancelled, "nobody waits for the proof of work");

    auto source = std::make_shared<std::stop_source>();
    current_ = source;
    const auto relay = [source] { source->request_stop(); };
    const std::stop_callback onStop(stop, relay);
    auto kept = std::make_shared<WorkOrder>(std::move(order));
    auto job = [kept, source, relay, now = clock_.now()](std::stop_token poolStop) {
        const std::stop_callback onPoolStop(poolStop, relay);
        return work(*kept, now, source->get_token());
    };
    auto result = co_await compute(pool_, job);
    current_.reset();
    co_return result;
}

void ProofOfWork::interrupt() {
    if (current_) current_->request_stop();
}

}  // namespace pegasus::iri
