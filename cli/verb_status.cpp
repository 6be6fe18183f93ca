// SPDX-License-Identifier: Apache-2.0
// pegasusctl status
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
    std::string detail = bus::textAt(all, "LedgerDetail");
    if (detail.empty()) all.erase("LedgerDetail");
    context.printRecord({{"State", "state"},
                         {"StatusText", "", Show::Full},
                         {"Network", "network"},
                         {"Ledger", "ledger"},
                         {"LedgerDetail", "", Show::Full},
                         {"Milestone", "milestone", Show::Number},
                         {"Wallet", "wallet"},
                         {"Version", "version"},
                         {"StartTime", "since", Show::Time}},
                        all);
    return {};
}

}  // namespace

void addStatus(CLI::App& app, Context& context) {
    app.add_subcommand("status", "How the daemon, the ledger and the wallet are")->callback([&context] { context.run = status; });
}

}  // namespace pegasus::cli
