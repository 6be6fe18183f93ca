// SPDX-License-Identifier: Apache-2.0
// The operator decides about held payments at the same moment as others: whatever the order, each payment has one end.
#include "gateway.hpp"

namespace pegasus::market {
namespace {

class Operator : public Sale {
protected:
    /// Two payments of two orders, held while the stream gives nothing.
    void holdTwo() {
        fundBuyer(1000);
        announce();
        orders_ = {buy()};
        pass();
        orders_.push_back(buyAgain());
        pass();
        fallSilent(std::chrono::minutes(16));
        settle();
        const auto held = payments();
        ASSERT_EQ(held.size(), 2U);
        for (const auto& payment : held) ASSERT_EQ(payment.hold, HoldReason::Silent);
        first_ = held[1].bundle;
        second_ = held[0].bundle;
    }
    [[nodiscard]] Payment of(const Hash& bundle) {
        for (const auto& payment : payments())
            if (payment.bundle == bundle) return payment;
        return {};
    }
    /// Starts it without waiting.
    void begin(Task<void> task, std::optional<Result<void>>& outcome) {
        relay_.loop->spawn("operator", [](Task<void> t, std::optional<Result<void>>& out) -> Async<void> {
            auto result = co_await std::move(t);
            out.emplace(std::move(result));
        }(std::move(task), outcome));
    }
    /// Lets so many things happen, so that what comes next meets the program at another moment.
    void goOn(int steps) {
        for (int done = 0; done < steps;) {
            if (relay_.loop->runOne()) ++done;
            else if (externalWaits.load() != 0) relay_.loop->awaitPost();
            else return;
        }
    }
    std::vector<OrderId> orders_;
    Hash first_, second_;
};

class AtAnyMoment : public Operator, public testing::WithParamInterface<int> {};

TEST_P(AtAnyMoment, APaymentThatIsReleasedTwiceIsServedOnce) {
    holdTwo();
    std::optional<Result<void>> one, other;
    begin(seller_->seller->release(first_), one);
    goOn(GetParam());
    begin(seller_->seller->release(first_), other);
    settle();
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->has_value() + other->has_value(), 1);
    EXPECT_EQ(of(first_).state, PaymentState::Delivered);
    EXPECT_EQ(order(orders_[0]).state, OrderState::KeyReceived);
}

TEST_P(AtAnyMoment, APaymentThatIsRefusedIsNotServedWhenTheStreamSpeaksAgain) {
    holdTwo();
    std::optional<Result<void>> refused;
    comeBack();
    goOn(GetParam());
    begin(seller_->seller->refuse(second_), refused);
    settle();
    ASSERT_TRUE(refused);
    EXPECT_EQ(of(first_).state, PaymentState::Delivered);
    EXPECT_EQ(of(second_).state, refused->has_value() ? PaymentState::Refused : PaymentState::Delivered);
    EXPECT_EQ(order(orders_[1]).state == OrderState::KeyReceived, !refused->has_value());
}

INSTANTIATE_TEST_SUITE_P(Steps, AtAnyMoment, testing::Range(0, 24, 4));

}  // namespace
}  // namespace pegasus::market
