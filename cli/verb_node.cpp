// SPDX-License-Identifier: Apache-2.0
// pegasusctl node info|faucet|show
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

/// Of several nodes, how each of them is.
std::string nodesText(const Dict& info, Unit unit) {
    const auto it = info.find("nodes");
    const auto* nodes = it != info.end() ? it->second.as<Dicts>() : nullptr;
    if (nodes == nullptr || nodes->size() < 2) return {};
    return "\n" + table({{"url", "NODE", Show::Full}, {"state", "STATE"}, {"in-use", "IN USE"}, {"milestone-index", "MILESTONE", Show::Number},
                         {"detail", "WHY", Show::Full}}, *nodes, unit);
}

Result<void> info(Context& context) {
    PEGASUS_TRY(const auto dict, context.call<Dict>({bus::kNodePath, bus::kNode, "Info", {}}));
    const std::vector<Column> columns{
        {"state", "state"}, {"detail", "", Show::Full}, {"url", "node", Show::Full}, {"app-name", "program"}, {"app-version", "version"},
        {"latest-milestone-index", "milestone"}, {"latest-solid-milestone-index", "solid milestone"},
        {"latest-milestone", "milestone hash", Show::Full}, {"tips", "tips"}, {"transactions", "transactions"},
        {"transactions-to-request", "missing"}, {"database-bytes", "database bytes"}, {"database-limit", "of at most"},
        {"coordinator", "coordinator", Show::Full}, {"min-weight-magnitude", "minimum weight"}, {"faucet", "faucet"}};
    context.print(toJson(dict), record(columns, dict, context.unit) + nodesText(dict, context.unit));
    return {};
}

Result<void> faucet(Context& context, std::string address) {
    if (address.empty()) {
        PEGASUS_TRY(address, context.call<std::string>({bus::kWalletPath, bus::kWallet, "GetAddress", {}}));
    }
    PEGASUS_TRY(const auto grant, context.call<Grant>({bus::kNodePath, bus::kNode, "RequestFunds", {address, Dict{}}}));
    context.print(toJson(Dict{{"bundle", grant.bundle}, {"amount", grant.amount}, {"address", address}}),
                  context.amount(static_cast<std::int64_t>(grant.amount)) + " are on their way; bundle " + grant.bundle);
    return {};
}

/// A transaction, or else all of a bundle.
Result<void> show(Context& context, const std::string& hash) {
    const auto one = context.call<Dict>({bus::kNodePath, bus::kNode, "ShowTransaction", {hash}});
    Dicts rows;
    if (one) {
        rows.push_back(*one);
    } else if (one.error().code == ErrorCode::NotFound) {
        PEGASUS_TRY(rows, context.call<Dicts>({bus::kNodePath, bus::kNode, "ShowBundle", {hash}}));
    } else {
        return fail(one.error());
    }
    std::string text;
    for (const auto& row : rows) {
        std::vector<Column> columns;
        for (const auto& [key, value] : row) columns.push_back({key, key, key == "message" ? Show::Text : key == "value" ? Show::Amount : Show::Full});
        text += record(columns, row, context.unit) + "\n";
    }
    context.print(toJson(rows), text);
    return {};
}

}  // namespace

void addNode(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("node", "The ledger: the tangle inside the daemon, or remote nodes")->require_subcommand(1);
    group->add_subcommand("info", "How the ledger is")->callback([&context] { context.run = info; });
    auto text = std::make_shared<std::string>();
    auto* funds = group->add_subcommand("faucet", "Ask the network's faucet for iotas");
    funds->add_option("address", *text, "Where to; else the wallet's own address");
    funds->callback([&context, text] { context.run = [text](Context& c) { return faucet(c, *text); }; });
    auto* shown = group->add_subcommand("show", "A transaction or a bundle");
    shown->add_option("hash", *text, "81 trytes")->required();
    shown->callback([&context, text] { context.run = [text](Context& c) { return show(c, *text); }; });
}

}  // namespace pegasus::cli
