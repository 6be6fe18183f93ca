// SPDX-License-Identifier: Apache-2.0
// Reading, in the order of mam0.md section 9; the layout stands in message.cpp. Every length is checked before it is used, and the
// work is bounded by the length of the payload.
#include <algorithm>

#include "mam/mask.hpp"
#include "mam/message.hpp"
#include "mam/message_fields.hpp"
#include "mam/one_time.hpp"
#include "mam/pascal.hpp"

namespace pegasus::mam {
namespace {

using crypto::CurlBlock;
using crypto::CurlRounds;
using crypto::kCurlRateTrits;
using trinary::Trit;
using trinary::Trits;

/// A level 1 signature alone makes a payload at least this long.
constexpr std::size_t kMinPayloadTrytes = 2299;
constexpr std::uint32_t kMaxDepth = 32;

Unexpected<Error> notValid() { return fail(ErrorCode::Corrupt, "not a valid message for this root and key"); }

struct Header {
    std::uint32_t index;
    std::uint32_t messageTrits;
    std::size_t trits;
};

/// Both numbers, if the message and a nonce fit behind them.
std::optional<Header> readHeader(std::span<const Trit> payload) {
    const auto index = decodePascal(payload);
    if (!index) return std::nullopt;
    const auto length = decodePascal(payload.subspan(index->used));
    if (!length || length->value % trinary::kTritsPerTryte != 0) return std::nullopt;
    const Header header{index->value, length->value, index->used + length->used};
    if (header.trits + kCurlRateTrits + header.messageTrits + kNonceTrits > payload.size()) return std::nullopt;
    return header;
}

/// Folds the siblings, in front of which their number stands, into the leaf: the depth, if the result is the root.
std::optional<std::uint32_t> climb(CurlBlock node, std::uint32_t index, std::span<const Trit> siblings, const Hash& root) {
    const auto depth = decodePascal(siblings);
    if (!depth || depth->value > kMaxDepth) return std::nullopt;
    siblings = siblings.subspan(depth->used);
    if (siblings.size() < depth->value * kCurlRateTrits || std::uint64_t{index} >> depth->value != 0) return std::nullopt;
    for (std::uint32_t level = 0; level < depth->value; ++level) {
        const auto sibling = siblings.subspan(level * kCurlRateTrits, kCurlRateTrits);
        crypto::Curl sponge(CurlRounds::P27);
        const bool isLeft = (index >> level & 1) == 0;
        sponge.absorb(isLeft ? std::span<const Trit>(node) : sibling);
        sponge.absorb(isLeft ? sibling : std::span<const Trit>(node));
        node = sponge.rate();
    }
    if (Hash::fromTrits(node) != root) return std::nullopt;
    return depth->value;
}

}  // namespace

Result<Decoded> decode(std::string_view payload, const Hash& root, const SideKey& sideKey) {
    if (payload.empty() || payload.size() > kMaxPayloadTrytes)
        return fail(ErrorCode::InvalidArgument, "payload of {} trytes, expected 1 to {}", payload.size(),
                    kMaxPayloadTrytes);
    if (!trinary::isTrytes(payload))
        return fail(ErrorCode::InvalidArgument, "payload has characters other than 9 and A-Z");
    if (payload.size() < kMinPayloadTrytes) return notValid();

    auto trits = trinary::tritsFromTrytes(payload);
    const auto header = readHeader(trits);
    if (!header) return notValid();
    auto rest = std::span(trits).subspan(header->trits);
    const auto take = [&rest](std::size_t count) {
        const auto taken = rest.first(count);
        rest = rest.subspan(count);
        return taken;
    };
    auto sponge = startSponge(sideKey, root, std::span<const Trit>(trits).first(header->trits));
    const auto sectionA = take(kCurlRateTrits + header->messageTrits);
    unmask(sponge, sectionA);
    unmask(sponge, take(kNonceTrits));

    const auto hash = sponge.rate();
    const auto level = levelOfHash(hash);
    if (!level || rest.size() < signatureTrits(*level)) return notValid();
    // A whole last fragment may follow the message: what is beyond the deepest tree is of no use.
    const auto used = signatureTrits(*level) + pascalLength(kMaxDepth) + kMaxDepth * kCurlRateTrits;
    const auto sectionC = rest.first(std::min(rest.size(), used));
    unmask(sponge, sectionC);
    const auto leaf = leafOfSignature(sectionC.first(signatureTrits(*level)), *level, hash);
    const auto depth = climb(leaf, header->index, sectionC.subspan(signatureTrits(*level)), root);
    if (!depth) return notValid();
    return Decoded{trinary::trytesFromTrits(sectionA.subspan(kCurlRateTrits)),
                   Hash::fromTrits(sectionA.first<kCurlRateTrits>()), header->index, *level, *depth};
}

}  // namespace pegasus::mam
