// SPDX-License-Identifier: Apache-2.0
// Completion.
#include "cli/completion.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "bus/text.hpp"
#include "cli/command_line.hpp"

namespace pegasus::cli {
namespace {

constexpr unsigned kPatienceSeconds = 1;
constexpr unsigned kMostSeconds = 2;  // a bus that does not answer at all
constexpr const char* kFile = ":file";
constexpr std::size_t kMaxCandidates = 1000;

class Candidates {
public:
    explicit Candidates(std::string beginning) : beginning_(std::move(beginning)) {}
    void add(const std::string& word, const std::string& help) {
        if (word.starts_with(beginning_) && found_.size() < kMaxCandidates) found_.push_back({word, help});
    }
    std::vector<Candidate> take() { return std::move(found_); }
    [[nodiscard]] const std::string& beginning() const { return beginning_; }

private:
    std::string beginning_;
    std::vector<Candidate> found_;
};

void addValues(Candidates& to, const Context& context, const CLI::Option& option, const Live& live) {
    const auto takes = context.takes.find(&option);
    if (takes == context.takes.end()) return;
    if (takes->second.file) to = Candidates(""), to.add(kFile, "");
    for (const auto& word : takes->second.words) to.add(word, "");
    if (!takes->second.kind) return;
    for (const auto& thing : live(*takes->second.kind, to.beginning())) to.add(thing.id, thing.name);
}

/// The values of "--option=VALUE", with what stands before them.
Candidates valuesBehind(const std::string& before, const std::string& value, const Context& context, const CLI::Option& option, const Live& live) {
    Candidates values(value);
    addValues(values, context, option, live);
    Candidates found("");
    for (const auto& one : values.take()) found.add(one.word == kFile ? one.word : before + one.word, one.help);
    return found;
}

void addOptions(Candidates& to, const CLI::App& app) {
    for (const auto* at = &app; at != nullptr; at = at->get_parent())
        for (const auto* option : at->get_options())
            for (const auto& name : option->get_lnames())
                // Each command has its own --help; the version is the program's.
                if (at == &app || (name != "help" && name != "version")) to.add("--" + name, option->get_description());
}

const CLI::Option* positional(const CLI::App& app, std::size_t number) {
    for (const auto* option : app.get_options())
        if (option->get_positional() && number-- == 0) return option;
    return nullptr;
}

}  // namespace

std::vector<Candidate> complete(const CLI::App& app, const Context& context, const std::vector<std::string>& words, const Live& live) {
    const auto last = words.empty() ? std::string() : words.back();
    const auto place = walk(app, {words.begin(), words.empty() ? words.end() : words.end() - 1});
    Candidates found(last);
    if (!place.unknown.empty()) return {};
    const auto subs = below(*place.app);
    if (const auto sign = last.find('='); last.starts_with("--") && sign != std::string::npos) {
        const auto* option = optionNamed(*place.app, last);
        if (option != nullptr && takesValue(*option)) found = valuesBehind(last.substr(0, sign + 1), last.substr(sign + 1), context, *option, live);
    } else if (place.pending != nullptr) {
        addValues(found, context, *place.pending, live);
    } else if (last.starts_with('-')) {
        addOptions(found, *place.app);
    } else if (!subs.empty()) {
        for (const auto* sub : subs) found.add(sub->get_name(), sub->get_description());
        if (place.app == &app && !place.help) found.add("help", "Explain a command");
    } else if (const auto* option = positional(*place.app, place.positionals); option != nullptr && !place.help) {
        addValues(found, context, *option, live);
    }
    return found.take();
}

void printCompletion(CLI::App& app, Context& context, const std::vector<std::string>& words) {
    context.interactive = false;
    struct sigaction giveUp {};
    giveUp.sa_handler = [](int) { ::_exit(0); };
    (void)sigaction(SIGALRM, &giveUp, nullptr);
    ::alarm(kMostSeconds);
    // --user and --bus are among the words: all but the one being typed are parsed for their sake, whatever else they lack.
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] == "--user") context.bus.kind = bus::BusKind::User;
        if (words[i] == "--bus") context.bus = {bus::BusKind::Address, words[i + 1]};
        if (words[i].starts_with("--bus=")) context.bus = {bus::BusKind::Address, words[i].substr(6)};
    }
    context.timeoutSeconds = kPatienceSeconds;
    context.start = false;
    const Live live = [&context](Kind kind, const std::string& beginning) -> std::vector<Named> {
        const auto client = context.client();
        if (!client || !(*client)->running()) return {};
        return thingsOf(context, kind, beginning).value_or(std::vector<Named>());
    };
    std::string out;
    for (const auto& candidate : complete(app, context, words, live)) {
        out += bus::printable(candidate.word);
        if (!candidate.help.empty()) out += "\t" + bus::printable(candidate.help);
        out += "\n";
    }
    (void)context.out->write(out);
}

}  // namespace pegasus::cli
