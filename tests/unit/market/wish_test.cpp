// SPDX-License-Identifier: Apache-2.0
// Buying twice, and what an order says that it waits for.
#include "gateway.hpp"

namespace pegasus::market {
namespace {

class Wish : public Sale {
protected:
    Error refusal(BuyOptions options = {}) {
        const auto result = relay_.loop->run(buyer_->buyer->buy(offer().id, options));
        return result ? Error{ErrorCode::Internal, "it was taken"} : result.error();
    }
    /// A listing of the forerunner, without a device key.
    void plainListing(const std::string& address, int price = 100) {
        const auto text = fmt::format(R"({{"name":"Old","lat":1.5,"lon":2.5,"price":{},"address":"{}"}})", price, address);
        attach({Address(), Iotas(0), model::Tag::parsePadded("GADDTCVCPCGDIDGDGA").value(), model::trytesFromText(text).value()});
        settle(1);
        run(buyer_->buyer->discover());
    }
    [[nodiscard]] std::vector<OfferId> plainOffers() {
        std::vector<Offer> found;
        for (const auto& one : buyer_->buyer->offers())
            if (!one.verified) found.push_back(one);
        std::sort(found.begin(), found.end(), [](const Offer& a, const Offer& b) { return a.address < b.address; });
        std::vector<OfferId> ids;
        for (const auto& one : found) ids.push_back(one.id);
        return ids;
    }
};

TEST_F(Wish, ASecondPurchaseNeedsTheFlagAndNamesTheFirst) {
    announce();
    const auto first = buy();
    settle(2);
    const auto error = refusal();
    EXPECT_EQ(error.code, ErrorCode::AlreadyExists);
    EXPECT_NE(error.message.find(first), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("again"), std::string::npos) << error.message;
    const auto second = buyAgain();
    EXPECT_NE(second, first);
    EXPECT_EQ(buyer_->buyer->orders().size(), 2U);
}

TEST_F(Wish, AnActiveOneNamesItsSubscription) {
    announce();
    const auto first = buy();
    settle();
    publish(R"({"data":1})");
    settle(2);
    ASSERT_EQ(order(first).state, OrderState::Active);
    EXPECT_NE(refusal().message.find("its subscription is " + first), std::string::npos) << refusal().message;
}

TEST_F(Wish, AFirstOrderThatStillWaitsCountsAndSaysWhy) {
    announce();
    buyer_->wallet->lock();
    (void)buy();
    EXPECT_EQ(refusal().code, ErrorCode::AlreadyExists);
    EXPECT_NE(refusal().message.find("unlock"), std::string::npos) << refusal().message;
}

TEST_F(Wish, OfTwoAtTheSameTimeOneIsTaken) {
    announce();
    int taken = 0, refusedTwice = 0;
    const auto id = offer().id;
    auto one = [&]() -> Async<void> {
        const auto result = co_await buyer_->buyer->buy(id, BuyOptions());
        if (result) ++taken;
        else if (result.error().code == ErrorCode::AlreadyExists) ++refusedTwice;
    };
    relay_.loop->spawn("one", one());
    relay_.loop->spawn("two", one());
    pass();
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(refusedTwice, 1);
}

TEST_F(Wish, IsRememberedOverARestart) {
    announce();
    (void)buy();
    settle(2);
    restart();
    run(buyer_->buyer->discover());
    EXPECT_EQ(refusal().code, ErrorCode::AlreadyExists);
}

TEST_F(Wish, WhatFailedOrWasCancelledMayBeBoughtWithoutTheFlag) {
    announce();
    buyer_->wallet->lock();
    const auto cancelled = buy();
    settle(1);
    run(buyer_->buyer->cancel(cancelled));
    const auto second = buy();
    settle(1);
    ledger_.markSpent(offer().address);
    run(buyer_->wallet->unlock(SecretBytes::fromText(kPassword)));
    settle(2);
    ASSERT_EQ(order(second).state, OrderState::Failed);
    run(seller_->seller->changeAddress("roof"));
    settle(2);
    run(buyer_->buyer->discover());
    const auto third = buy();
    settle();
    EXPECT_EQ(order(third).state, OrderState::KeyReceived) << order(third).reason;
}

TEST_F(Wish, ANewAddressOfTheSameStreamIsNoOtherStream) {
    announce();
    (void)buy();
    settle(2);
    run(seller_->seller->changeAddress("roof"));
    settle(2);
    run(buyer_->buyer->discover());
    EXPECT_EQ(refusal().code, ErrorCode::AlreadyExists);
}

TEST_F(Wish, AnUnsignedOfferWithAnotherAddressIsKnownByNameAndPlace) {
    const std::string a(80, 'A'), b(80, 'B');
    plainListing((a + "9").c_str());
    plainListing((b + "9").c_str());
    const auto ids = plainOffers();
    ASSERT_EQ(ids.size(), 2U);
    BuyOptions options;
    options.acceptUnverified = true;
    (void)run(buyer_->buyer->buy(ids[0], options));
    restart();
    run(buyer_->buyer->discover());
    EXPECT_EQ(refused(buyer_->buyer->buy(ids[1], options)), ErrorCode::AlreadyExists);
    options.again = true;
    (void)run(buyer_->buyer->buy(ids[1], options));
}

TEST_F(Wish, AnOrderSaysAtOnceThatItWaitsForTheWallet) {
    announce();
    buyer_->wallet->lock();
    const auto id = buy();
    EXPECT_EQ(order(id).waits, OrderWait::Unlock);
    settle(1);
    EXPECT_EQ(order(id).waits, OrderWait::Unlock);
    restart();  // unlocks
    settle();
    EXPECT_EQ(order(id).waits, OrderWait::Reading) << order(id).reason;
    publish(R"({"data":1})");
    settle(2);
    EXPECT_EQ(order(id).waits, OrderWait::Nothing);
}

TEST_F(Wish, AnOrderSaysThatItWaitsForTheLedgerTheMilestoneAndTheSeller) {
    announce();
    ledger_.knobs.unreachable = true;
    const auto id = buy();
    pass();
    EXPECT_EQ(order(id).waits, OrderWait::Ledger) << order(id).reason;
    ledger_.knobs.unreachable = false;
    pass(std::chrono::seconds(30));
    EXPECT_EQ(order(id).waits, OrderWait::Milestone) << order(id).reason;
    end();
    relay_.loop = std::make_unique<test::TestLoop>();
    openBuyer();  // the seller is away
    ledger_.milestone();
    pass(std::chrono::seconds(30));
    EXPECT_EQ(order(id).waits, OrderWait::Reply);
}

TEST_F(Wish, AnOfferForNothingIsNotBought) {
    plainListing(std::string(81, 'P'), 0);
    BuyOptions options;
    options.acceptUnverified = true;
    ASSERT_EQ(plainOffers().size(), 1U);
    const auto result = relay_.loop->run(buyer_->buyer->buy(plainOffers().front(), options));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(result.error().message.find("asks for 0 i"), std::string::npos);
}

}  // namespace
}  // namespace pegasus::market
