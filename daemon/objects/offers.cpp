// SPDX-License-Identifier: Apache-2.0
// Offer objects: the first of what the buyer knows.
#include <algorithm>
#include <set>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "bus/text.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "market/buyer.hpp"
#include "market/seller.hpp"
#include "offer_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

/// Anybody can announce; an object costs memory and signals, so there are fewer of them than offers.
constexpr std::size_t kMaxOfferObjects = 256;

struct Tools {
    market::Buyer& buyer;
    market::Seller& seller;
};

class OfferObject final : public Exported<io::github::pegasusd::Pegasus1::Offer_adaptor> {
public:
    OfferObject(Desk& desk, Tools tools, std::string id)
        : Exported(desk, bus::objectPath(bus::kOfferFolder, id)), tools_(tools), id_(std::move(id)) {
        registerAdaptor();
        shown_ = details();
    }
    ~OfferObject() { unregisterAdaptor(); }

    void update() {
        shown_ = details();
        tell();
    }

private:
    std::string Id() override { return id_; }
    std::string Name() override { return bus::textAt(shown_, "name"); }
    std::uint64_t Price() override { return static_cast<std::uint64_t>(bus::integerAt(shown_, "price")); }
    Variants Details() override { return bus::toVariants(shown_); }
    bus::Dict changing() override { return {{"Name", Name()}, {"Price", Price()}, {"Details", shown_}}; }

    [[nodiscard]] bus::Dict details() const {
        const auto offer = tools_.buyer.offer(id_);
        if (!offer) return {};
        return rowOf(*offer, offer->verified && offer->deviceId == tools_.seller.deviceId());
    }

    Tools tools_;
    std::string id_;
    bus::Dict shown_;
};

class Offers final : public Part {
public:
    Offers(Desk& desk, const ApiServices& services) : desk_(desk), tools_{services.buyer, services.seller} {
        sync();
        changed_ = tools_.buyer.offersChanged.add([this] {
            if (std::exchange(posted_, true)) return;
            desk_.scheduler().post([this, alive = std::weak_ptr(alive_)] {
                if (alive.expired()) return;
                posted_ = false;
                sync();
            });
        });
    }

private:
    void sync() {
        auto offers = tools_.buyer.offers();
        std::ranges::stable_sort(offers, [](const market::Offer& a, const market::Offer& b) {
            return std::tuple(!a.verified, b.announced) < std::tuple(!b.verified, a.announced);
        });
        if (offers.size() > kMaxOfferObjects) offers.resize(kMaxOfferObjects);
        std::set<std::string> ids;
        for (const auto& offer : offers) ids.insert(offer.id);
        folder_.sync(ids, [this](const std::string& id) { return std::make_unique<OfferObject>(desk_, tools_, id); });
        folder_.each([](OfferObject& object) { object.update(); });
    }

    Desk& desk_;
    Tools tools_;
    Folder<OfferObject> folder_;
    bool posted_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // posted work asks it
    Subscription changed_;
};

}  // namespace

std::unique_ptr<Part> makeOffers(Desk& desk, const ApiServices& services) {
    return std::make_unique<Offers>(desk, services);
}

}  // namespace pegasus::daemon
