// SPDX-License-Identifier: Apache-2.0
// The search on bit-sliced states. All trials share the state before the last block (the midstate), and one counter trit
// changes from a trial to the next, so the first three passes are made only for the 8, 64 and 512 results that this trit reaches;
// of the last three passes only what the tested trits depend on is made. The rest is 21 whole passes of 27.
#include "pow/nonce_search.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "crypto/curl.hpp"
#include "pow/nonce_layout.hpp"

// g++ cannot put scalable vectors into arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pow/nonce_search.cpp"
#include <hwy/foreach_target.h>  // includes this file again for each instruction set
#include <hwy/highway.h>

#include "crypto/curl_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace pegasus::pow::HWY_NAMESPACE {

using namespace crypto::HWY_NAMESPACE;
using crypto::kCurlStateTrits;
using trinary::Trit;

constexpr std::size_t kNonceBegin = crypto::kCurlRateTrits - kNonceTrits;
constexpr std::size_t kPasses = 27;
constexpr std::size_t kFirstPasses = 3;
constexpr std::size_t kLastPasses = 3;

class Search {
public:
    Search(const crypto::CurlState& midstate, int weight, unsigned share)
        : weight_(static_cast<std::size_t>(weight)), share_(share) {
        for (std::size_t i = 0; i < kCurlStateTrits; ++i) store(broadcast(midstate[i]), after_[0].get(), i);
        for (std::size_t i = 0; i < kShareTrits; ++i)
            store(broadcast(plainTrit(share, i)), after_[0].get(), kNonceBegin + i);
        for (std::size_t i = 0; i < kLaneTrits; ++i) store(laneTrit(i), after_[0].get(), kNonceBegin + kShareTrits + i);
        for (std::size_t i = 0; i < kCounterTrits; ++i) putDigit(i);
        for (std::size_t i = 0; i < kFirstPasses; ++i) passWhole(after_[i].get(), after_[i + 1].get());
    }

    /// Tests the present counter value in all lanes; a lane that has the weight.
    [[nodiscard]] HWY_NOINLINE std::optional<std::size_t> trial() {
        const Ordered state =
            passesWhole(after_.back().get(), a_.get(), b_.get(), kPasses - kFirstPasses - kLastPasses);
        return zeroLane(state, state.state == a_.get() ? b_.get() : a_.get());
    }
    [[nodiscard]] std::array<Trit, kNonceTrits> nonce(std::size_t lane) const {
        return nonceTrits(share_, lane, counter_);
    }

    /// Goes on to the next counter value.
    void advance() {
        const std::size_t digit = counter_.advance();
        putDigit(digit);
        // A trit i is read at step t = -8 i of the next pass and reaches the results t - 5 .. t + 2. These eight are read at every
        // eighth step, the last of them first, and so on.
        Range changed{kNonceBegin + kCounterBegin + digit, 1};
        for (std::size_t i = 0; i < kFirstPasses; ++i) {
            changed = {stepOf(changed.first + changed.count - 1) + kCurlStateTrits - 5, 8 * changed.count};
            passRange({after_[i].get(), kOrders.data()}, after_[i + 1].get(), changed);
        }
    }

private:
    [[nodiscard]] static std::size_t stepOf(std::size_t trit) {
        return (kCurlStateTrits - 8) * trit % kCurlStateTrits;
    }
    [[nodiscard]] static Pair laneTrit(std::size_t digit) {
        HWY_ALIGN std::array<std::uint64_t, kVecWords> low{};
        HWY_ALIGN std::array<std::uint64_t, kVecWords> high{};
        for (std::size_t lane = 0; lane < kStates; ++lane) {
            const auto trit = plainTrit(lane, digit);
            low[lane / 64] |= std::uint64_t{trit <= 0} << (lane % 64);
            high[lane / 64] |= std::uint64_t{trit >= 0} << (lane % 64);
        }
        return {hn::Load(Tag(), low.data()), hn::Load(Tag(), high.data())};
    }
    void putDigit(std::size_t digit) {
        store(broadcast(counter_.digits()[digit]), after_[0].get(), kNonceBegin + kCounterBegin + digit);
    }

    /// A lane whose last `weight_` trits of the hash are zero.
    [[nodiscard]] std::optional<std::size_t> zeroLane(const Ordered& state, std::uint64_t* scratch) {
        const Range tested{crypto::kCurlRateTrits - weight_, weight_};
        if (weight_ > 0) passesRange(state, scratch, hash_.get(), tested, kLastPasses);
        auto zero = hn::Set(Tag(), ~std::uint64_t{0});
        for (std::size_t i = 0; i < weight_; ++i) {
            const auto trit = load(hash_.get(), tested.first + i);
            zero = hn::And(zero, hn::And(trit.low, trit.high));
        }
        HWY_ALIGN std::array<std::uint64_t, kVecWords> words;
        hn::Store(zero, Tag(), words.data());
        for (std::size_t i = 0; i < kVecWords; ++i)
            if (words[i] != 0) return 64 * i + static_cast<std::size_t>(std::countr_zero(words[i]));
        return std::nullopt;
    }

    std::size_t weight_;
    unsigned share_;
    GrayCounter counter_;
    std::array<Buffer<>, kFirstPasses + 1> after_;  // so many passes
    Buffer<> a_;
    Buffer<> b_;
    Buffer<> hash_;
};

Result<Found> search(const crypto::CurlState& midstate, int weight, std::stop_token stop, Share share) {
    Search search(midstate, weight, share.index);
    for (std::uint64_t trials = kStates; !stop.stop_requested(); trials += kStates) {
        if (const auto lane = search.trial()) return Found{trinary::trytesFromTrits(search.nonce(*lane)), trials};
        if (share.maxTrials != 0 && trials >= share.maxTrials) return fail(ErrorCode::NotFound, "no nonce among {} of a share", trials);
        search.advance();
    }
    return fail(ErrorCode::Cancelled, "proof of work stopped");
}

}  // namespace pegasus::pow::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pegasus::pow {

HWY_EXPORT(search);

Result<Found> searchNonce(std::string_view transaction, int minWeightMagnitude, std::stop_token stop, Share share) {
    constexpr std::size_t kTransactionTrytes = 2673;
    constexpr std::size_t kFixedTrytes = kTransactionTrytes - kNonceTrits / trinary::kTritsPerTryte;
    constexpr std::size_t kBlockTrytes = crypto::kCurlRateTrits / trinary::kTritsPerTryte;
    if (transaction.size() != kTransactionTrytes || !trinary::isTrytes(transaction))
        return fail(ErrorCode::InvalidArgument, "{} characters, expected a transaction of {} trytes",
                    transaction.size(), kTransactionTrytes);
    if (minWeightMagnitude < 0 || minWeightMagnitude > kMaxWeight)
        return fail(ErrorCode::InvalidArgument, "weight magnitude {}, expected 0 to {}", minWeightMagnitude, kMaxWeight);
    if (share.index >= share.count)
        return fail(ErrorCode::InvalidArgument, "share {} of {}", share.index, share.count);
    crypto::Curl curl(crypto::CurlRounds::P81);
    curl.absorb(transaction.substr(0, kTransactionTrytes - kBlockTrytes));
    curl.overwrite(trinary::tritsFromTrytes(
        transaction.substr(kTransactionTrytes - kBlockTrytes, kFixedTrytes - (kTransactionTrytes - kBlockTrytes))));
    return HWY_DYNAMIC_DISPATCH(search)(curl.state(), minWeightMagnitude, std::move(stop), share);
}

}  // namespace pegasus::pow
#endif
