// SPDX-License-Identifier: Apache-2.0
// Buyer: offers, orders, channels, and the task that drives them.
#include "market/buyer.hpp"

#include <utility>

#include "market/channel_desk.hpp"
#include "market/offer_book.hpp"
#include "market/order_desk.hpp"
#include "market/pulse.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::market {

namespace {

constexpr Duration kHurry = std::chrono::milliseconds(250);  // between looks while somebody waits for a first reading

class BuyerService final : public Buyer {
public:
    BuyerService(MarketServices services, BuyerOptions options)
        : services_(services),
          options_(std::move(options)),
          offers_(services, options_, counters_),
          channels_(services, options_, counters_),
          orders_(services, options_, offers_, channels_, counters_),
          work_(services.scheduler, options_.poll),
          look_(services.scheduler, options_.discoverEvery) {}

    Task<void> start() override {
        offers_.boughtFrom = [this](const crypto::Ed25519PublicKey& device) { return orders_.boughtFrom(device); };
        PEGASUS_CO_CHECK(co_await offers_.load());
        PEGASUS_CO_CHECK(co_await channels_.load());
        PEGASUS_CO_CHECK(co_await orders_.load());
        subscribe();
        work_.start();
        look_.start();
        services_.scheduler.spawn("market orders", runWork());
        services_.scheduler.spawn("market offers", runDiscovery());
        co_return Result<void>();
    }

    Task<void> discover() override { co_return co_await offers_.discover(); }
    [[nodiscard]] std::vector<Offer> offers() const override { return offers_.offers(); }
    [[nodiscard]] std::optional<Offer> offer(const OfferId& id) const override { return offers_.offer(id); }

    Task<OrderId> buy(OfferId offer, BuyOptions options) override {
        PEGASUS_CO_TRY(auto id, co_await orders_.buy(offer, options));
        work_.kick();
        co_return id;
    }
    Task<void> cancel(OrderId order) override { co_return co_await orders_.cancel(order); }
    [[nodiscard]] std::vector<Order> orders() const override { return orders_.orders(); }
    [[nodiscard]] std::optional<Order> order(const OrderId& id) const override { return orders_.order(id); }

    [[nodiscard]] std::vector<SubscriptionInfo> subscriptions() const override {
        auto list = channels_.infos();
        for (auto& info : list) orders_.describe(info);
        return list;
    }
    [[nodiscard]] std::optional<SubscriptionInfo> subscription(const SubscriptionId& id) const override {
        for (auto& info : subscriptions())
            if (info.id == id) return info;
        return std::nullopt;
    }
    Task<MessagePage> history(SubscriptionId id, std::size_t limit, std::int64_t after) override {
        co_return co_await channels_.history(id, limit, after);
    }
    Task<void> unsubscribe(SubscriptionId id) override { co_return co_await channels_.end(id); }
    [[nodiscard]] const BuyerCounters& counters() const override { return counters_; }

private:
    void subscribe() {
        const auto kick = [this](const auto&...) { work_.kick(); };
        kept_.push_back(services_.ledger.milestones.add(kick));
        kept_.push_back(services_.ledger.milestones.add([this](const std::int64_t&) { look_.kick(); }));
        // What is stored for others costs nothing here.
        kept_.push_back(services_.ledger.stored.add([this](const auto& stored) {
            if (orders_.concerns(stored) || channels_.concerns(stored)) work_.kick();
        }));
        kept_.push_back(services_.wallet.transferChanged.add(kick));
        kept_.push_back(services_.wallet.lockedChanged.add(kick));
        kept_.push_back(offers_.changed.add([this] { offersChanged.notify(); }));
        kept_.push_back(orders_.changed.add([this](const OrderId& id) { orderChanged.notify(id); }));
        kept_.push_back(channels_.changed.add([this](const SubscriptionId& id) { subscriptionChanged.notify(id); }));
        kept_.push_back(channels_.message.add([this](const SubscriptionId& id, const Message& message) {
            orders_.messageArrived(id);
            subscriptionMessage.notify(id, message);
        }));
    }

    Async<void> runWork() {
        for (;;) {
            const bool goOn = co_await work_.next();
            if (!goOn) co_return;
            const auto more = co_await orders_.work();  // an order keeps its own reason
            if (more && *more) work_.kick();
            (void)co_await channels_.work();
            if (orders_.hurried() && !std::exchange(hurrying_, true)) services_.scheduler.spawn("market hurry", wakeSoon());
        }
    }
    Async<void> wakeSoon() {
        (void)co_await services_.scheduler.sleep(kHurry);
        hurrying_ = false;
        work_.kick();
    }
    Async<void> runDiscovery() {
        for (;;) {
            const bool goOn = co_await look_.next();
            if (!goOn) co_return;
            (void)co_await offers_.discover();  // the ledger's state says why it failed
        }
    }

    MarketServices services_;
    BuyerOptions options_;
    BuyerCounters counters_;
    OfferBook offers_;
    ChannelDesk channels_;
    OrderDesk orders_;
    Pulse work_, look_;
    bool hurrying_ = false;
    std::vector<Subscription> kept_;
};

}  // namespace

std::unique_ptr<Buyer> Buyer::create(MarketServices services, BuyerOptions options) {
    return std::make_unique<BuyerService>(services, std::move(options));
}

}  // namespace pegasus::market
