// SPDX-License-Identifier: Apache-2.0
// pegasusctl status, reload
#include <algorithm>

#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

Result<void> status(Context& context) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(Dict all, client->properties(bus::kRootPath, bus::kManager));
    PEGASUS_TRY(const Dict node, client->properties(bus::kNodePath, bus::kNode));
    PEGASUS_TRY(const Dict wallet, client->properties(bus::kWalletPath, bus::kWallet));
    all["Ledger"] = bus::textAt(node, "State");
    all["LedgerDetail"] = bus::textAt(node, "Detail");
    all["Milestone"] = bus::integerAt(node, "LatestMilestoneIndex");
    all["Wallet"] = bus::textAt(wallet, "State");
    PEGASUS_TRY(const auto orders, client->objects(bus::kOrder));
    const auto locked = std::ranges::count_if(orders, [](const Object& o) { return bus::textAt(o.properties, "WaitsFor") == "unlock"; });
    if (locked > 0) all["Waiting"] = std::to_string(locked) + (locked == 1 ? " order waits" : " orders wait") + " for it: pegasusctl wallet unlock";
    std::string detail = bus::textAt(all, "LedgerDetail");
    if (detail.empty()) all.erase("LedgerDetail");
    context.printRecord({{"State", "state"},
                         {"StatusText", "", Show::Full},
                         {"Network", "network"},
                         {"Ledger", "ledger"},
                         {"LedgerDetail", "", Show::Full},
                         {"Milestone", "milestone", Show::Number},
                         {"Wallet", "wallet"},
                         {"Waiting", "", Show::Full},
                         {"Version", "version"},
                         {"StartTime", "since", Show::Time}},
                        all);
    return {};
}

/// Keys that need a restart: a JSON list, or a line.
Result<void> reload(Context& context) {
    PEGASUS_TRY(const auto restart, context.call<std::vector<std::string>>({bus::kRootPath, bus::kManager, "Reload", {}}));
    std::string text;
    for (const auto& key : restart) text += (text.empty() ? "" : ", ") + key;
    context.print(toJson(Value(restart)), text.empty() ? "reloaded" : "reloaded; changed, and needs a restart: " + text);
    return {};
}

}  // namespace

void addStatus(CLI::App& app, Context& context) {
    app.add_subcommand("status", "How the daemon, the ledger and the wallet are")->callback([&context] { context.run = status; });
    app.add_subcommand("reload", "Make the daemon read its configuration again; says what needs a restart")
        ->callback([&context] { context.run = reload; });
}

}  // namespace pegasus::cli
