// SPDX-License-Identifier: Apache-2.0
// What is in memory alone, and when it is written: README.md, "What is promised".
#include <algorithm>
#include <utility>

#include "stream/service.hpp"

namespace pegasus::stream {
namespace {

constexpr Duration kRetry = 5s;       // of a flush that failed
constexpr Duration kNoteDelay = 10min;  // a lost note costs a question to the ledger

}  // namespace

void Service::hold(Stream& stream, Sample sample) {
    if (stream.fresh.empty()) stream.freshSince = services_.clock.steady();
    stream.fresh.push_back(std::move(sample));
    if (stream.fresh.size() > limits_.freshSamples) thinFresh(stream);
    if (stream.fresh.size() >= limits_.heldSamples && !std::exchange(flushingFull_, true))
        services_.scheduler.spawn("stream queue", flushWhenFull());
    flushSoon();
}

void Service::thinFresh(Stream& stream) {
    stream.info.omitted += thin(stream.fresh);
}

void Service::putBack(Stream& stream, std::vector<Sample> samples) {
    if (samples.empty()) return;
    if (stream.fresh.empty()) stream.freshSince = services_.clock.steady();
    stream.fresh.insert(stream.fresh.begin(), std::make_move_iterator(samples.begin()),
                        std::make_move_iterator(samples.end()));
    while (stream.fresh.size() > limits_.freshSamples && stream.fresh.size() > 1) thinFresh(stream);
    flushSoon();
}

void Service::note(const tables::MessageKey& message, tables::Note note) {
    if (notes_.empty()) notesSince_ = services_.clock.steady();
    auto& known = notes_[message];
    if (note.tail) {
        known.tail = note.tail;
        known.sent = note.sent;
    }
    known.confirmed = known.confirmed || note.confirmed;
    flushSoon();
}

/// What was noted since is newer.
void Service::putBackNotes(tables::Notes notes) {
    for (const auto& [message, newer] : std::exchange(notes_, std::move(notes))) note(message, newer);
    if (!notes_.empty()) flushSoon();
}

std::optional<SteadyTime> Service::flushDue() const {
    std::optional<SteadyTime> due;
    if (!notes_.empty()) due = notesSince_ + std::max(kNoteDelay, limits_.flushInterval);
    for (const auto& [id, stream] : streams_) {
        if (stream->fresh.empty() || stream->removed) continue;
        const auto own = stream->freshSince + limits_.flushInterval;
        if (!due || own < *due) due = own;
    }
    return due;
}

void Service::flushSoon() {
    if (std::exchange(flushing_, true)) return;
    services_.scheduler.spawn("stream queue", flushInTime());
}

/// Lives as long as something is in memory alone.
Async<void> Service::flushInTime() {
    for (auto due = flushDue(); due; due = flushDue()) {
        const auto now = services_.clock.steady();
        auto wait = std::chrono::ceil<Duration>(*due - now);
        if (now >= *due) {
            if (co_await flush()) continue;
            wait = kRetry;
        }
        if (co_await services_.scheduler.sleep(wait)) continue;
        (void)co_await flush();  // the last chance; the program ends either way
        break;
    }
    flushing_ = false;
}

Async<void> Service::flushWhenFull() {
    (void)co_await flush();  // what is not written is still in memory, and flushInTime() tries again
    flushingFull_ = false;
}

/// Not synced: what a power cut takes of it is the last seconds. The message that a sample goes into is synced.
Task<void> Service::flush() {
    struct Part {
        StreamPtr stream;
        AsyncMutex::Guard guard;
        std::vector<Sample> samples;
    };
    std::vector<StreamPtr> holding;
    for (const auto& [id, stream] : streams_)
        if (!stream->fresh.empty() || stream->doubt) holding.push_back(stream);
    std::vector<Part> parts;
    Result<void> outcome;
    for (const auto& stream : holding) {
        auto guard = co_await stream->lock.lock();
        if (stream->removed) continue;
        const auto resolved = co_await resolve(stream);  // its samples are older
        if (!resolved) outcome = fail(resolved.error());
        if (resolved && !stream->fresh.empty())
            parts.push_back(Part{stream, std::move(guard), std::exchange(stream->fresh, {})});
    }
    if (parts.empty() && notes_.empty()) co_return outcome;
    std::vector<std::pair<std::string, std::vector<Sample>>> rows;
    for (const auto& part : parts) rows.emplace_back(part.stream->info.spec.id, part.samples);
    auto notes = takeNotes();
    auto write = [rows = std::move(rows), notes, limit = limits_.queuedSamples](
                     store::Connection& c) -> Result<std::vector<tables::QueueState>> {
        std::vector<tables::QueueState> states;
        PEGASUS_CHECK(tables::apply(c, notes));
        for (const auto& [id, samples] : rows) {
            PEGASUS_TRY(const auto state, tables::enqueue(c, id, samples, limit));
            states.push_back(state);
        }
        return states;
    };
    const auto states = co_await services_.database.write(write, store::Durability::Batched);
    if (!states) {
        putBackNotes(std::move(notes));
        for (auto& part : parts) putBack(*part.stream, std::move(part.samples));
        co_return fail(states.error());
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].stream->durable = (*states)[i].queued;
        parts[i].stream->info.omitted += (*states)[i].omitted;
    }
    co_return outcome;
}

/// Finds out what became of a commit that failed; lock held.
Task<void> Service::resolve(StreamPtr stream) {
    if (!stream->doubt || stream->removed) co_return Result<void>();
    const std::string id = stream->info.spec.id;
    struct Known {
        std::uint64_t nextLeaf = 0;
        std::vector<tables::PendingMessage> pending;
        std::uint64_t queued = 0;
    };
    auto load = [id](store::Connection& c) -> Result<Known> {
        Known known;
        PEGASUS_TRY(known.nextLeaf, tables::loadNextLeaf(c, id));
        PEGASUS_TRY(known.pending, tables::loadPending(c, id));
        known.queued = tables::queueLength(c, id);
        return known;
    };
    PEGASUS_CO_TRY(auto found, co_await services_.database.read(load));
    auto doubt = *std::exchange(stream->doubt, std::nullopt);
    stream->durable = found.queued;
    if (found.nextLeaf == doubt.leaf) {
        putBack(*stream, std::move(doubt.samples));
        co_return Result<void>();
    }
    stream->nextLeaf = found.nextLeaf;
    stream->trees.reset();
    for (auto& message : found.pending) {
        const bool there = std::ranges::any_of(stream->pending, [&](const Pending& p) {
            return p.message.epoch == message.epoch && p.message.leaf == message.leaf;
        });
        const auto noted = notes_.find({id, message.epoch, message.leaf});
        if (noted != notes_.end() && noted->second.confirmed) continue;
        if (!there) stream->pending.push_back({std::move(message), services_.clock.steady()});
    }
    co_return Result<void>();
}

}  // namespace pegasus::stream
