// SPDX-License-Identifier: Apache-2.0
// pegasusctl market scan|buy|orders|order|cancel|payments|release|refuse|statistics
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "bus/error_names.hpp"
#include "bus/text.hpp"
#include "cli/arguments.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

struct Arguments {
    std::string id;
    std::optional<std::uint64_t> maxPrice;
    bool acceptUnverified = false;
    bool again = false;
    bool wait = false;
    unsigned waitSeconds = 600;
};

const std::vector<Column> kOrderColumns{
    {"id", "order", Show::Full}, {"name", "name"}, {"state", "state"}, {"reason", "", Show::Full}, {"help", "", Show::Full}, {"price", "price", Show::Amount},
    {"bundle", "payment", Show::Full}, {"subscription", "subscription", Show::Full}, {"created", "ordered", Show::Time},
    {"paid", "paid", Show::Time}, {"confirmed", "confirmed", Show::Time}, {"key-received", "key", Show::Time},
    {"active", "active", Show::Time}, {"first-reading", "first reading", Show::Time}};

/// What helps an order that waits.
std::string helpFor(const Dict& order) {
    const auto waits = bus::textAt(order, "waits-for");
    if (waits == "unlock") return "unlock it: pegasusctl wallet unlock";
    if (waits == "ledger") return "look at: pegasusctl node info";
    if (waits == "funds" || waits == "restore") return "look at: pegasusctl wallet balance";
    return {};
}

void printOrder(const Context& context, const Dict& order) {
    auto shown = order;
    if (auto help = helpFor(order); !help.empty()) shown["help"] = std::move(help);
    context.print(toJson(order), record(kOrderColumns, shown, context.unit));
}

Result<void> scan(Context& context, const Arguments&) {
    PEGASUS_TRY(const auto job, context.call<ObjectPath>({bus::kMarketPath, bus::kMarket, "Scan", {Dict{}}}));
    PEGASUS_TRY(auto* client, context.client());
    for (;;) {
        PEGASUS_TRY(const auto state, client->properties(job.path, bus::kJob));
        const auto name = bus::textAt(state, "State");
        if (name == "failed")
            return fail(bus::codeOnBus(bus::textAt(state, "Error")), "{}", bus::textAt(state, "ErrorMessage"));
        if (name != "running") break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    PEGASUS_TRY(const auto market, client->properties(bus::kMarketPath, bus::kMarket));
    context.print(toJson(market), std::to_string(bus::integerAt(market, "Offers")) + " offers are known");
    return {};
}

/// Says each new state of the order, on a terminal for people.
void progress(const Context& context, const Dict& order, std::string& last) {
    auto text = bus::textAt(order, "state");
    if (const auto reason = bus::textAt(order, "reason"); !reason.empty()) text += ": " + reason;
    if (const auto help = helpFor(order); !help.empty()) text += "; " + help;
    if (context.json || text == last) return;
    last = text;
    (void)std::fprintf(stderr, "%s\n", bus::printable(text).c_str());
}

Result<void> checkAlive(const Dict& order) {
    const auto state = bus::textAt(order, "state");
    if (state != "failed" && state != "cancelled") return {};
    return fail(ErrorCode::InvalidState, "the order is {}: {}", state, bus::textAt(order, "reason"));
}

/// The order as it is once it is paid or says what it waits for: both take a moment, a slow machine some seconds.
Result<Dict> afterTheFirstStep(Context& context, const std::string& path) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
        PEGASUS_TRY(auto order, context.call<Dict>({path, bus::kOrder, "Describe", {}}));
        PEGASUS_CHECK(checkAlive(order));
        const auto state = bus::textAt(order, "state");
        const bool early = state == "created" || state == "checked";
        const bool moves = (early || state == "paying") && bus::textAt(order, "waits-for").empty();
        if (!moves || std::chrono::steady_clock::now() > deadline) return order;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

Result<Dict> waitFor(Context& context, const std::string& path, unsigned seconds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::string last;
    for (;;) {
        PEGASUS_TRY(auto order, context.call<Dict>({path, bus::kOrder, "Describe", {}}));
        progress(context, order, last);
        const auto state = bus::textAt(order, "state");
        if (state == "active") return order;
        PEGASUS_CHECK(checkAlive(order));
        if (std::chrono::steady_clock::now() > deadline)
            return fail(ErrorCode::Timeout, "the order is {} after {} s ({}); it goes on by itself: pegasusctl market order {}", state,
                        seconds, bus::textAt(order, "reason"), bus::textAt(order, "id"));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

Result<void> buy(Context& context, const Arguments& a) {
    Dict options;
    if (a.maxPrice) options["max-price"] = *a.maxPrice;
    if (a.acceptUnverified) options["accept-unverified"] = true;
    if (a.again) options["again"] = true;
    PEGASUS_TRY(const auto offer, resolve(context, Kind::Offer, a.id));
    PEGASUS_TRY(const auto path, context.call<ObjectPath>({bus::kMarketPath, bus::kMarket, "Buy", {offer, options}}));
    Dict order;
    if (a.wait) {
        PEGASUS_TRY(order, waitFor(context, path.path, a.waitSeconds));
    } else {
        PEGASUS_TRY(order, afterTheFirstStep(context, path.path));
    }
    printOrder(context, order);
    return {};
}

Result<void> orders(Context& context, const Arguments&) {
    PEGASUS_TRY(const auto rows, context.allPages({bus::kMarketPath, bus::kMarket, "ListOrders", {}}, 10'000));
    context.printTable({{"id", "ORDER", Show::Full}, {"name", "NAME"}, {"price", "PRICE", Show::Amount}, {"state", "STATE"},
                        {"overdue", "OVERDUE", Show::Yes}, {"created", "ORDERED", Show::Time}, {"reason", "REASON"}}, rows);
    return {};
}

/// The newest orders are objects; the list has the others too.
Result<Dict> describe(Context& context, const std::string& id) {
    auto order = context.call<Dict>({bus::objectPath(bus::kOrderFolder, id), bus::kOrder, "Describe", {}});
    if (order || order.error().code != ErrorCode::NotFound) return order;
    PEGASUS_TRY(auto rows, context.allPages({bus::kMarketPath, bus::kMarket, "ListOrders", {}}, kMostRows));
    for (auto& row : rows)
        if (bus::textAt(row, "id") == id) return std::move(row);
    return order;
}

Result<void> order(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Order, a.id));
    const auto path = bus::objectPath(bus::kOrderFolder, id);
    Dict row;
    if (a.wait) {
        PEGASUS_TRY(row, waitFor(context, path, a.waitSeconds));
    } else {
        PEGASUS_TRY(row, describe(context, id));
    }
    printOrder(context, row);
    return {};
}

Result<void> cancel(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Order, a.id));
    PEGASUS_CHECK(context.call<None>({bus::objectPath(bus::kOrderFolder, id), bus::kOrder, "Cancel", {}}));
    context.printDone("the order is cancelled");
    return {};
}

Result<void> payments(Context& context, const Arguments&) {
    PEGASUS_TRY(const auto rows, context.allPages({bus::kMarketPath, bus::kMarket, "ListPayments", {}}, 10'000));
    context.printTable({{"bundle", "PAYMENT", Show::Full}, {"stream", "STREAM"}, {"value", "VALUE", Show::Amount},
                        {"credit", "CREDIT", Show::Amount}, {"state", "STATE"}, {"hold", "HELD SINCE IT IS"}, {"seen", "SEEN", Show::Time}}, rows);
    return {};
}

Result<void> decide(Context& context, const Arguments& a, bool refuse) {
    Dict options;
    if (refuse) options["refuse"] = true;
    PEGASUS_TRY(const auto payment, resolve(context, Kind::Payment, a.id));
    PEGASUS_CHECK(context.call<None>({bus::kMarketPath, bus::kMarket, "ReleasePayment", {payment, options}}));
    context.printDone(refuse ? "the payment will not be served" : "the payment is served");
    return {};
}

Result<void> statistics(Context& context, const Arguments&) {
    PEGASUS_TRY(const auto dict, context.call<Dict>({bus::kMarketPath, bus::kMarket, "GetStatistics", {}}));
    std::vector<Column> columns;
    for (const auto& [key, value] : dict) columns.push_back({key, key, key == "credit" ? Show::Amount : Show::Full});
    context.printRecord(columns, dict);
    return {};
}

}  // namespace

void addMarket(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("market", "Offers of others, own orders, payments received")->require_subcommand(1);
    auto a = std::make_shared<Arguments>();
    const auto add = [&](const char* name, const char* text, std::optional<Kind> kind, std::function<Result<void>(Context&, const Arguments&)> verb) {
        auto* sub = group->add_subcommand(name, text);
        if (kind) addName(*sub, context, nounOf(*kind), a->id, *kind, "Identifier, or how it begins")->required();
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    const auto addWait = [&](CLI::App* sub) {
        auto* wait = sub->add_flag("--wait", a->wait, "Wait until the subscription is active, and say how it goes");
        addCount(*sub, "--wait-seconds", a->waitSeconds, "At most so long", {0, 31'536'000})->needs(wait);
    };
    add("scan", "Look for offers now", std::nullopt, scan);
    addMarketList(*group, context);
    auto* bought = add("buy", "Pay for an offer, and follow the channel once the key has come", Kind::Offer, buy);
    addAmount(*bought, "--max-price", a->maxPrice, "Refuse if it is dearer by now");
    bought->add_flag("--again", a->again, "Pay once more for what was bought already");
    bought->add_flag("--accept-unverified", a->acceptUnverified, "Buy although the listing is not signed");
    addWait(bought);
    add("orders", "Own purchases, newest first", std::nullopt, orders);
    addWait(add("order", "One purchase in detail", Kind::Order, order));
    add("cancel", "Give a purchase up before it is paid", Kind::Order, cancel);
    add("payments", "Payments for own streams, newest first", std::nullopt, payments);
    add("release", "Serve a payment that is held", Kind::Payment, [](Context& c, const Arguments& b) { return decide(c, b, false); });
    add("refuse", "Never serve a payment that is held", Kind::Payment, [](Context& c, const Arguments& b) { return decide(c, b, true); });
    add("statistics", "Counters since the start", std::nullopt, statistics);
}

}  // namespace pegasus::cli
