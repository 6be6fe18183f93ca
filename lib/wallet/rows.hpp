// SPDX-License-Identifier: Apache-2.0
// Rows of transfers and history: functions for the database thread, to be combined in one transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/bundle.hpp"
#include "wallet/types.hpp"

namespace pegasus::wallet::rows {

/// Attachments of one transfer that are read back: older ones are too deep to matter.
inline constexpr int kMostTails = 100;

struct TransferRow {
    Transfer transfer;
    std::string request;  ///< digest of what was asked for
    std::vector<model::Transaction> transactions;  ///< index order, unattached; unsigned in state Reserved
};

/// Inserts and returns the id. The reference must be free.
[[nodiscard]] Result<TransferId> insert(store::Connection& connection, const TransferRow& row);
[[nodiscard]] Result<std::optional<TransferRow>> byId(store::Connection& connection, TransferId id);
[[nodiscard]] Result<std::optional<TransferRow>> byReference(store::Connection& connection, const std::string& reference);
[[nodiscard]] Result<std::optional<TransferRow>> byBundle(store::Connection& connection, const Hash& bundle);
/// Reserved and pending ones after `after`, oldest first.
[[nodiscard]] Result<std::vector<TransferRow>> open(store::Connection& connection, TransferId after, std::size_t limit);
/// Those that move value: as many as there are funds for.
[[nodiscard]] Result<std::vector<TransferRow>> openPayments(store::Connection& connection);
[[nodiscard]] Result<std::size_t> countOpen(store::Connection& connection);
/// Reserved becomes Pending. InvalidState if it is not reserved.
[[nodiscard]] Result<void> storeSigned(store::Connection& connection, TransferId id,
                                       const std::vector<model::Transaction>& transactions);
/// Forgets those that nobody reads any more.
[[nodiscard]] Result<void> addTail(store::Connection& connection, TransferId id, const Hash& tail);
[[nodiscard]] Result<void> setTaken(store::Connection& connection, TransferId id);
/// Confirmed or Conflicting, for good; the history of its bundle too.
[[nodiscard]] Result<void> settle(store::Connection& connection, TransferId id, TransferState state, Timestamp at);
/// As settle(), for Refused. `reason`: for people.
[[nodiscard]] Result<void> refuse(store::Connection& connection, TransferId id, const std::string& reason, Timestamp at);

/// Forgets messages (of no value) that were settled before `before`, of the next `limit` transfers after `after`. Returns where
/// to go on.
[[nodiscard]] Result<TransferId> forgetMessages(store::Connection& connection, TransferId after, Timestamp before, std::size_t limit);

/// Leaves a row that is there already as it is.
[[nodiscard]] Result<void> insertHistory(store::Connection& connection, const HistoryEntry& entry);
[[nodiscard]] Result<void> setHistoryState(store::Connection& connection, const Hash& bundle, TransferState state);
[[nodiscard]] Result<std::optional<HistoryEntry>> historyOf(store::Connection& connection, const Hash& bundle);
/// Newest first, below `cursor` if given.
[[nodiscard]] Result<std::vector<HistoryEntry>> history(store::Connection& connection, std::size_t limit,
                                                        std::optional<std::int64_t> cursor);
/// Pending ones that were not made here, oldest first.
[[nodiscard]] Result<std::vector<HistoryEntry>> pendingForeign(store::Connection& connection, std::size_t limit);

}  // namespace pegasus::wallet::rows
