// SPDX-License-Identifier: Apache-2.0
// Nothing is sold that is not there: streams without readings are not announced, are closed, and come back.
#include "gateway.hpp"
#include "market/listing.hpp"
#include "market/listing_terms.hpp"
#include "market/seller_store.hpp"

namespace pegasus::market {
namespace {

using namespace std::chrono_literals;

class Silence : public Sale {
protected:
    void look() { run(buyer_->buyer->discover()); }
    [[nodiscard]] std::size_t offers() {
        look();
        return buyer_->buyer->offers().size();
    }
    /// Announced, gone silent, and taken off the market for that.
    void closeBySilence() {
        announce();
        fallSilent(16min);
        settle(2);
        ASSERT_EQ(listing().state, ListingState::Waiting);
        ASSERT_EQ(offers(), 0U);
    }
};

TEST_F(Silence, AStreamIsAnnouncedOnlyAfterItsFirstGoodReading) {
    fallSilent(1s);
    run(seller_->seller->announce("roof"));
    settle(3);
    EXPECT_EQ(offers(), 0U);
    EXPECT_EQ(listing().state, ListingState::Waiting);
    EXPECT_FALSE(listing().forSale());
    EXPECT_EQ(listing().lastError, "no good reading comes: gone");
    comeBack();
    settle(2);
    EXPECT_EQ(offers(), 1U);
    EXPECT_EQ(listing().state, ListingState::Announced);
    EXPECT_EQ(listing().lastError, "");
}

TEST_F(Silence, TheWishToSellOutlivesARestart) {
    fallSilent(1s);
    run(seller_->seller->announce("roof"));
    settle(1);
    restart();
    EXPECT_EQ(listing().state, ListingState::Waiting);
    comeBack();
    settle(2);
    EXPECT_EQ(offers(), 1U);
}

TEST_F(Silence, AWishThatWaitsCanBeWithdrawn) {
    fallSilent(1s);
    run(seller_->seller->announce("roof"));
    run(seller_->seller->withdraw("roof"));
    comeBack();
    settle(3);
    EXPECT_EQ(offers(), 0U);
    EXPECT_TRUE(seller_->seller->listings().empty());
}

TEST_F(Silence, AShortSilenceChangesNothingButIsTold) {
    announce();
    fallSilent(14min);
    settle(3);
    EXPECT_EQ(offers(), 1U);
    EXPECT_EQ(listing().state, ListingState::Announced);
    EXPECT_EQ(listing().lastError, "no good reading comes: gone");
}

TEST_F(Silence, ALongOneTakesTheStreamOffTheMarketAndAReadingBringsItBack) {
    closeBySilence();
    comeBack();
    settle(2);
    EXPECT_EQ(offers(), 1U);
    EXPECT_EQ(listing().state, ListingState::Announced);
}

TEST_F(Silence, ASensorThatComesAndGoesUsesUpNoAddresses) {
    announce();
    const auto address = offer().address;
    for (int i = 0; i < 3; ++i) {
        fallSilent(16min);
        settle(2);
        comeBack();
        settle(2);
    }
    look();
    EXPECT_EQ(offer().address, address);
}

TEST_F(Silence, ASlowSensorIsGivenThreeTurns) {
    announce();
    sources_.at("roof").source.patience = 3h;
    fallSilent(2h);
    settle(2);
    EXPECT_EQ(offers(), 1U);
    fallSilent(3h);
    settle(2);
    EXPECT_EQ(offers(), 0U);
}

TEST_F(Silence, TheTimeIsConfigured) {
    end();
    relay_.loop = std::make_unique<test::TestLoop>();
    sellerOptions_.withdrawSilentAfter = 1min;
    openSeller();
    openBuyer();
    announce();
    fallSilent(61s);
    settle(2);
    EXPECT_EQ(offers(), 0U);
}

TEST_F(Silence, WhatTheOperatorWithdrewStaysSo) {
    announce();
    run(seller_->seller->withdraw("roof"));
    settle(2);
    fallSilent(16min);
    settle(1);
    comeBack();
    settle(2);
    EXPECT_EQ(offers(), 0U);
    EXPECT_EQ(listing().state, ListingState::Closed);
}

TEST_F(Silence, WhatWasClosedBySilenceCanBeWithdrawnForGood) {
    closeBySilence();
    run(seller_->seller->withdraw("roof"));
    restart();
    comeBack();
    settle(3);
    EXPECT_EQ(offers(), 0U);
    EXPECT_EQ(listing().state, ListingState::Closed);
}

TEST_F(Silence, WhatWasClosedBySilenceComesBackAfterARestart) {
    closeBySilence();
    restart();
    settle(2);
    EXPECT_EQ(offers(), 0U);
    comeBack();
    settle(2);
    EXPECT_EQ(offers(), 1U);
}

TEST_F(Silence, AListingIsNotRenewedWithoutAReading) {
    hurry();
    announce();
    const auto seq = offer().seq;
    fallSilent(1s);
    pass(11min);
    settle(2);
    look();
    EXPECT_EQ(offer().seq, seq);
}

TEST_F(Silence, TheMoneyOfASilentStreamCanStillBeCollected) {
    announce();
    const auto address = offer().address;
    fallSilent(10min);
    settle(1);
    run(seller_->seller->changeAddress("roof"));
    settle(2);
    look();
    EXPECT_NE(offer().address, address);
}

TEST_F(Silence, AStreamThatIsRemovedIsClosedForGood) {
    closeBySilence();
    run(seller_->streams.remove("roof"));
    settle(2);
    EXPECT_EQ(listing().state, ListingState::Closed);
}

TEST_F(Silence, APaymentThatMeetsASilentStreamIsHeldAndServedWhenItSpeaksAgain) {
    announce();
    const auto id = buy();
    pass();  // it is on the ledger
    fallSilent(16min);
    settle();
    ASSERT_EQ(payments().size(), 1U);
    EXPECT_EQ(payments()[0].state, PaymentState::Held);
    EXPECT_EQ(payments()[0].hold, HoldReason::Silent);
    EXPECT_EQ(run(seller_->seller->creditTotal()), Iotas(250));
    restart();
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::Confirmed);
    comeBack();
    settle(3);
    EXPECT_EQ(payments()[0].state, PaymentState::Delivered);
    EXPECT_EQ(order(id).state, OrderState::KeyReceived);
}

TEST_F(Silence, AHeldPaymentOfASilentStreamCanBeServedOrRefusedByTheOperator) {
    announce();
    const auto id = buy();
    pass();
    fallSilent(16min);
    settle();
    run(seller_->seller->release(payments()[0].bundle));
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::KeyReceived);
}

TEST_F(Silence, APaymentWithinAShortSilenceIsServed) {
    announce();
    const auto id = buy();
    pass();
    fallSilent(5min);
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived);
}

TEST(Sales, WhatAnEarlierVersionAnnouncedIsStillWantedAndWhatItClosedIsNot) {
    const test::TempDir folder;
    const auto file = folder.path() / "state.db";
    {
        auto before = store::Database::open({.path = file}, {std::string(kSchema)}).value();
        const auto fill = [](store::Connection& db) -> Result<void> {
            const std::string open(81, 'A'), closed(81, '9');
            for (const auto& [stream, seq, address] : {std::tuple{"open", 1, open}, std::tuple{"closed", 1, open}, std::tuple{"closed", 2, closed}}) {
                SQLite::Statement insert(db, "INSERT INTO market_listing (stream, seq, address, price, text, created) VALUES (?, ?, ?, 1, '', 1)");
                insert.bind(1, stream);
                insert.bind(2, seq);
                insert.bind(3, address);
                insert.exec();
            }
            return {};
        };
        ASSERT_TRUE(before->runNow(fill));
    }
    auto after = store::Database::open({.path = file}, {std::string(kSchema), std::string(kSales)}).value();
    const auto wanted = [](store::Connection& db) -> Result<void> {
        const auto sales = seller_store::sales(db).value();
        EXPECT_EQ(sales.size(), 1U);
        EXPECT_TRUE(sales.contains("open"));
        return {};
    };
    EXPECT_TRUE(after->runNow(wanted));
}

// ---- earnings ----

TEST_F(Silence, EarningsStayOnTheAnnouncedAddressUntilAnotherOneIsConfirmed) {
    hurry();
    announce();
    const auto address = offer().address;
    auto held = seller_->seller->heldAddresses();
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].address, address);
    EXPECT_TRUE(held[0].announced);
    EXPECT_FALSE(held[0].free);
    run(seller_->seller->changeAddress("roof"));
    held = seller_->seller->heldAddresses();
    ASSERT_EQ(held.size(), 2U);
    EXPECT_FALSE(held[0].announced);
    EXPECT_FALSE(held[0].free);
    settle(2);
    held = seller_->seller->heldAddresses();
    ASSERT_EQ(held.size(), 2U);
    ASSERT_TRUE(held[0].free);
    EXPECT_EQ(held[0].address, address);
    EXPECT_LE(*held[0].free, relay_.now() + sellerOptions_.grace);
    EXPECT_TRUE(held[1].announced);
}

// ---- what a listing says ----

stream::StreamInfo infoWith(std::vector<sensor::Channel> channels, Duration interval) {
    stream::StreamInfo info;
    info.spec.id = "roof";
    info.source.channels = std::move(channels);
    info.source.interval = interval;
    return info;
}

TEST(ListingTerms, SayWhatIsReadInWhichUnitAndHowOften) {
    const auto terms = termsOf(infoWith({{"temperature", "Cel", {}, {}}}, 20s));
    EXPECT_EQ(terms.quantity, "temperature");
    EXPECT_EQ(terms.unit, "Cel");
    EXPECT_EQ(terms.interval, 20s);
}

TEST(ListingTerms, RoundAnIntervalUpToWholeSeconds) {
    EXPECT_EQ(termsOf(infoWith({{"a", "1", {}, {}}}, 500ms)).interval, 1s);
    EXPECT_EQ(termsOf(infoWith({{"a", "1", {}, {}}}, 1500ms)).interval, 2s);
}

TEST(ListingTerms, ListSeveralQuantitiesWithTheirUnits) {
    const auto terms = termsOf(infoWith({{"temperature", "Cel", {}, {}}, {"humidity", "%", {}, {}}}, 20s));
    EXPECT_EQ(terms.quantity, "temperature,humidity");
    EXPECT_EQ(terms.unit, "Cel,%");
}

TEST(ListingTerms, LeaveOutWhatDoesNotFit) {
    std::vector<sensor::Channel> many;
    for (const auto* name : {"load1", "memory_used", "cpu_temperature", "disk_used"}) many.push_back({name, "long-unit", {}, {}});
    many.back().unit = "another-unit";
    const auto terms = termsOf(infoWith(many, 20s));
    EXPECT_EQ(terms.quantity, "load1,memory_used,...");
    EXPECT_EQ(terms.unit, "");
    many.back().unit = "long-unit";
    EXPECT_EQ(termsOf(infoWith(many, 20s)).unit, "long-unit");
}

TEST(ListingTerms, SayWhatTheSensorIsAsFarAsItIsKnownAndFits) {
    auto info = infoWith({{"temperature", "Cel", {}, {}}}, 20s);
    EXPECT_EQ(termsOf(info).sensor, "");
    info.source.provenance = {{"chip", "BME280"}, {"way", "user space"}, {"serial", "1A2B"}, {"calibrated", "2026-05-01"}};
    EXPECT_EQ(termsOf(info).sensor, "BME280, serial 1A2B, calibrated 2026-05-01");
    info.source.provenance["serial"] = std::string(60, '7');
    EXPECT_EQ(termsOf(info).sensor, "BME280, calibrated 2026-05-01");
    info.spec.name = std::string(64, 'n');
    info.spec.description = std::string(256, 'd');
    info.spec.price = Iotas(1);
    EXPECT_EQ(termsOf(info).sensor, "");
    EXPECT_TRUE(checkTerms(termsOf(info)));
    info.source.provenance = {{"serial", "\xFF"}};
    EXPECT_EQ(termsOf(info).sensor, "");
}

TEST_F(Silence, BuyersSeeUnitAndIntervalBeforeTheyBuy) {
    auto& source = sources_.at("roof").source;
    source.channels = {{"temperature", "Cel", {}, {}}};
    source.interval = 20s;
    announce();
    EXPECT_EQ(offer().terms.unit, "Cel");
    EXPECT_EQ(offer().terms.interval, 20s);
    source.interval = 60s;  // a reload
    seller_->streams.sourceChanged.notify("roof");
    settle(2);
    look();
    EXPECT_EQ(offer().terms.interval, 60s);
}

}  // namespace
}  // namespace pegasus::market
