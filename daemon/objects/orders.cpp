// SPDX-License-Identifier: Apache-2.0
// Order objects: state and progress only, since properties are public.
#include <algorithm>
#include <set>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "market/buyer.hpp"
#include "order_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

/// The newest ones; Market.ListOrders has all.
constexpr std::size_t kMaxOrderObjects = 256;

class OrderObject final : public Exported<io::github::pegasusd::Pegasus1::Order_adaptor> {
public:
    OrderObject(Desk& desk, market::Buyer& buyer, std::string id)
        : Exported(desk, bus::objectPath(bus::kOrderFolder, id)), buyer_(buyer), id_(std::move(id)),
          changed_(desk.scheduler(), [this] { emit([this] { emitChanged(); }); }) {
        registerAdaptor();
    }
    ~OrderObject() { unregisterAdaptor(); }

    void follow() {
        tell();
        changed_.touch();
    }

private:
    void Describe(sdbus::Result<Variants>&& reply) override {
        serve("Describe", std::move(reply), [&buyer = buyer_, id = id_]() -> Task<bus::Dict> {
            const auto order = buyer.order(id);
            if (!order) co_return fail(ErrorCode::NotFound, "no order {}", id);
            co_return rowOf(*order);
        });
    }
    void Cancel(sdbus::Result<>&& reply) override {
        serve("Cancel", std::move(reply), [&buyer = buyer_, id = id_]() { return buyer.cancel(id); });
    }

    std::string Id() override { return id_; }
    std::string State() override { return std::string(market::toString(order().state)); }
    std::string WaitsFor() override { return std::string(market::toString(order().waits)); }
    std::string Detail() override { return std::string(market::detailOf(order().waits)); }
    std::uint32_t Progress() override { return progressOf(order().state); }
    std::uint64_t Created() override { return static_cast<std::uint64_t>(toMicros(order().created)); }
    sdbus::ObjectPath Subscription() override {
        // It has the identifier of its order, and is there as soon as the channel was read.
        const bool there = buyer_.subscription(id_).has_value();
        return sdbus::ObjectPath(there ? bus::objectPath(bus::kSubscriptionFolder, id_) : std::string("/"));
    }
    bus::Dict changing() override {
        return {{"State", State()}, {"Progress", Progress()}, {"WaitsFor", WaitsFor()}, {"Detail", Detail()},
                {"Subscription", std::string(Subscription())}};
    }

    [[nodiscard]] market::Order order() const { return buyer_.order(id_).value_or(market::Order()); }

    market::Buyer& buyer_;
    std::string id_;
    Pacer changed_;
};

class Orders final : public Part {
public:
    Orders(Desk& desk, market::Buyer& buyer) : desk_(desk), buyer_(buyer) {
        sync();
        // Here and not posted: Market.Buy answers with a path that must be there. Only old ones go.
        changed_ = buyer_.orderChanged.add([this](const std::string& id) {
            if (folder_.find(id) == nullptr) sync();
            if (auto* object = folder_.find(id)) object->follow();
        });
    }

private:
    void sync() {
        auto orders = buyer_.orders();
        std::ranges::stable_sort(orders, std::ranges::greater(), &market::Order::created);
        if (orders.size() > kMaxOrderObjects) orders.resize(kMaxOrderObjects);
        std::set<std::string> ids;
        for (const auto& order : orders) ids.insert(order.id);
        folder_.sync(ids, [this](const std::string& id) { return std::make_unique<OrderObject>(desk_, buyer_, id); });
    }

    Desk& desk_;
    market::Buyer& buyer_;
    Folder<OrderObject> folder_;
    Subscription changed_;
};

}  // namespace

std::unique_ptr<Part> makeOrders(Desk& desk, const ApiServices& services) {
    return std::make_unique<Orders>(desk, services.buyer);
}

}  // namespace pegasus::daemon
