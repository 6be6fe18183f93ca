// SPDX-License-Identifier: Apache-2.0
// Kill -9 at many moments of a sale: what is on disk then must lead to one payment and one delivery.
#include "gateway.hpp"

namespace pegasus::market {
namespace {

namespace fs = std::filesystem;

class Crash : public Sale {
protected:
    /// Runs at most `handlers` steps of the loop; time passes, and milestones come, when nothing is ready. Returns the
    /// steps left when `done` became true.
    template <class Done>
    int step(int handlers, Done done) {
        while (handlers > 0 && !done()) {
            if (relay_.loop->runOne()) {
                --handlers;
            } else if (externalWaits.load() != 0) {
                relay_.loop->awaitPost();
            } else {
                --handlers;
                ledger_.milestone();
                relay_.loop->runFor(std::chrono::seconds(1));
            }
        }
        return handlers;
    }
    /// What is on disk at this moment is what the next life starts with; nothing that is done later counts.
    void snapshot() {
        const auto nothing = [](store::Connection&) { return Result<void>(); };
        ASSERT_TRUE(seller_->database->runNow(nothing));  // the database threads come to rest
        ASSERT_TRUE(buyer_->database->runNow(nothing));
        for (const char* who : {"seller", "buyer"})
            for (const char* file : {"state.db", "state.db-wal", "key"})
                if (fs::exists(dir_.path() / who / file)) {
                    fs::create_directories(dir_.path() / "saved" / who);
                    fs::copy_file(dir_.path() / who / file, dir_.path() / "saved" / who / file, fs::copy_options::overwrite_existing);
                }
        ledger_.knobs.unreachable = true;
    }
    void rise() {
        const auto time = relay_.loop->clock.now();
        end();
        ledger_.knobs.unreachable = false;
        for (const char* who : {"seller", "buyer"}) {
            fs::remove_all(dir_.path() / who);
            fs::rename(dir_.path() / "saved" / who, dir_.path() / who);
        }
        auto next = std::make_unique<test::TestLoop>();
        next->clock.advance(std::chrono::duration_cast<Duration>(time - next->clock.now()));
        relay_.loop = std::move(next);
        openSeller();
        openBuyer();
    }
    void kill() {
        snapshot();
        rise();
    }
    /// Calls `onEvent` after each durable step of either side.
    std::vector<Subscription> watch(std::function<void()> onEvent) {
        std::vector<Subscription> list;
        list.push_back(buyer_->buyer->orderChanged.add([onEvent](const OrderId&) { onEvent(); }));
        list.push_back(seller_->seller->paymentChanged.add([onEvent](const Hash&) { onEvent(); }));
        return list;
    }
    [[nodiscard]] bool keyReceived(const OrderId& id) { return order(id).state >= OrderState::KeyReceived; }
};

TEST_F(Crash, AfterEachStepOfASaleLeadsToOnePaymentAndOneDelivery) {
    announce();
    constexpr int kMost = 20'000;
    int steps = 0;
    auto watching = watch([&] { ++steps; });
    const auto first = buy();
    (void)step(kMost, [&] { return keyReceived(first); });
    settle();
    watching.clear();
    ASSERT_GE(steps, 8);  // the states of order and payment
    std::int64_t paid = 250;
    for (int crash = 1; crash <= steps; ++crash) {
        SCOPED_TRACE(crash);
        fundBuyer(250);
        int seen = 0;
        watching = watch([&] {
            if (++seen == crash) snapshot();
        });
        const auto id = buyAgain();
        (void)step(kMost, [&] { return seen >= crash; });
        watching.clear();
        rise();
        (void)step(kMost, [&] { return keyReceived(id) || order(id).finished(); });
        ASSERT_EQ(order(id).state, OrderState::KeyReceived) << order(id).reason;
        paid += 250;
        EXPECT_EQ(ledger_.balanceOf(order(id).sellerAddress), Iotas(paid));
        EXPECT_EQ(bundlesAt(order(id).replyAddress), 1U);
    }
    settle();
    EXPECT_EQ(payments().size(), static_cast<std::size_t>(steps) + 1);
    for (const auto& payment : payments()) EXPECT_EQ(payment.state, PaymentState::Delivered);
}

TEST_F(Crash, AfterEachMessageLosesNoneAndRepeatsNone) {
    announce();
    const auto id = buy();
    settle();
    std::vector<std::string> sent;
    for (int i = 0; i < 6; ++i) {
        sent.push_back("{\"data\":" + std::to_string(i) + "}");
        publish(sent.back());
        (void)step(10 + 15 * i, [] { return false; });
        kill();
    }
    settle();
    EXPECT_EQ(received(id), sent);
    EXPECT_EQ(buyer_->buyer->subscription(id)->received, sent.size());
}

TEST_F(Crash, WhileAnnouncingLeavesOneHeldAddressAndOneListing) {
    for (int i = 0; i < 5; ++i) {
        bool done = false;
        auto announcing = [&]() -> Async<void> {
            done = (co_await seller_->seller->announce("roof")).has_value();
        };
        relay_.loop->spawn("announce", announcing());
        (void)step(3 + 6 * i, [&] { return done; });
        kill();
    }
    announce();
    std::size_t held = 0;
    for (const auto& own : run(seller_->wallet->addresses())) held += own.held ? 1 : 0;
    EXPECT_EQ(held, 1U);
    EXPECT_EQ(offer().address, seller_->seller->listings().at(0).address);
}

TEST_F(Crash, OfTheDiskBetweenRestartsKeepsOffersOrdersAndMessages) {
    announce();
    const auto id = buy();
    settle();
    publish("{\"data\":1}");
    settle(2);
    restart();
    EXPECT_EQ(order(id).state, OrderState::Active);
    EXPECT_EQ(buyer_->buyer->offers().size(), 1U);
    EXPECT_EQ(received(id).size(), 1U);
    publish("{\"data\":2}");
    settle(2);
    EXPECT_EQ(received(id).size(), 2U);
    EXPECT_EQ(payments().size(), 1U);
}

}  // namespace
}  // namespace pegasus::market
