// SPDX-License-Identifier: Apache-2.0
// What the seller keeps.
#include "market/seller_store.hpp"

namespace pegasus::market::seller_store {

namespace {

using SQLite::Statement;

constexpr const char* kPaymentColumns =
    "SELECT bundle, stream, address, value, price, credit, state, hold, committed, conflicting, request, seen, confirmed, "
    "delivered, epoch, reply, reply_bundle, reply_confirmed FROM market_payment ";

Result<PaymentRow> paymentFrom(Statement& row) {
    PaymentRow out;
    auto& p = out.payment;
    PEGASUS_TRY(p.bundle, trytesColumn<Hash>(row.getColumn(0)));
    p.streamId = row.getColumn(1).getString();
    PEGASUS_TRY(p.address, trytesColumn<Address>(row.getColumn(2)));
    p.value = Iotas(row.getColumn(3).getInt64());
    p.price = Iotas(row.getColumn(4).getInt64());
    p.credit = Iotas(row.getColumn(5).getInt64());
    PEGASUS_TRY(p.state, enumColumn(row.getColumn(6), PaymentState::Refused));
    PEGASUS_TRY(p.hold, enumColumn(row.getColumn(7), HoldReason::Undeliverable));
    p.committed = row.getColumn(8).getInt() != 0;
    p.conflicting = row.getColumn(9).getInt() != 0;
    out.request = row.getColumn(10).getString();
    p.seen = fromMicros(row.getColumn(11).getInt64());
    p.confirmed = timeColumn(row.getColumn(12));
    p.delivered = timeColumn(row.getColumn(13));
    out.epoch = static_cast<std::uint64_t>(row.getColumn(14).getInt64());
    out.reply = row.getColumn(15).getString();
    if (!row.getColumn(16).isNull()) {
        PEGASUS_TRY(p.replyBundle, trytesColumn<Hash>(row.getColumn(16)));
    }
    p.replyConfirmed = row.getColumn(17).getInt() != 0;
    return out;
}

Result<std::vector<PaymentRow>> allPayments(Statement& query) {
    std::vector<PaymentRow> rows;
    while (query.executeStep()) {
        PEGASUS_TRY(auto row, paymentFrom(query));
        rows.push_back(std::move(row));
    }
    return rows;
}

void bindText(Statement& s, int index, const std::string& text) {
    if (text.empty()) {
        s.bind(index);
    } else {
        s.bind(index, text);
    }
}

}  // namespace

Result<std::vector<std::uint8_t>> deviceKey(store::Connection& db) {
    Statement query(db, "SELECT sealed FROM market_device");
    if (!query.executeStep()) return std::vector<std::uint8_t>{};
    return blobColumn(query.getColumn(0));
}

Result<void> putDeviceKey(store::Connection& db, const std::vector<std::uint8_t>& sealed) {
    Statement insert(db, "INSERT INTO market_device (id, sealed) VALUES (1, ?)");
    bindBlob(insert, 1, sealed);
    insert.exec();
    return {};
}

Result<std::vector<ListingRow>> listings(store::Connection& db) {
    Statement query(db,
                    "SELECT stream, seq, address, price, text, created, bundle, confirmed, superseded FROM market_listing "
                    "ORDER BY stream, seq");
    std::vector<ListingRow> rows;
    while (query.executeStep()) {
        ListingRow row;
        row.stream = query.getColumn(0).getString();
        row.seq = query.getColumn(1).getInt64();
        PEGASUS_TRY(row.address, trytesColumn<Address>(query.getColumn(2)));
        row.price = Iotas(query.getColumn(3).getInt64());
        row.text = query.getColumn(4).getString();
        row.created = fromMicros(query.getColumn(5).getInt64());
        if (!query.getColumn(6).isNull()) {
            PEGASUS_TRY(row.bundle, trytesColumn<Hash>(query.getColumn(6)));
        }
        row.confirmed = timeColumn(query.getColumn(7));
        row.superseded = timeColumn(query.getColumn(8));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<void> putListing(store::Connection& db, const ListingRow& row) {
    Statement insert(db, "INSERT INTO market_listing (stream, seq, address, price, text, created) VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, row.stream);
    insert.bind(2, row.seq);
    insert.bind(3, row.address.str());
    insert.bind(4, row.price.count());
    insert.bind(5, row.text);
    insert.bind(6, static_cast<std::int64_t>(toMicros(row.created)));
    insert.exec();
    return {};
}

Result<void> setListingBundle(store::Connection& db, const std::string& stream, std::int64_t seq, const Hash& bundle) {
    Statement update(db, "UPDATE market_listing SET bundle = ? WHERE stream = ? AND seq = ?");
    update.bind(1, bundle.str());
    update.bind(2, stream);
    update.bind(3, seq);
    update.exec();
    return {};
}

Result<void> confirmListing(store::Connection& db, const std::string& stream, std::int64_t seq, Timestamp now) {
    const std::int64_t time = toMicros(now);
    Statement confirm(db, "UPDATE market_listing SET confirmed = ? WHERE stream = ? AND seq = ?");
    confirm.bind(1, time);
    confirm.bind(2, stream);
    confirm.bind(3, seq);
    confirm.exec();
    Statement supersede(db, "UPDATE market_listing SET superseded = ? WHERE stream = ? AND seq < ? AND superseded IS NULL");
    supersede.bind(1, time);
    supersede.bind(2, stream);
    supersede.bind(3, seq);
    supersede.exec();
    return {};
}

Result<void> dropListing(store::Connection& db, const std::string& stream, std::int64_t seq) {
    Statement drop(db, "DELETE FROM market_listing WHERE stream = ? AND seq = ?");
    drop.bind(1, stream);
    drop.bind(2, seq);
    drop.exec();
    return {};
}

Result<std::map<std::string, bool>> sales(store::Connection& db) {
    Statement query(db, "SELECT stream, fresh FROM market_sale");
    std::map<std::string, bool> wanted;
    while (query.executeStep()) wanted.emplace(query.getColumn(0).getString(), query.getColumn(1).getInt() != 0);
    return wanted;
}

Result<void> putSale(store::Connection& db, const std::string& stream, bool fresh) {
    Statement put(db, "INSERT OR REPLACE INTO market_sale (stream, fresh) VALUES (?, ?)");
    put.bind(1, stream);
    put.bind(2, fresh ? 1 : 0);
    put.exec();
    return {};
}

Result<void> dropSale(store::Connection& db, const std::string& stream) {
    Statement drop(db, "DELETE FROM market_sale WHERE stream = ?");
    drop.bind(1, stream);
    drop.exec();
    return {};
}

Result<void> putPayment(store::Connection& db, const PaymentRow& row) {
    const auto& p = row.payment;
    Statement put(db,
                  "INSERT OR REPLACE INTO market_payment (bundle, stream, address, value, price, credit, state, hold, "
                  "committed, conflicting, request, seen, confirmed, delivered, epoch, reply, reply_bundle, reply_confirmed) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    put.bind(1, p.bundle.str());
    put.bind(2, p.streamId);
    put.bind(3, p.address.str());
    put.bind(4, p.value.count());
    put.bind(5, p.price.count());
    put.bind(6, p.credit.count());
    put.bind(7, static_cast<int>(p.state));
    put.bind(8, static_cast<int>(p.hold));
    put.bind(9, p.committed ? 1 : 0);
    put.bind(10, p.conflicting ? 1 : 0);
    bindText(put, 11, row.request);
    put.bind(12, static_cast<std::int64_t>(toMicros(p.seen)));
    bindTime(put, 13, p.confirmed);
    bindTime(put, 14, p.delivered);
    put.bind(15, static_cast<std::int64_t>(row.epoch));
    bindText(put, 16, row.reply);
    bindText(put, 17, p.replyBundle ? p.replyBundle->str() : std::string());
    put.bind(18, p.replyConfirmed ? 1 : 0);
    put.exec();
    return {};
}

Result<std::optional<PaymentRow>> payment(store::Connection& db, const Hash& bundle) {
    Statement query(db, std::string(kPaymentColumns) + "WHERE bundle = ?");
    query.bind(1, bundle.str());
    PEGASUS_TRY(auto rows, allPayments(query));
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

Result<bool> acceptPayment(store::Connection& db, const PaymentRow& row) {
    PEGASUS_TRY(const auto stored, payment(db, row.payment.bundle));
    if (stored && (stored->payment.state != PaymentState::Held || !stored->request.empty())) return false;
    PEGASUS_CHECK(putPayment(db, row));
    return true;
}

Result<PaymentRow> endHold(store::Connection& db, const Hash& bundle, PaymentState to) {
    PEGASUS_TRY(auto row, payment(db, bundle));
    if (!row) return fail(ErrorCode::NotFound, "no confirmed payment {}", bundle.view());
    if (row->payment.state != PaymentState::Held)
        return fail(ErrorCode::InvalidState, "payment {} is {}, not held", bundle.view(), toString(row->payment.state));
    if (to == PaymentState::Confirmed && row->request.empty())
        return fail(ErrorCode::InvalidState, "payment {} carries no readable request, so nobody can be served", bundle.view());
    row->payment.state = to;
    if (to == PaymentState::Confirmed) row->payment.hold = HoldReason::None;
    PEGASUS_CHECK(putPayment(db, *row));
    return std::move(*row);
}

Result<std::vector<PaymentRow>> payments(store::Connection& db, std::size_t limit, std::optional<Timestamp> before) {
    Statement query(db, std::string(kPaymentColumns) + "WHERE seen < ? ORDER BY seen DESC LIMIT ?");
    query.bind(1, static_cast<std::int64_t>(before ? toMicros(*before) : INT64_MAX));
    query.bind(2, static_cast<std::int64_t>(limit));
    return allPayments(query);
}

Result<std::vector<PaymentRow>> openPayments(store::Connection& db) {
    Statement query(db, std::string(kPaymentColumns) + "WHERE state IN (?, ?) OR (state = ? AND reply_confirmed = 0) ORDER BY seen");
    query.bind(1, static_cast<int>(PaymentState::Confirmed));
    query.bind(2, static_cast<int>(PaymentState::Delivering));
    query.bind(3, static_cast<int>(PaymentState::Delivered));
    return allPayments(query);
}

Result<std::vector<PaymentRow>> silentPayments(store::Connection& db) {
    Statement query(db, std::string(kPaymentColumns) + "WHERE state = ? AND hold = ? ORDER BY seen");
    query.bind(1, static_cast<int>(PaymentState::Held));
    query.bind(2, static_cast<int>(HoldReason::Silent));
    return allPayments(query);
}

Result<std::vector<Hash>> requestless(store::Connection& db) {
    Statement query(db, "SELECT bundle FROM market_payment WHERE state = ? AND request IS NULL");
    query.bind(1, static_cast<int>(PaymentState::Held));
    std::vector<Hash> bundles;
    while (query.executeStep()) {
        PEGASUS_TRY(bundles.emplace_back(), trytesColumn<Hash>(query.getColumn(0)));
    }
    return bundles;
}

Result<std::vector<Hash>> decided(store::Connection& db, const std::vector<Hash>& bundles) {
    Statement query(db, "SELECT 1 FROM market_payment WHERE bundle = ? AND NOT (state = ? AND request IS NULL)");
    std::vector<Hash> found;
    for (const auto& bundle : bundles) {
        query.reset();
        query.bind(1, bundle.str());
        query.bind(2, static_cast<int>(PaymentState::Held));
        if (query.executeStep()) found.push_back(bundle);
    }
    return found;
}

Result<void> redeliver(store::Connection& db, const std::string& stream, std::uint64_t epoch) {
    Statement update(db,
                     "UPDATE market_payment SET state = ?, reply = NULL, reply_bundle = NULL, reply_confirmed = 0 "
                     "WHERE stream = ? AND state IN (?, ?) AND epoch < ?");
    update.bind(1, static_cast<int>(PaymentState::Confirmed));
    update.bind(2, stream);
    update.bind(3, static_cast<int>(PaymentState::Delivering));
    update.bind(4, static_cast<int>(PaymentState::Delivered));
    update.bind(5, static_cast<std::int64_t>(epoch));
    update.exec();
    return {};
}

Result<Iotas> creditTotal(store::Connection& db) {
    Statement query(db, "SELECT (SELECT coalesce(sum(value), 0) FROM market_payment WHERE state IN (?1, ?2)) + "
                        "(SELECT coalesce(sum(credit), 0) FROM market_payment WHERE credit > 0 AND state NOT IN (?1, ?2))");
    query.bind(1, static_cast<int>(PaymentState::Held));
    query.bind(2, static_cast<int>(PaymentState::Refused));
    query.executeStep();
    return Iotas::of(query.getColumn(0).getInt64());
}

}  // namespace pegasus::market::seller_store
