// SPDX-License-Identifier: Apache-2.0
// RemoteLedger: what became of a tail, and what to do about it.
#include "iri/client_impl.hpp"

namespace pegasus::iri {

namespace {

// iota.js: a tail attached with depth 6 can be promoted for 6 * 2 minutes - 1 minute.
constexpr auto kPromotable = std::chrono::minutes(11);

}  // namespace

Task<ledger::TailInfo> RemoteLedger::Impl::tipInfoOn(Node& node, Hash tail, SteadyTime deadline) {
    GetTipInfo r;
    r.tailTransaction = tail;
    const Request request = r;
    ledger::TailInfo info;
    const auto answer = co_await nodes_.ask<TipInfoAnswer>(node, request, deadline, 4, kSmallEntry);
    // Not solid yet: nothing to do but to wait.
    if (!answer && answer.error().code == ErrorCode::InvalidState) co_return info;
    if (!answer) co_return fail(answer.error());
    info.confirmed = answer->confirmed;
    info.conflicting = answer->conflicting && !answer->confirmed;
    info.shouldPromote = answer->shouldPromote;
    info.shouldReattach = answer->shouldReattach;
    co_return info;
}

/// Where getTipInfo does not exist: consistent and young tails may be promoted, others are attached again.
Task<ledger::TailInfo> RemoteLedger::Impl::judgeTailOn(Node& node, Hash tail, SteadyTime deadline) {
    ledger::TailInfo info;
    std::vector<Hash> one;
    one.push_back(tail);
    GetInclusionStates inclusion;
    inclusion.transactions = one;
    const Request request = inclusion;
    PEGASUS_CO_TRY(const auto included, co_await statesOn(node, request, 1, deadline));
    info.confirmed = included[0];
    if (info.confirmed) co_return info;
    PEGASUS_CO_TRY(const auto fetched, co_await fetchOn(node, one, deadline));
    if (!fetched[0]) co_return fail(ErrorCode::NotFound, "the tail {} is not on the ledger", tail.view());
    const std::chrono::milliseconds attached(fetched[0]->transaction.attachmentTimestamp);
    const bool young = clock_.now().time_since_epoch() - attached < kPromotable;
    CheckConsistency check;
    check.tails = one;
    const Request checkRequest = check;
    PEGASUS_CO_TRY(const auto consistency,
                   co_await nodes_.ask<ConsistencyAnswer>(node, checkRequest, deadline, 4, kSmallEntry));
    if (!consistency.state && consistency.info.find("not solid") != std::string::npos) co_return info;
    info.shouldPromote = consistency.state && young;
    info.shouldReattach = !info.shouldPromote;
    co_return info;
}

Task<ledger::TailInfo> RemoteLedger::Impl::tailInfo(Hash tail) {
    std::vector<Hash> one;
    one.push_back(tail);
    PEGASUS_CO_TRY(const auto known, co_await memory_.recall(one));
    ledger::TailInfo info;
    info.confirmed = known[0];
    if (info.confirmed) co_return info;
    const Attempt<ledger::TailInfo> attempt = [&](Node& node, SteadyTime deadline) -> Task<ledger::TailInfo> {
        if (node.kind != NodeKind::Iri) {
            auto answer = co_await tipInfoOn(node, tail, deadline);
            if (answer || answer.error().code != ErrorCode::NotSupported) co_return answer;
        }
        co_return co_await judgeTailOn(node, tail, deadline);
    };
    PEGASUS_CO_TRY(info, co_await nodes_.each<ledger::TailInfo>(attempt));
    if (info.confirmed) memory_.remember(one);
    co_return info;
}

Task<ledger::Consistency> RemoteLedger::Impl::consistencyOn(Node& node, const std::vector<Hash>& tails,
                                                            SteadyTime deadline) {
    ledger::Consistency result;
    // Hornet's checkConsistency says yes to everything; what it knows is in getTipInfo.
    if (node.kind == NodeKind::Hornet) {
        for (const auto& tail : tails) {
            const auto info = co_await tipInfoOn(node, tail, deadline);
            if (!info && info.error().code == ErrorCode::NotSupported) break;
            if (!info) co_return fail(info.error());
            if (!info->conflicting && !info->shouldReattach) continue;
            result.info = info->conflicting ? "the bundle conflicts with the ledger" : "below max depth";
            co_return result;
        }
    }
    CheckConsistency r;
    r.tails = tails;
    const Request request = r;
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<ConsistencyAnswer>(node, request, deadline, 4, kSmallEntry));
    result.consistent = answer.state;
    result.info = std::move(answer.info);
    co_return result;
}

Task<ledger::Consistency> RemoteLedger::Impl::checkConsistency(std::vector<Hash> tails) {
    if (tails.size() > ledger::kMaxHashesPerCall)
        co_return fail(ErrorCode::LimitExceeded, "{} tails, at most {}", tails.size(), ledger::kMaxHashesPerCall);
    const Attempt<ledger::Consistency> attempt = [&](Node& node, SteadyTime deadline) {
        return consistencyOn(node, tails, deadline);
    };
    co_return co_await nodes_.each<ledger::Consistency>(attempt);
}

}  // namespace pegasus::iri
