// SPDX-License-Identifier: Apache-2.0
// pegasusctl subscription list|show|watch|export|end
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "cli/arguments.hpp"
#include "cli/readings.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

struct Arguments {
    std::string id;
    std::string format;
    std::size_t count = 0;
};

constexpr std::size_t kMaxDatagram = 1 << 18;

Result<std::string> pathOf(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto id, resolve(context, Kind::Subscription, a.id));
    return bus::objectPath(bus::kSubscriptionFolder, id);
}

Result<void> list(Context& context, const Arguments&) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto objects, client->objects(bus::kSubscription));
    Dicts rows;
    for (const auto& object : objects) {
        auto described = client->call<Dict>({object.path, bus::kSubscription, "Describe", {}});
        // Who may not read what is private still sees that there is a subscription.
        rows.push_back(described ? *described : Dict{{"id", bus::textAt(object.properties, "Id")},
                                                     {"name", bus::textAt(object.properties, "Name")},
                                                     {"state", bus::textAt(object.properties, "State")}});
    }
    context.printTable({{"id", "SUBSCRIPTION", Show::Full}, {"name", "NAME"}, {"state", "STATE"},
                        {"received", "MESSAGES", Show::Number}, {"last-message", "LAST", Show::Time}}, rows);
    return {};
}

Result<void> show(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto path, pathOf(context, a));
    PEGASUS_TRY(const auto dict, context.call<Dict>({path, bus::kSubscription, "Describe", {}}));
    std::vector<Column> columns;
    for (const auto& [key, value] : dict) columns.push_back({key, key, key == "last-message" ? Show::Time : Show::Full});
    context.printRecord(columns, dict);
    return {};
}

/// Lines for people, or the JSON of the daemon, an object a line: it is ASCII and holds no control characters.
Result<void> watch(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto path, pathOf(context, a));
    PEGASUS_TRY(const auto socket, context.call<Descriptor>({path, bus::kSubscription, "Watch", {Dict{}}}));
    std::string datagram(kMaxDatagram, '\0');
    for (std::size_t seen = 0; a.count == 0 || seen < a.count; ++seen) {
        const auto size = ::recv(socket.get(), datagram.data(), datagram.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(ErrorCode::Internal, "the subscription broke off: {}", std::strerror(errno));
        if (size == 0) return fail(ErrorCode::Cancelled, "the daemon closed the subscription");
        const std::string line(datagram.data(), static_cast<std::size_t>(size));
        context.print(line, readingLines(line));
        if (context.out->failure() != 0) return {};
    }
    return {};
}

Result<void> exportAll(Context& context, const Arguments& a) {
    const auto format = !a.format.empty() ? a.format : context.json ? "jsonl" : "text";
    PEGASUS_TRY(const auto path, pathOf(context, a));
    if (format == "csv") (void)context.out->write(csvHeader());
    Call call{path, bus::kSubscription, "ListMessages", {std::uint32_t{bus::kMaxPage}, std::string()}};
    while (context.out->failure() == 0) {
        PEGASUS_TRY(const auto page, context.call<Page>(call));
        std::string lines;
        for (const auto& row : page.rows)
            lines += format == "csv" ? csvLine(row) : format == "text" ? readingLines(row) : toJson(row) + "\n";
        (void)context.out->write(lines);
        if (page.next.empty()) break;
        call.arguments.back() = page.next;
    }
    return {};
}

Result<void> end(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto path, pathOf(context, a));
    PEGASUS_CHECK(context.call<None>({path, bus::kSubscription, "Unsubscribe", {}}));
    context.printDone("the channel is not followed any more; its messages are kept");
    return {};
}

}  // namespace

void addSubscription(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("subscription", "Channels that were bought")->require_subcommand(1);
    auto a = std::make_shared<Arguments>();
    const auto add = [&](const char* name, const char* text, bool takesId, Result<void> (*verb)(Context&, const Arguments&)) {
        auto* sub = group->add_subcommand(name, text);
        if (takesId)
            addName(*sub, context, "subscription", a->id, Kind::Subscription, "Identifier, as in subscription list")->required();
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    add("list", "All of them", false, list);
    add("show", "One in detail", true, show);
    auto* watched = add("watch", "Readings as they come, until Ctrl-C; with --json one message a line", true, watch);
    addCount(*watched, "--count", a->count, "End after so many messages; 0: never", {0, kMostRows});
    auto* exported = add("export", "All messages kept, oldest first", true, exportAll);
    addChoice(*exported, context, "--format", a->format, {"text", "jsonl", "csv"}, "Else text, or jsonl with --json");
    add("end", "Stop following; what was received is kept", true, end);
}

}  // namespace pegasus::cli
