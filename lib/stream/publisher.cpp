// SPDX-License-Identifier: Apache-2.0
// From samples to messages on the ledger. Order of events and what a crash leaves behind: README.md, "Publishing".
#include <algorithm>
#include <utility>

#include "model/text.hpp"
#include "stream/service.hpp"

namespace pegasus::stream {
namespace {

constexpr Duration kFirstPause = 1s;
constexpr Duration kLongestPause = 30s;

Pending* firstUnsent(Stream& stream) {
    const auto it = std::ranges::find_if(stream.pending, [](const Pending& p) { return !p.sent(); });
    return it == stream.pending.end() ? nullptr : &*it;
}

bool fillsAMessage(const Stream& stream, const StreamLimits& limits) {
    return stream.durable + stream.fresh.size() >= static_cast<std::size_t>(stream.info.spec.batch) &&
           stream.pending.size() < limits.pendingMessages;
}

}  // namespace

void Service::onSampled(const std::string& sensor, const std::vector<sensor::Reading>& readings) {
    for (const auto& [id, stream] : streams_) {
        if (stream->info.spec.sensor != sensor || stream->info.paused || stream->removed || !stream->info.halted.empty()) continue;
        take(stream, readings);
        observe(*stream, readings);
    }
}

void Service::take(const StreamPtr& stream, const std::vector<sensor::Reading>& readings) {
    std::vector<sensor::Reading> told;
    for (const auto& reading : readings) {
        const auto& only = stream->info.spec.quantity;
        if (only && reading.quantity != *only) continue;
        const bool silent = !reading.value.has_value();
        const bool before = std::exchange(stream->silent[reading.quantity], silent);
        if (!silent || !before) told.push_back(reading);  // that a source fell silent is told once
    }
    if (told.empty()) return;
    hold(*stream, {encodeSample(told), 0});
    kick(stream);
}

void Service::kick(const StreamPtr& stream) {
    if (std::exchange(stream->pumping, true)) return;
    services_.scheduler.spawn("stream " + stream->info.spec.id, pump(stream));
}

/// Works until there is nothing left to do; the next sample starts it again.
Async<void> Service::pump(StreamPtr stream) {
    auto pause = kFirstPause;
    while (!services_.scheduler.stopping() && !stream->removed) {
        const auto moved = co_await step(stream);
        if (moved) {
            pause = kFirstPause;
            stream->info.lastError.clear();
            if (!*moved) break;
            continue;
        }
        const bool firstTime = stream->info.lastError.empty();
        stream->info.lastError = moved.error().message;
        if (firstTime) (void)co_await flush();  // nobody knows for how long; and what made it fail is told already
        if (!co_await services_.scheduler.sleep(pause)) break;
        pause = std::min(2 * pause, kLongestPause);
    }
    if (services_.scheduler.stopping()) (void)co_await flush();  // the last chance; the program ends either way
    stream->pumping = false;
}

/// One thing, the most urgent first. False: there was nothing to do.
Task<bool> Service::step(StreamPtr stream) {
    if (!stream->info.halted.empty()) co_return false;
    PEGASUS_CO_CHECK(co_await prove(stream));
    if (stream->doubt) {
        const auto guard = co_await stream->lock.lock();
        PEGASUS_CO_CHECK(co_await resolve(stream));
    }
    if (firstUnsent(*stream) != nullptr) {
        PEGASUS_CO_CHECK(co_await send(stream));
        co_return true;
    }
    if (fillsAMessage(*stream, limits_)) {
        PEGASUS_CO_CHECK(co_await lookForAnother(stream));
        if (stream->info.halted.empty()) PEGASUS_CO_CHECK(co_await sign(stream));
        co_return true;
    }
    if (!stream->trees) {  // ahead of time, so that the next message costs a signature only
        const auto guard = co_await stream->lock.lock();
        if (stream->removed) co_return false;
        PEGASUS_CO_CHECK(co_await treesOf(stream));
        co_return true;
    }
    co_return false;
}

/// Makes one message of the oldest samples and takes its leaf. The signature is only in memory until that is durable: if it
/// fails, the leaf has signed nothing that anybody saw.
Task<void> Service::sign(StreamPtr stream) {
    const auto guard = co_await stream->lock.lock();
    if (stream->removed || stream->doubt || !fillsAMessage(*stream, limits_)) co_return Result<void>();
    const auto batch = static_cast<std::size_t>(stream->info.spec.batch);
    const auto most = std::max(limits_.messageSamples, batch);
    std::vector<tables::QueuedSample> queued;
    if (stream->durable > 0) {
        auto read = [id = stream->info.spec.id, most](store::Connection& c) { return tables::readQueue(c, id, most); };
        PEGASUS_CO_TRY(queued, co_await services_.database.read(read));
    }
    Selection selection;
    for (auto& one : queued) selection.samples.push_back(std::move(one.sample));
    if (queued.size() == stream->durable)  // else the queue alone fills the message
        selection.samples.insert(selection.samples.end(), stream->fresh.begin(), stream->fresh.end());
    selection.samples.resize(fitting(selection.samples, limits_.messageCharacters, most, batch));
    selection.fromQueue = std::min(selection.samples.size(), queued.size());
    if (selection.fromQueue > 0) selection.lastSequence = queued[selection.fromQueue - 1].sequence;
    // They leave `fresh` now: while this waits, new samples come in behind, and may make it thin itself.
    const auto fromFresh = static_cast<std::ptrdiff_t>(selection.samples.size() - selection.fromQueue);
    std::vector<Sample> taken(stream->fresh.begin(), stream->fresh.begin() + fromFresh);
    stream->fresh.erase(stream->fresh.begin(), stream->fresh.begin() + fromFresh);

    auto message = co_await makeNext(stream, selection);
    if (!message) {
        putBack(*stream, std::move(taken));
        co_return fail(message.error());
    }
    co_return co_await commit(stream, *std::move(message), std::move(selection), std::move(taken));
}

/// The signed message of the next leaf; lock held.
Task<Message> Service::makeNext(StreamPtr stream, const Selection& selection) {
    PEGASUS_CO_TRY(auto trees, co_await treesOf(stream));
    PEGASUS_CO_TRY(auto keys, keysOf(*stream));
    auto make = [keys = std::move(keys), state = stateAt(stream->nextLeaf, stream->info.spec.security),
                 trees = std::move(trees), text = composeMessage(selection.samples),
                 timestamp = toSeconds(services_.clock.now())] {
        return makeMessage(keys, state, trees, text, timestamp);
    };
    PEGASUS_CO_TRY(auto message, co_await compute(services_.pool, std::move(make)));
    message.epoch = stream->info.epoch;
    message.samples = selection.samples.size();
    co_return message;
}

/// Leaf, essence and samples in one transaction, with the notes of all streams; lock held. `taken`: the samples that are in
/// memory only.
Task<void> Service::commit(StreamPtr stream, Message message, Selection selection, std::vector<Sample> taken) {
    tables::PendingMessage pending{message.epoch, message.leaf, message.root, message.bundle, message.samples, {}};
    Spot newest{message.root, {}, std::move(stream->next.known)};
    PEGASUS_CO_TRY(newest.message, model::trytesFromText(message.text));
    auto notes = takeNotes();
    auto write = [id = stream->info.spec.id, message = std::move(message), last = selection.lastSequence,
                  notes](store::Connection& c) -> Result<void> {
        PEGASUS_CHECK(tables::apply(c, notes));  // first, so that the new row takes the room of the old ones
        return tables::reserve(c, id, message, last);
    };
    const auto written = co_await services_.database.write(write, store::Durability::Synced);
    if (!written) {
        putBackNotes(std::move(notes));
        stream->doubt = Doubt{pending.leaf, std::move(taken)};
        co_return fail(written.error());
    }
    stream->durable -= selection.fromQueue;
    stream->nextLeaf = pending.leaf + 1;
    stream->trees.reset();
    stream->newest = std::move(newest);
    stream->next = {};
    stream->pending.push_back({std::move(pending), services_.clock.steady()});
    co_return Result<void>();
}

/// Attaches the first message that no ledger has taken yet.
Task<void> Service::send(StreamPtr stream) {
    const auto next = firstUnsent(*stream)->message;  // a copy: it may go while this waits
    PEGASUS_CO_TRY(const auto done, co_await attach(stream, next.epoch, next.leaf));
    if (stream->removed) co_return Result<void>();
    ++stream->info.published;
    stream->info.lastMessage = services_.clock.now();
    watchSoon();
    published.notify(done);
    co_return Result<void>();
}

}  // namespace pegasus::stream
