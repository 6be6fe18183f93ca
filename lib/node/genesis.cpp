// SPDX-License-Identifier: Apache-2.0
// Genesis: keys, and the supply at the treasury.
#include "node/genesis.hpp"

#include <array>
#include <cstring>

#include "crypto/digest.hpp"
#include "model/types.hpp"
#include "node/hash_table.hpp"
#include "node/ledger_state.hpp"
#include "node/state_table.hpp"

namespace pegasus::node {
namespace {

constexpr const char* kTreasury = "treasury-seed";
constexpr const char* kCoordinator = "coordinator-key";

Result<Network> load(StateTable& state, std::string id, const keys::MachineVault& vault) {
    const auto treasury = state.blob(kTreasury);
    const auto coordinator = state.blob(kCoordinator);
    if (!treasury || !coordinator)
        return fail(ErrorCode::Corrupt, "tangle.db has no keys of its network");
    PEGASUS_TRY(const auto seedText, vault.unseal(kTreasury, *treasury));
    PEGASUS_TRY(auto seed, crypto::Seed::parse(seedText.text()));
    PEGASUS_TRY(auto secret, vault.unseal(kCoordinator, *coordinator));
    PEGASUS_TRY(auto key, crypto::Ed25519Key::fromBytes(std::move(secret)));
    return Network{std::move(id), NodeSecrets{std::move(seed), std::move(key)}};
}

std::string randomName(Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    return "pegasus-" + crypto::toHex(bytes);
}

void putGenesis(store::Connection& connection, StateTable& state, const crypto::Seed& treasury,
                Random& random) {
    std::array<std::uint8_t, sizeof(TableKey)> bytes{};
    random.fill(bytes);
    TableKey key{};
    std::memcpy(key.data(), bytes.data(), sizeof key);
    state.put("table-key", std::span<const std::uint8_t>(bytes));
    connection.exec("INSERT INTO node_hash (id, key, packed) VALUES (1, 0, x'')");
    HashTable hashes(connection, key);
    LedgerState ledger(connection);
    const Packed address(crypto::deriveAddress(treasury, 0, kTreasuryLevel));
    ledger.setBalance(hashes.intern(address).id, model::kSupply);
    state.put("treasury-key", std::int64_t{0});
    state.put("transactions", std::int64_t{0});
}

Result<Network> create(store::Connection& connection, StateTable& state, const NodeOptions& options,
                       const keys::MachineVault& vault, Random& random) {
    auto seed = crypto::Seed::generate(random);
    PEGASUS_TRY(auto key, crypto::Ed25519Key::generate(random));
    PEGASUS_TRY(const auto sealedSeed, vault.seal(kTreasury, crypto::asBytes(seed.trytes())));
    PEGASUS_TRY(const auto sealedKey, vault.seal(kCoordinator, key.bytes().bytes()));
    state.put(kTreasury, std::span<const std::uint8_t>(sealedSeed));
    state.put(kCoordinator, std::span<const std::uint8_t>(sealedKey));
    putGenesis(connection, state, seed, random);
    auto id = options.networkId.empty() ? randomName(random) : options.networkId;
    state.put("network", id);
    return Network{std::move(id), NodeSecrets{std::move(seed), std::move(key)}};
}

}  // namespace

Result<Network> openNetwork(store::Connection& connection, const NodeOptions& options,
                            const keys::MachineVault& vault, Random& random) {
    StateTable state(connection);
    auto id = state.text("network");
    if (!id && options.expected) return fail(ErrorCode::NotFound, "{} has no network", options.database.string());
    if (!id) return create(connection, state, options, vault, random);
    if (!options.networkId.empty() && options.networkId != *id)
        return fail(
            ErrorCode::Config,
            "the tangle in this state folder is the network '{}', the configuration says '{}'", *id,
            options.networkId);
    return load(state, *std::move(id), vault);
}

}  // namespace pegasus::node
