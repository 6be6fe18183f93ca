// SPDX-License-Identifier: Apache-2.0
// The Market object.
#include <algorithm>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "daemon/objects/folder.hpp"
#include "daemon/objects/offer_filter.hpp"
#include "daemon/objects/paging.hpp"
#include "daemon/objects/parts.hpp"
#include "daemon/objects/rows.hpp"
#include "market/buyer.hpp"
#include "market/seller.hpp"
#include "market_adaptor.hpp"

namespace pegasus::daemon {
namespace {

using Variants = bus::Variants;

struct Tools {
    const Clock& clock;
    market::Buyer& buyer;
    market::Seller& seller;
};

bool isOwn(const market::Offer& offer, const market::Seller& seller) {
    return offer.verified && offer.deviceId == seller.deviceId();
}

Result<bus::Page> listOffers(Tools tools, bus::Dict dict, std::uint32_t limit, const std::string& cursor) {
    PEGASUS_TRY(const auto filter, OfferFilter::parse(std::move(dict)));
    const auto now = tools.clock.now();
    auto offers = tools.buyer.offers();
    // By identifier, and on from the cursor's: an offer that went meanwhile ends nobody's list.
    std::erase_if(offers, [&](const market::Offer& offer) { return !filter.passes(offer, now) || offer.id <= cursor; });
    std::ranges::sort(offers, {}, &market::Offer::id);
    return pageOf(
        offers, limit, "", [](const market::Offer& offer) { return offer.id; },
        [&](const market::Offer& offer) {
            auto row = rowOf(offer, isOwn(offer, tools.seller));
            if (const auto metres = filter.distanceOf(offer)) row["distance"] = *metres;
            return row;
        });
}

Result<bus::Page> listOrders(const market::Buyer& buyer, std::uint32_t limit, const std::string& cursor) {
    auto orders = buyer.orders();
    std::ranges::sort(orders, [](const market::Order& a, const market::Order& b) {
        return std::tuple(b.created, a.id) < std::tuple(a.created, b.id);
    });
    return pageOf(
        orders, limit, cursor, [](const market::Order& order) { return order.id; },
        [](const market::Order& order) { return rowOf(order); });
}

Task<sdbus::ObjectPath> buy(Tools tools, std::string offer, bus::Dict dict) {
    bus::Options options(std::move(dict));
    market::BuyOptions wish;
    if (options.has("max-price")) {
        PEGASUS_CO_TRY(const auto price, options.integer("max-price"));
        PEGASUS_CO_TRY(wish.maxPrice, model::Iotas::of(price));
    }
    PEGASUS_CO_TRY(wish.acceptUnverified, options.flag("accept-unverified"));
    PEGASUS_CO_TRY(const bool refuseClash, options.flag("refuse-name-clash"));
    wish.acceptNameClash = !refuseClash;
    PEGASUS_CO_TRY(wish.again, options.flag("again"));
    PEGASUS_CO_CHECK(options.done());
    PEGASUS_CO_TRY(const auto id, co_await tools.buyer.buy(std::move(offer), wish));
    co_return sdbus::ObjectPath(bus::objectPath(bus::kOrderFolder, id));
}

Task<bus::Page> listPayments(market::Seller& seller, std::uint32_t limit, std::string cursor) {
    PEGASUS_CO_TRY(const auto before, numberCursor(cursor));
    std::optional<Timestamp> from;
    if (before) from = fromMicros(*before);
    PEGASUS_CO_TRY(const auto payments, co_await seller.payments(pageSize(limit), from));
    bus::Page page;
    for (const auto& payment : payments) page.rows.push_back(rowOf(payment));
    if (payments.size() == pageSize(limit)) page.next = std::to_string(toMicros(payments.back().seen));
    co_return page;
}

Task<void> releasePayment(market::Seller& seller, std::string text, bus::Dict dict) {
    bus::Options options(std::move(dict));
    PEGASUS_CO_TRY(const bool refuse, options.flag("refuse"));
    PEGASUS_CO_CHECK(options.done());
    PEGASUS_CO_TRY(const auto bundle, model::Hash::parse(text));
    if (refuse) co_return co_await seller.refuse(bundle);
    co_return co_await seller.release(bundle);
}

Task<bus::Dict> statistics(Tools tools) {
    PEGASUS_CO_TRY(const auto credit, co_await tools.seller.creditTotal());
    const auto& bought = tools.buyer.counters();
    const auto& sold = tools.seller.counters();
    bus::Dict row{{"listings-seen", bought.listingsSeen},      {"junk-listings", bought.junkListings},
                  {"bad-signatures", bought.badSignatures},    {"junk-replies", bought.junkReplies},
                  {"junk-messages", bought.junkMessages},      {"junk-transactions", sold.junkTransactions},
                  {"invalid-bundles", sold.invalidBundles},    {"foreign-requests", sold.foreignRequests},
                  {"errors", sold.errors},                     {"credit", static_cast<std::uint64_t>(credit.count())},
                  {"device", tools.seller.deviceId()}};
    co_return row;
}

class MarketObject final : public Exported<io::github::pegasusd::Pegasus1::Market_adaptor>, public Part {
public:
    MarketObject(Desk& desk, const ApiServices& services, JobBoard& jobs)
        : Exported(desk, bus::kMarketPath), tools_{services.clock, services.buyer, services.seller}, jobs_(jobs),
          paymentsChanged_(desk.scheduler(), [this] { emit([this] { emitPaymentsChanged(); }); }),
          compare_(desk.scheduler(), kCompareEvery, [this] { tell(); }) {
        registerAdaptor();
        announce();
        offers_ = tools_.buyer.offersChanged.add([this] { tell(); });
        payments_ = tools_.seller.paymentChanged.add([this](const model::Hash&) { paymentsChanged_.touch(); });
    }
    ~MarketObject() override { unregisterAdaptor(); }

private:
    void Scan(sdbus::Result<sdbus::ObjectPath>&& reply, Variants options) override {
        serve("Scan", std::move(reply),
              [this, alive = std::weak_ptr(alive_), &jobs = jobs_,
               options = std::move(options)]() -> Task<sdbus::ObjectPath> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  PEGASUS_CO_CHECK(bus::Options(std::move(dict)).done());
                  if (alive.expired()) co_return fail(ErrorCode::Cancelled, "the daemon is stopping");
                  auto work = [this, alive] { return scan(alive); };
                  PEGASUS_CO_TRY(const auto path, jobs.start("scan", work));
                  co_return sdbus::ObjectPath(path);
              });
    }
    void ListOffers(sdbus::Result<std::vector<Variants>, std::string>&& reply, Variants filter, std::uint32_t limit,
                    std::string cursor) override {
        serve("ListOffers", std::move(reply),
              [tools = tools_, filter = std::move(filter), limit, cursor = std::move(cursor)]() -> Task<bus::Page> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(filter));
                  co_return listOffers(tools, std::move(dict), limit, cursor);
              });
    }
    void Buy(sdbus::Result<sdbus::ObjectPath>&& reply, std::string offer, Variants options) override {
        serve("Buy", std::move(reply),
              [tools = tools_, offer = std::move(offer),
               options = std::move(options)]() -> Task<sdbus::ObjectPath> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  co_return co_await buy(tools, offer, std::move(dict));
              });
    }
    void ListOrders(sdbus::Result<std::vector<Variants>, std::string>&& reply, std::uint32_t limit,
                    std::string cursor) override {
        serve("ListOrders", std::move(reply),
              [tools = tools_, limit, cursor = std::move(cursor)]() -> Task<bus::Page> {
                  co_return listOrders(tools.buyer, limit, cursor);
              });
    }
    void ListPayments(sdbus::Result<std::vector<Variants>, std::string>&& reply, std::uint32_t limit,
                      std::string cursor) override {
        serve("ListPayments", std::move(reply), [tools = tools_, limit, cursor = std::move(cursor)]() {
            return listPayments(tools.seller, limit, cursor);
        });
    }
    void GetStatistics(sdbus::Result<Variants>&& reply) override {
        serve("GetStatistics", std::move(reply), [tools = tools_]() { return statistics(tools); });
    }
    void ReleasePayment(sdbus::Result<>&& reply, std::string bundle, Variants options) override {
        serve("ReleasePayment", std::move(reply),
              [tools = tools_, bundle = std::move(bundle), options = std::move(options)]() -> Task<void> {
                  PEGASUS_CO_TRY(auto dict, bus::fromVariants(options));
                  co_return co_await releasePayment(tools.seller, bundle, std::move(dict));
              });
    }

    std::uint64_t LastScan() override { return lastScan_; }
    std::uint64_t Offers() override { return tools_.buyer.offers().size(); }
    std::uint64_t Rejected() override {
        return tools_.buyer.counters().junkListings + tools_.buyer.counters().badSignatures;
    }

    bus::Dict changing() override {
        return {{"LastScan", LastScan()}, {"Offers", Offers()}, {"Rejected", Rejected()}};
    }

    Task<void> scan(std::weak_ptr<bool> alive) {
        PEGASUS_CO_CHECK(co_await tools_.buyer.discover());
        if (alive.expired()) co_return Result<void>();
        lastScan_ = static_cast<std::uint64_t>(toMicros(tools_.clock.now()));
        tell();
        co_return Result<void>();
    }

    Tools tools_;
    JobBoard& jobs_;
    std::uint64_t lastScan_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // scans ask it
    Pacer paymentsChanged_;
    Ticker compare_;  // rejected ones come without a word
    Subscription offers_;
    Subscription payments_;
};

}  // namespace

std::unique_ptr<Part> makeMarket(Desk& desk, const ApiServices& services, JobBoard& jobs) {
    return std::make_unique<MarketObject>(desk, services, jobs);
}

}  // namespace pegasus::daemon
