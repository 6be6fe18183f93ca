// SPDX-License-Identifier: Apache-2.0
// FaucetBook: who asked the faucet, and how the treasury pays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/signature.hpp"
#include "model/bundle.hpp"
#include "node/options.hpp"
#include "node/state_table.hpp"

namespace pegasus::node {

/// A payment of the treasury: one bundle, signed with one key, whose essence follows from these
/// fields.
struct Payout {
    struct Output {
        model::Address address;
        std::int64_t amount = 0;
    };
    std::int64_t id = 0;
    crypto::KeyIndex key = 0;    ///< signs; the remainder goes to key + 1
    std::int64_t balance = 0;    ///< of the address of the key, when the payout was planned
    std::int64_t timestamp = 0;  ///< seconds
    std::vector<Output> outputs;
    std::optional<model::Hash> bundle, tail;  ///< of the last attachment
};

/// Database thread, inside Database::read or write (synced). All of it lasts.
class FaucetBook {
  public:
    /// Outputs of one payment at most.
    static constexpr std::int64_t kMaxOutputs = 50;

    explicit FaucetBook(store::Connection& connection);

    struct Question {
        model::Address address;
        std::string peer;
        Timestamp now;
    };
    /// Queues a request of `limits.perRequest` and returns its id. LimitExceeded says what limit,
    /// and when to ask again; InsufficientFunds if `available` (of the treasury, without what an
    /// open payout gives) does not cover the queue.
    [[nodiscard]] Result<std::int64_t> ask(const Question& question, const FaucetLimits& limits,
                                           std::int64_t available);

    /// The payout that is not known to be confirmed.
    [[nodiscard]] Result<std::optional<Payout>> open();
    [[nodiscard]] crypto::KeyIndex nextKey();
    [[nodiscard]] bool queued();
    /// Takes waiting requests into a payout of the next key, which from then on is used. nullopt if
    /// none can be paid.
    [[nodiscard]] Result<std::optional<Payout>> plan(std::int64_t balance, Timestamp now);
    /// Those that plan() would take next.
    [[nodiscard]] Result<std::vector<model::Address>> candidates();
    /// Forgets waiting requests for an address that must not be paid.
    void drop(const model::Address& address);
    /// The same for requests of a payout of which nobody has seen a signature.
    void drop(std::int64_t payout, const model::Address& address);
    void attached(std::int64_t payout, const model::Hash& bundle, const model::Hash& tail);
    /// Confirmed. Requests that no limit needs any more go.
    void close(std::int64_t payout, Timestamp now);
    /// Refused by the ledger: the faucet stands still.
    void fail(std::int64_t payout);
    [[nodiscard]] bool failed();
    /// The bundle that pays a request, once it is attached. AddressSpent: the request was dropped.
    [[nodiscard]] Result<std::optional<model::Hash>> bundleOf(std::int64_t request);

  private:
    [[nodiscard]] Result<void> checkLimit(Prepared& statement, const std::string* key,
                                          std::string_view what, model::Iotas limit,
                                          model::Iotas amount, Timestamp now);
    [[nodiscard]] Result<Payout> load(std::int64_t id);

    StateTable state_;
    Prepared sumAddress_;
    Prepared sumPeer_;
    Prepared sumAll_;
    Prepared waiting_;
    Prepared ask_;
    Prepared open_;
    Prepared outputs_;
    Prepared candidates_;
    Prepared plan_;
    Prepared assign_;
    Prepared attached_;
    Prepared setState_;
    Prepared failed_;
    Prepared purge_;
    Prepared purgePayouts_;
    Prepared bundleOf_;
    store::Connection& connection_;
};

}  // namespace pegasus::node
