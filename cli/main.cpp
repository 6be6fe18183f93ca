// SPDX-License-Identifier: Apache-2.0
// pegasusctl: parses, runs one verb, and maps its error to a text and an exit status.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "bus/text.hpp"
#include "cli/verbs.hpp"
#include "version.hpp"

namespace pegasus::cli {
namespace {

constexpr int kUsageStatus = 64;
constexpr int kNoDaemonStatus = 3;
/// Polkit may ask a person meanwhile, for two minutes at most.
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
    app.add_option("--timeout", context.timeoutSeconds, "Seconds to wait for an answer")->check(CLI::Range(1, 3600))->capture_default_str();
}

void addExamples(CLI::App& app) {
    app.footer(
        "Examples:\n"
        "  pegasusctl status\n"
        "  pegasusctl wallet create\n"
        "  pegasusctl stream create roof --sensor outside --price 100 --latitude 45.07 --longitude 7.69\n"
        "  pegasusctl stream announce roof\n"
        "  pegasusctl market list\n"
        "  pegasusctl market buy ID --wait\n"
        "  pegasusctl subscription watch ID\n"
        "Exit status: 0 done, 1 failure, 3 no daemon, 4 not allowed, 5 not enough funds, 64 wrong usage;\n"
        "others in pegasusctl(1).");
}

/// A wrong word is reported by the parser as a missing command.
int reportUsage(const CLI::App& app, const CLI::ParseError& error) {
    const auto* group = &app;
    while (!group->get_subcommands().empty()) group = group->get_subcommands().front();
    const auto words = group->remaining();
    if (error.get_name() != "RequiredError" || words.empty()) return app.exit(error) == 0 ? 0 : kUsageStatus;
    (void)std::fprintf(stderr, "unknown command '%s'\nRun with --help for more information.\n", words.front().c_str());
    return kUsageStatus;
}

int report(const Context& context, const Error& error) {
    const bool missing = context.connection == nullptr || context.connection->daemonMissing();
    const bool noDaemon = missing && error.code == ErrorCode::Unreachable;
    std::string text = "pegasusctl: " + bus::printable(error.message) + "\n";
    if (const auto hint = hintFor(error, noDaemon); !hint.empty()) text += "  " + hint + "\n";
    (void)std::fputs(text.c_str(), stderr);
    return noDaemon ? kNoDaemonStatus : errorInfo(error.code).exitStatus;
}

int run(int argc, char** argv) {
    Context context;
    CLI::App app("Sell and buy sensor data: talks to pegasusd over D-Bus.", "pegasusctl");
    addGlobal(app, context);
    addStatus(app, context);
    addWallet(app, context);
    addSensor(app, context);
    addStream(app, context);
    addMarket(app, context);
    addSubscription(app, context);
    addNode(app, context);
    addMonitor(app, context);
    addExamples(app);  // after the verbs, which would inherit it
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return reportUsage(app, error);
    }
    const auto done = context.run(context);
    return done ? 0 : report(context, done.error());
}

}  // namespace
}  // namespace pegasus::cli

int main(int argc, char** argv) {
    try {
        return pegasus::cli::run(argc, argv);
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "pegasusctl: %s\n", error.what());
        return 1;
    }
}
