// SPDX-License-Identifier: Apache-2.0
// pegasusctl wallet status|create|restore|unlock|lock|balance|collect|address|addresses|send|history|show|export-seed|password
#include <qrencode.h>
#include <unistd.h>

#include "cli/arguments.hpp"
#include "cli/secrets.hpp"
#include "cli/verbs.hpp"

namespace pegasus::cli {
namespace {

struct Arguments {
    std::string passwordFile;
    std::string newPasswordFile;
    std::string seedFile;
    std::string address;
    std::uint64_t amount = 0;
    std::string message;
    std::string tag;
    std::string label;
    std::string reference;
    std::string hash;
    bool fresh = false;
    bool qr = false;
    std::size_t limit = 50;
};

constexpr std::size_t kBundleLength = 81;

Call walletCall(const char* method, std::vector<Argument> arguments = {}) {
    return {bus::kWalletPath, bus::kWallet, method, std::move(arguments)};
}

Result<void> status(Context& context, const Arguments&) {
    PEGASUS_TRY(auto* client, context.client());
    PEGASUS_TRY(const auto properties, client->properties(bus::kWalletPath, bus::kWallet));
    const Dict row{{"state", bus::textAt(properties, "State")}, {"locked", bus::flagAt(properties, "Locked")}};
    context.printRecord({{"state", "state"}, {"locked", "locked", Show::Full}}, row);
    return {};
}

Result<void> create(Context& context, const Arguments& a) {
    // Before there is a seed: a place to keep it that cannot be written to must not be found out afterwards.
    if (!a.seedFile.empty() && access(a.seedFile.c_str(), F_OK) == 0)
        return fail(ErrorCode::AlreadyExists, "{} is there already", a.seedFile);
    PEGASUS_TRY(const auto password, readNewPassword(a.passwordFile));
    PEGASUS_TRY(const auto passwordPipe, secretPipe(password));
    PEGASUS_TRY(auto reply, SecretReply::open());
    PEGASUS_CHECK(context.call<None>(walletCall("Create", {LentDescriptor{reply.writeEnd()}, LentDescriptor{passwordPipe.get()}, Dict{}})));
    PEGASUS_TRY(const auto seed, reply.collect());
    const bool shownHere = a.seedFile.empty() && !context.json && isatty(STDOUT_FILENO) == 1;
    if (shownHere) context.print("", "This seed is all you need to restore the wallet, and all a thief needs. Write it down:");
    if (shownHere || !a.seedFile.empty()) {
        if (const auto kept = keepSeed(seed, a.seedFile); !kept)
            return fail(kept.error().code, "the wallet is made, but {}; get its seed: pegasusctl wallet export-seed", kept.error().message);
    }
    context.printDone(shownHere || !a.seedFile.empty() ? "the wallet is made and unlocked"
                                                       : "the wallet is made and unlocked; back it up: pegasusctl wallet export-seed");
    return {};
}

Result<void> restore(Context& context, const Arguments& a) {
    PEGASUS_CHECK(onlyOneFromInput(a.seedFile, a.passwordFile));
    PEGASUS_TRY(const auto seed, readSeed(a.seedFile));
    PEGASUS_TRY(const auto password, readNewPassword(a.passwordFile));
    PEGASUS_TRY(const auto seedPipe, secretPipe(seed));
    PEGASUS_TRY(const auto passwordPipe, secretPipe(password));
    PEGASUS_CHECK(context.call<None>(walletCall("Restore", {LentDescriptor{seedPipe.get()}, LentDescriptor{passwordPipe.get()}, Dict{}})));
    context.printDone("the wallet looks on the ledger for what its seed has used; it spends nothing before that");
    return {};
}

Result<void> unlock(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto password, readPassword(a.passwordFile, "Password of the wallet: "));
    PEGASUS_TRY(const auto pipe, secretPipe(password));
    PEGASUS_CHECK(context.call<None>(walletCall("Unlock", {LentDescriptor{pipe.get()}})));
    context.printDone("the wallet is unlocked");
    return {};
}

Result<void> lock(Context& context, const Arguments&) {
    PEGASUS_CHECK(context.call<None>(walletCall("Lock")));
    context.printDone("the wallet is locked; publishing and delivering go on");
    return {};
}

Dicts earningsOf(const Dict& balance) {
    const auto it = balance.find("earnings");
    const auto* rows = it != balance.end() ? it->second.as<Dicts>() : nullptr;
    return rows != nullptr ? *rows : Dicts();
}

/// What lies on announced addresses, when it can be spent, and how.
std::string earningsText(const Dict& balance, Unit unit) {
    auto rows = earningsOf(balance);
    if (rows.empty()) return {};
    const auto grace = spanText(bus::integerAt(balance, "address-grace"));
    bool announced = false;
    for (auto& row : rows) {
        const bool stays = bus::flagAt(row, "announced");
        announced = announced || stays;
        row["when"] = row.contains("spendable") ? timeText(bus::integerAt(row, "spendable"))
                      : stays                   ? "while announced: not"
                                                : grace + " after the new listing is confirmed";
    }
    auto text = "\n" + table({{"stream", "EARNED BY"}, {"amount", "AMOUNT", Show::Amount}, {"when", "SPENDABLE FROM", Show::Full}}, rows, unit);
    if (announced) text += "to spend it, be paid elsewhere from now on: pegasusctl wallet collect (free " + grace + " later)\n";
    return text;
}

Result<void> balance(Context& context, const Arguments&) {
    PEGASUS_TRY(auto dict, context.call<Dict>(walletCall("GetBalance")));
    std::vector<Column> columns{{"available", "available", Show::Amount}, {"reserved", "on announced addresses", Show::Amount},
                                {"pending-in", "coming", Show::Amount}, {"pending-out", "going", Show::Amount}};
    if (bus::integerAt(dict, "late") != 0) columns.push_back({"late", "AT RISK, on spent addresses", Show::Amount});
    columns.push_back({"milestone-index", "as of milestone"});
    context.print(toJson(dict), record(columns, dict, context.unit) + earningsText(dict, context.unit));
    return {};
}

/// A new address for each stream that has earned something: the old one is free after the grace time.
Result<void> collect(Context& context, const Arguments&) {
    PEGASUS_TRY(const auto before, context.call<Dict>(walletCall("GetBalance")));
    std::size_t changed = 0;
    for (const auto& row : earningsOf(before)) {
        if (!bus::flagAt(row, "announced")) continue;
        const auto path = bus::objectPath(bus::kStreamFolder, bus::textAt(row, "stream"));
        PEGASUS_CHECK(context.call<None>({path, bus::kStream, "ChangeAddress", {}}));
        ++changed;
    }
    PEGASUS_TRY(const auto after, context.call<Dict>(walletCall("GetBalance")));
    const auto text = changed == 0 ? "no announced address holds anything\n"
                                   : std::to_string(changed) + " streams are announced with new addresses\n";
    context.print(toJson(earningsOf(after)), text + earningsText(after, context.unit));
    return {};
}

/// Half blocks, two modules a character, with the quiet zone that readers want.
std::string qrText(const std::string& text) {
    QRcode* code = QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == nullptr) return {};
    const int quiet = 2;
    const auto dark = [&](int x, int y) {
        return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1) != 0;
    };
    std::string out;
    for (int y = -quiet; y < code->width + quiet; y += 2) {
        out += "\033[47;30m";
        for (int x = -quiet; x < code->width + quiet; ++x) {
            const bool top = dark(x, y);
            const bool bottom = dark(x, y + 1);
            out += top && bottom ? "█" : top ? "▀" : bottom ? "▄" : " ";
        }
        out += "\033[0m\n";
    }
    QRcode_free(code);
    return out;
}

Result<void> address(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto text, context.call<std::string>(a.fresh ? walletCall("NewAddress", {a.label}) : walletCall("GetAddress")));
    context.print(toJson(Dict{{"address", text}}), text);
    if (a.qr && !context.json) context.print("", qrText(text));
    return {};
}

Result<void> addresses(Context& context, const Arguments&) {
    PEGASUS_TRY(const auto rows, context.call<Dicts>(walletCall("ListAddresses")));
    context.printTable({{"index", "INDEX", Show::Number}, {"address", "ADDRESS", Show::Full}, {"balance", "BALANCE", Show::Amount},
                        {"purpose", "PURPOSE"}, {"held", "ANNOUNCED", Show::Yes}, {"spent", "SPENT", Show::Yes}}, rows);
    return {};
}

Result<void> send(Context& context, const Arguments& a) {
    Dict options;
    if (!a.label.empty()) options["label"] = a.label;
    if (!a.reference.empty()) options["reference"] = a.reference;
    const std::vector<Payment> payments{{a.address, a.amount, a.message, a.tag}};
    PEGASUS_TRY(const auto bundle, context.call<std::string>(walletCall("Send", {payments, options})));
    context.print(toJson(Dict{{"bundle", bundle}, {"amount", a.amount}}),
                  context.amount(static_cast<std::int64_t>(a.amount)) + " sent; bundle " + bundle + "\nfollow it: pegasusctl wallet show " + bundle);
    return {};
}

Result<void> history(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto rows, context.allPages(walletCall("ListTransfers"), a.limit));
    context.printTable({{"time", "TIME", Show::Time}, {"direction", "DIRECTION"}, {"amount", "AMOUNT", Show::Amount},
                        {"state", "STATE"}, {"label", "LABEL"}, {"bundle", "BUNDLE", Show::Full}}, rows);
    return {};
}

Result<void> show(Context& context, const Arguments& a) {
    auto hash = a.hash;
    if (hash.size() < kBundleLength) {
        PEGASUS_TRY(hash, resolve(context, Kind::Bundle, hash));
    }
    PEGASUS_TRY(const auto dict, context.call<Dict>(walletCall("GetBundle", {hash})));
    auto text = record({{"bundle", "bundle", Show::Full}, {"state", "state"}, {"direction", "direction"}, {"amount", "amount", Show::Amount},
                        {"time", "time", Show::Time}, {"label", "label"}, {"timestamp", "timestamp", Show::Time}}, dict, context.unit);
    if (const auto it = dict.find("lines"); it != dict.end())
        if (const auto* lines = it->second.as<Dicts>())
            text += table({{"address", "ADDRESS", Show::Full}, {"value", "VALUE", Show::Amount}, {"own", "OWN", Show::Yes},
                           {"tag", "TAG", Show::Full}, {"message-trytes", "MESSAGE (TRYTES)"}}, *lines, context.unit);
    context.print(toJson(dict), text);
    return {};
}

Result<void> exportSeed(Context& context, const Arguments& a) {
    PEGASUS_TRY(const auto password, readPassword(a.passwordFile, "Password of the wallet: "));
    PEGASUS_TRY(const auto pipe, secretPipe(password));
    PEGASUS_TRY(auto reply, SecretReply::open());
    PEGASUS_CHECK(context.call<None>(walletCall("ExportSeed", {LentDescriptor{reply.writeEnd()}, LentDescriptor{pipe.get()}})));
    PEGASUS_TRY(const auto seed, reply.collect());
    return keepSeed(seed, a.seedFile);
}

Result<void> password(Context& context, const Arguments& a) {
    PEGASUS_CHECK(onlyOneFromInput(a.passwordFile, a.newPasswordFile));
    PEGASUS_TRY(const auto old, readPassword(a.passwordFile, "Present password of the wallet: "));
    PEGASUS_TRY(const auto next, readNewPassword(a.newPasswordFile));
    PEGASUS_TRY(const auto oldPipe, secretPipe(old));
    PEGASUS_TRY(const auto nextPipe, secretPipe(next));
    PEGASUS_CHECK(context.call<None>(walletCall("ChangePassword", {LentDescriptor{oldPipe.get()}, LentDescriptor{nextPipe.get()}})));
    context.printDone("the password is changed");
    return {};
}

Result<void> acceptCopy(Context& context, const Arguments&) {
    PEGASUS_CHECK(context.call<None>({bus::kRootPath, bus::kManager, "AcceptCopy", {}}));
    context.printDone("the copy is accepted: its keys sign again");
    return {};
}

void addPassword(CLI::App* sub, Context& context, Arguments& a) {
    addFile(*sub, context, "--password-file", a.passwordFile,
            "Read the password from this file, or from standard input with -; a line end is no part of it");
}

}  // namespace

void addWallet(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("wallet", "Seed, addresses and money")->require_subcommand(1);
    auto a = std::make_shared<Arguments>();
    const auto add = [&](const char* name, const char* text, Result<void> (*verb)(Context&, const Arguments&)) {
        auto* sub = group->add_subcommand(name, text);
        sub->callback([&context, a, verb] { context.run = [a, verb](Context& c) { return verb(c, *a); }; });
        return sub;
    };
    add("status", "Whether there is a wallet, and whether it is locked", status);
    auto* made = add("create", "Make a wallet with a new seed", create);
    addPassword(made, context, *a);
    addFile(*made, context, "--seed-file", a->seedFile, "Write the seed to this new file instead of the terminal");
    auto* restored = add("restore", "Make the wallet of a seed, and find what it has used", restore);
    addPassword(restored, context, *a);
    addFile(*restored, context, "--seed-file", a->seedFile, "Read the seed from this file, or from standard input with -");
    addPassword(add("unlock", "Let the wallet spend", unlock), context, *a);
    add("lock", "Forget the seed until the next unlock", lock);
    add("balance", "Confirmed and pending iotas, and what streams have earned", balance);
    add("collect", "Announce new addresses for streams that have earned, so that it can be spent after the grace time", collect);
    auto* addressed = add("address", "The address to be paid at", address);
    addressed->add_flag("--new", a->fresh, "Another one");
    addText(*addressed, "--label", a->label, "Keep this beside a new one");
    addressed->add_flag("--qr", a->qr, "Draw it for a camera");
    add("addresses", "All own addresses", addresses);
    auto* sent = add("send", "Send iotas, with a message if you like", send);
    sent->add_option("address", a->address, "81 trytes, or 90 with checksum")->type_name("ADDRESS")->required();
    addAmount(*sent, "amount", a->amount, "Such as 10000 or 10Ki; 0 sends a message only")->required();
    addText(*sent, "--message", a->message, "Text for the receiver; everybody can read it");
    sent->add_option("--tag", a->tag, "Up to 27 trytes")->type_name("TRYTES");
    addText(*sent, "--label", a->label, "For yourself; stays here");
    addText(*sent, "--reference", a->reference, "Names this transfer: sending the same again gives the first one");
    addCount(*add("history", "Transfers, newest first", history), "--limit", a->limit, "At most so many", {0, kMostRows});
    addName(*add("show", "Details of a bundle", show), context, "bundle", a->hash, Kind::Bundle, "81 trytes, or how one in the history begins")
        ->required();
    auto* exported = add("export-seed", "Show the seed on the terminal, or write it to a file", exportSeed);
    addPassword(exported, context, *a);
    addFile(*exported, context, "--seed-file", a->seedFile, "Write it to this new file");
    add("accept-copy", "After a backup of an embedded ledger was put back: let its keys sign again", acceptCopy);
    auto* changed = add("password", "Change the password", password);
    addPassword(changed, context, *a);
    addFile(*changed, context, "--new-password-file", a->newPasswordFile, "Read the next password from this file");
}

}  // namespace pegasus::cli
