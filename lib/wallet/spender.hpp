// SPDX-License-Identifier: Apache-2.0
// Spender: from a request to a signed bundle that is durable.
#pragma once

#include <functional>
#include <vector>

#include "wallet/addresses.hpp"
#include "wallet/rows.hpp"
#include "wallet/selection.hpp"

namespace pegasus::wallet {

/// Loop thread. Spending is serialised by the keys mutex.
class Spender {
public:
    Spender(Context& context, Addresses& addresses) : context_(context), addresses_(addresses) {}

    /// Wallet::send. When it has answered, the transfer is Pending, or Reserved if signing was cut short.
    Task<TransferId> send(SendRequest request);
    /// Signs a Reserved transfer with the keys that were reserved for its bundle, and stores it. Locked.
    Task<void> signReserved(rows::TransferRow row);
    /// Whether a payment to this address is pending; set once.
    std::function<bool(const Address&)> expectsMore;

private:
    struct Plan {
        model::BundleDraft draft;
        std::vector<crypto::KeyIndex> inputs;
        std::vector<crypto::KeyIndex> change;
    };
    Task<std::optional<TransferId>> earlier(const SendRequest& request, const std::string& digest);
    /// Refused for what only the coordinator may use. A ledger that is away answers for itself later.
    Task<void> checkForeign(const SendRequest& request);
    Task<void> checkOutputs(const SendRequest& request);
    struct Choice {
        std::vector<Candidate> inputs;
        std::size_t others = 0;  ///< that could be spent beside them
    };
    Task<Choice> chooseInputs(const SendRequest& request, Iotas amount);
    /// Our own outputs of transfers that are not decided.
    Task<std::size_t> countPending();
    struct Change {
        std::vector<keys::KeyEntry> keys;
        std::vector<Iotas> parts;
    };
    Task<Change> changeOf(Iotas left, Iotas amount, std::size_t others);
    Task<model::BundleDraft> buildUnique(model::BundlePlan plan);
    Task<Plan> planFor(const SendRequest& request, Iotas amount);
    Task<HistoryEntry> historyFor(const SendRequest& request, const Plan& plan);
    Task<rows::TransferRow> reserve(const SendRequest& request, std::string digest, Iotas amount, Plan plan);

    Context& context_;
    Addresses& addresses_;
};

}  // namespace pegasus::wallet
