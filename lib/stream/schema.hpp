// SPDX-License-Identifier: Apache-2.0
// Tables of the streams in state.db.
#pragma once

#include <string_view>

namespace pegasus::stream {

/// stream_channel: one stream and the state of its MAM channel. stream_queue: samples not yet in a message.
/// stream_outbox: signed messages that the ledger has not confirmed; a row is written in the transaction that takes its
/// leaf and its samples, and deleted in a later one when its bundle is included.
inline constexpr std::string_view kSchema = R"sql(
CREATE TABLE stream_channel (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sensor TEXT NOT NULL,
    quantity TEXT,
    description TEXT NOT NULL,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    price INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    security INTEGER NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    secrets BLOB NOT NULL,
    next_leaf INTEGER NOT NULL DEFAULT 0,
    published INTEGER NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL DEFAULT 0,
    omitted INTEGER NOT NULL DEFAULT 0,
    last_message INTEGER
) STRICT;
CREATE TABLE stream_queue (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL REFERENCES stream_channel(id) ON DELETE CASCADE,
    omitted INTEGER NOT NULL,
    sample TEXT NOT NULL
) STRICT;
CREATE INDEX stream_queue_stream ON stream_queue(stream, sequence);
CREATE TABLE stream_outbox (
    stream TEXT NOT NULL REFERENCES stream_channel(id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    root TEXT NOT NULL,
    address TEXT NOT NULL,
    payload BLOB NOT NULL,
    payload_trytes INTEGER NOT NULL,
    tag TEXT NOT NULL,
    obsolete_tag TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    bundle TEXT NOT NULL,
    samples INTEGER NOT NULL,
    text TEXT NOT NULL,
    tail TEXT,
    PRIMARY KEY (stream, epoch, leaf)
) STRICT, WITHOUT ROWID;
)sql";

/// The second version: the samples of a stream lie together, in one tree, so that a transaction touches few pages.
inline constexpr std::string_view kQueueByStream = R"sql(
CREATE TABLE stream_queue_new (
    stream TEXT NOT NULL REFERENCES stream_channel(id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    omitted INTEGER NOT NULL,
    sample TEXT NOT NULL,
    PRIMARY KEY (stream, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO stream_queue_new SELECT stream, sequence, omitted, sample FROM stream_queue ORDER BY stream, sequence;
DROP TABLE stream_queue;
ALTER TABLE stream_queue_new RENAME TO stream_queue;
)sql";

/// The third version. copies: how often the state had been found to be a copy (store/lineage.hpp) when the position of the channel was
/// last proved. halted: why the stream was stopped for good; empty when it was not.
inline constexpr std::string_view kProof = R"sql(
ALTER TABLE stream_channel ADD COLUMN copies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stream_channel ADD COLUMN halted TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace pegasus::stream
