// SPDX-License-Identifier: Apache-2.0
// What every verb works with: the connection, the way to print, and what to run once the arguments are parsed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/client.hpp"
#include "cli/format.hpp"
#include "cli/names.hpp"
#include "cli/output.hpp"

namespace CLI {
class App;
class Option;
}

namespace pegasus::cli {

/// What an option or a positional takes, for the completion.
struct Takes {
    std::optional<Kind> kind;
    std::vector<std::string> words;
    bool file = false;
};

struct Context {
    bus::BusChoice bus;
    bool json = false;
    Unit unit = Unit::I;  ///< that people see amounts in; JSON has iotas always
    unsigned timeoutSeconds = 30;
    /// Set by the verb that was given.
    std::function<Result<void>(Context&)> run;
    std::map<const CLI::Option*, Takes> takes;
    /// Shared with what prints from const functions. A verb that prints without end asks whether it failed.
    std::shared_ptr<Output> out = std::make_shared<Output>();
    bool interactive = true;  ///< polkit may ask the user
    bool start = true;        ///< the daemon is started where it is not there

    /// Connects at the first use.
    [[nodiscard]] Result<Client*> client();
    template <class T>
    [[nodiscard]] Result<T> call(const Call& call) {
        PEGASUS_TRY(auto* connected, client());
        return connected->call<T>(call);
    }
    /// All pages of a query, up to `most` rows.
    [[nodiscard]] Result<Dicts> allPages(Call call, std::size_t most);

    [[nodiscard]] std::string amount(std::int64_t iotas) const { return amountText(iotas, unit); }
    /// One line of JSON, or the text for people.
    void print(const std::string& json_, const std::string& text) const;
    void printTable(const std::vector<Column>& columns, const Dicts& rows) const;
    void printRecord(const std::vector<Column>& columns, const Dict& row) const;
    /// "done" in a word for people, {} for programs.
    void printDone(const std::string& text) const;

    std::unique_ptr<Client> connection;
};

/// What to do about an error, for people; empty where there is nothing to say.
[[nodiscard]] std::string hintFor(const Error& error, bool daemonMissing);

}  // namespace pegasus::cli
