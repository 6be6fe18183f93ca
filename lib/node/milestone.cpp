// SPDX-License-Identifier: Apache-2.0
// Milestones. Layout of the fragment, two trytes a byte (b1t6): root 32 bytes, signature 64 bytes,
// then 9s.
#include "node/milestone.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace pegasus::node {
namespace {

constexpr std::string_view kDomain = "pegasus milestone 1";
constexpr std::size_t kTrytesPerByte = 2;

/// Byte as signed -128..127 = low + 27 * high, both -13..13; tangle.md 4.1.
std::string toTrytes(std::span<const std::uint8_t> bytes) {
    std::string trytes;
    for (const auto byte : bytes) {
        const int value = static_cast<std::int8_t>(byte);
        const int low = ((value + 13) % 27 + 27) % 27 - 13;
        trytes += trinary::tryteChar(low);
        trytes += trinary::tryteChar((value - low) / 27);
    }
    return trytes;
}

Result<void> fromTrytes(std::string_view trytes, std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int value =
            trinary::tryteValue(trytes[2 * i]) + 27 * trinary::tryteValue(trytes[2 * i + 1]);
        if (value < -128 || value > 127)
            return fail(ErrorCode::InvalidArgument, "two trytes of value {} are no byte", value);
        out[i] = static_cast<std::uint8_t>(value);
    }
    return {};
}

void append(std::vector<std::uint8_t>& to, std::span<const std::uint8_t> bytes) {
    std::ranges::copy(bytes, std::back_inserter(to));  // insert() makes g++ 12 warn of an overflow that cannot be
}

crypto::Sha256Digest nodeHash(std::uint8_t kind, std::span<const std::uint8_t> a,
                              std::span<const std::uint8_t> b) {
    std::vector<std::uint8_t> bytes{kind};
    append(bytes, a);
    append(bytes, b);
    return crypto::sha256(bytes);
}

model::Tag indexTag(std::int64_t index) {
    const auto trits = trinary::tritsFromInteger(index, model::Tag::kTrits);
    return model::Tag::fromTrits(std::span<const trinary::Trit, model::Tag::kTrits>(trits));
}

}  // namespace

model::Address coordinatorAddress(const crypto::Ed25519PublicKey& key) {
    return *model::Address::parsePadded(toTrytes(key));  // 64 trytes of the alphabet
}

Result<crypto::Ed25519PublicKey> coordinatorKey(const model::Address& address) {
    crypto::Ed25519PublicKey key{};
    PEGASUS_CHECK(fromTrytes(address.view(), key));
    if (coordinatorAddress(key) != address)
        return fail(ErrorCode::InvalidArgument, "not a coordinator's address");
    return key;
}

crypto::Sha256Digest includedRoot(std::span<const model::Hash> tails) {
    if (tails.empty()) return crypto::sha256(std::span<const std::uint8_t>());
    if (tails.size() == 1) return nodeHash(0, tails.front().pack(), {});
    const auto left =
        std::bit_floor(tails.size() - 1);  // the largest power of two below the number
    const auto a = includedRoot(tails.first(left));
    const auto b = includedRoot(tails.subspan(left));
    return nodeHash(1, a, b);
}

std::vector<std::uint8_t> signedBytes(std::string_view networkId,
                                      const MilestoneStatement& statement) {
    std::vector<std::uint8_t> bytes;
    append(bytes, crypto::asBytes(kDomain));
    const auto number = [&bytes](std::uint64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    };
    number(networkId.size());
    append(bytes, crypto::asBytes(networkId));
    number(static_cast<std::uint64_t>(statement.index));
    append(bytes, statement.trunk.pack());
    append(bytes, statement.branch.pack());
    append(bytes, statement.root);
    return bytes;
}

Result<model::BundleDraft> milestoneBundle(const model::Address& coordinator,
                                           const MilestoneStatement& statement,
                                           const crypto::Ed25519Signature& signature,
                                           std::int64_t timestamp) {
    model::BundlePlan plan;
    plan.timestamp = timestamp;
    plan.outputs.push_back(model::Output{coordinator, model::Iotas(), indexTag(statement.index),
                                         toTrytes(statement.root) + toTrytes(signature)});
    return model::buildUnincremented(plan);
}

Result<Milestone> parseMilestone(const model::AttachedTransaction& attached) {
    const auto& t = attached.transaction;
    Milestone milestone;
    PEGASUS_TRY(milestone.statement.index, trinary::integerFromTrits(t.obsoleteTag.trits()));
    if (t.value != 0 || t.lastIndex != 0 || milestone.statement.index < 1)
        return fail(ErrorCode::InvalidArgument,
                    "a transaction of value {}, last index {} and index {} is no milestone",
                    t.value, t.lastIndex, milestone.statement.index);
    milestone.statement.trunk = t.trunkTransaction;
    milestone.statement.branch = t.branchTransaction;
    const auto message = t.signatureMessageFragment.view();
    const auto rootTrytes = milestone.statement.root.size() * kTrytesPerByte;
    PEGASUS_CHECK(fromTrytes(message, milestone.statement.root));
    PEGASUS_CHECK(fromTrytes(message.substr(rootTrytes), milestone.signature));
    milestone.hash = attached.hash;
    milestone.timestamp = t.timestamp;
    return milestone;
}

Result<Milestone> verifyMilestone(const model::AttachedTransaction& attached,
                                  const model::Address& coordinator, std::string_view networkId) {
    if (attached.transaction.address != coordinator)
        return fail(ErrorCode::InvalidArgument, "the address is not that of the coordinator");
    PEGASUS_TRY(const auto key, coordinatorKey(coordinator));
    PEGASUS_TRY(auto milestone, parseMilestone(attached));
    if (!crypto::verifyEd25519(key, signedBytes(networkId, milestone.statement),
                               milestone.signature))
        return fail(ErrorCode::InvalidArgument,
                    "milestone {} is not signed by the coordinator of '{}'",
                    milestone.statement.index, networkId);
    return milestone;
}

}  // namespace pegasus::node
