// SPDX-License-Identifier: Apache-2.0
// A seller with the payments of years: a sale costs him no more than his first one.
#include "gateway.hpp"
#include "support/database_steps.hpp"

namespace pegasus::market {
namespace {

class SellerOfYears : public Sale {
protected:
    /// Payments that were answered long ago.
    void sell(int count) {
        test::execute(*seller_->database,
                      test::numbers(count) +
                          "INSERT INTO market_payment (bundle, stream, address, value, price, credit, state, hold, committed, conflicting, "
                          "request, seen, confirmed, delivered, epoch, reply_confirmed) SELECT " + test::trytesOf("i", 'P') +
                          ", 'roof', " + test::trytesOf("1", 'A') + ", 250, 250, 0, " +
                          std::to_string(static_cast<int>(PaymentState::Delivered)) +
                          ", 0, 1, 0, 'REQUEST', i, i, i, 1, 1 FROM n");
    }
    /// Of the seller's database, for one sale and what his operator looks at.
    std::int64_t cost() {
        const test::StepCounter counter(*seller_->database);
        const auto id = buyAgain();
        settle();
        EXPECT_EQ(order(id).state, OrderState::KeyReceived);
        seller_->streams.changed.notify("roof");
        pass();
        EXPECT_EQ(run(seller_->seller->creditTotal()), Iotas(0));
        EXPECT_EQ(run(seller_->seller->payments(10, std::nullopt)).front().state, PaymentState::Delivered);
        return counter.steps();
    }
};

TEST_F(SellerOfYears, ASaleCostsNoMoreThanTheFirst) {
    announce();
    const auto first = cost();
    sell(20'000);
    EXPECT_LT(cost(), first * 2);
}

TEST_F(SellerOfYears, WhatWasServedBeforeARestartIsNotServedAgainAndItsReplyIsNotKept) {
    announce();
    (void)buy();
    settle();
    restart();
    settle(3);
    EXPECT_EQ(payments().size(), 1U);
    EXPECT_EQ(payments().front().state, PaymentState::Delivered);
    const auto replies = [](store::Connection& c) -> Result<int> { return c.execAndGet("SELECT count(reply) FROM market_payment").getInt(); };
    EXPECT_EQ(seller_->database->runNow(replies).value(), 0);
}

}  // namespace
}  // namespace pegasus::market
