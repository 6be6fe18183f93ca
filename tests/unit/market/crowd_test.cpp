// SPDX-License-Identifier: Apache-2.0
// Public places that somebody has filled, nodes that show a part only, and a full book of offers.
#include <algorithm>

#include "gateway.hpp"
#include "mam/channel.hpp"
#include "market/listing.hpp"
#include "market/tags.hpp"

namespace pegasus::market {
namespace {

class Crowd : public Sale {
protected:
    /// So many zero-value transactions, not worked for, as a node may hold them.
    void crowd(const Address& address, const model::Tag& tag, int count) {
        model::Transaction junk;
        junk.address = address;
        junk.tag = tag;
        for (int i = 0; i < count; ++i) {
            junk.timestamp = ++junkTime_;
            ledger_.inject(model::serialize(junk));
        }
    }
    std::int64_t junkTime_ = 0;
    const Address elsewhere_ = Address::parse(std::string(80, 'T') + "9").value();
};

TEST_F(Crowd, CrowdsAtEveryPublicAddressHideNothing) {
    const auto tag = tagOf("pegasus").value();
    crowd(elsewhere_, tag, 3000);
    announce();
    crowd(elsewhere_, tag, 3000);
    settle(2);
    crowd(offer().address, tag, 3000);
    const auto id = buy();
    pass();
    crowd(offer().address, tag, 3000);
    crowd(order(id).replyAddress, tag, 3000);
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
    publish("{\"data\":1}");
    settle(2);
    crowd(mam::addressOf(buyer_->buyer->subscription(id)->nextRoot, mam::Mode::Restricted), tag, 3000);
    publish("{\"data\":2}");
    settle(2);
    EXPECT_EQ(received(id), (std::vector<std::string>{"{\"data\":1}", "{\"data\":2}"}));
    // What was read is not read again; the crowd at the reply address takes a while.
    settle(50);
    const auto before = ledger_.transactionsGiven();
    settle(2);
    EXPECT_LT(ledger_.transactionsGiven() - before, 20U);
}

TEST_F(Crowd, ANodeThatHidesWhatIsThereIsShown) {
    announce();
    ledger_.knobs.noCursors = true;
    ledger_.knobs.showsAtMost = 200;
    crowd(offer().address, tagOf("pegasus").value(), 500);
    settle(1);
    EXPECT_TRUE(buyer_->buyer->counters().offersIncomplete);
    ledger_.knobs.showsAtMost = SIZE_MAX;
    settle(1);
    EXPECT_FALSE(buyer_->buyer->counters().offersIncomplete);
    const auto id = buy();
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Crowd, WhatANodeDidNotGiveOnceIsReadLater) {
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle(2);
    ledger_.knobs.hidesTransactions = true;
    publish("{\"data\":2}");
    settle(2);
    EXPECT_EQ(received(id), (std::vector<std::string>{"{\"data\":1}"}));
    ledger_.knobs.hidesTransactions = false;
    settle(2);
    EXPECT_EQ(received(id), (std::vector<std::string>{"{\"data\":1}", "{\"data\":2}"}));
}

TEST_F(Crowd, AReadingThatCouldNotBeKeptIsKeptLater) {
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle(2);
    const auto limit = [](std::int64_t pages) {
        return [pages](store::Connection& c) -> Result<void> {
            c.execAndGet("PRAGMA max_page_count = " + std::to_string(pages));
            return {};
        };
    };
    ASSERT_TRUE(buyer_->database->runNow(limit(1)));  // no fewer than there are
    publish("{\"data\":\"" + std::string(20'000, 'x') + "\"}");
    settle(6);
    EXPECT_EQ(received(id).size(), 1U);
    ASSERT_TRUE(buyer_->database->runNow(limit(1'000'000)));
    settle(2);
    EXPECT_EQ(received(id).size(), 2U);
    EXPECT_EQ(buyer_->buyer->subscription(id)->junk, 0U);
}

class FullBook : public Sale {
protected:
    FullBook() {
        end();
        relay_.loop = std::make_unique<test::TestLoop>();
        buyerOptions_.maxOffers = 20;
        openSeller();
        openBuyer();
    }
    /// Listings of so many devices that nobody has seen before.
    void throwAway(int count) {
        for (int i = 0; i < count; ++i) {
            const auto key = crypto::Ed25519Key::generate(random_).value();
            ListingTerms terms;
            terms.name = fmt::format("junk {}", ++made_);
            terms.place = {1, 2};
            terms.price = Iotas(1);
            const auto text = encodeListing(terms, Address::parse(std::string(80, 'T') + "9").value(), "s", toMillis(relay_.now()), key,
                                            relay_.now(), 1, {}).value();
            attach({model::Address(), Iotas(0), tagOf("pegasus").value(), model::trytesFromText(text).value()});
        }
        run(buyer_->buyer->discover());
    }
    [[nodiscard]] std::size_t genuine() const {
        const auto offers = buyer_->buyer->offers();
        return static_cast<std::size_t>(std::ranges::count_if(offers, [](const Offer& o) { return o.terms.name == "Roof"; }));
    }
    int made_ = 0;
    test::FakeRandom random_;
};

TEST_F(FullBook, WhoComesLaterIsSeenAndSoAfterAStart) {
    throwAway(50);
    EXPECT_EQ(buyer_->buyer->offers().size(), 20U);
    relay_.loop->clock.advance(std::chrono::minutes(1));
    announce();
    run(buyer_->buyer->discover());
    EXPECT_EQ(genuine(), 1U);
    restart();
    EXPECT_EQ(genuine(), 1U);
}

TEST_F(FullBook, WhatIsKnownForADayOrBoughtFromIsNotPushedOut) {
    announce();
    run(buyer_->buyer->discover());
    relay_.loop->clock.advance(std::chrono::hours(25));
    throwAway(200);
    EXPECT_EQ(buyer_->buyer->offers().size(), 20U);
    EXPECT_EQ(genuine(), 1U);
}

TEST_F(FullBook, AgedThrowAwaysLeaveAQuarterToNewcomers) {
    throwAway(20);
    relay_.loop->clock.advance(std::chrono::hours(25));
    announce();
    run(buyer_->buyer->discover());
    EXPECT_EQ(genuine(), 1U);
    throwAway(4);
    EXPECT_EQ(buyer_->buyer->offers().size(), 20U);
}

}  // namespace
}  // namespace pegasus::market
