// SPDX-License-Identifier: Apache-2.0
// Whole sales: two gateways, one ledger.
#include "gateway.hpp"
#include "market/tags.hpp"

namespace pegasus::market {
namespace {

TEST_F(Sale, AnnouncesAStreamThatABuyerFinds) {
    announce();
    const auto found = offer();
    EXPECT_TRUE(found.verified);
    EXPECT_EQ(found.terms.name, "Roof");
    EXPECT_EQ(found.terms.price, Iotas(250));
    EXPECT_EQ(found.deviceId, seller_->seller->deviceId());
    EXPECT_EQ(seller_->seller->listings().at(0).state, ListingState::Announced);
    EXPECT_EQ(found.address, seller_->seller->listings().at(0).address);
}

TEST_F(Sale, DeliversReadingsForAPayment) {
    announce();
    const auto id = buy();
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
    publish(R"({"data":1})");
    publish(R"({"data":2})");
    settle(2);
    publish(R"({"data":3})");
    settle(2);
    const auto done = order(id);
    EXPECT_EQ(done.state, OrderState::Active) << done.reason;
    EXPECT_TRUE(done.paid && done.confirmed && done.keyReceived && done.active && done.firstReading);
    EXPECT_EQ(received(id), (std::vector<std::string>{R"({"data":1})", R"({"data":2})", R"({"data":3})"}));
    ASSERT_EQ(payments().size(), 1U);
    EXPECT_EQ(payments()[0].state, PaymentState::Delivered);
    EXPECT_TRUE(payments()[0].replyConfirmed);
    EXPECT_EQ(payments()[0].credit, Iotas(0));
    EXPECT_EQ(ledger_.balanceOf(offer().address), Iotas(250));
}

TEST_F(Sale, ServesNothingBeforeAMilestoneConfirmsThePayment) {
    announce();
    const auto id = buy();
    pass(std::chrono::minutes(3));
    EXPECT_EQ(order(id).state, OrderState::Paid);
    ASSERT_EQ(payments().size(), 1U);
    EXPECT_EQ(payments()[0].state, PaymentState::Seen);
    EXPECT_EQ(bundlesAt(order(id).replyAddress), 0U);
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived);
}

TEST_F(Sale, WorksWithTheSellersWalletLocked) {
    announce();
    seller_->wallet->lock();
    const auto id = buy();
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Sale, WaitsWhileTheBuyersWalletIsLocked) {
    announce();
    buyer_->wallet->lock();
    const auto id = buy();
    settle();
    EXPECT_EQ(order(id).state, OrderState::Checked);
    EXPECT_NE(order(id).reason.find("locked"), std::string::npos);
    run(buyer_->wallet->unlock(SecretBytes::fromText(kPassword)));
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
    EXPECT_EQ(order(id).reason, "");
}

TEST_F(Sale, CanBeCancelledOnlyBeforeItIsPaid) {
    announce();
    buyer_->wallet->lock();
    const auto early = buy();
    settle(2);
    run(buyer_->buyer->cancel(early));
    run(buyer_->wallet->unlock(SecretBytes::fromText(kPassword)));
    settle();
    EXPECT_EQ(order(early).state, OrderState::Cancelled);
    EXPECT_EQ(payments().size(), 0U);
    const auto late = buy();
    settle(2);
    EXPECT_EQ(refused(buyer_->buyer->cancel(late)), ErrorCode::InvalidState);
}

TEST_F(Sale, RefusesAtOnceWhatCannotBePaid) {
    announce();
    sources_.at("roof").spec.price = Iotas(5000);
    seller_->streams.changed.notify("roof");
    settle(2);
    run(buyer_->buyer->discover());
    EXPECT_EQ(refused(buyer_->buyer->buy(offer().id, BuyOptions())), ErrorCode::InsufficientFunds);
    EXPECT_TRUE(buyer_->buyer->orders().empty());
}

TEST_F(Sale, FailsWithAReasonWhenTheMoneyIsNotThereAnyMore) {
    announce();
    buyer_->wallet->lock();
    BuyOptions dear;
    dear.maxPrice = Iotas(5000);
    const auto id = run(buyer_->buyer->buy(offer().id, dear));
    settle(1);
    sources_.at("roof").spec.price = Iotas(4000);
    seller_->streams.changed.notify("roof");
    settle(2);
    run(buyer_->buyer->discover());
    run(buyer_->wallet->unlock(SecretBytes::fromText(kPassword)));
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::Failed);
    EXPECT_NE(order(id).reason, "");
}

TEST_F(Sale, PaysASecondOrderWithTheRestOfTheFirst) {
    announce();
    const auto first = buy();
    pass();
    const auto second = buyAgain();  // all funds are in the first payment, which no milestone has confirmed
    pass();
    EXPECT_EQ(order(second).state, OrderState::Checked);
    EXPECT_NE(order(second).reason.find("waits"), std::string::npos) << order(second).reason;
    EXPECT_EQ(order(second).waits, OrderWait::Funds);
    settle();
    EXPECT_EQ(order(first).state, OrderState::KeyReceived) << order(first).reason;
    EXPECT_EQ(order(second).state, OrderState::KeyReceived) << order(second).reason;
    EXPECT_EQ(ledger_.balanceOf(offer().address), Iotas(500));
}

TEST_F(Sale, AReplyToOurBuyersIsNotUnderTheMarketsTag) {
    announce();
    const auto id = buy();
    settle();
    ASSERT_EQ(order(id).state, OrderState::KeyReceived);
    ledger::TransactionQuery query;
    query.addresses.push_back(order(id).replyAddress);
    EXPECT_FALSE(run(ledger_.find(query)).empty());
    query.tags.push_back(tagOf("pegasus").value());
    EXPECT_TRUE(run(ledger_.find(query)).empty());
}

TEST_F(Sale, RefusesWhatIsTooDearOrGoneOrSpent) {
    announce();
    BuyOptions cheap;
    cheap.maxPrice = Iotas(249);
    EXPECT_EQ(refused(buyer_->buyer->buy(offer().id, cheap)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refused(buyer_->buyer->buy(OfferId(32, '0'), BuyOptions())), ErrorCode::NotFound);
    ledger_.markSpent(offer().address);
    EXPECT_EQ(refused(buyer_->buyer->buy(offer().id, BuyOptions())), ErrorCode::AddressSpent);
    EXPECT_TRUE(offer().addressSpent);
    ledger_.unmarkSpent(offer().address);  // the node was wrong
    EXPECT_NO_THROW(run(buyer_->buyer->buy(offer().id, BuyOptions())));
}

TEST_F(Sale, ALookThatFindsNothingCostsOneQueryHoweverManyOffersThereAre) {
    announce();
    run(buyer_->buyer->discover());
    const auto before = ledger_.findCalls();
    const auto given = ledger_.transactionsGiven();
    run(buyer_->buyer->discover());
    EXPECT_EQ(ledger_.findCalls(), before + 1);
    EXPECT_EQ(ledger_.transactionsGiven(), given);
}

TEST_F(Sale, ABuyerWhoseClockWasWrongJudgesAllListingsAgain) {
    announce();
    const auto expected = offer().id;
    // Another buyer of the same ledger, two years behind: what is from the future is refused.
    const auto time = relay_.loop->clock.now();
    end();
    std::filesystem::remove_all(dir_.path() / "buyer");
    relay_.loop = std::make_unique<test::TestLoop>();
    relay_.loop->clock.jumpWallClock(time - relay_.loop->clock.now() - std::chrono::hours(24 * 700));
    openBuyer();
    run(buyer_->buyer->discover());
    const auto wrong = buyer_->buyer->offers().size();
    relay_.loop->clock.jumpWallClock(std::chrono::hours(24 * 700));
    run(buyer_->buyer->discover());
    EXPECT_EQ(wrong, 0U);
    ASSERT_EQ(buyer_->buyer->offers().size(), 1U);
    EXPECT_EQ(offer().id, expected);
}

TEST_F(Sale, DoesNotPayAnAddressThatWasSpentSinceTheOffer) {
    announce();
    buyer_->wallet->lock();
    const auto id = buy();
    settle(1);
    ledger_.markSpent(offer().address);
    run(buyer_->wallet->unlock(SecretBytes::fromText(kPassword)));
    settle(2);
    EXPECT_EQ(order(id).state, OrderState::Failed);
    EXPECT_EQ(payments().size(), 0U);
}

TEST_F(Sale, EndsWhenTheSellerWithdraws) {
    announce();
    run(seller_->seller->withdraw("roof"));
    settle(2);
    run(buyer_->buyer->discover());
    EXPECT_TRUE(buyer_->buyer->offers().empty());
    EXPECT_EQ(seller_->seller->listings().at(0).state, ListingState::Closed);
}

TEST_F(Sale, AnnouncesNewTermsAndRenewsInTime) {
    hurry();
    announce();
    auto spec = sources_.at("roof").spec;
    spec.price = Iotas(300);
    run(seller_->streams.setTerms(spec));
    settle(2);
    run(buyer_->buyer->discover());
    EXPECT_EQ(offer().terms.price, Iotas(300));
    const auto seq = offer().seq;
    pass(std::chrono::minutes(11));
    settle(2);
    run(buyer_->buyer->discover());
    EXPECT_GT(offer().seq, seq);
}

TEST_F(Sale, KeepsAnOldAddressUnspentUntilItsGraceTimeIsOver) {
    hurry();
    announce();
    const auto old = offer().address;
    run(seller_->seller->changeAddress("roof"));
    settle(2);
    run(buyer_->buyer->discover());
    EXPECT_NE(offer().address, old);
    const auto held = [&] {
        for (const auto& own : run(seller_->wallet->addresses()))
            if (own.address == old) return own.held;
        return false;
    };
    pass(std::chrono::minutes(4));
    EXPECT_TRUE(held());
    pass(std::chrono::minutes(2));
    EXPECT_FALSE(held());
}

TEST_F(Sale, ServesAnOldAddressAndPriceWithinTheGraceTime) {
    announce();
    buyer_->wallet->lock();
    const auto paidTo = offer().address;
    const auto id = buy();
    run(buyer_->wallet->unlock(SecretBytes::fromText(kPassword)));
    pass();  // paid to the old address before the buyer can know better
    sources_.at("roof").spec.price = Iotas(900);
    run(seller_->seller->changeAddress("roof"));
    settle();
    EXPECT_EQ(order(id).sellerAddress, paidTo);
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Sale, BecomesOverdueWhenTheSellerIsSilentAndStillTakesALateReply) {
    announce();
    const auto id = buy();
    pass();
    // The seller is away: only the buyer sees the milestone.
    end();
    relay_.loop = std::make_unique<test::TestLoop>();
    buyerOptions_.replyTimeout = std::chrono::minutes(10);
    openBuyer();
    ledger_.milestone();
    pass(std::chrono::minutes(8));
    EXPECT_FALSE(order(id).overdue);
    pass(std::chrono::minutes(4));
    EXPECT_EQ(order(id).state, OrderState::Confirmed);
    EXPECT_TRUE(order(id).overdue);
    openSeller();
    settle();
    EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Sale, GivesEveryBuyerTheKeyOfANewChannel) {
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle(2);
    auto& source = sources_.at("roof");
    source.epoch = 2;
    source.state = mam::ChannelState{.security = crypto::SecurityLevel::One};
    seller_->streams.changed.notify("roof");
    settle();
    publish("{\"data\":2}");
    settle();
    EXPECT_EQ(received(id), (std::vector<std::string>{"{\"data\":1}", "{\"data\":2}"}));
}

TEST_F(Sale, PagesThroughHistoryAndEndsASubscription) {
    announce();
    const auto id = buy();
    settle();
    for (int i = 0; i < 5; ++i) publish("{\"data\":" + std::to_string(i) + "}");
    settle();
    const auto first = run(buyer_->buyer->history(id, 2, 0));
    EXPECT_EQ(first.messages.size(), 2U);
    ASSERT_TRUE(first.cursor);
    EXPECT_EQ(run(buyer_->buyer->history(id, 2, *first.cursor)).messages.at(0).payload, "{\"data\":2}");
    EXPECT_EQ(refused(buyer_->buyer->history(id, 0, 0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refused(buyer_->buyer->history("x", 1, 0)), ErrorCode::NotFound);
    run(buyer_->buyer->unsubscribe(id));
    publish("{\"data\":9}");
    settle();
    EXPECT_EQ(received(id).size(), 5U);
    EXPECT_EQ(buyer_->buyer->subscription(id)->state, SubscriptionState::Ended);
}

TEST_F(Sale, OrdersOfOneMomentDoNotWaitForEachOthersChange) {
    fundBuyer(100'000);
    announce();
    std::vector<OrderId> ids;
    for (int i = 0; i < 16; ++i) ids.push_back(buyAgain());
    settle(5);
    for (const auto& id : ids) EXPECT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
}

TEST_F(Sale, KeepsOnlyTheNewestMessagesIfToldSo) {
    end();
    relay_.loop = std::make_unique<test::TestLoop>();
    buyerOptions_.keepMessages = 2;
    openSeller();
    openBuyer();
    announce();
    const auto id = buy();
    settle();
    for (int i = 0; i < 5; ++i) publish("{\"data\":" + std::to_string(i) + "}");
    settle();
    EXPECT_EQ(received(id), (std::vector<std::string>{"{\"data\":3}", "{\"data\":4}"}));
    EXPECT_EQ(buyer_->buyer->subscription(id)->received, 5U);
}

TEST_F(Sale, ForgetsMessagesWhenTheirTimeIsOver) {
    end();
    relay_.loop = std::make_unique<test::TestLoop>();
    buyerOptions_.messageRetention = 2h;
    openSeller();
    openBuyer();
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle();
    pass(90min);
    publish("{\"data\":2}");
    settle();
    EXPECT_EQ(received(id).size(), 2U);
    pass(1h);
    EXPECT_EQ(received(id), std::vector<std::string>{"{\"data\":2}"});
    pass(2h);  // also without a new message
    EXPECT_TRUE(received(id).empty());
    EXPECT_EQ(buyer_->buyer->subscription(id)->received, 2U);
}

}  // namespace
}  // namespace pegasus::market
