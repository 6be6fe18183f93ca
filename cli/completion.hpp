// SPDX-License-Identifier: Apache-2.0
// What may stand at the end of a command line: for the shells' completions, which call `pegasusctl complete-words WORD...`.
// From the parser itself, so that it knows every verb and option, and from the daemon, if it runs: it is never started,
// nobody is asked for a password, and whatever goes wrong is silence.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace pegasus::cli {

inline constexpr const char* kCompleteWords = "complete-words";

struct Candidate {
    std::string word;
    std::string help;
};

/// Names of what there is.
using Live = std::function<std::vector<Named>(Kind kind, const std::string& beginning)>;

/// `words`: those behind the program's name; the last is what is being typed. Only what begins with it. A file: the one
/// candidate ":file". Pure but for `live`.
[[nodiscard]] std::vector<Candidate> complete(const CLI::App& app, const Context& context, const std::vector<std::string>& words,
                                              const Live& live);

/// A line a candidate: the word, a tab, what it is. Connects as the words say (--user, --bus).
void printCompletion(CLI::App& app, Context& context, const std::vector<std::string>& words);

}  // namespace pegasus::cli
