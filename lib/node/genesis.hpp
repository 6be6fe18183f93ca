// SPDX-License-Identifier: Apache-2.0
// The network of a tangle.db: its name, its keys, its genesis.
#pragma once

#include <string>

#include "crypto/ed25519.hpp"
#include "crypto/signature.hpp"
#include "keys/machine_vault.hpp"
#include "node/options.hpp"
#include "store/database.hpp"

namespace pegasus::node {

/// The keys of a network. They are in tangle.db, sealed under the machine key, and never leave the
/// machine.
struct NodeSecrets {
    crypto::Seed treasury;
    crypto::Ed25519Key coordinator;
};

struct Network {
    std::string id;
    NodeSecrets secrets;
};

/// The treasury's keys, one after the other: each pays once and leaves the rest to the next.
inline constexpr auto kTreasuryLevel = crypto::SecurityLevel::Two;

/// Loads the network, or makes it: new keys, and the whole supply at the treasury's address 0.
/// Inside a write of the database. Config: the database is of another network; Corrupt: the keys do
/// not open on this machine.
[[nodiscard]] Result<Network> openNetwork(store::Connection& connection, const NodeOptions& options,
                                          const keys::MachineVault& vault, Random& random);

}  // namespace pegasus::node
