// SPDX-License-Identifier: Apache-2.0
// Where a channel stands: proved against the ledger before anything is signed, and watched for another signer. README.md, "Keys".
#include <algorithm>
#include <utility>

#include "stream/service.hpp"

namespace pegasus::stream {
namespace {

constexpr const char* kInUseElsewhere =
    "another machine publishes with the keys of this stream: a copy of this state runs beside its original. Stop one of the "
    "two, then resume the stream; it goes on with a new channel";

/// Of this channel, signed but perhaps never sent.
std::uint64_t unsent(const Stream& stream) {
    return static_cast<std::uint64_t>(std::ranges::count_if(stream.pending, [&](const Pending& p) {
        return !p.sent() && p.message.epoch == stream.info.epoch;
    }));
}

}  // namespace

/// Once a life, and again as long as it fails. Callers wait for the one that is at it.
Task<void> Service::prove(StreamPtr stream) {
    if (stream->proved) co_return Result<void>();
    const auto guard = co_await stream->proving.lock();
    if (stream->proved || stream->removed) co_return Result<void>();
    co_return co_await proveOnce(stream);
}

Task<void> Service::proveOnce(StreamPtr stream) {
    const auto epoch = stream->info.epoch;
    // An embedded ledger was put back together with the state: what was signed since is on no ledger that could be asked.
    if (services_.ledgerInState && stream->copies != services_.copies) co_return co_await startChannel(stream);
    const auto status = co_await services_.ledger.status();
    if (status.state == ledger::LedgerState::Unreachable)
        co_return fail(ErrorCode::Unreachable, "the ledger cannot be asked which keys were used: {}", status.detail);
    if (status.state != ledger::LedgerState::Ready)
        co_return fail(ErrorCode::NotSynchronised, "the ledger cannot tell yet which keys were used: {}", status.detail);
    PEGASUS_CO_TRY(auto keys, keysOf(*stream));
    const auto security = static_cast<crypto::SecurityLevel>(stream->info.spec.security);
    PEGASUS_CO_TRY(const auto position, co_await probe_.locate(std::move(keys), security, stream->nextLeaf));
    co_return co_await adopt(stream, epoch, position);
}

/// Whether one of the messages before must be on the ledger for its silence to prove anything: it may have pruned them.
bool Service::needsAnchor(const Stream& stream) const {
    if (stream.copies != services_.copies) return true;
    return !services_.ledgerInState && stream.nextLeaf > unsent(stream);
}

Task<void> Service::adopt(StreamPtr stream, std::uint64_t epoch, Position position) {
    const auto guard = co_await stream->lock.lock();
    if (stream->removed || stream->proved || stream->info.epoch != epoch) co_return Result<void>();
    const bool anchored = position.anchored || !needsAnchor(*stream);
    if (!position.clear || !anchored) co_return co_await startChannelLocked(stream);
    if (position.next != stream->nextLeaf || stream->copies != services_.copies) {
        auto update = [id = stream->info.spec.id, leaf = position.next, copies = services_.copies](store::Connection& c) {
            return tables::prove(c, id, leaf, copies);
        };
        PEGASUS_CO_CHECK(co_await services_.database.write(update, store::Durability::Synced));
        stream->nextLeaf = position.next;
        stream->copies = services_.copies;
        stream->trees.reset();
    }
    stream->proved = true;
    co_return Result<void>();
}

/// Before each signature: somebody else's message at the next leaf, or beside our last one, is a copy of this state at work.
Task<void> Service::lookForAnother(StreamPtr stream) {
    const auto epoch = stream->info.epoch;
    {
        const auto guard = co_await stream->lock.lock();
        if (stream->removed) co_return Result<void>();
        PEGASUS_CO_TRY(const auto trees, co_await treesOf(stream));
        stream->next.root = trees.root();
    }
    PEGASUS_CO_TRY(auto keys, keysOf(*stream));
    // Copies: a new channel may begin while this waits.
    auto next = stream->next;
    auto newest = stream->newest;
    std::vector<Spot*> spots{&next};
    if (newest) spots.push_back(&*newest);
    PEGASUS_CO_TRY(const bool foreign, co_await probe_.foreignMessage(std::move(keys), std::move(spots)));
    if (stream->info.epoch != epoch) co_return Result<void>();
    if (foreign) co_return co_await halt(stream, kInUseElsewhere);
    stream->next = std::move(next);
    stream->newest = std::move(newest);
    co_return Result<void>();
}

Task<void> Service::halt(StreamPtr stream, std::string reason) {
    auto update = [id = stream->info.spec.id, reason](store::Connection& c) { return tables::halt(c, id, reason); };
    PEGASUS_CO_CHECK(co_await services_.database.write(update));
    stream->info.halted = std::move(reason);
    tell(*stream);
    changed.notify(stream->info.spec.id);
    co_return Result<void>();
}

}  // namespace pegasus::stream
