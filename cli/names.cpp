// SPDX-License-Identifier: Apache-2.0
// Names.
#include "cli/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.hpp"
#include "bus/names.hpp"
#include "bus/text.hpp"
#include "cli/context.hpp"
#include "cli/width.hpp"

namespace pegasus::cli {
namespace {

constexpr std::size_t kShownIds = 12;       // of sensors and streams, which have short ones
constexpr std::size_t kShownLongIds = 5;
constexpr std::size_t kMaxShownText = 100;
constexpr std::size_t kMaxRows = 100'000;

struct Words {
    const char* noun;
    const char* plural;
    const char* list;  ///< the command that tells them
};

const Words& wordsOf(Kind kind) {
    static constexpr std::array kWords{
        Words{"sensor", "sensors", "sensor list"},  Words{"stream", "streams", "stream list"},
        Words{"offer", "offers", "market list"},    Words{"order", "orders", "market orders"},
        Words{"subscription", "subscriptions", "subscription list"},
        Words{"payment", "payments", "market payments"}, Words{"bundle", "bundles", "wallet history"}};
    return kWords[static_cast<std::size_t>(kind)];
}

std::string quoted(const std::string& text) { return "'" + cutToWidth(bus::printable(text), kMaxShownText) + "'"; }

std::string label(const Named& thing) {
    const auto id = bus::printable(thing.id);
    return thing.name.empty() || thing.name == thing.id ? id : id + " (" + cutToWidth(bus::printable(thing.name), 30) + ")";
}

/// "a, b, c and 9 more (pegasusctl sensor list)".
std::string listOf(Kind kind, const std::vector<Named>& there) {
    const auto most = kind == Kind::Sensor || kind == Kind::Stream ? kShownIds : kShownLongIds;
    std::string out;
    for (std::size_t i = 0; i < there.size() && i < most; ++i) out += (i == 0 ? "" : ", ") + label(there[i]);
    if (there.size() > most) out += fmt::format(" and {} more (pegasusctl {})", there.size() - most, wordsOf(kind).list);
    return out;
}

Error notFound(Kind kind, const std::string& text, const std::vector<Named>& there) {
    const auto& words = wordsOf(kind);
    auto message = fmt::format("there is no {} {}; ", words.noun, quoted(text));
    if (there.empty()) return {ErrorCode::NotFound, message + "there are none"};
    message += fmt::format("there {} {}", there.size() == 1 ? "is only" : "are", listOf(kind, there));
    std::vector<std::string> ids;
    for (const auto& thing : there) ids.push_back(thing.id);
    if (const auto meant = nearest(text, ids)) message += fmt::format("; did you mean '{}'?", bus::printable(*meant));
    return {ErrorCode::NotFound, message};
}

std::vector<Named> fromRows(const Dicts& rows, const char* id, const char* name) {
    std::vector<Named> things;
    for (const auto& row : rows) things.push_back({bus::textAt(row, id), bus::textAt(row, name)});
    return things;
}

Result<std::vector<Named>> objectsOf(Context& context, const char* interface) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto objects, client->objects(interface));
    std::vector<Named> things;
    for (const auto& object : objects) things.push_back({bus::textAt(object.properties, "Id"), bus::textAt(object.properties, "Name")});
    std::ranges::sort(things, {}, &Named::id);
    return things;
}

Result<std::vector<Named>> rowsOf(Context& context, Call call, const char* id, const char* name) {
    PEGASUS_TRY(const auto rows, context.allPages(std::move(call), kMaxRows));
    return fromRows(rows, id, name);
}

/// The newest ones are objects, which everybody sees; the others are told to who may know.
Result<std::vector<Named>> orders(Context& context, const std::string& beginning) {
    PEGASUS_TRY(auto things, objectsOf(context, bus::kOrder));
    if (std::ranges::find(things, beginning, &Named::id) != things.end()) return things;
    auto all = rowsOf(context, {bus::kMarketPath, bus::kMarket, "ListOrders", {}}, "id", "name");
    return all ? std::move(*all) : std::move(things);
}

}  // namespace

const char* nounOf(Kind kind) { return wordsOf(kind).noun; }

Result<std::string> choose(Kind kind, const std::string& text, const std::vector<Named>& there) {
    std::vector<Named> begin;
    for (const auto& thing : there) {
        if (thing.id == text) return text;
        if (!text.empty() && thing.id.starts_with(text)) begin.push_back(thing);
    }
    if (begin.size() == 1) return begin.front().id;
    if (begin.empty()) return fail(notFound(kind, text, there));
    return fail(ErrorCode::InvalidArgument, "{} is the beginning of several {}: {}", quoted(text), wordsOf(kind).plural,
                listOf(kind, begin));
}

Result<std::vector<Named>> thingsOf(Context& context, Kind kind, const std::string& beginning) {
    switch (kind) {
        case Kind::Sensor: return objectsOf(context, bus::kSensor);
        case Kind::Stream: return objectsOf(context, bus::kStream);
        case Kind::Subscription: return objectsOf(context, bus::kSubscription);
        case Kind::Order: return orders(context, beginning);
        case Kind::Offer: {
            Dict filter;
            if (!beginning.empty()) filter["id"] = beginning;
            return rowsOf(context, {bus::kMarketPath, bus::kMarket, "ListOffers", {filter}}, "id", "name");
        }
        case Kind::Payment: return rowsOf(context, {bus::kMarketPath, bus::kMarket, "ListPayments", {}}, "bundle", "stream");
        case Kind::Bundle: return rowsOf(context, {bus::kWalletPath, bus::kWallet, "ListTransfers", {}}, "bundle", "label");
    }
    return std::vector<Named>();
}

Result<std::string> resolve(Context& context, Kind kind, const std::string& text) {
    PEGASUS_TRY(auto there, thingsOf(context, kind, text));
    // Only what begins so was asked for: who meant something else wants to see the others.
    if (there.empty() && kind == Kind::Offer && !text.empty()) {
        PEGASUS_TRY(there, thingsOf(context, kind, ""));
    }
    return choose(kind, text, there);
}

}  // namespace pegasus::cli
