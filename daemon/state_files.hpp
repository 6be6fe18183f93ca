// SPDX-License-Identifier: Apache-2.0
// Whether what a state folder should hold is there: a lost file is said, never silently begun anew.
#pragma once

#include <filesystem>

#include "store/database.hpp"

namespace pegasus::daemon {

/// What the folder of a gateway that has run before must hold. Blocks for some file accesses; before the loop runs.
///
/// A gateway that finds its state gone must not go on as a new one: a new wallet has none of the funds, a new network none of the
/// history, and nobody would notice. Two empty files, which the operator makes, say that it is meant: `begin-state` (new wallet, no
/// streams, no orders) and `begin-network` (new tangle). They go once they have been used.
class StateFiles {
public:
    explicit StateFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Before state.db is opened. True: it has to be there already, or it is lost (DatabaseOptions::expected).
    [[nodiscard]] bool expectsState() const;
    /// state.db was opened, so `begin-state` has served.
    void stateOpened() const;
    /// What to do about a lost state.db; for an error of opening it.
    [[nodiscard]] Error lostState() const;

    /// Before machine.key and tangle.db are opened. Corrupt: this state has used them, and they are not there.
    [[nodiscard]] Result<void> checkKey(store::Database& state) const;
    [[nodiscard]] Result<bool> expectsTangle(store::Database& state) const;
    [[nodiscard]] Error lostTangle() const;
    /// Once they were opened: from now on they have to be there.
    [[nodiscard]] Result<void> keyOpened(store::Database& state) const;
    [[nodiscard]] Result<void> tangleOpened(store::Database& state) const;

private:
    [[nodiscard]] bool has(const char* name) const;

    std::filesystem::path folder_;
};

}  // namespace pegasus::daemon
