// SPDX-License-Identifier: Apache-2.0
// The parser with all verbs: what is on the command line, before anything is run.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace pegasus::cli {

/// Global options and every verb; options of all are taken after the verb too. `app` and `context` live as long as either.
void addEverything(CLI::App& app, Context& context);

/// The words without "help" in front of them, as which `help VERB` is `VERB --help`. InvalidArgument: a word is no command
/// or no option; names it, and what may have been meant.
[[nodiscard]] Result<std::vector<std::string>> arranged(const CLI::App& app, const std::vector<std::string>& words);

/// Where the words lead: the verb or group that they name so far.
struct Place {
    const CLI::App* app;                     ///< the innermost command
    std::size_t positionals = 0;             ///< words behind it that are neither options nor values of them
    const CLI::Option* pending = nullptr;    ///< an option whose value comes next
    bool help = false;
    std::string unknown;                     ///< the word that is no command, if there is one
    std::string unknownOption;               ///< the first word that would be an option and is none there
};
[[nodiscard]] Place walk(const CLI::App& app, const std::vector<std::string>& words);
/// The option that a word such as "--price=5" names, of the command or of those above it; nullptr: none.
[[nodiscard]] const CLI::Option* optionNamed(const CLI::App& app, const std::string& word);
[[nodiscard]] bool takesValue(const CLI::Option& option);
/// Commands right below, in their order.
[[nodiscard]] std::vector<const CLI::App*> below(const CLI::App& app);

}  // namespace pegasus::cli
