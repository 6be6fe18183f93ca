// SPDX-License-Identifier: Apache-2.0
// The statements on the tables of schema.hpp.
#include "stream/tables.hpp"

#include <SQLiteCpp/VariadicBind.h>

namespace pegasus::stream::tables {
namespace {

using SQLite::Statement;

std::int64_t i64(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t u64(const SQLite::Column& column) { return static_cast<std::uint64_t>(column.getInt64()); }

std::vector<std::uint8_t> bytesOf(const SQLite::Column& column) {
    const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
    return data == nullptr ? std::vector<std::uint8_t>()
                           : std::vector<std::uint8_t>(data, data + column.getBytes());
}

template <class Type>
Result<Type> parsed(const SQLite::Column& column) {
    auto value = Type::parse(column.getString());
    if (!value) return fail(ErrorCode::Corrupt, "stream_outbox: {}", value.error().message);
    return value;
}

StoredStream streamFrom(Statement& row) {
    StoredStream stream;
    auto& spec = stream.info.spec;
    int i = 0;
    spec.id = row.getColumn(i++).getString();
    spec.name = row.getColumn(i++).getString();
    spec.sensor = row.getColumn(i++).getString();
    if (!row.getColumn(i).isNull()) spec.quantity = row.getColumn(i).getString();
    ++i;
    spec.description = row.getColumn(i++).getString();
    spec.latitude = row.getColumn(i++).getDouble();
    spec.longitude = row.getColumn(i++).getDouble();
    spec.price = model::Iotas(row.getColumn(i++).getInt64());
    spec.batch = row.getColumn(i++).getInt();
    spec.security = row.getColumn(i++).getInt();
    stream.info.paused = row.getColumn(i++).getInt() != 0;
    stream.info.created = fromMicros(row.getColumn(i++).getInt64());
    stream.info.epoch = u64(row.getColumn(i++));
    stream.secrets = bytesOf(row.getColumn(i++));
    stream.nextLeaf = u64(row.getColumn(i++));
    stream.info.published = u64(row.getColumn(i++));
    stream.info.confirmed = u64(row.getColumn(i++));
    stream.info.omitted = u64(row.getColumn(i++));
    if (!row.getColumn(i).isNull()) stream.info.lastMessage = fromMicros(row.getColumn(i).getInt64());
    ++i;
    stream.copies = u64(row.getColumn(i++));
    stream.info.halted = row.getColumn(i++).getString();
    stream.info.queued = u64(row.getColumn(i));
    return stream;
}

void bindSpecTerms(Statement& s, const StreamSpec& spec) {
    s.bind(":name", spec.name);
    s.bind(":description", spec.description);
    s.bind(":latitude", spec.latitude);
    s.bind(":longitude", spec.longitude);
    s.bind(":price", spec.price.count());
    s.bind(":id", spec.id);
}

/// See thin() of sample.hpp: the older of each pair goes and is counted in the newer.
std::uint64_t thinQueue(Connection& c, const std::string& id) {
    Statement count(c, R"sql(
        UPDATE stream_queue SET omitted = stream_queue.omitted + pair.before + 1
        FROM (SELECT sequence AS s, lag(omitted) OVER w AS before, row_number() OVER w AS n
              FROM stream_queue WHERE stream = ?1 WINDOW w AS (ORDER BY sequence)) AS pair
        WHERE stream_queue.stream = ?1 AND stream_queue.sequence = pair.s AND pair.n % 2 = 0)sql");
    count.bind(1, id);
    count.exec();
    Statement drop(c, R"sql(
        DELETE FROM stream_queue WHERE stream = ?1 AND sequence IN (
            SELECT s FROM (SELECT sequence AS s, row_number() OVER (ORDER BY sequence) AS n, count(*) OVER () AS total
                           FROM stream_queue WHERE stream = ?1)
            WHERE n % 2 = 1 AND n < total))sql");
    drop.bind(1, id);
    return static_cast<std::uint64_t>(drop.exec());
}

/// A message counts as published when it has its first tail.
void markSent(Connection& c, const MessageKey& key, const model::Hash& tail, Timestamp sent) {
    const auto& [id, epoch, leaf] = key;
    Statement first(c, "UPDATE stream_outbox SET tail = ? WHERE stream = ? AND epoch = ? AND leaf = ? AND tail IS NULL");
    SQLite::bind(first, tail.str(), id, i64(epoch), i64(leaf));
    if (first.exec() == 0) {
        Statement again(c, "UPDATE stream_outbox SET tail = ? WHERE stream = ? AND epoch = ? AND leaf = ?");
        SQLite::bind(again, tail.str(), id, i64(epoch), i64(leaf));
        again.exec();
        return;
    }
    Statement count(c, "UPDATE stream_channel SET published = published + 1, last_message = ? WHERE id = ?");
    SQLite::bind(count, toMicros(sent), id);
    count.exec();
}

}  // namespace

std::uint64_t queueLength(Connection& c, const std::string& id) {
    Statement count(c, "SELECT count(*) FROM stream_queue WHERE stream = ?");
    count.bind(1, id);
    count.executeStep();
    return u64(count.getColumn(0));
}

Result<std::vector<StoredStream>> loadStreams(Connection& c) {
    Statement rows(c, R"sql(
        SELECT id, name, sensor, quantity, description, latitude, longitude, price, batch, security, paused, created, epoch,
               secrets, next_leaf, published, confirmed, omitted, last_message, copies, halted,
               (SELECT count(*) FROM stream_queue WHERE stream = id)
        FROM stream_channel ORDER BY id)sql");
    std::vector<StoredStream> streams;
    while (rows.executeStep()) streams.push_back(streamFrom(rows));
    return streams;
}

Result<std::vector<PendingMessage>> loadPending(Connection& c, const std::string& id) {
    Statement rows(c, "SELECT epoch, leaf, root, bundle, samples, tail FROM stream_outbox WHERE stream = ? "
                      "ORDER BY epoch, leaf");
    rows.bind(1, id);
    std::vector<PendingMessage> pending;
    while (rows.executeStep()) {
        PendingMessage message;
        message.epoch = u64(rows.getColumn(0));
        message.leaf = u64(rows.getColumn(1));
        PEGASUS_TRY(message.root, parsed<model::Hash>(rows.getColumn(2)));
        PEGASUS_TRY(message.bundle, parsed<model::Hash>(rows.getColumn(3)));
        message.samples = u64(rows.getColumn(4));
        if (!rows.getColumn(5).isNull()) {
            PEGASUS_TRY(message.tail, parsed<model::Hash>(rows.getColumn(5)));
        }
        pending.push_back(message);
    }
    return pending;
}

Result<Message> loadMessage(Connection& c, const std::string& id, std::uint64_t epoch, std::uint64_t leaf) {
    Statement row(c, "SELECT root, address, payload, payload_trytes, tag, obsolete_tag, timestamp, bundle, samples, text "
                     "FROM stream_outbox WHERE stream = ? AND epoch = ? AND leaf = ?");
    SQLite::bind(row, id, i64(epoch), i64(leaf));
    if (!row.executeStep()) return fail(ErrorCode::NotFound, "stream '{}' has no message {} to send", id, leaf);
    Message message;
    message.epoch = epoch;
    message.leaf = leaf;
    PEGASUS_TRY(message.root, parsed<model::Hash>(row.getColumn(0)));
    PEGASUS_TRY(message.address, parsed<model::Address>(row.getColumn(1)));
    const auto packed = bytesOf(row.getColumn(2));
    const auto trytes = u64(row.getColumn(3));
    if (trytes > mam::kMaxPayloadTrytes)
        return fail(ErrorCode::Corrupt, "stream_outbox: a payload of {} trytes", trytes);
    PEGASUS_TRY(const auto trits, trinary::unpackTrits(packed, trytes * trinary::kTritsPerTryte));
    message.payload = trinary::trytesFromTrits(trits);
    PEGASUS_TRY(message.tag, parsed<model::Tag>(row.getColumn(4)));
    PEGASUS_TRY(message.obsoleteTag, parsed<model::Tag>(row.getColumn(5)));
    message.timestamp = row.getColumn(6).getInt64();
    PEGASUS_TRY(message.bundle, parsed<model::Hash>(row.getColumn(7)));
    message.samples = u64(row.getColumn(8));
    message.text = row.getColumn(9).getString();
    return message;
}

Result<std::uint64_t> loadNextLeaf(Connection& c, const std::string& id) {
    Statement row(c, "SELECT next_leaf FROM stream_channel WHERE id = ?");
    row.bind(1, id);
    if (!row.executeStep()) return fail(ErrorCode::NotFound, "there is no stream '{}'", id);
    return u64(row.getColumn(0));
}

Result<void> insertStream(Connection& c, const StoredStream& stream) {
    const auto& spec = stream.info.spec;
    Statement insert(c, R"sql(
        INSERT INTO stream_channel (id, name, sensor, quantity, description, latitude, longitude, price, batch, security,
                                    created, epoch, secrets, copies)
        VALUES (:id, :name, :sensor, :quantity, :description, :latitude, :longitude, :price, :batch, :security, :created,
                :epoch, :secrets, :copies) ON CONFLICT DO NOTHING)sql");
    bindSpecTerms(insert, spec);
    insert.bind(":sensor", spec.sensor);
    if (spec.quantity) insert.bind(":quantity", *spec.quantity);
    insert.bind(":batch", spec.batch);
    insert.bind(":security", spec.security);
    insert.bind(":created", toMicros(stream.info.created));
    insert.bind(":epoch", i64(stream.info.epoch));
    insert.bind(":secrets", stream.secrets.data(), static_cast<int>(stream.secrets.size()));
    insert.bind(":copies", i64(stream.copies));
    if (insert.exec() == 0) return fail(ErrorCode::AlreadyExists, "there is a stream '{}' already", spec.id);
    return {};
}

Result<void> deleteStream(Connection& c, const std::string& id) {
    Statement remove(c, "DELETE FROM stream_channel WHERE id = ?");
    remove.bind(1, id);
    remove.exec();
    return {};
}

Result<void> setPaused(Connection& c, const std::string& id, bool paused) {
    Statement update(c, "UPDATE stream_channel SET paused = ? WHERE id = ?");
    SQLite::bind(update, paused ? 1 : 0, id);
    update.exec();
    return {};
}

Result<void> setTerms(Connection& c, const StreamSpec& spec) {
    Statement update(c, "UPDATE stream_channel SET name = :name, description = :description, latitude = :latitude, "
                        "longitude = :longitude, price = :price WHERE id = :id");
    bindSpecTerms(update, spec);
    update.exec();
    return {};
}

Result<void> startChannel(Connection& c, const std::string& id, std::uint64_t epoch,
                          const std::vector<std::uint8_t>& secrets, std::uint64_t copies) {
    Statement update(c, "UPDATE stream_channel SET epoch = ?, secrets = ?, next_leaf = 0, copies = ?, halted = '' "
                        "WHERE id = ?");
    update.bind(1, i64(epoch));
    update.bind(2, secrets.data(), static_cast<int>(secrets.size()));
    update.bind(3, i64(copies));
    update.bind(4, id);
    update.exec();
    return {};
}

Result<void> prove(Connection& c, const std::string& id, std::uint64_t leaf, std::uint64_t copies) {
    Statement update(c, "UPDATE stream_channel SET next_leaf = ?1, copies = ?2 WHERE id = ?3 AND next_leaf <= ?1");
    update.bind(1, i64(leaf));
    update.bind(2, i64(copies));
    update.bind(3, id);
    if (update.exec() == 0) return fail(ErrorCode::Conflict, "stream '{}' is past message {} already", id, leaf);
    return {};
}

Result<void> halt(Connection& c, const std::string& id, const std::string& reason) {
    Statement update(c, "UPDATE stream_channel SET halted = ? WHERE id = ?");
    SQLite::bind(update, reason, id);
    update.exec();
    return {};
}

Result<QueueState> enqueue(Connection& c, const std::string& id, const std::vector<Sample>& samples,
                           std::size_t limit) {
    Statement newest(c, "SELECT coalesce(max(sequence), 0) FROM stream_queue WHERE stream = ?");
    newest.bind(1, id);
    newest.executeStep();
    auto sequence = newest.getColumn(0).getInt64();
    Statement insert(c, "INSERT INTO stream_queue (stream, sequence, omitted, sample) VALUES (?, ?, ?, ?)");
    for (const auto& sample : samples) {
        SQLite::bind(insert, id, ++sequence, i64(sample.omitted), sample.json);
        insert.exec();
        insert.reset();
    }
    QueueState state{queueLength(c, id), 0};
    while (state.queued > limit && state.queued > 1) {
        const auto dropped = thinQueue(c, id);
        state.queued -= dropped;
        state.omitted += dropped;
    }
    if (state.omitted > 0) {
        Statement count(c, "UPDATE stream_channel SET omitted = omitted + ? WHERE id = ?");
        SQLite::bind(count, i64(state.omitted), id);
        count.exec();
    }
    return state;
}

Result<std::vector<QueuedSample>> readQueue(Connection& c, const std::string& id, std::size_t count) {
    Statement rows(c, "SELECT sequence, omitted, sample FROM stream_queue WHERE stream = ? ORDER BY sequence LIMIT ?");
    SQLite::bind(rows, id, i64(count));
    std::vector<QueuedSample> samples;
    while (rows.executeStep())
        samples.push_back(
            {rows.getColumn(0).getInt64(), {rows.getColumn(2).getString(), u64(rows.getColumn(1))}});
    return samples;
}

Result<void> reserve(Connection& c, const std::string& id, const Message& message, std::int64_t lastSequence) {
    Statement advance(c, "UPDATE stream_channel SET next_leaf = next_leaf + 1 "
                         "WHERE id = ? AND epoch = ? AND next_leaf = ?");
    SQLite::bind(advance, id, i64(message.epoch), i64(message.leaf));
    if (advance.exec() != 1)
        return fail(ErrorCode::Conflict, "stream '{}': leaf {} of epoch {} is not the next one", id, message.leaf,
                    message.epoch);
    const auto packed = trinary::packTrits(trinary::tritsFromTrytes(message.payload));
    Statement insert(c, R"sql(
        INSERT INTO stream_outbox (stream, epoch, leaf, root, address, payload, payload_trytes, tag, obsolete_tag, timestamp,
                                   bundle, samples, text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql");
    insert.bind(1, id);
    insert.bind(2, i64(message.epoch));
    insert.bind(3, i64(message.leaf));
    insert.bind(4, message.root.str());
    insert.bind(5, message.address.str());
    insert.bind(6, packed.data(), static_cast<int>(packed.size()));
    insert.bind(7, i64(message.payload.size()));
    insert.bind(8, message.tag.str());
    insert.bind(9, message.obsoleteTag.str());
    insert.bind(10, message.timestamp);
    insert.bind(11, message.bundle.str());
    insert.bind(12, i64(message.samples));
    insert.bind(13, message.text);
    insert.exec();
    if (lastSequence < 0) return {};
    Statement drop(c, "DELETE FROM stream_queue WHERE stream = ? AND sequence <= ?");
    SQLite::bind(drop, id, lastSequence);
    drop.exec();
    return {};
}

Result<void> apply(Connection& c, const Notes& notes) {
    for (const auto& [key, note] : notes) {
        const auto& [id, epoch, leaf] = key;
        if (note.tail) markSent(c, key, *note.tail, note.sent);
        if (!note.confirmed) continue;
        Statement drop(c, "DELETE FROM stream_outbox WHERE stream = ? AND epoch = ? AND leaf = ?");
        SQLite::bind(drop, id, i64(epoch), i64(leaf));
        if (drop.exec() == 0) continue;
        Statement count(c, "UPDATE stream_channel SET confirmed = confirmed + 1 WHERE id = ?");
        count.bind(1, id);
        count.exec();
    }
    return {};
}

}  // namespace pegasus::stream::tables
