// SPDX-License-Identifier: Apache-2.0
// Rows of the wallet, in both directions.
#include "wallet/rows.hpp"

#include <utility>

namespace pegasus::wallet::rows {
namespace {

using model::Transaction;
using model::TransactionTrytes;
using store::Connection;

constexpr const char* kTransfer =
    "SELECT id, reference, request, label, bundle, state, amount, created_us, settled_us, trytes, taken, reason FROM "
    "wallet_transfer ";
constexpr const char* kHistory =
    "SELECT id, bundle, direction, amount, state, time_us, transfer, label FROM wallet_history ";

std::string join(const std::vector<Transaction>& transactions) {
    std::string out;
    for (const auto& transaction : transactions) out += model::serialize(transaction).view();
    return out;
}

Result<std::vector<Transaction>> split(std::string_view trytes) {
    constexpr auto kSize = TransactionTrytes::kTrytes;
    std::vector<Transaction> out;
    if (trytes.empty() || trytes.size() % kSize != 0)
        return fail(ErrorCode::Corrupt, "a stored transfer has {} trytes", trytes.size());
    for (std::size_t at = 0; at < trytes.size(); at += kSize) {
        PEGASUS_TRY(const auto one, TransactionTrytes::parse(trytes.substr(at, kSize)));
        PEGASUS_TRY(out.emplace_back(), model::parseTransaction(one));
    }
    return out;
}

Result<TransferState> stateFrom(int value) {
    if (value < 0 || value > static_cast<int>(TransferState::Refused))
        return fail(ErrorCode::Corrupt, "a stored transfer has state {}", value);
    return static_cast<TransferState>(value);
}

Result<std::vector<Hash>> tailsOf(Connection& c, TransferId id) {
    SQLite::Statement query(c, "SELECT tail FROM (SELECT tail, position FROM wallet_tail WHERE transfer = ? "
                               "ORDER BY position DESC LIMIT ?) ORDER BY position");
    query.bind(1, id);
    query.bind(2, kMostTails);
    std::vector<Hash> out;
    while (query.executeStep()) {
        PEGASUS_TRY(out.emplace_back(), Hash::parse(query.getColumn(0).getString()));
    }
    return out;
}

Result<TransferRow> transferFrom(Connection& c, SQLite::Statement& query) {
    TransferRow row;
    auto& t = row.transfer;
    t.id = query.getColumn(0).getInt64();
    if (!query.getColumn(1).isNull()) t.reference = query.getColumn(1).getString();
    row.request = query.getColumn(2).getString();
    t.label = query.getColumn(3).getString();
    PEGASUS_TRY(t.bundle, Hash::parse(query.getColumn(4).getString()));
    PEGASUS_TRY(t.state, stateFrom(query.getColumn(5).getInt()));
    PEGASUS_TRY(t.amount, Iotas::of(query.getColumn(6).getInt64()));
    t.created = fromMicros(query.getColumn(7).getInt64());
    if (!query.getColumn(8).isNull()) t.settled = fromMicros(query.getColumn(8).getInt64());
    PEGASUS_TRY(row.transactions, split(query.getColumn(9).getString()));
    t.taken = query.getColumn(10).getInt() != 0;
    t.reason = query.getColumn(11).getString();
    PEGASUS_TRY(t.tails, tailsOf(c, t.id));
    return row;
}

Result<std::optional<TransferRow>> oneTransfer(Connection& c, SQLite::Statement& query) {
    if (!query.executeStep()) return std::optional<TransferRow>();
    PEGASUS_TRY(auto row, transferFrom(c, query));
    return std::optional<TransferRow>(std::move(row));
}

Result<std::vector<TransferRow>> allTransfers(Connection& c, SQLite::Statement& query) {
    std::vector<TransferRow> out;
    while (query.executeStep()) {
        PEGASUS_TRY(out.emplace_back(), transferFrom(c, query));
    }
    return out;
}

void setHistory(Connection& c, TransferId id, TransferState state) {
    SQLite::Statement history(c, "UPDATE wallet_history SET state = ? WHERE transfer = ? AND state < 2");
    history.bind(1, static_cast<int>(state));
    history.bind(2, id);
    history.exec();
}

Result<HistoryEntry> historyFrom(SQLite::Statement& query) {
    HistoryEntry entry;
    entry.cursor = query.getColumn(0).getInt64();
    PEGASUS_TRY(entry.bundle, Hash::parse(query.getColumn(1).getString()));
    const int direction = query.getColumn(2).getInt();
    if (direction < 0 || direction > static_cast<int>(Direction::Internal))
        return fail(ErrorCode::Corrupt, "a stored entry has direction {}", direction);
    entry.direction = static_cast<Direction>(direction);
    PEGASUS_TRY(entry.amount, Iotas::of(query.getColumn(3).getInt64()));
    PEGASUS_TRY(entry.state, stateFrom(query.getColumn(4).getInt()));
    entry.time = fromMicros(query.getColumn(5).getInt64());
    if (!query.getColumn(6).isNull()) entry.transfer = query.getColumn(6).getInt64();
    entry.label = query.getColumn(7).getString();
    return entry;
}

Result<std::vector<HistoryEntry>> historyList(SQLite::Statement& query) {
    std::vector<HistoryEntry> out;
    while (query.executeStep()) {
        PEGASUS_TRY(out.emplace_back(), historyFrom(query));
    }
    return out;
}

}  // namespace

Result<TransferId> insert(Connection& c, const TransferRow& row) {
    const auto& t = row.transfer;
    SQLite::Statement statement(c, "INSERT INTO wallet_transfer (reference, request, label, bundle, state, amount, "
                                   "created_us, trytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (!t.reference.empty()) statement.bind(1, t.reference);
    statement.bind(2, row.request);
    statement.bind(3, t.label);
    statement.bind(4, t.bundle.str());
    statement.bind(5, static_cast<int>(t.state));
    statement.bind(6, t.amount.count());
    statement.bind(7, toMicros(t.created));
    statement.bind(8, join(row.transactions));
    statement.exec();
    return c.getLastInsertRowid();
}

Result<std::optional<TransferRow>> byId(Connection& c, TransferId id) {
    SQLite::Statement query(c, std::string(kTransfer) + "WHERE id = ?");
    query.bind(1, id);
    return oneTransfer(c, query);
}

Result<std::optional<TransferRow>> byReference(Connection& c, const std::string& reference) {
    SQLite::Statement query(c, std::string(kTransfer) + "WHERE reference = ?");
    query.bind(1, reference);
    return oneTransfer(c, query);
}

Result<std::optional<TransferRow>> byBundle(Connection& c, const Hash& bundle) {
    SQLite::Statement query(c, std::string(kTransfer) + "WHERE bundle = ?");
    query.bind(1, bundle.str());
    return oneTransfer(c, query);
}

Result<std::vector<TransferRow>> open(Connection& c, TransferId after, std::size_t limit) {
    SQLite::Statement query(c, std::string(kTransfer) + "WHERE state IN (0, 1) AND id > ? ORDER BY id LIMIT ?");
    query.bind(1, after);
    query.bind(2, static_cast<std::int64_t>(limit));
    return allTransfers(c, query);
}

Result<std::vector<TransferRow>> openPayments(Connection& c) {
    SQLite::Statement query(c, std::string(kTransfer) + "WHERE state IN (0, 1) AND amount > 0 ORDER BY id");
    return allTransfers(c, query);
}

Result<std::size_t> countOpen(Connection& c) {
    SQLite::Statement query(c, "SELECT count(*) FROM wallet_transfer WHERE state IN (0, 1)");
    query.executeStep();
    return static_cast<std::size_t>(query.getColumn(0).getInt64());
}

Result<void> storeSigned(Connection& c, TransferId id, const std::vector<Transaction>& transactions) {
    SQLite::Statement update(c, "UPDATE wallet_transfer SET trytes = ?, state = 1 WHERE id = ? AND state = 0");
    update.bind(1, join(transactions));
    update.bind(2, id);
    if (update.exec() != 1) return fail(ErrorCode::InvalidState, "transfer {} was signed before", id);
    return {};
}

Result<void> addTail(Connection& c, TransferId id, const Hash& tail) {
    SQLite::Statement insert(c, "INSERT OR IGNORE INTO wallet_tail (tail, transfer, position) VALUES (?1, ?2, "
                                "(SELECT coalesce(max(position) + 1, 0) FROM wallet_tail WHERE transfer = ?2))");
    insert.bind(1, tail.str());
    insert.bind(2, id);
    insert.exec();
    SQLite::Statement forget(c, "DELETE FROM wallet_tail WHERE transfer = ?1 AND position <= "
                                "(SELECT max(position) FROM wallet_tail WHERE transfer = ?1) - ?2");
    forget.bind(1, id);
    forget.bind(2, kMostTails);
    forget.exec();
    return {};
}

Result<void> setTaken(Connection& c, TransferId id) {
    SQLite::Statement update(c, "UPDATE wallet_transfer SET taken = 1 WHERE id = ?");
    update.bind(1, id);
    update.exec();
    return {};
}

Result<void> settle(Connection& c, TransferId id, TransferState state, Timestamp at) {
    SQLite::Statement update(c, "UPDATE wallet_transfer SET state = ?, settled_us = ?, taken = 1 WHERE id = ? AND state < 2");
    update.bind(1, static_cast<int>(state));
    update.bind(2, toMicros(at));
    update.bind(3, id);
    update.exec();
    setHistory(c, id, state);
    return {};
}

Result<void> refuse(Connection& c, TransferId id, const std::string& reason, Timestamp at) {
    SQLite::Statement update(c, "UPDATE wallet_transfer SET state = 4, settled_us = ?, reason = ? WHERE id = ? AND state < 2");
    update.bind(1, toMicros(at));
    update.bind(2, reason);
    update.bind(3, id);
    update.exec();
    setHistory(c, id, TransferState::Refused);
    return {};
}

Result<TransferId> forgetMessages(Connection& c, TransferId after, Timestamp before, std::size_t limit) {
    SQLite::Statement query(c, "SELECT id, amount = 0 AND state >= 2 AND settled_us < ?2, created_us < ?2 FROM wallet_transfer "
                               "WHERE id > ?1 ORDER BY id LIMIT ?3");
    query.bind(1, after);
    query.bind(2, toMicros(before));
    query.bind(3, static_cast<std::int64_t>(limit));
    std::vector<TransferId> old;
    while (query.executeStep() && query.getColumn(2).getInt() != 0) {
        after = query.getColumn(0).getInt64();
        if (query.getColumn(1).getInt() != 0) old.push_back(after);
    }
    for (const auto id : old)
        for (const char* sql : {"DELETE FROM wallet_tail WHERE transfer = ?", "DELETE FROM wallet_transfer WHERE id = ?"}) {
            SQLite::Statement drop(c, sql);
            drop.bind(1, id);
            drop.exec();
        }
    return after;
}

Result<void> insertHistory(Connection& c, const HistoryEntry& entry) {
    SQLite::Statement insert(c, "INSERT OR IGNORE INTO wallet_history (bundle, direction, amount, state, time_us, "
                                "transfer, label) VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, entry.bundle.str());
    insert.bind(2, static_cast<int>(entry.direction));
    insert.bind(3, entry.amount.count());
    insert.bind(4, static_cast<int>(entry.state));
    insert.bind(5, toMicros(entry.time));
    if (entry.transfer) insert.bind(6, *entry.transfer);
    insert.bind(7, entry.label);
    insert.exec();
    return {};
}

Result<void> setHistoryState(Connection& c, const Hash& bundle, TransferState state) {
    SQLite::Statement update(c, "UPDATE wallet_history SET state = ? WHERE bundle = ? AND state < 2");
    update.bind(1, static_cast<int>(state));
    update.bind(2, bundle.str());
    update.exec();
    return {};
}

Result<std::optional<HistoryEntry>> historyOf(Connection& c, const Hash& bundle) {
    SQLite::Statement query(c, std::string(kHistory) + "WHERE bundle = ?");
    query.bind(1, bundle.str());
    if (!query.executeStep()) return std::optional<HistoryEntry>();
    PEGASUS_TRY(auto entry, historyFrom(query));
    return std::optional<HistoryEntry>(std::move(entry));
}

Result<std::vector<HistoryEntry>> history(Connection& c, std::size_t limit, std::optional<std::int64_t> cursor) {
    SQLite::Statement query(c, std::string(kHistory) + "WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2");
    if (cursor) query.bind(1, *cursor);
    query.bind(2, static_cast<std::int64_t>(limit));
    return historyList(query);
}

Result<std::vector<HistoryEntry>> pendingForeign(Connection& c, std::size_t limit) {
    SQLite::Statement query(c, std::string(kHistory) + "WHERE state IN (0, 1) AND transfer IS NULL ORDER BY id LIMIT ?");
    query.bind(1, static_cast<std::int64_t>(limit));
    return historyList(query);
}

}  // namespace pegasus::wallet::rows
