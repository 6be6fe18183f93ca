// SPDX-License-Identifier: Apache-2.0
// Options of the verbs by what they take. Each reads strictly (numbers.hpp, amount.hpp), says in one short sentence what it
// expects, and tells the completion what it takes.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/names.hpp"
#include "cli/numbers.hpp"

namespace pegasus::cli {

inline constexpr std::uint64_t kMostRows = 1'000'000;  ///< that a verb lists

/// What the parser reports as wrong usage: "NAME: TEXT".
[[noreturn]] void refuse(const std::string& name, const std::string& text);

/// An option or positional that `read` takes from text; its error is that of the option.
template <class T, class Read>
CLI::Option* addRead(CLI::App& app, const std::string& name, T& to, const std::string& help, Read read) {
    const auto take = [name, &to, read](const std::string& text) {
        auto value = read(text);
        if (!value) refuse(name, value.error().message);
        to = std::move(*value);
    };
    return app.add_option_function<std::string>(name, take, help);
}

template <class Whole>
CLI::Option* addCount(CLI::App& app, const std::string& name, Whole& to, const std::string& help, Bounds bounds) {
    const auto read = [bounds](const std::string& text) -> Result<Whole> {
        PEGASUS_TRY(const auto value, parseCount(text, bounds));
        return static_cast<Whole>(value);
    };
    auto* option = addRead(app, name, to, help, read)->type_name("N");
    if (to != Whole{}) option->default_str(std::to_string(to));
    return option;
}

/// Iotas: `to` is a std::uint64_t or an optional one.
template <class To>
CLI::Option* addAmount(CLI::App& app, const std::string& name, To& to, const std::string& help) {
    const auto read = [](const std::string& text) -> Result<std::uint64_t> {
        PEGASUS_TRY(const auto value, parseAmount(text));
        return static_cast<std::uint64_t>(value);
    };
    return addRead(app, name, to, help, read)->type_name("IOTAS");
}

CLI::Option* addDegrees(CLI::App& app, const std::string& name, std::optional<double>& to, double limit, const std::string& help);
CLI::Option* addText(CLI::App& app, const std::string& name, std::string& to, const std::string& help);
CLI::Option* addFile(CLI::App& app, Context& context, const std::string& name, std::string& to, const std::string& help);
CLI::Option* addChoice(CLI::App& app, Context& context, const std::string& name, std::string& to, std::vector<std::string> words,
                       const std::string& help);
/// The name of something that is there: resolve() it before it is used.
CLI::Option* addName(CLI::App& app, Context& context, const std::string& name, std::string& to, Kind kind, const std::string& help);

}  // namespace pegasus::cli
