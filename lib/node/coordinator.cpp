// SPDX-License-Identifier: Apache-2.0
// Coordinator: checkpoints and milestones.
#include "node/coordinator.hpp"

#include <algorithm>

#include "pow/nonce_search.hpp"

namespace pegasus::node {
namespace {

constexpr std::size_t kSlice = 64;           ///< checkpoints of one job, and of one write
constexpr std::size_t kFirstCapacity = 256;  ///< until it is measured
constexpr std::size_t kLeastCapacity = 32;   ///< however slow the machine

Result<model::BundleDraft> checkpointDraft(std::int64_t timestamp) {
    model::BundlePlan plan;
    plan.timestamp = timestamp;
    plan.outputs.push_back(model::Output{model::Address(), model::Iotas(),
                                         *model::Tag::parsePadded("PEGASUSCHECKPOINT"), ""});
    return model::buildBundle(plan);
}

Result<std::vector<model::AttachedTransaction>> attachNow(std::vector<model::Transaction> transactions,
                                                          const model::Hash& trunk, const model::Hash& branch,
                                                          Timestamp now, int weight, const std::stop_token& stop) {
    const auto search = [&](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
        PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), weight, stop));
        return model::Nonce::parse(found.nonce);
    };
    return model::attachBundle(std::move(transactions), trunk, branch, now, search);
}

}  // namespace

Coordinator::Coordinator(Core& core, const NodeOptions& options, std::string networkId,
                         crypto::Ed25519Key key, Broadcast broadcast, Pool& pool,
                         const Clock& clock)
    : core_(core),
      options_(options),
      networkId_(std::move(networkId)),
      key_(std::make_shared<const crypto::Ed25519Key>(std::move(key))),
      address_(coordinatorAddress(key_->publicKey())),
      broadcast_(std::move(broadcast)),
      pool_(pool),
      clock_(clock),
      capacity_(std::min(kFirstCapacity, options.maxCheckpoints)) {}

Task<bool> Coordinator::due() {
    auto heads = [](Tangle& tangle) { return tangle.heads(1); };
    PEGASUS_CO_TRY(const auto now, co_await core_.read(heads));
    co_return !now.tails.empty() || now.latest == 0 || !last_ ||
        clock_.steady() - *last_ >= options_.heartbeat;
}

Task<Coordinator::Issued> Coordinator::issue() {
    const auto guard = co_await mutex_.lock();
    auto heads = [limit = capacity_ + 1](Tangle& tangle) { return tangle.heads(limit); };
    PEGASUS_CO_TRY(auto found, co_await core_.read(heads));
    auto branch = found.milestone;
    if (!found.tails.empty()) {
        PEGASUS_CO_TRY(branch, co_await merge(std::move(found.tails)));
    }
    auto next = [branch](Tangle& tangle) { return tangle.nextMilestone(branch); };
    PEGASUS_CO_TRY(auto statement, co_await core_.read(next));
    PEGASUS_CO_TRY(const auto made, co_await make(statement));

    const Moment now{clock_.now(), clock_.steady()};
    auto apply = [made, statement, now,
                  rules = ArrivalRules{options_.minWeightMagnitude, now.wall}](
                     Tangle& tangle) -> Result<void> {
        PEGASUS_TRY(const auto batch,
                    examineArrivals({made.front().trytes}, rules, std::stop_token()));
        return tangle.applyMilestone(batch, statement, now);
    };
    PEGASUS_CO_CHECK(co_await core_.write(std::move(apply), store::Durability::Synced));
    last_ = now.steady;
    co_return Issued{statement.index, made.front().hash};
}

/// One tail that approves all of them, the first before the others in white-flag order; gives up merging when half of the
/// interval has passed. What that took says how many to ask for the next time.
Task<model::Hash> Coordinator::merge(std::vector<model::Hash> tails) {
    const auto start = clock_.steady();
    const auto time = std::chrono::duration_cast<SteadyTime::duration>(options_.milestoneInterval) / 2;
    auto merged = tails.front();
    std::size_t done = 1;
    while (done < tails.size() && clock_.steady() - start < time) {
        std::vector<model::Hash> some(tails.begin() + static_cast<std::ptrdiff_t>(done), tails.end());
        some.resize(std::min(some.size(), kSlice));
        PEGASUS_CO_TRY(const auto made, co_await checkpoints(merged, std::move(some), start + time));
        std::vector<model::TransactionTrytes> trytes;
        for (const auto& checkpoint : made) trytes.push_back(checkpoint.trytes);
        // Refused where too much is unconfirmed: then the milestone confirms what is merged so far.
        if (const auto stored = co_await broadcast_(std::move(trytes)); !stored) break;
        merged = made.back().hash;
        done += made.size();
    }
    if (done > kSlice / 2) {
        const auto each = std::max<SteadyTime::duration>((clock_.steady() - start) / static_cast<int>(done), 1ns);
        capacity_ = std::min(std::max(static_cast<std::size_t>(time / each), kLeastCapacity), options_.maxCheckpoints);
    }
    co_return merged;
}

/// A chain of them, each approving the one before and the next tail; at least one, and no more after `until`.
Task<Coordinator::Attached> Coordinator::checkpoints(model::Hash merged, std::vector<model::Hash> tails,
                                                     SteadyTime until) {
    auto work = [merged, tails = std::move(tails), until, &clock = clock_,
                 weight = options_.minWeightMagnitude](const std::stop_token& stop) -> Result<Attached> {
        Attached made;
        auto last = merged;
        for (const auto& tail : tails) {
            if (!made.empty() && clock.steady() >= until) break;
            PEGASUS_TRY(auto draft, checkpointDraft(toSeconds(clock.now())));
            PEGASUS_TRY(const auto one, attachNow(std::move(draft.transactions), last, tail, clock.now(), weight, stop));
            last = one.front().hash;
            made.push_back(one.front());
        }
        return made;
    };
    co_return co_await compute(pool_, std::move(work));
}

Task<Coordinator::Attached> Coordinator::make(MilestoneStatement statement) {
    const auto bytes = signedBytes(networkId_, statement);
    PEGASUS_CO_TRY(const auto signature, key_->sign(bytes));
    PEGASUS_CO_TRY(auto draft,
                   milestoneBundle(address_, statement, signature, toSeconds(clock_.now())));
    co_return co_await attach(std::move(draft.transactions), statement.trunk, statement.branch);
}

Task<Coordinator::Attached> Coordinator::attach(std::vector<model::Transaction> transactions,
                                                model::Hash trunk, model::Hash branch) {
    auto work = [transactions = std::move(transactions), trunk, branch, now = clock_.now(),
                 weight = options_.minWeightMagnitude](const std::stop_token& stop) {
        return attachNow(transactions, trunk, branch, now, weight, stop);
    };
    co_return co_await compute(pool_, std::move(work));
}

}  // namespace pegasus::node
