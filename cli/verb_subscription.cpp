// SPDX-License-Identifier: Apache-2.0
// pegasusctl subscription list|show|watch|export|end
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bus/text.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

struct Arguments {
    std::string id;
    std::string format = "jsonl";
    std::size_t count = 0;
};

constexpr std::size_t kMaxDatagram = 1 << 18;

std::string pathOf(const Arguments& a) { return bus::objectPath(bus::kSubscriptionFolder, a.id); }

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
    PEGASUS_TRY(const auto dict, context.call<Dict>({pathOf(a), bus::kSubscription, "Describe", {}}));
    std::vector<Column> columns;
    for (const auto& [key, value] : dict) columns.push_back({key, key, key == "last-message" ? Show::Time : Show::Full});
    context.printRecord(columns, dict);
    return {};
}

/// One JSON object a line, as the daemon sends it: it is ASCII and holds no control characters.
Result<void> watch(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto socket, context.call<Descriptor>({pathOf(a), bus::kSubscription, "Watch", {Dict{}}}));
    std::string datagram(kMaxDatagram, '\0');
    for (std::size_t seen = 0; a.count == 0 || seen < a.count; ++seen) {
        const auto size = ::recv(socket.get(), datagram.data(), datagram.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(ErrorCode::Internal, "the subscription broke off: {}", std::strerror(errno));
        if (size == 0) return fail(ErrorCode::Cancelled, "the daemon closed the subscription");
        const std::string line(datagram.data(), static_cast<std::size_t>(size));
        context.print(line, bus::printable(line));
    }
    return {};
}

std::string csvField(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

Result<void> exportAll(Context& context, const Arguments& a) {
    const bool csv = a.format == "csv";
    if (csv) (void)std::puts("index,time,root,payload");
    Call call{pathOf(a), bus::kSubscription, "ListMessages", {std::uint32_t{bus::kMaxPage}, std::string()}};
    for (;;) {
        PEGASUS_TRY(const auto page, context.call<Page>(call));
        for (const auto& row : page.rows) {
            const auto line = csv ? std::to_string(bus::integerAt(row, "index")) + "," + std::to_string(bus::integerAt(row, "time")) +
                                        "," + bus::textAt(row, "root") + "," + csvField(bus::textAt(row, "payload"))
                                  : toJson(row);
            if (std::puts(line.c_str()) < 0) return fail(ErrorCode::NoSpace, "cannot write: {}", std::strerror(errno));
        }
        if (page.next.empty()) return {};
        call.arguments.back() = page.next;
    }
}

Result<void> end(Context& context, const Arguments& a) {
    PEGASUS_CHECK(context.call<None>({pathOf(a), bus::kSubscription, "Unsubscribe", {}}));
    context.printDone("the channel is not followed any more; its messages are kept");
    return {};
}

}  // namespace

void addSubscription(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("subscription", "Channels that were bought")->require_subcommand(1);
    auto a = std::make_shared<Arguments>();
    const auto add = [&](const char* name, const char* text, bool takesId, Result<void> (*verb)(Context&, const Arguments&)) {
        auto* sub = group->add_subcommand(name, text);
        if (takesId) sub->add_option("subscription", a->id, "Identifier, as in subscription list")->required();
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    add("list", "All of them", false, list);
    add("show", "One in detail", true, show);
    add("watch", "Messages as they come, one JSON object a line, until Ctrl-C", true, watch)
        ->add_option("--count", a->count, "End after so many")->type_name("N")->check(CLI::NonNegativeNumber);
    add("export", "All messages kept, oldest first", true, exportAll)
        ->add_option("--format", a->format, "jsonl or csv")->check(CLI::IsMember({"jsonl", "csv"}))->capture_default_str();
    add("end", "Stop following; what was received is kept", true, end);
}

}  // namespace pegasus::cli
