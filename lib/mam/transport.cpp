// SPDX-License-Identifier: Apache-2.0
#include "mam/transport.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

namespace pegasus::mam {
namespace {

using model::AttachedTransaction;
using ByHash = std::unordered_map<model::Hash, const AttachedTransaction*>;

/// The joined fragments of the bundle of a tail, if all of it is there. The bundle hash is not verified: the message carries a
/// signature of its own.
std::optional<std::string> joinFragments(const AttachedTransaction& tail, const ByHash& byHash) {
    const auto lastIndex = tail.transaction.lastIndex;
    if (lastIndex < 0 || lastIndex >= kMaxFragments) return std::nullopt;
    std::string payload;
    const auto* at = &tail;
    for (std::int64_t index = 0;; ++index) {
        const auto& t = at->transaction;
        if (t.currentIndex != index || t.lastIndex != lastIndex || t.bundle != tail.transaction.bundle ||
            t.address != tail.transaction.address)
            return std::nullopt;
        payload += t.signatureMessageFragment.view();
        if (index == lastIndex) return payload;
        const auto next = byHash.find(t.trunkTransaction);
        if (next == byHash.end()) return std::nullopt;
        at = next->second;
    }
}

/// A reattachment is not added.
void addDistinct(std::vector<Received>& messages, Received received) {
    const auto same = [&](const Received& other) { return other.message == received.message; };
    if (std::ranges::none_of(messages, same)) messages.push_back(std::move(received));
}

/// Order and what the order shows.
void conclude(Collected& collected) {
    auto& messages = collected.messages;
    const auto indexOf = [](const Received& r) { return r.message.index; };
    std::ranges::stable_sort(messages, {}, indexOf);
    for (std::size_t i = 1; i < messages.size(); ++i) {
        const auto index = indexOf(messages[i]);
        auto& reused = collected.reusedIndexes;
        if (index == indexOf(messages[i - 1]) && (reused.empty() || reused.back() != index)) reused.push_back(index);
        if (messages[i].message.nextRoot != messages[0].message.nextRoot) collected.nextRootsDiffer = true;
    }
}

}  // namespace

std::vector<model::Fragment> fragments(std::string_view payload) {
    std::vector<model::Fragment> out;
    for (std::size_t i = 0; i < fragmentCount(payload.size()); ++i)
        out.push_back(*model::Fragment::parsePadded(payload.substr(i * model::Fragment::kTrytes, model::Fragment::kTrytes)));
    return out;
}

Collected collect(std::span<const AttachedTransaction> found, const Hash& root, Mode mode, const SideKey& sideKey) {
    const auto address = addressOf(root, mode);
    ByHash byHash;
    for (const auto& transaction : found) byHash.emplace(transaction.hash, &transaction);
    Collected collected;
    for (const auto& tail : found) {
        const bool isFirstOfHash = byHash.at(tail.hash) == &tail;
        if (tail.transaction.currentIndex != 0 || tail.transaction.address != address || !isFirstOfHash) continue;
        const auto payload = joinFragments(tail, byHash);
        if (!payload) {
            ++collected.incomplete;
            continue;
        }
        auto message = decode(*payload, root, sideKey);
        if (!message) {
            ++collected.invalid;
            continue;
        }
        addDistinct(collected.messages,
                    {std::move(*message), tail.transaction.bundle, tail.hash, tail.transaction.timestamp});
    }
    conclude(collected);
    return collected;
}

}  // namespace pegasus::mam
