// SPDX-License-Identifier: Apache-2.0
// Parsing, hashing and checking what arrives; tangle.md 1.5 and 2.
#include "node/arrivals.hpp"

#include <algorithm>

#include "crypto/curl_batch.hpp"

namespace pegasus::node {
namespace {

using Transactions = std::vector<model::AttachedTransaction>;
using Places = std::unordered_map<model::Hash, std::size_t>;

constexpr std::size_t kHashedAtOnce = 512;

/// What a transaction must satisfy by itself.
Result<void> checkOne(const model::AttachedTransaction& attached, const ArrivalRules& rules) {
    PEGASUS_CHECK(
        model::validateTransaction(attached, rules.minWeightMagnitude, rules.now, Timestamp()));
    const auto& t = attached.transaction;
    if (t.currentIndex < 0 || t.currentIndex > t.lastIndex || t.lastIndex >= kMaxBundleLength)
        return fail(ErrorCode::InvalidArgument, "index {} of last index {}, expected 0 to {}",
                    t.currentIndex, t.lastIndex, kMaxBundleLength - 1);
    return {};
}

struct Parsed {
    Transactions transactions;  ///< each once
    Places places;
};

Result<Parsed> parseAll(const std::vector<model::TransactionTrytes>& all, const ArrivalRules& rules,
                        const std::stop_token& stop) {
    Parsed parsed;
    parsed.transactions.reserve(all.size());
    for (std::size_t first = 0; first < all.size(); first += kHashedAtOnce) {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopping");
        const auto part =
            std::span(all).subspan(first, std::min(kHashedAtOnce, all.size() - first));
        std::vector<std::string_view> inputs;
        for (const auto& trytes : part) inputs.push_back(trytes.view());
        const auto hashes = crypto::curlHashAll(crypto::CurlRounds::P81, inputs);
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (!parsed.places.try_emplace(hashes[i], parsed.transactions.size()).second) continue;
            PEGASUS_TRY(auto transaction, model::parseTransaction(part[i]));
            parsed.transactions.push_back({std::move(transaction), part[i], hashes[i]});
            PEGASUS_CHECK(checkOne(parsed.transactions.back(), rules));
        }
    }
    return parsed;
}

/// The transactions of the bundle of a tail, if all of them are there. InvalidArgument for a trunk that cannot be the next one: many
/// tails that claim one long chain must not cost its length each.
Result<std::optional<Transactions>> completeBundle(const Transactions& all, const Places& places,
                                                   std::size_t tail) {
    const auto& first = all[tail].transaction;
    std::vector<std::size_t> members{tail};
    for (std::int64_t index = 1; index <= first.lastIndex; ++index) {
        const auto place = places.find(all[members.back()].transaction.trunkTransaction);
        if (place == places.end()) return std::optional<Transactions>();
        const auto& next = all[place->second].transaction;
        if (next.currentIndex != index || next.lastIndex != first.lastIndex || next.bundle != first.bundle)
            return fail(ErrorCode::InvalidArgument, "bundle {} does not go on at index {}", first.bundle.view(), index);
        members.push_back(place->second);
    }
    Transactions bundle;
    for (const auto member : members) bundle.push_back(all[member]);
    return std::optional(std::move(bundle));
}

/// Positions in an order where trunk and branch come before what approves them. Hashes cannot form
/// a cycle, since a transaction contains those of its approvees; even so each is visited once.
std::vector<std::size_t> approveesFirst(const Transactions& all, const Places& places) {
    std::vector<std::size_t> order;
    std::vector<bool> entered(all.size(), false);
    std::vector<std::size_t> stack;
    std::vector<bool> left(all.size(), false);
    for (std::size_t first = 0; first < all.size(); ++first) {
        stack.push_back(first);
        while (!stack.empty()) {
            const auto at = stack.back();
            if (entered[at]) {
                stack.pop_back();
                if (!left[at]) order.push_back(at);
                left[at] = true;
                continue;
            }
            entered[at] = true;
            for (const auto* parent :
                 {&all[at].transaction.trunkTransaction, &all[at].transaction.branchTransaction}) {
                const auto place = places.find(*parent);
                if (place != places.end() && !entered[place->second])
                    stack.push_back(place->second);
            }
        }
    }
    return order;
}

}  // namespace

Result<Batch> examineArrivals(const std::vector<model::TransactionTrytes>& transactions,
                              const ArrivalRules& rules, const std::stop_token& stop) {
    PEGASUS_TRY(const auto parsed, parseAll(transactions, rules, stop));
    const auto& [all, places] = parsed;
    Batch batch;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].transaction.currentIndex != 0) continue;
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopping");
        PEGASUS_TRY(const auto bundle, completeBundle(all, places, i));
        if (!bundle) continue;
        PEGASUS_TRY(auto attachment, examineBundle(*bundle));
        batch.attachments.emplace(attachment.tail, std::move(attachment));
    }
    for (const auto i : approveesFirst(all, places)) batch.records.push_back(pack(all[i]));
    return batch;
}

}  // namespace pegasus::node
