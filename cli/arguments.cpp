// SPDX-License-Identifier: Apache-2.0
// Options.
#include "cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pegasus::cli {

void refuse(const std::string& name, const std::string& text) { throw CLI::ValidationError(name, text); }

CLI::Option* addDegrees(CLI::App& app, const std::string& name, std::optional<double>& to, double limit, const std::string& help) {
    const auto read = [limit](const std::string& text) { return parseDegrees(text, limit); };
    return addRead(app, name, to, help, read)->type_name("DEGREES");
}

CLI::Option* addText(CLI::App& app, const std::string& name, std::string& to, const std::string& help) {
    return app.add_option(name, to, help)->type_name("TEXT");
}

CLI::Option* addFile(CLI::App& app, Context& context, const std::string& name, std::string& to, const std::string& help) {
    auto* option = app.add_option(name, to, help)->type_name("FILE");
    context.takes[option].file = true;
    return option;
}

CLI::Option* addChoice(CLI::App& app, Context& context, const std::string& name, std::string& to, std::vector<std::string> words,
                       const std::string& help) {
    const auto read = [words](const std::string& text) -> Result<std::string> {
        if (std::ranges::find(words, text) != words.end()) return text;
        return fail(ErrorCode::InvalidArgument, "one of {}", fmt::join(words, ", "));
    };
    auto* option = addRead(app, name, to, help, read)->type_name(fmt::format("{}", fmt::join(words, "|")));
    if (!to.empty()) option->default_str(to);
    context.takes[option].words = std::move(words);
    return option;
}

CLI::Option* addName(CLI::App& app, Context& context, const std::string& name, std::string& to, Kind kind, const std::string& help) {
    auto noun = std::string(nounOf(kind));
    std::ranges::transform(noun, noun.begin(), [](char c) { return static_cast<char>(c - ('a' - 'A')); });
    auto* option = app.add_option(name, to, help)->type_name(noun);
    context.takes[option].kind = kind;
    return option;
}

}  // namespace pegasus::cli
