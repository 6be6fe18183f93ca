// SPDX-License-Identifier: Apache-2.0
// pegasusctl stream list|show|create|remove|pause|resume|announce|withdraw|address|messages
#include <optional>

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
    std::size_t limit = 20;
};

std::string pathOf(const Arguments& a) { return bus::objectPath(bus::kStreamFolder, a.id); }

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
    context.printTable({{"Id", "STREAM"}, {"Name", "NAME"}, {"Sensor", "SENSOR"}, {"State", "STATE"},
                        {"Published", "PUBLISHED", Show::Number}, {"Queued", "QUEUED", Show::Number},
                        {"Announced", "FOR SALE", Show::Yes}, {"Price", "PRICE", Show::Amount}, {"LastError", "PROBLEM"}}, rows);
    return {};
}

Result<void> show(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto dict, context.call<Dict>({pathOf(a), bus::kStream, "Describe", {}}));
    std::vector<Column> columns;
    for (const auto& [key, value] : dict) {
        const bool time = key == "created" || key == "last-message";
        columns.push_back({key, key, time ? Show::Time : Show::Full});
    }
    context.printRecord(columns, dict);
    return {};
}

Result<void> create(Context& context, const Arguments& a) {
    Dict options = termsOf(a);
    if (!a.quantity.empty()) options["quantity"] = a.quantity;
    if (a.price) options["price"] = *a.price;
    if (a.batch != 0) options["batch"] = a.batch;
    if (a.security != 0) options["security"] = a.security;
    if (a.paused) options["paused"] = true;
    PEGASUS_TRY(const auto made, context.call<ObjectPath>({bus::kRootPath, bus::kManager, "CreateStream", {a.id, a.sensor, options}}));
    context.print(toJson(Dict{{"id", a.id}, {"path", made.path}}), "stream " + a.id + " publishes the readings of " + a.sensor);
    return {};
}

Result<void> remove(Context& context, const Arguments& a) {
    PEGASUS_CHECK(context.call<None>({bus::kRootPath, bus::kManager, "RemoveStream", {ObjectPath{pathOf(a)}, Dict{}}}));
    context.printDone("stream " + a.id + " is removed");
    return {};
}

Result<void> plain(Context& context, const Arguments& a, const char* method, const char* said) {
    PEGASUS_CHECK(context.call<None>({pathOf(a), bus::kStream, method, {}}));
    context.printDone("stream " + a.id + said);
    return {};
}

Result<void> announce(Context& context, const Arguments& a) {
    auto price = a.price;
    if (!price) {  // the price it was made with
        PEGASUS_TRY(const auto dict, context.call<Dict>({pathOf(a), bus::kStream, "Describe", {}}));
        price = static_cast<std::uint64_t>(bus::integerAt(dict, "price"));
    }
    PEGASUS_CHECK(context.call<None>({pathOf(a), bus::kStream, "Announce", {*price, termsOf(a)}}));
    context.printDone("stream " + a.id + " is for sale at " + amountText(static_cast<std::int64_t>(*price)));
    return {};
}

Result<void> messages(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto rows, context.allPages({pathOf(a), bus::kStream, "ListMessages", {}}, a.limit));
    context.printTable({{"index", "INDEX", Show::Number}, {"time", "TIME", Show::Time}, {"samples", "SAMPLES", Show::Number},
                        {"payload", "PAYLOAD", Show::Full}}, rows);
    return {};
}

using Verb = Result<void> (*)(Context&, const Arguments&);

void addTerms(CLI::App& sub, Arguments& a) {
    sub.add_option("--name", a.name, "Name that buyers see")->type_name("TEXT");
    sub.add_option("--description", a.description, "More for buyers")->type_name("TEXT");
    sub.add_option("--latitude", a.latitude, "Degrees, north positive")->check(CLI::Range(-90.0, 90.0));
    sub.add_option("--longitude", a.longitude, "Degrees, east positive")->check(CLI::Range(-180.0, 180.0));
    sub.add_option("--price", a.price, "Iotas, once, for the whole stream")->type_name("IOTAS")->check(CLI::NonNegativeNumber);
}

}  // namespace

void addStream(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("stream", "Own streams: published channels, and their sale")->require_subcommand(1);
    auto a = std::make_shared<Arguments>();
    const auto add = [&](const char* name, const char* text, bool takesId, std::function<Result<void>(Context&, const Arguments&)> verb) {
        auto* sub = group->add_subcommand(name, text);
        if (takesId) sub->add_option("stream", a->id, "Identifier of the stream")->required();
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    add("list", "All streams and how they are", false, list);
    add("show", "One stream in detail", true, show);
    auto* made = add("create", "Publish the readings of a sensor as an encrypted channel", true, create);
    made->add_option("--sensor", a->sensor, "Identifier, as in sensor list")->required();
    made->add_option("--quantity", a->quantity, "Only this quantity of the sensor");
    made->add_option("--batch", a->batch, "Samples in one message")->check(CLI::Range(1, 64));
    made->add_option("--security", a->security, "Level of the channel's signatures")->check(CLI::Range(1, 3));
    made->add_flag("--paused", a->paused, "Do not start yet");
    addTerms(*made, *a);
    add("remove", "Forget a stream, its keys and what is queued", true, remove);
    const auto addPlain = [&](const char* name, const char* text, const char* method, const char* said) {
        add(name, text, true, [method, said](Context& c, const Arguments& b) { return plain(c, b, method, said); });
    };
    addPlain("pause", "Take no more readings", "Pause", " is paused");
    addPlain("resume", "Take readings again", "Resume", " takes readings");
    addTerms(*add("announce", "Put a stream up for sale, or change its terms", true, announce), *a);
    addPlain("withdraw", "Take a stream off the market", "Withdraw", " is not for sale any more");
    addPlain("change-address", "Be paid at a new address from now on", "ChangeAddress", " is announced with a new address");
    add("messages", "What was published since the daemon started, newest first", true, messages)
        ->add_option("--limit", a->limit, "At most so many")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
}

}  // namespace pegasus::cli
