// SPDX-License-Identifier: Apache-2.0
// The statements on the tables of schema.hpp. Database thread; SQLite's exceptions are caught by store::Database.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "store/database.hpp"
#include "stream/message.hpp"
#include "stream/sample.hpp"
#include "stream/stream_service.hpp"

namespace pegasus::stream::tables {

using store::Connection;

struct StoredStream {
    StreamInfo info;  ///< pending and lastError are left to the caller
    std::vector<std::uint8_t> secrets;
    std::uint64_t nextLeaf = 0;
    std::uint64_t copies = 0;  ///< of the state, when the position was last proved
};

/// A message of the outbox without its payload.
struct PendingMessage {
    std::uint64_t epoch = 0;
    std::uint64_t leaf = 0;
    model::Hash root;
    model::Hash bundle;
    std::size_t samples = 0;
    std::optional<model::Hash> tail;  ///< of the last attachment that the ledger took
};

/// Stream, epoch, leaf.
using MessageKey = std::tuple<std::string, std::uint64_t, std::uint64_t>;

/// What became of a message of the outbox.
struct Note {
    std::optional<model::Hash> tail;  ///< of the newest attachment, made at `sent`
    Timestamp sent;
    bool confirmed = false;
};
using Notes = std::map<MessageKey, Note>;

struct QueuedSample {
    std::int64_t sequence = 0;
    Sample sample;
};

/// What stands after samples were put into the queue.
struct QueueState {
    std::uint64_t queued = 0;
    std::uint64_t omitted = 0;  ///< samples that this call dropped
};

[[nodiscard]] Result<std::vector<StoredStream>> loadStreams(Connection& c);
/// In the order of signing.
[[nodiscard]] Result<std::vector<PendingMessage>> loadPending(Connection& c, const std::string& id);
/// NotFound.
[[nodiscard]] Result<Message> loadMessage(Connection& c, const std::string& id, std::uint64_t epoch, std::uint64_t leaf);
/// The first unsigned leaf of the present channel. NotFound.
[[nodiscard]] Result<std::uint64_t> loadNextLeaf(Connection& c, const std::string& id);

/// AlreadyExists.
[[nodiscard]] Result<void> insertStream(Connection& c, const StoredStream& stream);
[[nodiscard]] Result<void> deleteStream(Connection& c, const std::string& id);
[[nodiscard]] Result<void> setPaused(Connection& c, const std::string& id, bool paused);
[[nodiscard]] Result<void> setTerms(Connection& c, const StreamSpec& spec);
/// Goes on with the first leaf of a new channel, proved and not halted.
[[nodiscard]] Result<void> startChannel(Connection& c, const std::string& id, std::uint64_t epoch,
                                        const std::vector<std::uint8_t>& secrets, std::uint64_t copies);
/// The position is proved: the next leaf is `leaf`. Conflict if it is below the one that is stored.
[[nodiscard]] Result<void> prove(Connection& c, const std::string& id, std::uint64_t leaf, std::uint64_t copies);
[[nodiscard]] Result<void> halt(Connection& c, const std::string& id, const std::string& reason);

/// Appends, and thins the whole queue while it is longer than `limit`.
[[nodiscard]] Result<QueueState> enqueue(Connection& c, const std::string& id, const std::vector<Sample>& samples,
                                         std::size_t limit);
[[nodiscard]] std::uint64_t queueLength(Connection& c, const std::string& id);
/// The oldest ones.
[[nodiscard]] Result<std::vector<QueuedSample>> readQueue(Connection& c, const std::string& id, std::size_t count);
/// Takes the leaf of `message`, keeps it in the outbox and drops the queue up to `lastSequence` (-1: nothing). Conflict if
/// the leaf is not the next one.
[[nodiscard]] Result<void> reserve(Connection& c, const std::string& id, const Message& message,
                                   std::int64_t lastSequence);
/// Tails are kept, confirmed messages leave the outbox, and each is counted once: doing it again changes nothing.
[[nodiscard]] Result<void> apply(Connection& c, const Notes& notes);

}  // namespace pegasus::stream::tables
