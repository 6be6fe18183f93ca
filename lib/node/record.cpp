// SPDX-License-Identifier: Apache-2.0
// Between transactions and the rows of tangle.db.
#include "node/record.hpp"

#include <map>

namespace pegasus::node {
namespace {

std::vector<std::uint8_t> packFragment(const model::Fragment& fragment) {
    auto bytes = fragment.pack();
    while (!bytes.empty() && bytes.back() == 0) bytes.pop_back();
    return bytes;
}

Result<model::Fragment> unpackFragment(std::vector<std::uint8_t> bytes) {
    if (bytes.size() > model::Fragment::kPacked)
        return fail(ErrorCode::Corrupt, "tangle.db: a fragment of {} bytes", bytes.size());
    bytes.resize(model::Fragment::kPacked);
    auto fragment = model::Fragment::unpack(bytes);
    if (!fragment) return fail(ErrorCode::Corrupt, "tangle.db: {}", fragment.error().message);
    return fragment;
}

}  // namespace

Record pack(const model::AttachedTransaction& attached) {
    const auto& t = attached.transaction;
    Record r;
    r.hash = Packed(attached.hash);
    r.address = Packed(t.address);
    r.bundle = Packed(t.bundle);
    r.trunk = Packed(t.trunkTransaction);
    r.branch = Packed(t.branchTransaction);
    r.tag = Packed(t.tag);
    r.obsoleteTag = Packed(t.obsoleteTag);
    r.nonce = Packed(t.nonce);
    r.value = t.value;
    r.timestamp = t.timestamp;
    r.currentIndex = t.currentIndex;
    r.lastIndex = t.lastIndex;
    r.attached = t.attachmentTimestamp;
    r.lower = t.attachmentTimestampLowerBound;
    r.upper = t.attachmentTimestampUpperBound;
    r.signature = packFragment(t.signatureMessageFragment);
    return r;
}

Result<model::AttachedTransaction> unpack(const Record& r) {
    model::AttachedTransaction attached;
    auto& t = attached.transaction;
    PEGASUS_TRY(attached.hash, r.hash.unpack<model::Hash>());
    PEGASUS_TRY(t.signatureMessageFragment, unpackFragment(r.signature));
    PEGASUS_TRY(t.address, r.address.unpack<model::Address>());
    PEGASUS_TRY(t.bundle, r.bundle.unpack<model::Hash>());
    PEGASUS_TRY(t.trunkTransaction, r.trunk.unpack<model::Hash>());
    PEGASUS_TRY(t.branchTransaction, r.branch.unpack<model::Hash>());
    PEGASUS_TRY(t.tag, r.tag.unpack<model::Tag>());
    PEGASUS_TRY(t.obsoleteTag, r.obsoleteTag.unpack<model::Tag>());
    PEGASUS_TRY(t.nonce, r.nonce.unpack<model::Nonce>());
    t.value = r.value;
    t.timestamp = r.timestamp;
    t.currentIndex = r.currentIndex;
    t.lastIndex = r.lastIndex;
    t.attachmentTimestamp = r.attached;
    t.attachmentTimestampLowerBound = r.lower;
    t.attachmentTimestampUpperBound = r.upper;
    attached.trytes = model::serialize(t);
    return attached;
}

Result<Attachment> examineBundle(const std::vector<model::AttachedTransaction>& transactions) {
    std::vector<model::Transaction> plain;
    plain.reserve(transactions.size());
    for (const auto& attached : transactions) plain.push_back(attached.transaction);
    PEGASUS_CHECK(model::validateBundle(plain));
    PEGASUS_CHECK(model::validateLinks(transactions));

    Attachment result;
    result.tail = Packed(transactions.front().hash);
    result.bundle = Packed(plain.front().bundle);
    result.trunk = Packed(plain.back().trunkTransaction);
    result.branch = Packed(plain.back().branchTransaction);
    result.length = static_cast<std::int64_t>(plain.size());
    std::map<model::Address, std::int64_t> sums;  // validated: no sum leaves +-supply
    for (const auto& t : plain) {
        if (t.value != 0) sums[t.address] += t.value;
        if (t.value < 0) result.spent.emplace_back(t.address);
    }
    for (const auto& [address, amount] : sums)
        if (amount != 0) result.changes.push_back({Packed(address), amount});
    return result;
}

}  // namespace pegasus::node
