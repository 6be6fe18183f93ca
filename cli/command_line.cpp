// SPDX-License-Identifier: Apache-2.0
// All verbs in one parser.
#include "cli/command_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "base/nearest.hpp"
#include "bus/text.hpp"
#include "cli/arguments.hpp"
#include "cli/verbs.hpp"
#include "version.hpp"

namespace pegasus::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  pegasusctl status\n"
    "  pegasusctl wallet create\n"
    "  pegasusctl stream create roof --sensor outside --price 1Ki --latitude 45.07 --longitude 7.69\n"
    "  pegasusctl stream announce roof\n"
    "  pegasusctl market list --near 45.07,7.69 --within 5km\n"
    "  pegasusctl market buy OFFER --wait\n"
    "  pegasusctl subscription watch SUBSCRIPTION\n"
    "Names may be shortened as long as only one begins so. The options above may stand anywhere.\n"
    "Exit status: 0 done, 1 failure, 3 no daemon, 4 not allowed, 5 not enough funds, 64 wrong usage;\n"
    "others in pegasusctl(1).";

/// Seconds. Polkit may ask a person meanwhile, for two minutes at most.
constexpr unsigned kPatience = 150;

void addGlobal(CLI::App& app, Context& context) {
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("pegasusctl ") + kVersion);
    app.add_flag("--json", context.json, "Print JSON, one value a line, with the names of the D-Bus API");
    auto* user = app.add_flag_callback("--user", [&context] { context.bus.kind = bus::BusKind::User; },
                                       "Talk to the daemon on the session bus");
    app.add_option_function<std::string>(
           "--bus", [&context](const std::string& address) { context.bus = {bus::BusKind::Address, address}; },
           "Talk to the daemon on the bus at this address")
        ->type_name("ADDRESS")
        ->excludes(user);
    if (geteuid() != 0) context.timeoutSeconds = kPatience;
    addCount(app, "--timeout", context.timeoutSeconds, "Seconds to wait for an answer", {1, 3600});
    const auto readUnit = [](const std::string& text) -> Result<Unit> {
        if (const auto unit = parseUnit(text)) return *unit;
        return fail(ErrorCode::InvalidArgument, "one of i, Ki, Mi, Gi, Ti, Pi");
    };
    auto* unit = addRead(app, "--unit", context.unit, "Show amounts in this unit, exactly; JSON has iotas always", readUnit);
    unit->type_name("i|Ki|Mi|Gi|Ti|Pi")->default_str("i");
    context.takes[unit].words = {"i", "Ki", "Mi", "Gi", "Ti", "Pi"};
}

/// Options of those above are taken by those below.
void letFallThrough(CLI::App& app) {
    for (auto* sub : app.get_subcommands([](CLI::App*) { return true; })) {
        sub->fallthrough();
        sub->footer("--json, --unit, --user, --bus and --timeout work here too: see pegasusctl --help.");
        letFallThrough(*sub);
    }
}

Error unknownWord(const char* what, const std::string& word, const std::vector<std::string>& known) {
    const auto name = word.substr(0, word.find('='));
    const auto meant = nearest(name, known);
    return {ErrorCode::InvalidArgument, fmt::format("unknown {} '{}'{}", what, bus::printable(name),
                                                    meant ? fmt::format("; did you mean '{}'?", *meant) : "")};
}

std::vector<std::string> commandsOf(const CLI::App& app) {
    std::vector<std::string> names{"help"};
    for (const auto* sub : below(app)) names.push_back(sub->get_name());
    return names;
}

std::vector<std::string> optionsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* at = &app; at != nullptr; at = at->get_parent())
        for (const auto* option : at->get_options())
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

}  // namespace

void addEverything(CLI::App& app, Context& context) {
    addGlobal(app, context);
    addStatus(app, context);
    addWallet(app, context);
    addSensor(app, context);
    addStream(app, context);
    addMarket(app, context);
    addSubscription(app, context);
    addNode(app, context);
    addMonitor(app, context);
    letFallThrough(app);
    app.footer(kExamples);
}

std::vector<const CLI::App*> below(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

bool takesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

const CLI::Option* optionNamed(const CLI::App& app, const std::string& word) {
    const auto name = word.substr(0, word.find('='));
    for (const auto* at = &app; at != nullptr; at = at->get_parent())
        if (const auto* option = at->get_option_no_throw(name); option != nullptr && option->nonpositional()) return option;
    return nullptr;
}

Place walk(const CLI::App& app, const std::vector<std::string>& words) {
    Place place{.app = &app, .unknown = {}, .unknownOption = {}};
    bool options = true;
    for (const auto& word : words) {
        if (std::exchange(place.pending, nullptr) != nullptr) continue;
        if (options && word == "--") {
            options = false;
        } else if (options && word.size() > 1 && word.starts_with('-')) {
            const auto* option = optionNamed(*place.app, word);
            if (option == nullptr && place.unknownOption.empty()) place.unknownOption = word;
            if (option != nullptr && takesValue(*option) && word.find('=') == std::string::npos) place.pending = option;
        } else if (const auto subs = below(*place.app); subs.empty()) {
            ++place.positionals;
        } else if (word == "help") {
            place.help = true;
        } else {
            const auto found = std::ranges::find(subs, word, &CLI::App::get_name);
            if (found == subs.end()) {
                place.unknown = word;
                return place;
            }
            place.app = *found;
        }
    }
    return place;
}

Result<std::vector<std::string>> arranged(const CLI::App& app, const std::vector<std::string>& words) {
    const auto place = walk(app, words);
    if (!place.unknown.empty()) return fail(unknownWord("command", place.unknown, commandsOf(*place.app)));
    if (!place.help) {
        if (!place.unknownOption.empty()) return fail(unknownWord("option", place.unknownOption, optionsOf(*place.app)));
        return words;
    }
    std::vector<std::string> path{"--help"};
    for (const auto* at = place.app; at->get_parent() != nullptr; at = at->get_parent()) path.insert(path.begin(), at->get_name());
    return path;
}

}  // namespace pegasus::cli
