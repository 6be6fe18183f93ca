// SPDX-License-Identifier: Apache-2.0
// pegasusctl monitor
#include "bus/text.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

Result<void> monitor(Context& context) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_CHECK(client->properties(bus::kRootPath, bus::kManager));  // says at once if there is no daemon
    return client->monitor([&context](const std::string& path, const std::string& what, const Dict& values) {
        const std::string root = bus::kRootPath;
        const auto object = path == root ? "/" : path.starts_with(root) ? path.substr(root.size()) : path;
        std::vector<Column> columns;
        for (const auto& [key, value] : values) columns.push_back({key, key, key == "Price" ? Show::Amount : Show::Text});
        std::string line = bus::printable(object) + " " + what;
        for (const auto& column : columns) line += "  " + column.key + "=" + shown(values, column, context.unit);
        context.print(toJson(Dict{{"path", path}, {"event", what}, {"values", values}}), line);
        return context.out->failure() == 0;
    });
}

}  // namespace

void addMonitor(CLI::App& app, Context& context) {
    app.add_subcommand("monitor", "Changes as they happen, until Ctrl-C")->callback([&context] { context.run = monitor; });
}

}  // namespace pegasus::cli
