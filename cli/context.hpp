// SPDX-License-Identifier: Apache-2.0
// What every verb works with: the connection, the way to print, and what to run once the arguments are parsed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/client.hpp"
#include "cli/format.hpp"

namespace CLI {
class App;
}

namespace pegasus::cli {

struct Context {
    bus::BusChoice bus;
    bool json = false;
    unsigned timeoutSeconds = 30;
    /// Set by the verb that was given.
    std::function<Result<void>(Context&)> run;

    /// Connects at the first use.
    [[nodiscard]] Result<Client*> client();
    template <class T>
    [[nodiscard]] Result<T> call(const Call& call) {
        PEGASUS_TRY(auto* connected, client());
        return connected->call<T>(call);
    }
    /// All pages of a query, up to `most` rows.
    [[nodiscard]] Result<Dicts> allPages(Call call, std::size_t most);

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
