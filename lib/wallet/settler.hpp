// SPDX-License-Identifier: Apache-2.0
// Settler: takes every open transfer to its end: signs, attaches, promotes, attaches again, until it is decided.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "wallet/context.hpp"
#include "wallet/rows.hpp"
#include "wallet/spender.hpp"

namespace pegasus::wallet {

/// What open transfers mean for the balance.
struct PendingSums {
    Iotas in;
    Iotas out;
    std::size_t count = 0;
    std::optional<Error> problem;  ///< of one of them; the others were looked at all the same
};

/// Loop thread; one pass at a time. A transfer ends at Conflicting only when the ledger has passed a tail over and its
/// inputs are gone without any attachment having been included: while they are still there, the same bundle could yet be
/// included by anybody's attachment, and must not look as if it could be paid anew. It ends at Refused when the ledger says so
/// of one that it has never taken.
class Settler {
public:
    Settler(Context& context, Spender& spender) : context_(context), spender_(spender) {}

    /// One look at each of the next kMostOpen open transfers, by turns. An error is the ledger's: the pass ended early.
    Task<PendingSums> pass();
    /// Forgets messages that were settled long ago, some at a time; not in the first hour, in which whoever sent them sees what
    /// became of them.
    Task<void> forgetMessages();

private:
    struct Retry {
        SteadyTime next;
        Duration wait;
    };
    enum class Verdict : std::uint8_t { Wait, Promote, Reattach, Confirmed, Conflicting };

    Task<void> step(rows::TransferRow row, bool included);
    Task<void> sign(rows::TransferRow row);
    Task<Verdict> judge(const rows::TransferRow& row);
    /// When its inputs are gone: by this bundle, or by another one?
    Task<Verdict> judgeMoved(const rows::TransferRow& row, bool conflicting, bool known);
    Task<bool> inputsAreThere(const rows::TransferRow& row);
    Task<bool> anyIncluded(const rows::TransferRow& row);
    Task<void> attach(rows::TransferRow row);
    /// The ledger of this process refused what nobody else has seen: its keys are free to sign something else.
    Task<void> refuse(TransferId id, Hash bundle, std::string reason);
    Task<void> noteTaken(TransferId id);
    Task<void> promote(rows::TransferRow row);
    Task<void> recordTail(TransferId id, Hash tail);
    Task<void> settle(const rows::TransferRow& row, TransferState state);
    Task<std::vector<rows::TransferRow>> nextPart();
    Task<PendingSums> sumUp();
    Task<void> addSums(const rows::TransferRow& row, PendingSums& sums);
    [[nodiscard]] bool due(TransferId id) const;
    void backOff(TransferId id);

    Context& context_;
    Spender& spender_;
    std::map<TransferId, Retry> retries_;
    std::optional<SteadyTime> nextForgetting_;
    TransferId forgotten_ = 0;  ///< how far forgetMessages() has looked
    TransferId after_ = 0;  ///< where the next pass goes on: hopeless transfers are no obstacle for those behind them
};

}  // namespace pegasus::wallet
