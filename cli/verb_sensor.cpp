// SPDX-License-Identifier: Apache-2.0
// pegasusctl sensor list|show|read
#include "cli/arguments.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

Dicts propertiesOf(const std::vector<Object>& objects) {
    Dicts rows;
    for (const auto& object : objects) rows.push_back(object.properties);
    return rows;
}

Result<void> list(Context& context) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto objects, client->objects(bus::kSensor));
    auto rows = propertiesOf(objects);
    for (auto& row : rows) row["Seconds"] = static_cast<double>(bus::integerAt(row, "Interval")) / 1e6;
    context.printTable({{"Id", "SENSOR"}, {"Type", "TYPE"}, {"Seconds", "EVERY (s)", Show::Number}, {"State", "STATE"},
                        {"LastError", "PROBLEM"}}, rows);
    return {};
}

Result<void> show(Context& context, const std::string& name) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Sensor, name));
    PEGASUS_TRY(const auto dict, context.call<Dict>({bus::objectPath(bus::kSensorFolder, id), bus::kSensor, "Describe", {}}));
    Dict flat = dict;
    for (const auto& [key, value] : dict) flat.insert_or_assign(key, value);
    std::vector<Column> columns;
    for (const auto& [key, value] : flat) columns.push_back({key, key, Show::Full});
    context.printRecord(columns, flat);
    return {};
}

Result<void> read(Context& context, const std::string& name) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Sensor, name));
    PEGASUS_TRY(const auto rows,
                context.call<Dicts>({bus::objectPath(bus::kSensorFolder, id), bus::kSensor, "Read", {Dict{}}}));
    context.printTable({{"quantity", "QUANTITY"}, {"value", "VALUE", Show::Number}, {"unit", "UNIT"},
                        {"quality", "QUALITY"}, {"time", "TIME", Show::Time}, {"reason", "REASON"}}, rows);
    return {};
}

}  // namespace

void addSensor(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("sensor", "Sources of readings, as configured")->require_subcommand(1);
    group->add_subcommand("list", "All sensors and how they are")->callback([&context] { context.run = list; });
    struct Arguments {
        std::string id;
    };
    auto arguments = std::make_shared<Arguments>();
    const auto with = [&](const char* name, const char* text, Result<void> (*verb)(Context&, const std::string&)) {
        auto* sub = group->add_subcommand(name, text);
        addName(*sub, context, "sensor", arguments->id, Kind::Sensor, "Identifier, as in sensor list")->required();
        sub->callback([&context, arguments, verb] {
            context.run = [arguments, verb](Context& c) { return verb(c, arguments->id); };
        });
    };
    with("show", "One sensor in detail", show);
    with("read", "The newest readings of one sensor", read);
    addSensorTools(*group, context);
}

}  // namespace pegasus::cli
