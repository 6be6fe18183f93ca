// SPDX-License-Identifier: Apache-2.0
// Stream objects.
#include "daemon/objects/stream_terms.hpp"

#include <algorithm>
#include <set>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/text.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/paging.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/published_log.hpp"
#include "daemon/objects/rows.hpp"
#include "market/seller.hpp"
#include "stream_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

struct Tools {
    stream::StreamService& streams;
    market::Seller& seller;
};

std::optional<market::ListingInfo> listingOf(market::Seller& seller, const std::string& id) {
    for (auto& listing : seller.listings())
        if (listing.streamId == id && listing.state != market::ListingState::Closed) return std::move(listing);
    return std::nullopt;
}

Task<void> announceStream(Tools tools, std::string id, std::uint64_t price, bus::Dict options) {
    PEGASUS_CO_TRY(auto info, tools.streams.info(id));
    PEGASUS_CO_TRY(auto spec, withTerms(std::move(info.spec), price, std::move(options)));
    PEGASUS_CO_CHECK(co_await tools.streams.setTerms(std::move(spec)));
    co_return co_await tools.seller.announce(id);
}

class StreamObject final : public Exported<io::github::pegasusd::Pegasus1::Stream_adaptor> {
public:
    StreamObject(Desk& desk, Tools tools, PublishedLog& log, std::string id)
        : Exported(desk, bus::objectPath(bus::kStreamFolder, id)), tools_(tools), log_(log), id_(std::move(id)) {
        registerAdaptor();
        listed();
    }
    ~StreamObject() { unregisterAdaptor(); }

    /// Looks at the listing again: a search through all of them, which the getters do not do.
    void listed() {
        const auto listing = listingOf(tools_.seller, id_);
        sale_ = listing ? std::string(market::toString(listing->state)) : std::string();
        announced_ = listing && listing->forSale();
        price_ = static_cast<std::uint64_t>((listing ? listing->terms.price : info().spec.price).count());
    }

private:
    void Pause(sdbus::Result<>&& reply) override {
        serve("Pause", std::move(reply), [tools = tools_, id = id_]() { return tools.streams.pause(id); });
    }
    void Resume(sdbus::Result<>&& reply) override {
        serve("Resume", std::move(reply), [tools = tools_, id = id_]() { return tools.streams.resume(id); });
    }
    void Announce(sdbus::Result<>&& reply, std::uint64_t price, Variants options) override {
        serve("Announce", std::move(reply),
              [tools = tools_, id = id_, price, options = std::move(options)]() -> Task<void> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  co_return co_await announceStream(tools, id, price, std::move(dict));
              });
    }
    void ChangeAddress(sdbus::Result<>&& reply) override {
        serve("ChangeAddress", std::move(reply), [tools = tools_, id = id_]() { return tools.seller.changeAddress(id); });
    }
    void Withdraw(sdbus::Result<>&& reply) override {
        serve("Withdraw", std::move(reply), [tools = tools_, id = id_]() { return tools.seller.withdraw(id); });
    }
    void Describe(sdbus::Result<Variants>&& reply) override {
        serve("Describe", std::move(reply), [tools = tools_, id = id_]() -> Task<bus::Dict> {
            PEGASUS_CO_TRY(const auto info, tools.streams.info(id));
            const auto listing = listingOf(tools.seller, id);
            co_return rowOf(info, listing ? &*listing : nullptr);
        });
    }
    void ListMessages(sdbus::Result<std::vector<Variants>, std::string>&& reply, std::uint32_t limit,
                      std::string cursor) override {
        serve("ListMessages", std::move(reply),
              [&log = log_, id = id_, limit, cursor = std::move(cursor)]() -> Task<bus::Page> {
                  co_return log.page(id, limit, cursor);
              });
    }

    std::string Id() override { return id_; }
    std::string Name() override { return bus::validUtf8(info().spec.name); }
    std::string Sensor() override { return info().spec.sensor; }
    std::string State() override { return stateOf(info()); }
    std::string LastError() override { return problemOf(info()); }
    std::uint64_t Published() override { return info().published; }
    std::uint64_t Queued() override { return info().queued; }
    std::string Sale() override { return sale_; }
    bool Announced() override { return announced_; }
    std::uint64_t Price() override { return price_; }

    bus::Dict changing() override {
        return {{"Name", Name()},     {"State", State()},         {"LastError", LastError()}, {"Published", Published()},
                {"Queued", Queued()}, {"Sale", Sale()},           {"Announced", Announced()}, {"Price", Price()}};
    }

    [[nodiscard]] stream::StreamInfo info() const {
        return tools_.streams.info(id_).value_or(stream::StreamInfo());
    }

    Tools tools_;
    PublishedLog& log_;
    std::string id_;
    std::string sale_;
    bool announced_ = false;
    std::uint64_t price_ = 0;
};

class Streams final : public Part {
public:
    Streams(Desk& desk, const ApiServices& services)
        : desk_(desk),
          clock_(services.clock),
          tools_{services.streams, services.seller},
          compare_(desk.scheduler(), kCompareEvery, [this] { folder_.each([](StreamObject& object) { object.tell(); }); }) {
        sync();
        changed_ = tools_.streams.changed.add([this](const std::string& id) {
            // Posted: objects may not go inside a handler of theirs.
            desk_.scheduler().post([this, id, alive = std::weak_ptr(alive_)] {
                if (!alive.expired()) follow(id);
            });
        });
        published_ = tools_.streams.published.add([this](const stream::Published& message) {
            log_.add(message, clock_.now());
            if (auto* object = folder_.find(message.stream)) object->tell();
        });
        source_ = tools_.streams.sourceChanged.add([this](const std::string& id) {
            if (auto* object = folder_.find(id)) object->tell();
        });
        listed_ = tools_.seller.listingChanged.add([this](const std::string& id) {
            if (auto* object = folder_.find(id)) {
                object->listed();
                object->tell();
            }
        });
    }

private:
    void follow(const std::string& id) {
        sync();
        if (auto* object = folder_.find(id)) {
            object->listed();
            object->tell();
        }
    }
    void sync() {
        std::set<std::string> ids;
        for (const auto& info : tools_.streams.list()) ids.insert(info.spec.id);
        log_.keepOnly(ids);
        folder_.sync(ids, [this](const std::string& id) {
            return std::make_unique<StreamObject>(desk_, tools_, log_, id);
        });
    }

    Desk& desk_;
    const Clock& clock_;
    Tools tools_;
    PublishedLog log_;
    Folder<StreamObject> folder_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // posted work asks it
    Ticker compare_;  // samples are queued, and a ledger is lost, without a word
    Subscription changed_;
    Subscription published_;
    Subscription source_;
    Subscription listed_;
};

}  // namespace

std::unique_ptr<Part> makeStreams(Desk& desk, const ApiServices& services) {
    return std::make_unique<Streams>(desk, services);
}

}  // namespace pegasus::daemon
