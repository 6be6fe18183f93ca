// SPDX-License-Identifier: Apache-2.0
// RemoteLedger: tips, searches, transactions, balances and states; the differences of the nodes (tangle.md 6, 9).
#include <iterator>
#include <unordered_set>

#include "iri/client_impl.hpp"

namespace pegasus::iri {

using model::AttachedTransaction;

namespace {

constexpr int kMaxDepth = 15;
constexpr std::size_t kTrytesEntry = TransactionTrytes::kTrytes + 16;
constexpr int kTipsTries = 3;
/// After so long without an answer of that milestone it may have been a lie, or the network another one.
constexpr Duration kBalancesRemembered = std::chrono::minutes(5);

/// Decodes getTrytes and proves that each transaction is the one asked for. For the pool.
Result<Fetched> decodeTransactions(const std::string& body, const std::vector<Hash>& asked, std::size_t maxAnswer) {
    CodecLimits limits;
    limits.bodyLength = maxAnswer;
    limits.listLength = asked.size();
    PEGASUS_TRY(const auto answer, decodeAnswer<TrytesAnswer>(body, limits));
    if (answer.trytes.size() != asked.size())
        return fail(ErrorCode::Corrupt, "{} transactions for {} hashes", answer.trytes.size(), asked.size());
    Fetched result;
    result.reserve(asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (answer.trytes[i].isNull()) {
            result.emplace_back();
            continue;
        }
        PEGASUS_TRY(auto attached, AttachedTransaction::fromTrytes(answer.trytes[i]));
        if (attached.hash != asked[i])
            return fail(ErrorCode::Corrupt, "transaction {} where {} was asked for", attached.hash.view(),
                        asked[i].view());
        result.emplace_back(std::move(attached));
    }
    return result;
}

std::size_t listsIn(const ledger::TransactionQuery& q) {
    return static_cast<std::size_t>(!q.addresses.empty()) + static_cast<std::size_t>(!q.bundles.empty()) +
           static_cast<std::size_t>(!q.tags.empty()) + static_cast<std::size_t>(!q.approvees.empty());
}
std::size_t longestIn(const ledger::TransactionQuery& q) {
    return std::max({q.addresses.size(), q.bundles.size(), q.tags.size(), q.approvees.size()});
}

/// The only list of `q`, in parts of at most `most`.
std::vector<ledger::TransactionQuery> narrower(const ledger::TransactionQuery& q, std::size_t most) {
    std::vector<ledger::TransactionQuery> parts;
    const auto add = [&](auto member) {
        for (auto& part : splitAt(q.*member, most)) {
            parts.emplace_back();
            parts.back().*member = std::move(part);
        }
    };
    add(&ledger::TransactionQuery::addresses);
    add(&ledger::TransactionQuery::bundles);
    add(&ledger::TransactionQuery::tags);
    add(&ledger::TransactionQuery::approvees);
    return parts;
}

bool hasNull(const ledger::TransactionQuery& q) {
    const auto isNull = [](const auto& item) { return item.isNull(); };
    return std::ranges::any_of(q.addresses, isNull) || std::ranges::any_of(q.bundles, isNull) ||
           std::ranges::any_of(q.tags, isNull) || std::ranges::any_of(q.approvees, isNull);
}

}  // namespace

FindTransactions findRequest(ledger::TransactionQuery query) {
    FindTransactions r;
    if (!query.addresses.empty()) r.addresses = std::move(query.addresses);
    if (!query.bundles.empty()) r.bundles = std::move(query.bundles);
    if (!query.tags.empty()) r.tags = std::move(query.tags);
    if (!query.approvees.empty()) r.approvees = std::move(query.approvees);
    r.valueOnly = query.valueOnly;
    return r;
}

Task<ledger::Tips> RemoteLedger::Impl::tips(int depth, std::optional<Hash> reference) {
    if (depth < 0 || depth > kMaxDepth)
        co_return fail(ErrorCode::InvalidArgument, "depth {} is not in 0..{}", depth, kMaxDepth);
    GetTransactionsToApprove r;
    r.depth = depth;
    r.reference = reference;
    const Request request = r;
    const Attempt<TipsAnswer> attempt = [&](Node& node, SteadyTime deadline) {
        return nodes_.ask<TipsAnswer>(node, request, deadline, 2, kSmallEntry);
    };
    for (int tries = 1;; ++tries) {
        const auto answer = co_await nodes_.each<TipsAnswer>(attempt);
        if (answer) {
            ledger::Tips tips;
            tips.trunk = answer->trunkTransaction;
            tips.branch = answer->branchTransaction;
            co_return tips;
        }
        // IRI's two walks may end on tips that contradict each other; another pair may not.
        const bool unlucky = answer.error().message.find("inconsistent tips pair") != std::string::npos;
        if (!unlucky || tries == kTipsTries) co_return fail(answer.error());
        PEGASUS_CO_CHECK(co_await scheduler_.sleep(options_.backoffFirst));
    }
}

Task<std::vector<Hash>> RemoteLedger::Impl::findOn(Node& node, const FindTransactions& find, SteadyTime deadline) {
    const Request request = find;
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<HashesAnswer>(node, request, deadline, kMaxFound, kSmallEntry));
    if (node.kind == NodeKind::Hornet && answer.hashes.size() >= kHornetFoundLimit)
        co_return fail(ErrorCode::LimitExceeded, "{} has {} transactions or more of these, and shows no others",
                       node.url.text(), kHornetFoundLimit);
    co_return std::move(answer.hashes);
}

Task<std::vector<Hash>> RemoteLedger::Impl::findPart(ledger::TransactionQuery query) {
    const auto request = findRequest(query);
    const Attempt<std::vector<Hash>> attempt = [&](Node& node, SteadyTime deadline) {
        return findOn(node, request, deadline);
    };
    auto found = co_await nodes_.each<std::vector<Hash>>(attempt);
    const bool cut = !found && found.error().code == ErrorCode::LimitExceeded;
    if (!cut || listsIn(query) != 1 || longestIn(query) < 2) co_return found;
    auto halves = narrower(query, (longestIn(query) + 1) / 2);
    co_return co_await findParts(std::move(halves));
}

Task<std::vector<Hash>> RemoteLedger::Impl::findParts(std::vector<ledger::TransactionQuery> parts) {
    std::unordered_set<Hash> all;
    for (auto& part : parts) {
        PEGASUS_CO_TRY(const auto found, co_await findPart(std::move(part)));
        all.insert(found.begin(), found.end());
    }
    co_return std::vector<Hash>(all.begin(), all.end());
}

Task<std::vector<Hash>> RemoteLedger::Impl::find(ledger::TransactionQuery query) {
    if (listsIn(query) == 0) co_return fail(ErrorCode::InvalidArgument, "a query needs at least one list");
    if (hasNull(query)) co_return fail(ErrorCode::InvalidArgument, "all 9s cannot be searched for");
    std::vector<ledger::TransactionQuery> parts;
    if (longestIn(query) <= ledger::kMaxHashesPerCall) {
        parts.push_back(std::move(query));
    } else if (listsIn(query) == 1) {
        parts = narrower(query, ledger::kMaxHashesPerCall);
    } else {
        co_return fail(ErrorCode::LimitExceeded, "a list of {} entries in a query of several lists, at most {}",
                       longestIn(query), ledger::kMaxHashesPerCall);
    }
    co_return co_await findParts(std::move(parts));
}

Task<Fetched> RemoteLedger::Impl::fetchOn(Node& node, const std::vector<Hash>& hashes, SteadyTime deadline) {
    GetTrytes r;
    r.hashes = hashes;
    HttpCall call;
    call.body = encodeRequest(r);
    call.maxAnswer = 4096 + hashes.size() * kTrytesEntry;
    const auto maxAnswer = call.maxAnswer;
    PEGASUS_CO_TRY(auto body, co_await nodes_.exchange(node, std::move(call), deadline));
    auto decode = [text = std::move(body), hashes, maxAnswer] { return decodeTransactions(text, hashes, maxAnswer); };
    auto fetched = co_await compute(pool_, std::move(decode));
    if (!fetched) co_return fail(nodes_.distrust(node, fetched.error().message));
    co_return fetched;
}

Task<Fetched> RemoteLedger::Impl::fetchPart(std::vector<Hash> hashes) {
    Fetched merged(hashes.size());
    bool answered = false;
    const Attempt<Fetched> attempt = [&](Node& node, SteadyTime deadline) -> Task<Fetched> {
        std::vector<std::size_t> open;
        std::vector<Hash> missing;
        for (std::size_t i = 0; i < hashes.size(); ++i) {
            if (merged[i]) continue;
            open.push_back(i);
            missing.push_back(hashes[i]);
        }
        PEGASUS_CO_TRY(auto fetched, co_await fetchOn(node, missing, deadline));
        answered = true;
        std::size_t left = 0;
        for (std::size_t k = 0; k < open.size(); ++k) {
            if (!fetched[k]) ++left;
            merged[open[k]] = std::move(fetched[k]);
        }
        if (left > 0 && nodes_.nodes().size() > 1)
            co_return fail(ErrorCode::NotSynchronised, "{} does not have {} of {} transactions", node.url.text(), left, hashes.size());
        co_return Fetched();
    };
    const auto outcome = co_await nodes_.each<Fetched>(attempt);
    if (!outcome && !answered) co_return fail(outcome.error());
    co_return merged;
}

Task<Fetched> RemoteLedger::Impl::transactions(std::vector<Hash> hashes) {
    Fetched result;
    auto parts = splitAt(hashes, ledger::kMaxHashesPerCall);
    for (auto& part : parts) {
        PEGASUS_CO_TRY(auto fetched, co_await fetchPart(std::move(part)));
        std::ranges::move(fetched, std::back_inserter(result));
    }
    co_return result;
}

Result<void> RemoteLedger::Impl::checkAge(const Node& node, std::int64_t milestone) {
    const auto now = clock_.steady();
    const bool recent = now - balancesSeen_ < kBalancesRemembered;
    if (milestone < balancesOf_ && recent)
        return fail(ErrorCode::NotSynchronised, "{} gives balances of milestone {}, those of {} were seen", node.url.text(), milestone,
                    balancesOf_);
    balancesOf_ = milestone;
    balancesSeen_ = now;
    return {};
}

Task<ledger::Balances> RemoteLedger::Impl::balancesOn(Node& node, const std::vector<Address>& part, SteadyTime deadline) {
    if (!node.synced) co_return fail(ErrorCode::NotSynchronised, "{}", node.problem);
    GetBalances r;
    r.addresses = part;
    const Request request = r;
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<BalancesAnswer>(node, request, deadline, part.size() + 1, kSmallEntry));
    if (answer.balances.size() != part.size())
        co_return fail(nodes_.distrust(node, fmt::format("{} balances for {} addresses", answer.balances.size(), part.size())));
    Iotas sum;
    for (const auto balance : answer.balances) {
        const auto next = sum.plus(balance);
        if (!next) co_return fail(nodes_.distrust(node, "balances that exceed the supply"));
        sum = *next;
    }
    PEGASUS_CO_CHECK(checkAge(node, answer.milestoneIndex));
    co_return ledger::Balances{std::move(answer.balances), std::move(answer.references), answer.milestoneIndex};
}

Task<ledger::Balances> RemoteLedger::Impl::balances(std::vector<Address> addresses) {
    ledger::Balances result;
    const auto parts = splitAt(addresses, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        const Attempt<ledger::Balances> attempt = [&](Node& node, SteadyTime deadline) { return balancesOn(node, part, deadline); };
        PEGASUS_CO_TRY(auto answer, co_await nodes_.each<ledger::Balances>(attempt));
        std::ranges::copy(answer.balances, std::back_inserter(result.balances));
        result.references = std::move(answer.references);
        result.milestoneIndex = answer.milestoneIndex;
    }
    co_return result;
}

Task<std::vector<bool>> RemoteLedger::Impl::statesOn(Node& node, const Request& request, std::size_t count,
                                                     SteadyTime deadline) {
    PEGASUS_CO_TRY(auto answer, co_await nodes_.ask<StatesAnswer>(node, request, deadline, count, kSmallEntry));
    if (answer.states.size() != count)
        co_return fail(
            nodes_.distrust(node, fmt::format("{} states where {} were asked for", answer.states.size(), count)));
    co_return std::move(answer.states);
}

Task<std::vector<bool>> RemoteLedger::Impl::states(const Request& request, std::size_t count) {
    const Attempt<std::vector<bool>> attempt = [&](Node& node, SteadyTime deadline) {
        return statesOn(node, request, count, deadline);
    };
    co_return co_await nodes_.each<std::vector<bool>>(attempt);
}

Task<std::vector<bool>> RemoteLedger::Impl::spentFrom(std::vector<Address> addresses) {
    std::vector<bool> result;
    const auto parts = splitAt(addresses, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        WereAddressesSpentFrom r;
        r.addresses = part;
        const Request request = r;
        PEGASUS_CO_TRY(const auto some, co_await states(request, part.size()));
        result.insert(result.end(), some.begin(), some.end());
    }
    co_return result;
}

Task<std::vector<bool>> RemoteLedger::Impl::inclusionStates(std::vector<Hash> hashes) {
    PEGASUS_CO_TRY(auto result, co_await memory_.recall(hashes));
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < hashes.size(); ++i)
        if (!result[i]) open.push_back(i);
    std::vector<Hash> confirmed;
    const auto parts = splitAt(open, ledger::kMaxHashesPerCall);
    for (const auto& part : parts) {
        GetInclusionStates r;
        for (const auto i : part) r.transactions.push_back(hashes[i]);
        const Request request = r;
        PEGASUS_CO_TRY(const auto some, co_await states(request, part.size()));
        for (std::size_t k = 0; k < part.size(); ++k) {
            if (!some[k]) continue;
            result[part[k]] = true;
            confirmed.push_back(hashes[part[k]]);
        }
    }
    memory_.remember(confirmed);
    co_return result;
}

}  // namespace pegasus::iri
