// SPDX-License-Identifier: Apache-2.0
// Layout of a payload, in trits, not aligned to trytes (s: level, m: length of the message, k: siblings, p: pascal length):
//   p(index)  index of the leaf in its tree     plain
//   p(m)      m                                 plain
//   243       next root                         masked, section A
//   m         message                           masked, section A
//   81        nonce                             masked, section B
//   6561 s    signature                         masked, section C
//   p(k)      k                                 masked, section C
//   243 k     siblings, leaf level first        masked, section C
//   zeros to a whole tryte; what follows is ignored
#include "mam/message.hpp"

#include <algorithm>
#include <array>

#include "mam/mask.hpp"
#include "mam/message_fields.hpp"
#include "mam/one_time.hpp"
#include "mam/pascal.hpp"

namespace pegasus::mam {
namespace {

using crypto::Curl;
using crypto::CurlBlock;
using trinary::Trit;
using trinary::Trits;

void append(Trits& trits, std::span<const Trit> more) { trits.insert(trits.end(), more.begin(), more.end()); }

/// The search order of the Rust library (mam0.md section 8.1): it starts at the trits that the state has, counts up trits 54..80
/// before each test of 32 lanes, and the lane stands in trits 0..3.
class NonceOrder {
public:
    static constexpr std::size_t kLanes = 32;

    explicit NonceOrder(const Curl& sponge) {
        const auto rate = sponge.rate();
        std::copy_n(rate.begin(), kNonceTrits, nonce_.begin());
    }
    void count() {
        for (std::size_t i = kCounterBegin; i < kNonceTrits; ++i) {
            if (nonce_[i] < 1) {
                ++nonce_[i];
                return;
            }
            nonce_[i] = -1;
        }
    }
    [[nodiscard]] Nonce at(std::size_t lane) const {
        // The three lowest trits of the lane in balanced ternary; the carry into the fourth is lost but for its sign.
        constexpr std::size_t kFirstOfSecondHalf = 19;
        auto nonce = nonce_;
        const auto low = trinary::tritsFromInteger(static_cast<std::int64_t>(lane), kLaneTrits - 1);
        std::ranges::copy(low, nonce.begin());
        nonce[kLaneTrits - 1] = lane < kFirstOfSecondHalf ? Trit{0} : Trit{-1};
        return nonce;
    }

private:
    static constexpr std::size_t kLaneTrits = 4;
    static constexpr std::size_t kCounterBegin = 54;
    Nonce nonce_;
};

/// The first nonce, in that order, after which the sponge's rate can be signed with the level. A trial succeeds in 3 to 5 cases of
/// 100.
Nonce findNonce(const Curl& sponge, crypto::SecurityLevel level) {
    for (NonceOrder order(sponge);;) {
        order.count();
        for (std::size_t lane = 0; lane < NonceOrder::kLanes; ++lane) {
            const auto nonce = order.at(lane);
            auto trial = sponge;
            trial.absorb(nonce);
            if (levelOfHash(trial.rate()) == level) return nonce;
        }
    }
}

/// Length of the payload in trytes as the Rust library makes it: it counts the next root into the length that it encodes.
std::size_t payloadTrytes(std::size_t trits, std::uint32_t messageTrits) {
    const auto withNextRoot = messageTrits + static_cast<std::uint32_t>(trinary::kHashTrits);
    const auto sized = trits - pascalLength(messageTrits) + pascalLength(withNextRoot);
    return (sized + trinary::kTritsPerTryte - 1) / trinary::kTritsPerTryte;
}

}  // namespace

Result<std::string> encode(const MessageParts& parts) {
    if (parts.message.size() > kMaxMessageTrytes)
        return fail(ErrorCode::InvalidArgument, "message of {} trytes, expected at most {}", parts.message.size(),
                    kMaxMessageTrytes);
    if (!trinary::isTrytes(parts.message))
        return fail(ErrorCode::InvalidArgument, "message has characters other than 9 and A-Z");
    const auto message = trinary::tritsFromTrytes(parts.message);
    const auto messageTrits = static_cast<std::uint32_t>(message.size());

    auto payload = encodePascal(parts.index);
    append(payload, encodePascal(messageTrits));
    auto sponge = startSponge(parts.sideKey, parts.root, payload);

    Trits sectionA;
    append(sectionA, parts.nextRoot.trits());
    append(sectionA, message);
    mask(sponge, sectionA);
    append(payload, sectionA);

    auto nonce = findNonce(sponge, parts.security);
    mask(sponge, nonce);
    append(payload, nonce);

    auto sectionC = signHash(parts.seed, parts.keyIndex, parts.security, sponge.rate());
    append(sectionC, encodePascal(static_cast<std::uint32_t>(parts.siblings.size())));
    for (const auto& sibling : parts.siblings) append(sectionC, sibling.trits());
    mask(sponge, sectionC);
    append(payload, sectionC);

    const auto size = payloadTrytes(payload.size(), messageTrits);
    auto trytes = trinary::trytesFromTrits(payload);
    trytes.resize(std::max(size, trytes.size()), '9');
    return trytes;
}

}  // namespace pegasus::mam
