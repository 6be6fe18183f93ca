// SPDX-License-Identifier: Apache-2.0
// Coordinator: checkpoints and milestones.
#include "node/coordinator.hpp"

#include "pow/nonce_search.hpp"

namespace pegasus::node {
namespace {

Result<model::BundleDraft> checkpointDraft(std::int64_t timestamp) {
    model::BundlePlan plan;
    plan.timestamp = timestamp;
    plan.outputs.push_back(model::Output{model::Address(), model::Iotas(),
                                         *model::Tag::parsePadded("PEGASUSCHECKPOINT"), ""});
    return model::buildBundle(plan);
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
      clock_(clock) {}

Task<bool> Coordinator::due() {
    auto heads = [](Tangle& tangle) { return tangle.heads(1); };
    PEGASUS_CO_TRY(const auto now, co_await core_.read(heads));
    co_return !now.tails.empty() || now.latest == 0 || !last_ ||
        clock_.steady() - *last_ >= options_.heartbeat;
}

Task<Coordinator::Issued> Coordinator::issue() {
    const auto guard = co_await mutex_.lock();
    auto heads = [limit = options_.maxCheckpoints + 1](Tangle& tangle) {
        return tangle.heads(limit);
    };
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

/// One tail that approves all of them, the first (oldest) before the others in white-flag order;
/// gives up merging when half of the interval has passed.
Task<model::Hash> Coordinator::merge(std::vector<model::Hash> tails) {
    const auto deadline = clock_.steady() + options_.milestoneInterval / 2;
    auto merged = tails.front();
    for (std::size_t i = 1; i < tails.size() && clock_.steady() < deadline; ++i) {
        PEGASUS_CO_TRY(auto draft, checkpointDraft(toSeconds(clock_.now())));
        PEGASUS_CO_TRY(const auto attached,
                       co_await attach(std::move(draft.transactions), merged, tails[i]));
        std::vector<model::TransactionTrytes> trytes{attached.front().trytes};
        // Refused where too much is unconfirmed: then the milestone confirms what is merged so far.
        if (const auto stored = co_await broadcast_(std::move(trytes)); !stored) break;
        merged = attached.front().hash;
    }
    co_return merged;
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
                 weight =
                     options_.minWeightMagnitude](const std::stop_token& stop) -> Result<Attached> {
        const auto search = [&](const model::TransactionTrytes& trytes) -> Result<model::Nonce> {
            PEGASUS_TRY(const auto found, pow::searchNonce(trytes.view(), weight, stop));
            return model::Nonce::parse(found.nonce);
        };
        return model::attachBundle(transactions, trunk, branch, now, search);
    };
    co_return co_await compute(pool_, std::move(work));
}

}  // namespace pegasus::node
