// SPDX-License-Identifier: Apache-2.0
// What the buyer keeps.
#include "market/buyer_store.hpp"

#include <algorithm>
#include <limits>

namespace pegasus::market::buyer_store {

namespace {

using SQLite::Statement;

void bindHash(Statement& s, int index, const std::optional<Hash>& hash) {
    if (hash) {
        s.bind(index, hash->str());
    } else {
        s.bind(index);
    }
}

Result<std::optional<crypto::Ed25519PublicKey>> keyColumn(const SQLite::Column& column) {
    const auto bytes = blobColumn(column);
    if (bytes.empty()) return std::nullopt;
    crypto::Ed25519PublicKey key{};
    if (bytes.size() != key.size()) return fail(ErrorCode::Corrupt, "table market_order: a device key of {} bytes", bytes.size());
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

Result<OrderRow> orderFrom(Statement& row) {
    OrderRow out;
    auto& o = out.order;
    o.id = row.getColumn(0).getString();
    o.offerId = row.getColumn(1).getString();
    PEGASUS_TRY(out.deviceKey, keyColumn(row.getColumn(2)));
    o.name = row.getColumn(3).getString();
    o.price = Iotas(row.getColumn(4).getInt64());
    out.maxPrice = Iotas(row.getColumn(5).getInt64());
    PEGASUS_TRY(o.state, enumColumn(row.getColumn(6), OrderState::Cancelled));
    o.reason = row.getColumn(7).getString();
    o.overdue = row.getColumn(8).getInt() != 0;
    PEGASUS_TRY(o.sellerAddress, trytesColumn<Address>(row.getColumn(9)));
    if (!row.getColumn(10).isNull()) {
        PEGASUS_TRY(o.replyAddress, trytesColumn<Address>(row.getColumn(10)));
    }
    out.secret = blobColumn(row.getColumn(11));
    out.request = row.getColumn(12).getString();
    if (!row.getColumn(13).isNull()) {
        PEGASUS_TRY(o.paymentBundle, trytesColumn<Hash>(row.getColumn(13)));
    }
    o.created = fromMicros(row.getColumn(14).getInt64());
    o.paid = timeColumn(row.getColumn(15));
    o.confirmed = timeColumn(row.getColumn(16));
    o.keyReceived = timeColumn(row.getColumn(17));
    o.active = timeColumn(row.getColumn(18));
    o.firstReading = timeColumn(row.getColumn(19));
    out.quantity = row.getColumn(20).getString();
    out.unit = row.getColumn(21).getString();
    if (!row.getColumn(22).isNull()) out.place = Place{row.getColumn(22).getDouble(), row.getColumn(23).getDouble()};
    return out;
}

}  // namespace

Result<std::vector<OfferRow>> offers(store::Connection& db) {
    Statement query(db, "SELECT id, text, announced, spent, first_seen FROM market_offer");
    std::vector<OfferRow> rows;
    while (query.executeStep())
        rows.push_back({query.getColumn(0).getString(), query.getColumn(1).getString(), fromMicros(query.getColumn(2).getInt64()),
                        query.getColumn(3).getInt() != 0, fromMicros(query.getColumn(4).getInt64())});
    return rows;
}

Result<void> changeOffers(store::Connection& db, const std::vector<OfferRow>& put, const std::vector<OfferId>& drop) {
    Statement insert(db, "INSERT OR REPLACE INTO market_offer (id, text, announced, spent, first_seen) VALUES (?, ?, ?, ?, ?)");
    for (const auto& row : put) {
        insert.reset();
        insert.bind(1, row.id);
        insert.bind(2, row.text);
        insert.bind(3, static_cast<std::int64_t>(toMicros(row.announced)));
        insert.bind(4, row.spent ? 1 : 0);
        insert.bind(5, static_cast<std::int64_t>(toMicros(row.firstSeen)));
        insert.exec();
    }
    Statement remove(db, "DELETE FROM market_offer WHERE id = ?");
    for (const auto& id : drop) {
        remove.reset();
        remove.bind(1, id);
        remove.exec();
    }
    return {};
}

Result<std::vector<OrderRow>> orders(store::Connection& db) {
    Statement query(db,
                    "SELECT id, offer, device_key, name, price, max_price, state, reason, overdue, seller_address, reply_address, "
                    "secret, request, payment_bundle, created, paid, confirmed, key_received, active, first_reading, quantity, "
                    "unit, latitude, longitude FROM market_order ORDER BY created");
    std::vector<OrderRow> rows;
    while (query.executeStep()) {
        PEGASUS_TRY(auto row, orderFrom(query));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<void> putOrder(store::Connection& db, const OrderRow& row) {
    const auto& o = row.order;
    // Not INSERT OR REPLACE: channels and candidates refer to the row.
    Statement put(db,
                  "INSERT INTO market_order (id, offer, device_key, name, price, max_price, state, reason, overdue, "
                  "seller_address, reply_address, secret, request, payment_bundle, created, paid, confirmed, key_received, "
                  "active, first_reading, quantity, unit, latitude, longitude) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                  "?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24) ON CONFLICT (id) DO UPDATE SET price = ?5, state = ?7, reason = ?8, "
                  "overdue = ?9, seller_address = ?10, reply_address = ?11, secret = ?12, request = ?13, payment_bundle = ?14, "
                  "paid = ?16, confirmed = ?17, key_received = ?18, active = ?19, first_reading = ?20");
    put.bind(1, o.id);
    put.bind(2, o.offerId);
    put.bind(3, row.deviceKey ? row.deviceKey->data() : nullptr, row.deviceKey ? 32 : 0);
    if (!row.deviceKey) put.bind(3, "", 0);
    put.bind(4, o.name);
    put.bind(5, o.price.count());
    put.bind(6, row.maxPrice.count());
    put.bind(7, static_cast<int>(o.state));
    put.bind(8, o.reason);
    put.bind(9, o.overdue ? 1 : 0);
    put.bind(10, o.sellerAddress.str());
    put.bind(11, o.replyAddress.str());
    bindBlob(put, 12, row.secret);
    put.bind(13, row.request);
    bindHash(put, 14, o.paymentBundle);
    put.bind(15, static_cast<std::int64_t>(toMicros(o.created)));
    bindTime(put, 16, o.paid);
    bindTime(put, 17, o.confirmed);
    bindTime(put, 18, o.keyReceived);
    bindTime(put, 19, o.active);
    bindTime(put, 20, o.firstReading);
    put.bind(21, row.quantity);
    put.bind(22, row.unit);
    if (row.place) {
        put.bind(23, row.place->latitude);
        put.bind(24, row.place->longitude);
    }
    put.exec();
    return {};
}

Result<std::vector<CandidateRow>> candidates(store::Connection& db) {
    Statement query(db, "SELECT order_id, bundle, epoch, root, side_key FROM market_candidate");
    std::vector<CandidateRow> rows;
    while (query.executeStep()) {
        CandidateRow row;
        row.order = query.getColumn(0).getString();
        PEGASUS_TRY(row.bundle, trytesColumn<Hash>(query.getColumn(1)));
        row.epoch = static_cast<std::uint64_t>(query.getColumn(2).getInt64());
        PEGASUS_TRY(row.root, trytesColumn<Hash>(query.getColumn(3)));
        row.sideKey = blobColumn(query.getColumn(4));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<void> putCandidate(store::Connection& db, const CandidateRow& row) {
    Statement put(db, "INSERT OR IGNORE INTO market_candidate (order_id, bundle, epoch, root, side_key) VALUES (?, ?, ?, ?, ?)");
    put.bind(1, row.order);
    put.bind(2, row.bundle.str());
    put.bind(3, static_cast<std::int64_t>(row.epoch));
    put.bind(4, row.root.str());
    bindBlob(put, 5, row.sideKey);
    put.exec();
    return {};
}

Result<void> dropCandidate(store::Connection& db, const CandidateRow& row) {
    Statement drop(db, "DELETE FROM market_candidate WHERE order_id = ? AND bundle = ?");
    drop.bind(1, row.order);
    drop.bind(2, row.bundle.str());
    drop.exec();
    return {};
}

Result<std::vector<ChannelRow>> channels(store::Connection& db) {
    Statement query(db, "SELECT id, ended, epoch, root, leaf, side_key, received, last_message FROM market_channel");
    std::vector<ChannelRow> rows;
    while (query.executeStep()) {
        ChannelRow row;
        row.id = query.getColumn(0).getString();
        row.ended = query.getColumn(1).getInt() != 0;
        row.epoch = static_cast<std::uint64_t>(query.getColumn(2).getInt64());
        PEGASUS_TRY(row.root, trytesColumn<Hash>(query.getColumn(3)));
        row.leaf = query.getColumn(4).getUInt();
        row.sideKey = blobColumn(query.getColumn(5));
        row.received = query.getColumn(6).getInt64();
        row.lastMessage = timeColumn(query.getColumn(7));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<void> putChannel(store::Connection& db, const ChannelRow& row) {
    Statement put(db,
                  "INSERT OR REPLACE INTO market_channel (id, ended, epoch, root, leaf, side_key, received, last_message) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    put.bind(1, row.id);
    put.bind(2, row.ended ? 1 : 0);
    put.bind(3, static_cast<std::int64_t>(row.epoch));
    put.bind(4, row.root.str());
    put.bind(5, row.leaf);
    bindBlob(put, 6, row.sideKey);
    put.bind(7, row.received);
    bindTime(put, 8, row.lastMessage);
    put.exec();
    return {};
}

Result<void> addMessages(store::Connection& db, const ChannelRow& row, const std::vector<Message>& messages, std::uint64_t keep) {
    Statement insert(db, "INSERT INTO market_message (channel, sequence, received, root, payload) VALUES (?, ?, ?, ?, ?)");
    for (const auto& message : messages) {
        insert.reset();
        insert.bind(1, row.id);
        insert.bind(2, message.sequence);
        insert.bind(3, static_cast<std::int64_t>(toMicros(message.received)));
        insert.bind(4, message.root.str());
        insert.bind(5, message.payload);
        insert.exec();
    }
    if (keep > 0) {
        Statement trim(db, "DELETE FROM market_message WHERE channel = ? AND sequence <= ?");
        trim.bind(1, row.id);
        trim.bind(2, row.received - static_cast<std::int64_t>(keep));
        trim.exec();
    }
    return putChannel(db, row);
}

Result<void> forgetMessages(store::Connection& db, Timestamp time) {
    // In the order of a channel's messages up to the first one that stays: what stays is not looked at.
    Statement trim(db, "DELETE FROM market_message WHERE channel = ?1 AND sequence < COALESCE((SELECT sequence FROM "
                       "market_message WHERE channel = ?1 AND received >= ?2 ORDER BY sequence LIMIT 1), ?3)");
    PEGASUS_TRY(const auto all, channels(db));
    for (const auto& channel : all) {
        trim.reset();
        trim.bind(1, channel.id);
        trim.bind(2, static_cast<std::int64_t>(toMicros(time)));
        trim.bind(3, std::numeric_limits<std::int64_t>::max());
        trim.exec();
    }
    return {};
}

Result<std::vector<Message>> messages(store::Connection& db, const SubscriptionId& id, std::size_t limit, std::int64_t after) {
    Statement query(db,
                    "SELECT sequence, received, root, payload FROM market_message WHERE channel = ? AND sequence > ? "
                    "ORDER BY sequence LIMIT ?");
    query.bind(1, id);
    query.bind(2, after);
    query.bind(3, static_cast<std::int64_t>(limit));
    std::vector<Message> rows;
    while (query.executeStep()) {
        Message message;
        message.sequence = query.getColumn(0).getInt64();
        message.received = fromMicros(query.getColumn(1).getInt64());
        PEGASUS_TRY(message.root, trytesColumn<Hash>(query.getColumn(2)));
        message.payload = query.getColumn(3).getString();
        rows.push_back(std::move(message));
    }
    return rows;
}

}  // namespace pegasus::market::buyer_store
