// SPDX-License-Identifier: Apache-2.0
// Declarations of drivers as rows.
#include "daemon/objects/driver_rows.hpp"

#include "bus/text.hpp"

namespace pegasus::daemon {
namespace {

bus::Dict rowOf(const sensor::Option& option) {
    bus::Dict row{{"name", option.name}, {"kind", sensor::kindName(option.kind)}, {"help", option.help}, {"needed", option.needed}};
    if (!option.standard.empty()) row["default"] = option.standard;
    if (!option.unit.empty()) row["unit"] = option.unit;
    if (option.least) row["minimum"] = *option.least;
    if (option.most) row["maximum"] = *option.most;
    if (!option.choices.empty()) row["choices"] = bus::Value::Strings(option.choices.begin(), option.choices.end());
    return row;
}

bus::Dicts rowsOf(std::span<const sensor::Option> options) {
    bus::Dicts rows;
    for (const auto& option : options) rows.push_back(rowOf(option));
    return rows;
}

bus::Dict rowOf(const sensor::ChannelRow& channel) {
    bus::Dict row{{"quantity", channel.quantity}, {"unit", channel.unit}, {"help", channel.help}};
    if (channel.least) row["minimum"] = *channel.least;
    if (channel.most) row["maximum"] = *channel.most;
    return row;
}

/// Whether a sensor's parameters mean the same source.
bool means(const sensor::SensorConfig& config, const sensor::Discovery& found) {
    for (const auto& [name, value] : found.parameters) {
        if (name == "channel") continue;  // one may be read for some of them only
        if (name == "type") {
            if (config.type != value.text()) return false;
            continue;
        }
        const auto given = config.parameters.find(name);
        if (given == config.parameters.end() || given->second.text() != value.text()) return false;
    }
    return true;
}

}  // namespace

bus::Dicts driverRows(const sensor::Registry& registry) {
    bus::Dicts rows;
    for (const auto* type : registry.types()) {
        bus::Dicts channels;
        for (const auto& channel : type->channels) channels.push_back(rowOf(channel));
        rows.push_back({{"name", type->name},
                        {"summary", type->summary},
                        {"options", rowsOf(type->options)},
                        {"channel-options", rowsOf(type->channelOptions)},
                        {"channels", std::move(channels)},
                        {"scan", type->scan != nullptr}});
    }
    rows.push_back({{"name", ""},
                    {"summary", "What every sensor has"},
                    {"options", rowsOf(sensor::commonOptions())},
                    {"channel-options", rowsOf(sensor::commonChannelOptions())},
                    {"channels", bus::Dicts()},
                    {"scan", false}});
    return rows;
}

bus::Dict rowOf(const sensor::Discovery& found, const std::vector<sensor::SensorInfo>& configured) {
    bus::Dict parameters;
    for (const auto& [name, value] : found.parameters)
        if (value.list) {
            bus::Value::Strings items;
            for (const auto& item : value.items) items.push_back(bus::validUtf8(item));
            parameters[name] = std::move(items);
        } else {
            parameters[name] = bus::validUtf8(value.text());
        }
    const auto type = found.parameters.find("type");
    bus::Dict row{{"type", type == found.parameters.end() ? "" : type->second.text()},
                  {"summary", bus::validUtf8(found.summary)},
                  {"parameters", std::move(parameters)},
                  {"kernel", found.held},
                  {"configured", ""}};
    for (const auto& info : configured)
        if (means(info.config, found)) row["configured"] = info.config.id;
    return row;
}

}  // namespace pegasus::daemon
