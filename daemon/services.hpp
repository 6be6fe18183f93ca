// SPDX-License-Identifier: Apache-2.0
// Everything the daemon runs, made from the configuration in the order of the layers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/observers.hpp"
#include "base/scheduler.hpp"
#include "crypto/random.hpp"
#include "daemon/plan.hpp"
#include "iri/client.hpp"
#include "iri/server.hpp"
#include "keys/machine_vault.hpp"
#include "ledger/attacher.hpp"
#include "loop/loop.hpp"
#include "market/buyer.hpp"
#include "market/seller.hpp"
#include "node/embedded_ledger.hpp"
#include "sensor/registry.hpp"
#include "sensor/sampler.hpp"
#include "store/database.hpp"
#include "stream/stream_service.hpp"
#include "wallet/wallet.hpp"

namespace pegasus::daemon {

/// Owns the services; destroyed in the reverse order, after the loop's tasks have ended. Loop thread.
class Services {
public:
    /// Opens the durable state and the ledger; blocks for the time of some reads.
    [[nodiscard]] static Result<std::unique_ptr<Services>> open(loop::Loop& loop, Plan plan,
                                                                const std::filesystem::path& stateDir);

    /// Starts all services. The API listens last, when the state behind it is there.
    Task<void> start();
    /// Applies what can change while running: the gateway's name and place, and the sensors. Returns the keys that differ
    /// from what runs and need a restart. Config: what a start would refuse; nothing has changed then.
    [[nodiscard]] Result<std::vector<std::string>> reload(Plan plan);

    /// One line for people: streams, subscriptions, queue, ledger, sensors that fail.
    [[nodiscard]] std::string statusText() const;
    /// Asks the ledger how it is, for statusText() and D-Bus.
    Async<void> refreshLedgerStatus();
    [[nodiscard]] const ledger::LedgerStatus& ledgerStatus() const { return ledgerStatus_; }

    [[nodiscard]] loop::Loop& loop() { return loop_; }
    [[nodiscard]] const config::Config& config() const { return plan_.config; }
    [[nodiscard]] ledger::Ledger& ledger() { return *ledger_; }
    [[nodiscard]] wallet::Wallet& wallet() { return *wallet_; }
    [[nodiscard]] const sensor::Registry& registry() const { return registry_; }
    [[nodiscard]] sensor::Sampler& sampler() { return *sampler_; }
    [[nodiscard]] stream::StreamService& streams() { return *streams_; }
    [[nodiscard]] market::Seller& seller() { return *seller_; }
    [[nodiscard]] market::Buyer& buyer() { return *buyer_; }
    /// Why keys of value do not sign; empty: nothing is in the way. See store/lineage.hpp.
    [[nodiscard]] const std::string& doubt() const { return doubt_; }
    /// The operator takes it upon himself that the original of this state signs no more. InvalidState: there is no doubt.
    Task<void> acceptCopy();
    /// Ports the API listens on; empty if it does not.
    [[nodiscard]] std::vector<std::uint16_t> apiPorts() const;

private:
    Services(loop::Loop& loop, Plan plan) : loop_(loop), plan_(std::move(plan)) {}

    [[nodiscard]] Result<void> openState(const std::filesystem::path& stateDir);
    [[nodiscard]] Result<void> openLedger(const std::filesystem::path& stateDir);
    [[nodiscard]] Result<void> openTangle(const std::filesystem::path& stateDir);
    [[nodiscard]] Result<void> addSensor(const sensor::SensorConfig& wanted);
    void makeServer();
    [[nodiscard]] std::string failingSensors() const;
    Task<void> judgeCopy();
    void setDoubt(std::string reason);
    Task<void> openWallet();
    Task<void> followRestore();
    Async<void> afterRestore();
    Async<void> flushStreams();

    loop::Loop& loop_;
    Plan plan_;
    crypto::SystemRandom random_;
    std::unique_ptr<keys::MachineVault> vault_;
    std::unique_ptr<store::Database> state_;
    std::unique_ptr<ledger::Ledger> ledger_;
    node::EmbeddedLedger* embedded_ = nullptr;  // ledger_, where it is that kind
    iri::RemoteLedger* remote_ = nullptr;       // likewise
    ledger::LedgerStatus ledgerStatus_;
    std::unique_ptr<ledger::Attacher> attacher_;
    std::unique_ptr<wallet::Wallet> wallet_;
    sensor::Registry registry_{loop_.clock()};
    std::unique_ptr<sensor::Sampler> sampler_;
    std::unique_ptr<stream::StreamService> streams_;
    std::unique_ptr<market::Seller> seller_;
    std::unique_ptr<market::Buyer> buyer_;
    std::unique_ptr<iri::Server> server_;
    std::uint64_t copies_ = 0;  ///< how often this state was found to be a copy
    std::string doubt_;
    Subscription onRestored_;
};

}  // namespace pegasus::daemon
