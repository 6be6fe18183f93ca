// SPDX-License-Identifier: Apache-2.0
// pegasusctl market list|show
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/arguments.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

constexpr std::size_t kMostOffers = 100'000;

struct Arguments {
    std::string id;
    std::string text;
    std::string quantity;
    std::string sort;
    std::optional<Position> near;
    std::optional<double> within;
    std::optional<std::uint64_t> minPrice;
    std::optional<std::uint64_t> maxPrice;
    std::optional<Duration> maxAge;
    bool verified = false;
    bool reverse = false;
    std::size_t limit = kMostOffers;
};

Dict filterOf(const Arguments& a) {
    Dict filter;
    if (!a.text.empty()) filter["text"] = a.text;
    if (!a.quantity.empty()) filter["quantity"] = a.quantity;
    if (a.near) {
        filter["latitude"] = a.near->latitude;
        filter["longitude"] = a.near->longitude;
    }
    if (a.within) filter["within"] = *a.within;
    if (a.minPrice) filter["min-price"] = *a.minPrice;
    if (a.maxPrice) filter["max-price"] = *a.maxPrice;
    if (a.maxAge) filter["max-age"] = static_cast<std::uint64_t>(a.maxAge->count());
    if (a.verified) filter["verified"] = true;
    return filter;
}

/// "distance" of a row; rows without one come last.
double metresOf(const Dict& row) {
    const auto it = row.find("distance");
    const auto* metres = it != row.end() ? it->second.as<double>() : nullptr;
    return metres != nullptr ? *metres : 1e9;
}

/// Ascending: cheapest, nearest, newest first.
void sortBy(Dicts& rows, const std::string& key) {
    const auto by = [&](auto value) { std::ranges::stable_sort(rows, {}, value); };
    if (key == "distance") by([](const Dict& row) { return metresOf(row); });
    if (key == "price") by([](const Dict& row) { return bus::integerAt(row, "price"); });
    if (key == "age") by([](const Dict& row) { return -bus::integerAt(row, "announced"); });
    if (key == "name" || key == "quantity") by([&](const Dict& row) { return bus::textAt(row, key); });
}

/// "850 m", "12.3 km".
std::string distanceText(double metres) {
    return metres < 999.5 ? fmt::format("{:.0f} m", metres) : metres < 99'950 ? fmt::format("{:.1f} km", metres / 1000)
                                                                              : fmt::format("{:.0f} km", metres / 1000);
}

/// "90 s", "1.5 s".
std::string intervalText(std::int64_t micros) { return fmt::format("{} s", static_cast<double>(micros) / 1e6); }

Result<void> list(Context& context, const Arguments& a) {
    PEGASUS_TRY(auto rows, context.allPages({bus::kMarketPath, bus::kMarket, "ListOffers", {filterOf(a)}}, kMostOffers));
    sortBy(rows, !a.sort.empty() ? a.sort : a.near ? "distance" : "age");
    if (a.reverse) std::ranges::reverse(rows);
    if (rows.size() > a.limit) rows.resize(a.limit);
    std::vector<Column> columns{{"id", "OFFER", Show::Full}, {"name", "NAME"}, {"quantity", "QUANTITY"}, {"unit", "UNIT"},
                                {"every", "EVERY", Show::Number}, {"price", "PRICE", Show::Amount}};
    if (a.near) columns.push_back({"away", "AWAY", Show::Number});
    columns.insert(columns.end(), {{"latitude", "LATITUDE", Show::Number}, {"longitude", "LONGITUDE", Show::Number},
                                   {"announced", "ANNOUNCED", Show::Time}, {"verified", "VERIFIED", Show::Yes}, {"own", "OWN", Show::Yes},
                                   {"address-spent", "UNSAFE", Show::Yes}, {"name-clash", "NAME CLASH", Show::Yes}});
    auto shown = rows;
    for (auto& row : shown) {
        if (a.near) row["away"] = distanceText(metresOf(row));
        if (const auto interval = bus::integerAt(row, "interval"); interval > 0) row["every"] = intervalText(interval);
    }
    context.print(toJson(rows), table(columns, shown, context.unit));
    return {};
}

Result<void> show(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Offer, a.id));
    PEGASUS_TRY(const auto rows, context.allPages({bus::kMarketPath, bus::kMarket, "ListOffers", {Dict{{"id", id}}}}, 1));
    if (rows.empty()) return fail(ErrorCode::NotFound, "the offer {} has just been withdrawn", id);
    std::vector<Column> columns;
    for (const auto& [key, value] : rows.front())
        columns.push_back({key, key, key == "announced" ? Show::Time : key == "price" ? Show::Amount : key == "interval" ? Show::Span : Show::Full});
    context.printRecord(columns, rows.front());
    return {};
}

void addFilters(CLI::App& app, Context& context, Arguments& a) {
    addText(app, "--text", a.text, "Only with this in name, description or quantity");
    addText(app, "--quantity", a.quantity, "Only of this quantity, such as temperature");
    auto* near = addRead(app, "--near", a.near, "Nearest first, with how far away they are", parsePosition)->type_name("LAT,LON");
    addRead(app, "--within", a.within, "Only up to so far away, such as 5km or 800m", parseDistance)->type_name("DISTANCE")->needs(near);
    addAmount(app, "--min-price", a.minPrice, "Only from this price");
    addAmount(app, "--max-price", a.maxPrice, "Only up to this price");
    addRead(app, "--max-age", a.maxAge, "Only announced so lately, such as 30min, 12h or 7d", parseTime)->type_name("TIME");
    app.add_flag("--verified", a.verified, "Only those signed by their device");
    addChoice(app, context, "--sort", a.sort, {"age", "distance", "name", "price", "quantity"},
              "Newest, nearest or cheapest first, or by letters; else distance with --near, and age without");
    app.add_flag("--reverse", a.reverse, "The other way round");
    addCount(app, "--limit", a.limit, "At most so many", {0, kMostOffers});
    app.parse_complete_callback([&a] {
        if (a.sort == "distance" && !a.near) refuse("--sort", "distance needs --near");
    });
}

}  // namespace

void addMarketList(CLI::App& group, Context& context) {
    auto a = std::make_shared<Arguments>();
    const auto add = [&](const char* name, const char* text, Result<void> (*verb)(Context&, const Arguments&)) {
        auto* sub = group.add_subcommand(name, text);
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    addFilters(*add("list", "Offers known", list), context, *a);
    addName(*add("show", "One offer in detail", show), context, "offer", a->id, Kind::Offer, "Identifier, as in market list")->required();
}

}  // namespace pegasus::cli
