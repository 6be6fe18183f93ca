// SPDX-License-Identifier: Apache-2.0
// pegasusctl: parses, runs one verb, and maps its error to a text and an exit status.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string>

#include "bus/text.hpp"
#include "cli/command_line.hpp"
#include "cli/completion.hpp"

namespace pegasus::cli {
namespace {

constexpr int kUsageStatus = 64;
constexpr int kNoDaemonStatus = 3;

void say(const std::string& text) { (void)std::fputs(text.c_str(), stderr); }

int reportUsage(const std::string& text) {
    say("pegasusctl: " + bus::printable(text) + "\nRun with --help for more information.\n");
    return kUsageStatus;
}

/// What was asked for (--help, --version) is output; the rest is wrong usage.
int reportParse(const Context& context, const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return reportUsage(error.what());
    std::ostringstream out;
    std::ostringstream rest;
    (void)app.exit(error, out, rest);
    (void)context.out->write(out.str());
    return 0;
}

int report(const Context& context, const Error& error) {
    const bool missing = context.connection == nullptr || context.connection->daemonMissing();
    const bool noDaemon = missing && error.code == ErrorCode::Unreachable;
    std::string text;
    std::istringstream lines(error.message);  // a wrong configuration has one for each problem
    for (std::string line; std::getline(lines, line);) text += (text.empty() ? "pegasusctl: " : "  ") + bus::printable(line) + "\n";
    if (const auto hint = hintFor(error, noDaemon); !hint.empty()) text += "  " + hint + "\n";
    say(text);
    return noDaemon ? kNoDaemonStatus : errorInfo(error.code).exitStatus;
}

/// What was done was done; that it could not be told is a failure all the same. A reader that went away knows.
int outputStatus(const Context& context, int status) {
    const int failure = context.out->failure();
    if (failure == 0 || status != 0) return status;
    if (failure != EPIPE) say(std::string("pegasusctl: cannot write the output: ") + std::strerror(failure) + "\n");
    return errorInfo(ErrorCode::NoSpace).exitStatus;
}

int runVerb(Context& context, CLI::App& app, const std::vector<std::string>& words) {
    auto arguments = arranged(app, words);
    if (!arguments) return reportUsage(arguments.error().message);
    std::ranges::reverse(*arguments);  // as the parser takes them
    try {
        app.parse(std::move(*arguments));
    } catch (const CLI::ParseError& error) {
        return reportParse(context, app, error);
    }
    const auto done = context.run(context);
    return done ? 0 : report(context, done.error());
}

int run(int argc, char** argv) {
    holdStandardDescriptors();
    Context context;
    CLI::App app("Sell and buy sensor data: talks to pegasusd over D-Bus.", "pegasusctl");
    addEverything(app, context);
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words.front() == kCompleteWords) {
        printCompletion(app, context, {words.begin() + 1, words.end()});
        return 0;
    }
    return outputStatus(context, runVerb(context, app, words));
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
