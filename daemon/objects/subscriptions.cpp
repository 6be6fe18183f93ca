// SPDX-License-Identifier: Apache-2.0
// Subscription objects and the sockets of those who watch.
#include <algorithm>
#include <set>

#include "bus/json.hpp"
#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/text.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/paging.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "daemon/objects/watchers.hpp"
#include "market/buyer.hpp"
#include "subscription_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

Task<bus::Page> listMessages(market::Buyer& buyer, std::string id, std::uint32_t limit, std::string cursor) {
    PEGASUS_CO_TRY(const auto after, numberCursor(cursor));
    PEGASUS_CO_TRY(const auto found, co_await buyer.history(id, pageSize(limit), after.value_or(0)));
    bus::Page page;
    for (const auto& message : found.messages) page.rows.push_back(rowOf(message));
    if (found.cursor) page.next = std::to_string(*found.cursor);
    co_return page;
}

class SubscriptionObject final : public Exported<io::github::pegasusd::Pegasus1::Subscription_adaptor> {
public:
    SubscriptionObject(Desk& desk, market::Buyer& buyer, Watchers& watchers, std::string id)
        : Exported(desk, bus::objectPath(bus::kSubscriptionFolder, id)),
          buyer_(buyer),
          watchers_(watchers),
          id_(std::move(id)),
          received_(desk.scheduler(), [this] { emit([this] { emitReceived(newest_); }); }) {
        registerAdaptor();
    }
    ~SubscriptionObject() { unregisterAdaptor(); }

    void received(std::uint64_t index) {
        newest_ = index;
        received_.touch();
    }

private:
    void Describe(sdbus::Result<Variants>&& reply) override {
        serve("Describe", std::move(reply), [&buyer = buyer_, id = id_]() -> Task<bus::Dict> {
            const auto info = buyer.subscription(id);
            if (!info) co_return fail(ErrorCode::NotFound, "no subscription {}", id);
            co_return rowOf(*info);
        });
    }
    void ListMessages(sdbus::Result<std::vector<Variants>, std::string>&& reply, std::uint32_t limit,
                      std::string cursor) override {
        serve("ListMessages", std::move(reply), [&buyer = buyer_, id = id_, limit, cursor = std::move(cursor)]() {
            return listMessages(buyer, id, limit, cursor);
        });
    }
    void Watch(sdbus::Result<sdbus::UnixFd>&& reply, Variants options) override {
        serve("Watch", std::move(reply),
              [&watchers = watchers_, id = id_, options = std::move(options)]() -> Task<sdbus::UnixFd> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  PEGASUS_CO_CHECK(bus::Options(std::move(dict)).done());
                  PEGASUS_CO_TRY(const auto end, watchers.add(id));
                  co_return sdbus::UnixFd(end.get());  // duplicates
              });
    }
    void Unsubscribe(sdbus::Result<>&& reply) override {
        serve("Unsubscribe", std::move(reply), [&buyer = buyer_, id = id_]() { return buyer.unsubscribe(id); });
    }

    std::string Id() override { return id_; }
    std::string Name() override { return bus::printable(info().name); }
    std::string State() override { return std::string(market::toString(info().state)); }

    bus::Dict changing() override { return {{"Name", Name()}, {"State", State()}}; }

    [[nodiscard]] market::SubscriptionInfo info() const {
        return buyer_.subscription(id_).value_or(market::SubscriptionInfo());
    }

    market::Buyer& buyer_;
    Watchers& watchers_;
    std::string id_;
    std::uint64_t newest_ = 0;
    Pacer received_;
};

class Subscriptions final : public Part {
public:
    Subscriptions(Desk& desk, market::Buyer& buyer) : desk_(desk), buyer_(buyer) {
        sync();
        // An order becomes a subscription of the same id. Subscriptions never go, so nothing is removed here.
        changed_ = buyer_.subscriptionChanged.add([this](const std::string& id) {
            if (folder_.find(id) == nullptr) sync();
            if (auto* object = folder_.find(id)) object->tell();
        });
        message_ = buyer_.subscriptionMessage.add([this](const std::string& id, const market::Message& message) {
            if (auto* object = folder_.find(id))
                object->received(static_cast<std::uint64_t>(std::max<std::int64_t>(0, message.sequence)));
            auto row = rowOf(message);
            const auto datagram = bus::toJson(bus::Value(row));
            row.erase("payload");
            row["truncated"] = true;
            watchers_.send(id, datagram, bus::toJson(bus::Value(row)));
        });
    }

private:
    void sync() {
        std::set<std::string> ids;
        for (const auto& info : buyer_.subscriptions()) ids.insert(info.id);
        folder_.sync(ids, [this](const std::string& id) {
            return std::make_unique<SubscriptionObject>(desk_, buyer_, watchers_, id);
        });
    }

    Desk& desk_;
    market::Buyer& buyer_;
    Watchers watchers_;
    Folder<SubscriptionObject> folder_;
    Subscription changed_;
    Subscription message_;
};

}  // namespace

std::unique_ptr<Part> makeSubscriptions(Desk& desk, const ApiServices& services) {
    return std::make_unique<Subscriptions>(desk, services.buyer);
}

}  // namespace pegasus::daemon
