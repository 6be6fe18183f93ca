// SPDX-License-Identifier: Apache-2.0
#include "pow/nonce_search.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "crypto/curl.hpp"
#include "crypto/curl_batch.hpp"
#include "pow/nonce_layout.hpp"
#include "support/simd_targets.hpp"

namespace pegasus::pow {
namespace {

constexpr std::size_t kNonceTrytes = 27;

std::string transaction(unsigned variant) {
    std::string trytes(2673, '9');
    for (std::size_t i = 0; i < trytes.size(); ++i)
        trytes[i] = trinary::kAlphabet[(i * i + 7 * i + variant * (i % 83 + 1)) % 27];
    return trytes;
}

int weightWith(const std::string& trytes, const std::string& nonce) {
    const auto hash =
        crypto::curlHash(crypto::CurlRounds::P81, trytes.substr(0, trytes.size() - kNonceTrytes) + nonce).trits();
    int weight = 0;
    while (weight < 243 && hash[static_cast<std::size_t>(242 - weight)] == 0) ++weight;
    return weight;
}

TEST(NonceSearch, FindsTheWeightOnEveryInstructionSet) {
    test::forEachTarget([] {
        for (const int weight : {0, 1, 2, 5, 7, 8, 9}) {
            const auto trytes = transaction(static_cast<unsigned>(weight));
            const auto found = searchNonce(trytes, weight, {});
            ASSERT_TRUE(found);
            ASSERT_EQ(found->nonce.size(), kNonceTrytes);
            EXPECT_GE(weightWith(trytes, found->nonce), weight);
        }
    });
}

TEST(NonceSearch, TestsOnlyWhatTheWeightAsksFor) {
    // Were more trits tested than asked, searches would take more trials: 3^7 on the average.
    constexpr int kSearches = 300;
    double trials = 0;
    for (unsigned i = 0; i < kSearches; ++i) trials += static_cast<double>(searchNonce(transaction(i), 7, {})->trials);
    const double mean = trials / kSearches;
    const double batch = static_cast<double>(crypto::curlLanes());  // trials are counted in whole batches
    EXPECT_GT(mean, 2187 * 0.8);
    EXPECT_LT(mean, 2187 * 1.2 + batch);
}

TEST(NonceSearch, LetsEveryLaneWin) {
    // The lane stands in the nonce. In 300 searches none of four quarters of the lanes should be left out.
    std::array<int, 4> wins{};
    for (unsigned i = 0; i < 300; ++i) {
        const auto trits = trinary::tritsFromTrytes(searchNonce(transaction(i), 8, {})->nonce);
        std::size_t lane = 0;
        for (std::size_t digit = kLaneTrits; digit-- > 0;)
            lane = lane * 3 + static_cast<std::size_t>(trits[kShareTrits + digit] + 1);
        ASSERT_LT(lane, crypto::curlLanes());
        ++wins[lane * wins.size() / crypto::curlLanes()];
    }
    for (const int quarter : wins) EXPECT_GT(quarter, 40);
}

TEST(NonceSearch, NumbersTheTrialsAsTheNonceSays) {
    // The counter of the found nonce is the value reached after trials / lanes steps: what is enumerated below is what is tested.
    for (unsigned i = 0; i < 20; ++i) {
        const auto found = searchNonce(transaction(i), 7, {}, {3, 5});
        ASSERT_TRUE(found);
        GrayCounter counter;
        for (auto left = found->trials / crypto::curlLanes(); left > 1; --left) counter.advance();
        const auto trits = trinary::tritsFromTrytes(found->nonce);
        EXPECT_TRUE(std::equal(counter.digits().begin(), counter.digits().end(), trits.begin() + kCounterBegin));
        for (std::size_t digit = 0; digit < kShareTrits; ++digit) EXPECT_EQ(trits[digit], plainTrit(3, digit));
    }
}

TEST(NonceLayout, NeverRepeatsANonceAcrossSharesLanesAndCounts) {
    std::set<std::array<trinary::Trit, kNonceTrits>> nonces;
    std::size_t trials = 0;
    for (const unsigned share : {0U, 1U, 2U, 3U, 4'294'967'295U}) {
        GrayCounter counter;
        for (int count = 0; count < 200; ++count, counter.advance())
            for (std::size_t lane = 0; lane < 64; ++lane, ++trials) nonces.insert(nonceTrits(share, lane, counter));
    }
    EXPECT_EQ(nonces.size(), trials);
}

TEST(NonceLayout, ChangesOneTritAtATime) {
    GrayCounter counter;
    for (int i = 0; i < 1000; ++i) {
        const auto before = counter.digits();
        const auto changed = counter.advance();
        for (std::size_t digit = 0; digit < kCounterTrits; ++digit)
            EXPECT_EQ(before[digit] != counter.digits()[digit], digit == changed);
    }
}

TEST(NonceSearch, IgnoresThePresentNonce) {
    auto trytes = transaction(1);
    const auto first = searchNonce(trytes, 6, {});
    trytes.replace(2646, 27, 27, 'M');
    const auto second = searchNonce(trytes, 6, {});
    EXPECT_EQ(first->nonce, second->nonce);
}

TEST(NonceSearch, StopsBeforeItStarts) {
    std::stop_source stop;
    stop.request_stop();
    const auto found = searchNonce(transaction(1), 81, stop.get_token());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
}

TEST(NonceSearch, StopsInTheMiddleOfAHopelessSearch) {
    std::stop_source stop;
    Result<Found> found;
    std::thread searcher([&] { found = searchNonce(transaction(1), kMaxWeight, stop.get_token()); });
    EXPECT_TRUE(searchNonce(transaction(2), 9, {}));  // meanwhile
    stop.request_stop();
    searcher.join();
    EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
}

TEST(NonceSearch, RefusesBadInput) {
    const auto good = transaction(1);
    EXPECT_EQ(searchNonce(good.substr(1), 9, {}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(searchNonce("", 9, {}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(searchNonce("a" + good.substr(1), 9, {}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(searchNonce(good, -1, {}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(searchNonce(good, 82, {}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(searchNonce(good, 1, {}, {1, 1}).error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(searchNonce(good, 1, {}, {0, 0}).error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace pegasus::pow
