// SPDX-License-Identifier: Apache-2.0
// pegasusctl stream list|show|create|remove|pause|resume|announce|withdraw|address|messages
#include <optional>

#include "cli/arguments.hpp"
#include "cli/readings.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

struct Arguments {
    std::string id;
    std::string sensor;
    std::string name;
    std::string quantity;
    std::string description;
    std::optional<double> latitude;
    std::optional<double> longitude;
    std::optional<std::uint64_t> price;
    std::uint32_t batch = 0;
    std::uint32_t security = 0;
    bool paused = false;
    bool all = false;
    std::size_t limit = 20;
};

/// A stream that is there.
struct Found {
    std::string id;
    std::string path;
};
Result<Found> find(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Stream, a.id));
    return Found{id, bus::objectPath(bus::kStreamFolder, id)};
}

/// What is said about a stream, as far as it was given.
Dict termsOf(const Arguments& a) {
    Dict options;
    if (!a.name.empty()) options["name"] = a.name;
    if (!a.description.empty()) options["description"] = a.description;
    if (a.latitude) options["latitude"] = *a.latitude;
    if (a.longitude) options["longitude"] = *a.longitude;
    return options;
}

Result<void> list(Context& context, const Arguments&) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto objects, client->objects(bus::kStream));
    Dicts rows;
    for (const auto& object : objects) rows.push_back(object.properties);
    auto shown = rows;
    for (auto& row : shown)
        if (bus::integerAt(row, "Price") == 0) row.erase("Price");  // none is set
    const auto text = table({{"Id", "STREAM"}, {"Name", "NAME"}, {"Sensor", "SENSOR"}, {"State", "STATE"},
                        {"Published", "PUBLISHED", Show::Number}, {"Queued", "QUEUED", Show::Number},
                        {"Sale", "FOR SALE"}, {"Price", "PRICE", Show::Amount}, {"LastError", "PROBLEM"}}, shown, context.unit);
    context.print(toJson(rows), text);
    return {};
}

Result<void> show(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto stream, find(context, a));
    PEGASUS_TRY(const auto dict, context.call<Dict>({stream.path, bus::kStream, "Describe", {}}));
    std::vector<Column> columns;
    for (const auto& [key, value] : dict) {
        const bool time = key == "created" || key == "last-message" || key == "last-reading";
        columns.push_back({key, key, time ? Show::Time : key == "price" ? Show::Amount : Show::Full});
    }
    context.printRecord(columns, dict);
    return {};
}

Result<void> create(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto sensor, resolve(context, Kind::Sensor, a.sensor));
    Dict options = termsOf(a);
    if (!a.quantity.empty()) options["quantity"] = a.quantity;
    if (a.price) options["price"] = *a.price;
    if (a.batch != 0) options["batch"] = a.batch;
    if (a.security != 0) options["security"] = a.security;
    if (a.paused) options["paused"] = true;
    PEGASUS_TRY(const auto made, context.call<ObjectPath>({bus::kRootPath, bus::kManager, "CreateStream", {a.id, sensor, options}}));
    context.print(toJson(Dict{{"id", a.id}, {"path", made.path}}), "stream " + a.id + " publishes the readings of " + sensor);
    return {};
}

Result<void> remove(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto stream, find(context, a));
    PEGASUS_CHECK(context.call<None>({bus::kRootPath, bus::kManager, "RemoveStream", {ObjectPath{stream.path}, Dict{}}}));
    context.printDone("stream " + stream.id + " is removed");
    return {};
}

Result<void> plain(Context& context, const Arguments& a, const char* method, const char* said) {
    PEGASUS_TRY(const auto stream, find(context, a));
    PEGASUS_CHECK(context.call<None>({stream.path, bus::kStream, method, {}}));
    context.printDone("stream " + stream.id + said);
    return {};
}

Result<void> announce(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto stream, find(context, a));
    auto price = a.price;
    if (!price) {  // the price it was made with
        PEGASUS_TRY(const auto dict, context.call<Dict>({stream.path, bus::kStream, "Describe", {}}));
        price = static_cast<std::uint64_t>(bus::integerAt(dict, "price"));
    }
    PEGASUS_CHECK(context.call<None>({stream.path, bus::kStream, "Announce", {*price, termsOf(a)}}));
    const auto amount = context.amount(static_cast<std::int64_t>(*price));
    PEGASUS_TRY(const auto now, context.call<Dict>({stream.path, bus::kStream, "Describe", {}}));
    const auto listed = now.find("listing");
    const auto* listing = listed != now.end() ? listed->second.as<Dict>() : nullptr;
    const bool waits = listing != nullptr && bus::textAt(*listing, "state") == "waiting";
    context.printDone(waits ? "stream " + stream.id + " will be for sale at " + amount + " once readings come: " + bus::textAt(*listing, "error")
                            : "stream " + stream.id + " is for sale at " + amount);
    return {};
}

Result<void> changeAddress(Context& context, const Arguments& a) {
    if (a.all != a.id.empty()) return fail(ErrorCode::InvalidArgument, "name one stream, or give --all");
    if (!a.all) return plain(context, a, "ChangeAddress", " is announced with a new address");
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto objects, client->objects(bus::kStream));
    Dicts changed;
    for (const auto& object : objects) {
        if (!bus::flagAt(object.properties, "Announced")) continue;
        PEGASUS_CHECK(client->call<None>({object.path, bus::kStream, "ChangeAddress", {}}));
        changed.push_back({{"id", bus::textAt(object.properties, "Id")}});
    }
    context.printTable({{"id", "NEW ADDRESS FOR"}}, changed);
    return {};
}

Result<void> messages(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto stream, find(context, a));
    PEGASUS_TRY(const auto rows, context.allPages({stream.path, bus::kStream, "ListMessages", {}}, a.limit));
    std::string lines;
    for (const auto& row : rows) lines += readingLines(row);
    context.print(toJson(rows), rows.empty() ? "none" : lines);
    return {};
}

using Verb = Result<void> (*)(Context&, const Arguments&);

void addTerms(CLI::App& sub, Arguments& a) {
    addText(sub, "--name", a.name, "Name that buyers see");
    addText(sub, "--description", a.description, "More for buyers");
    addDegrees(sub, "--latitude", a.latitude, 90, "Where it is, north positive");
    addDegrees(sub, "--longitude", a.longitude, 180, "Where it is, east positive");
    addAmount(sub, "--price", a.price, "Such as 1000 or 1.5Ki: once, for the whole stream");
}

}  // namespace

void addStream(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("stream", "Own streams: published channels, and their sale")->require_subcommand(1);
    auto a = std::make_shared<Arguments>();
    enum class Id { None, New, Known };
    const auto add = [&](const char* name, const char* text, Id takes, std::function<Result<void>(Context&, const Arguments&)> verb) {
        auto* sub = group->add_subcommand(name, text);
        if (takes == Id::New) sub->add_option("stream", a->id, "Its identifier: a-z 0-9 _ -")->type_name("STREAM")->required();
        if (takes == Id::Known) addName(*sub, context, "stream", a->id, Kind::Stream, "Identifier, as in stream list")->required();
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    add("list", "All streams and how they are", Id::None, list);
    add("show", "One stream in detail", Id::Known, show);
    auto* made = add("create", "Publish the readings of a sensor as an encrypted channel", Id::New, create);
    addName(*made, context, "--sensor", a->sensor, Kind::Sensor, "Identifier, as in sensor list")->required();
    addText(*made, "--quantity", a->quantity, "Only this quantity of the sensor");
    addCount(*made, "--batch", a->batch, "Samples in one message, 1 to 64", {1, 64});
    addCount(*made, "--security", a->security, "Level of the channel's signatures, 1 to 3", {1, 3});
    made->add_flag("--paused", a->paused, "Do not start yet");
    addTerms(*made, *a);
    add("remove", "Forget a stream, its keys and what is queued", Id::Known, remove);
    const auto addPlain = [&](const char* name, const char* text, const char* method, const char* said) {
        add(name, text, Id::Known, [method, said](Context& c, const Arguments& b) { return plain(c, b, method, said); });
    };
    addPlain("pause", "Take no more readings", "Pause", " is paused");
    addPlain("resume", "Take readings again", "Resume", " takes readings");
    addTerms(*add("announce", "Put a stream up for sale, or change its terms", Id::Known, announce), *a);
    addPlain("withdraw", "Take a stream off the market", "Withdraw", " is not for sale any more");
    auto* moved = add("change-address", "Be paid at a new address from now on; the present one can be spent from after the grace time",
                      Id::None, changeAddress);
    addName(*moved, context, "stream", a->id, Kind::Stream, "Identifier, as in stream list");
    moved->add_flag("--all", a->all, "All streams that are for sale");
    auto* listed = add("messages", "What was published since the daemon started, newest first", Id::Known, messages);
    addCount(*listed, "--limit", a->limit, "At most so many", {0, kMostRows});
}

}  // namespace pegasus::cli
