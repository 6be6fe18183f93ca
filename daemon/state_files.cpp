// SPDX-License-Identifier: Apache-2.0
// What was there is noted in daemon_value of state.db; state.db itself is known by the files that are made after it.
#include "daemon/state_files.hpp"

#include <fmt/format.h>

namespace pegasus::daemon {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBeginState = "begin-state";
constexpr const char* kBeginNetwork = "begin-network";
constexpr const char* kKeySeen = "machine-key-seen";
constexpr const char* kTangleSeen = "tangle-seen";

Result<bool> noted(store::Database& state, const char* name) {
    return state.runNow([name](store::Connection& c) -> Result<bool> {
        SQLite::Statement query(c, "SELECT value FROM daemon_value WHERE name = ?");
        query.bind(1, name);
        return query.executeStep();
    });
}

/// Writes once only: a synced page at each start would wear a card for nothing.
Result<void> note(store::Database& state, const char* name) {
    PEGASUS_TRY(const bool known, noted(state, name));
    if (known) return {};
    return state.runNow([name](store::Connection& c) -> Result<void> {
        SQLite::Statement put(c, "INSERT OR REPLACE INTO daemon_value VALUES (?, 1)");
        put.bind(1, name);
        put.exec();
        return {};
    });
}

}  // namespace

bool StateFiles::has(const char* name) const {
    std::error_code error;
    return fs::exists(folder_ / name, error);
}

bool StateFiles::expectsState() const {
    if (!has("machine.key") && !has("life") && !has("tangle.db")) return false;
    if (!has(kBeginState)) return true;
    // The new one is no copy of the old one, whose file of life it would otherwise find.
    std::error_code error;
    if (fs::file_size(folder_ / "state.db", error) == 0 || error) fs::remove(folder_ / "life", error);
    return false;
}

void StateFiles::stateOpened() const {
    std::error_code error;
    fs::remove(folder_ / kBeginState, error);
}

Error StateFiles::lostState() const {
    return {ErrorCode::Corrupt,
            fmt::format("{0}/state.db is missing or empty, and this gateway has run before: its wallet, streams and orders are gone. Put state.db back "
                        "from a copy, with the files that lay beside it. To begin with a new wallet and no streams on what is left here, and only then: "
                        "touch {0}/{1} (a wallet is restored from its seed afterwards)",
                        folder_.string(), kBeginState)};
}

Result<void> StateFiles::checkKey(store::Database& state) const {
    if (has("machine.key")) return {};
    PEGASUS_TRY(const bool seen, noted(state, kKeySeen));
    if (!seen) return {};
    return fail(ErrorCode::Corrupt,
                "{0}/machine.key is missing, and what this gateway keeps is sealed with it: put it back from a copy (or name it in machine-key-file). "
                "Without it streams, orders and the treasury cannot be opened again: to begin anew, move all files out of {0}",
                folder_.string());
}

Result<void> StateFiles::keyOpened(store::Database& state) const { return note(state, kKeySeen); }

Result<bool> StateFiles::expectsTangle(store::Database& state) const {
    if (has(kBeginNetwork)) return false;
    return noted(state, kTangleSeen);
}

Result<void> StateFiles::tangleOpened(store::Database& state) const {
    std::error_code error;
    fs::remove(folder_ / kBeginNetwork, error);
    return note(state, kTangleSeen);
}

Error StateFiles::lostTangle() const {
    return {ErrorCode::Corrupt,
            fmt::format("{0}/tangle.db is missing or empty, and this gateway has run a network in it: all its funds and messages are gone. Put tangle.db "
                        "back from a copy of this folder. To begin a new network, where nobody has the funds of the old one, and only then: "
                        "touch {0}/{1}",
                        folder_.string(), kBeginNetwork)};
}

}  // namespace pegasus::daemon
