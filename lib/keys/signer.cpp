// SPDX-License-Identifier: Apache-2.0
// Signer: jobs for the pool that share the seed.
#include "keys/signer.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace pegasus::keys {
namespace {

using model::Address;
using model::BundleDraft;
using model::Fragment;

Result<std::vector<Address>> derive(const crypto::Seed& seed, crypto::KeyIndex first, std::size_t count,
                                    crypto::SecurityLevel level, const std::stop_token& stop) {
    std::vector<Address> out;
    for (std::size_t i = 0; i < count; ++i) {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopping");
        out.push_back(model::addressFrom(crypto::deriveAddress(seed, first + i, level)));
    }
    return out;
}

/// One input. The signature is checked before it leaves: a wrong index must not give away another key's chunks.
Result<void> signInput(const crypto::Seed& seed, BundleDraft& draft, std::size_t input, const KeyRef& key,
                       const crypto::NormalizedHash& hash) {
    const auto& address = draft.transactions[draft.inputStarts[input]].address;
    if (model::addressFrom(crypto::deriveAddress(seed, key.index, key.level)) != address)
        return fail(ErrorCode::InvalidArgument, "key {} is not the key of input {}", key.index, input);
    const auto signature = crypto::sign(seed, key.index, key.level, hash);
    const std::vector<std::string_view> views(signature.begin(), signature.end());
    if (model::addressFrom(crypto::addressOfSignature(hash, views)) != address)
        return fail(ErrorCode::Internal, "the signature of key {} does not verify", key.index);
    std::vector<Fragment> fragments;
    for (const auto view : views) {
        PEGASUS_TRY(fragments.emplace_back(), Fragment::parse(view));
    }
    return model::putSignature(draft, input, fragments);
}

Result<std::vector<model::Transaction>> signAll(const crypto::Seed& seed, BundleDraft draft,
                                                const std::vector<KeyRef>& inputs, const std::stop_token& stop) {
    if (inputs.size() != draft.inputStarts.size())
        return fail(ErrorCode::InvalidArgument, "{} keys for {} inputs", inputs.size(), draft.inputStarts.size());
    const auto hash = crypto::normalize(draft.bundleHash);
    if (!inputs.empty() && crypto::containsThirteen(hash))
        return fail(ErrorCode::InvalidArgument, "bundle hash {} would give away a part of the key",
                    draft.bundleHash.view());
    if (model::bundleHash(draft.transactions) != draft.bundleHash)
        return fail(ErrorCode::InvalidArgument, "the draft is not what its bundle hash says");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopping");
        PEGASUS_CHECK(signInput(seed, draft, i, inputs[i], hash));
    }
    return std::move(draft.transactions);
}

}  // namespace

Signer::Signer(crypto::Seed seed, Pool& pool)
    : seed_(std::make_shared<const crypto::Seed>(std::move(seed))), pool_(pool) {}

Task<Address> Signer::address(KeyRef key) const {
    PEGASUS_CO_TRY(const auto list, co_await addresses(key.index, 1, key.level));
    co_return list.front();
}

Task<std::vector<Address>> Signer::addresses(crypto::KeyIndex first, std::size_t count,
                                             crypto::SecurityLevel level) const {
    auto job = [seed = seed_, first, count, level](std::stop_token stop) {
        return derive(*seed, first, count, level, stop);
    };
    co_return co_await compute(pool_, std::move(job));
}

Task<std::vector<model::Transaction>> Signer::sign(BundleDraft draft, std::vector<KeyRef> inputs) const {
    auto job = [seed = seed_, draft = std::move(draft), inputs = std::move(inputs)](std::stop_token stop) mutable {
        return signAll(*seed, std::move(draft), inputs, stop);
    };
    co_return co_await compute(pool_, std::move(job));
}

}  // namespace pegasus::keys
