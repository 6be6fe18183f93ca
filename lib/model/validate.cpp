// SPDX-License-Identifier: Apache-2.0
// Validity of bundles: what IRI and Hornet both accept (tangle.md 2.4), cheap checks first.
#include <unordered_map>

#include "crypto/signature.hpp"
#include "model/bundle.hpp"
#include "model/essence.hpp"

namespace pegasus::model {
namespace {

constexpr std::size_t kBlockTrytes = trinary::kHashTrytes;

bool isBeyondSupply(std::int64_t amount) { return amount > kSupply || amount < -kSupply; }

Result<void> checkIndexes(std::span<const Transaction> transactions) {
    const auto last = static_cast<std::int64_t>(transactions.size()) - 1;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        const auto& t = transactions[i];
        if (t.currentIndex != static_cast<std::int64_t>(i) || t.lastIndex != last)
            return fail(ErrorCode::InvalidArgument, "transaction {} of {} has indexes {} and {}", i, last, t.currentIndex,
                        t.lastIndex);
        if (t.bundle != transactions.front().bundle)
            return fail(ErrorCode::InvalidArgument, "transaction {} belongs to another bundle", i);
    }
    return {};
}

Result<void> checkValues(std::span<const Transaction> transactions) {
    // Each value and each sum so far is within +-supply, so that no addition overflows.
    std::int64_t sum = 0;
    std::unordered_map<Address, std::int64_t> sums;
    for (const auto& t : transactions) {
        if (t.value == 0) continue;
        if (isBeyondSupply(t.value)) return fail(ErrorCode::InvalidArgument, "value {} is beyond the supply", t.value);
        if (!endsInZeroTrit(t.address))
            return fail(ErrorCode::InvalidArgument, "the last trit of value address {} is not zero", t.address.view());
        sum += t.value;
        auto& ofAddress = sums[t.address];
        ofAddress += t.value;
        if (isBeyondSupply(sum) || isBeyondSupply(ofAddress))
            return fail(ErrorCode::InvalidArgument, "a running sum of the bundle is beyond the supply");
    }
    if (sum != 0) return fail(ErrorCode::InvalidArgument, "the values of the bundle sum to {}, expected 0", sum);
    return {};
}

/// Trit 243 of a block does not reach Kerl: left free, it would let anyone change a signature.
bool hasFreeTrits(const Fragment& fragment) {
    for (std::size_t end = kBlockTrytes; end <= Fragment::kTrytes; end += kBlockTrytes) {
        const int last = trinary::tryteValue(fragment.view()[end - 1]);
        if (last > 4 || last < -4) return true;
    }
    return false;
}

/// Any number of fragments: an address of several signers (multisig) has those of all, one after the other.
Result<void> checkSignature(std::span<const Transaction> run, const crypto::NormalizedHash& hash) {
    const auto& address = run.front().address;
    std::vector<std::string_view> fragments;
    for (const auto& t : run) {
        if (hasFreeTrits(t.signatureMessageFragment))
            return fail(ErrorCode::InvalidArgument, "signature of {} has a block with a trit 243", address.view());
        fragments.push_back(t.signatureMessageFragment.view());
    }
    if (addressFrom(crypto::addressOfSignature(hash, fragments)) != address)
        return fail(ErrorCode::InvalidArgument, "invalid signature of {}", address.view());
    return {};
}

/// IRI takes the zero-value transactions that follow the input at once, Hornet all later ones of the address: both must
/// be the same.
Result<void> checkSignatures(std::span<const Transaction> transactions) {
    std::unordered_map<Address, std::size_t> lastFragment;
    for (std::size_t i = 0; i < transactions.size(); ++i)
        if (transactions[i].value == 0) lastFragment[transactions[i].address] = i;
    const auto hash = crypto::normalize(transactions.front().bundle);
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        if (transactions[i].value >= 0) continue;
        const auto& address = transactions[i].address;
        std::size_t end = i + 1;
        while (end < transactions.size() && transactions[end].value == 0 && transactions[end].address == address) ++end;
        const auto last = lastFragment.find(address);
        if (last != lastFragment.end() && last->second >= end)
            return fail(ErrorCode::InvalidArgument, "input {} is followed by a separate transaction to its address",
                        address.view());
        PEGASUS_CHECK(checkSignature(transactions.subspan(i, end - i), hash));
    }
    return {};
}

}  // namespace

Result<void> validateBundle(std::span<const Transaction> transactions) {
    if (transactions.empty()) return fail(ErrorCode::InvalidArgument, "bundle without transactions");
    PEGASUS_CHECK(checkIndexes(transactions));
    PEGASUS_CHECK(checkValues(transactions));
    if (bundleHash(transactions) != transactions.front().bundle)
        return fail(ErrorCode::InvalidArgument, "the bundle hash {} is not that of the transactions",
                    transactions.front().bundle.view());
    return checkSignatures(transactions);
}

Result<void> validateLinks(std::span<const AttachedTransaction> transactions) {
    if (transactions.empty()) return fail(ErrorCode::InvalidArgument, "bundle without transactions");
    const auto& tip = transactions.back().transaction.trunkTransaction;
    for (std::size_t i = 0; i + 1 < transactions.size(); ++i) {
        const auto& t = transactions[i].transaction;
        if (t.trunkTransaction != transactions[i + 1].hash)
            return fail(ErrorCode::InvalidArgument, "the trunk of transaction {} is not the next one", i);
        if (t.branchTransaction != tip)
            return fail(ErrorCode::InvalidArgument, "the branch of transaction {} is not the trunk of the head", i);
    }
    return {};
}

}  // namespace pegasus::model
