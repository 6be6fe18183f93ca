// SPDX-License-Identifier: Apache-2.0
// What was sent, until a milestone includes it: promoted, or attached again with the same essence.
#include <algorithm>
#include <utility>

#include "ledger/bundles.hpp"
#include "stream/service.hpp"

namespace pegasus::stream {
namespace {

constexpr Duration kPoll = 10s;       // where no milestones are notified
constexpr Duration kPatience = 60s;   // before a message is looked after, and between two cares

Pending* findPending(Stream& stream, std::uint64_t epoch, std::uint64_t leaf) {
    const auto it = std::ranges::find_if(stream.pending, [&](const Pending& p) {
        return p.message.epoch == epoch && p.message.leaf == leaf;
    });
    return it == stream.pending.end() ? nullptr : &*it;
}

}  // namespace

/// Attaches the stored message and notes the new tail.
Task<Published> Service::attach(StreamPtr stream, std::uint64_t epoch, std::uint64_t leaf) {
    const std::string id = stream->info.spec.id;
    auto load = [id, epoch, leaf](store::Connection& c) { return tables::loadMessage(c, id, epoch, leaf); };
    PEGASUS_CO_TRY(auto message, co_await services_.database.read(load));
    Published done{id, leaf, {}, message.bundle, message.samples, message.root, message.text};
    auto build = [message = std::move(message)] { return transactionsOf(message); };
    PEGASUS_CO_TRY(auto transactions, co_await compute(services_.pool, std::move(build)));
    PEGASUS_CO_TRY(const auto attachment, co_await services_.attacher.attach(std::move(transactions)));
    done.tail = attachment.tail;
    auto* pending = findPending(*stream, epoch, leaf);
    if (stream->removed || pending == nullptr) co_return done;
    const bool first = !pending->sent();
    pending->message.tail = attachment.tail;
    pending->attached = services_.clock.steady();
    auto mark = [id, epoch, leaf, tail = attachment.tail, first, now = services_.clock.now()](store::Connection& c) {
        return tables::markSent(c, id, epoch, leaf, tail, first, now);
    };
    // May fail: what is not noted is attached once more after a restart, as the same bundle.
    (void)co_await services_.database.write(mark, store::Durability::Batched);
    co_return done;
}

void Service::watchSoon() {
    if (std::exchange(watching_, true)) return;
    services_.scheduler.spawn("stream confirmations", watch());
}

Async<void> Service::watch() {
    const auto waiting = [this] {
        return std::ranges::any_of(streams_, [](const auto& entry) { return !entry.second->pending.empty(); });
    };
    while (waiting()) {
        if (!co_await services_.scheduler.sleep(kPoll)) break;
        co_await check();
    }
    watching_ = false;
}

Async<void> Service::check() {
    if (services_.scheduler.stopping() || std::exchange(checking_, true)) co_return;
    const auto taken = co_await takeConfirmed();
    std::vector<StreamPtr> late;
    for (const auto& [id, stream] : streams_)
        if (taken && !stream->pending.empty() && stream->pending.front().sent() &&
            services_.clock.steady() - stream->pending.front().attached >= kPatience)
            late.push_back(stream);
    for (const auto& stream : late)
        if (!services_.scheduler.stopping()) (void)co_await nurse(stream);  // it has its turn again
    checking_ = false;
}

/// Drops every message that a milestone has included.
Task<void> Service::takeConfirmed() {
    struct Sent {
        StreamPtr stream;
        std::uint64_t epoch;
        std::uint64_t leaf;
    };
    std::vector<Sent> sent;
    std::vector<model::Hash> tails;
    for (const auto& [id, stream] : streams_) {
        for (const auto& pending : stream->pending) {
            if (!pending.sent()) continue;
            sent.push_back({stream, pending.message.epoch, pending.message.leaf});
            tails.push_back(*pending.message.tail);
        }
    }
    if (tails.empty()) co_return Result<void>();
    PEGASUS_CO_TRY(const auto included, co_await ledger::fetchInclusion(services_.ledger, std::move(tails)));
    std::vector<Sent> confirmed;
    for (std::size_t i = 0; i < sent.size() && i < included.size(); ++i)
        if (included[i] && !sent[i].stream->removed) confirmed.push_back(sent[i]);
    if (confirmed.empty()) co_return Result<void>();
    std::vector<std::tuple<std::string, std::uint64_t, std::uint64_t>> rows;
    for (const auto& one : confirmed) rows.emplace_back(one.stream->info.spec.id, one.epoch, one.leaf);
    auto drop = [rows](store::Connection& c) -> Result<void> {
        for (const auto& [id, epoch, leaf] : rows) PEGASUS_CHECK(tables::confirm(c, id, epoch, leaf));
        return {};
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(drop, store::Durability::Batched));
    for (const auto& one : confirmed) {
        std::erase_if(one.stream->pending, [&](const Pending& p) {
            return p.message.epoch == one.epoch && p.message.leaf == one.leaf;
        });
        ++one.stream->info.confirmed;
        kick(one.stream);  // a full outbox has room again
    }
    co_return Result<void>();
}

/// Looks after the oldest message that is overdue.
Task<void> Service::nurse(StreamPtr stream) {
    if (stream->removed || stream->pending.empty() || !stream->pending.front().sent()) co_return Result<void>();
    auto& oldest = stream->pending.front();
    const auto message = oldest.message;
    oldest.attached = services_.clock.steady();
    const auto info = co_await services_.ledger.tailInfo(*message.tail);
    const bool lost = !info && info.error().code == ErrorCode::NotFound;
    if (!info && !lost) co_return fail(info.error());
    if (lost || info->shouldReattach || info->conflicting) {
        PEGASUS_CO_CHECK(co_await attach(stream, message.epoch, message.leaf));
    } else if (info->shouldPromote) {
        PEGASUS_CO_CHECK(co_await services_.attacher.promote(*message.tail));
    }
    co_return Result<void>();
}

}  // namespace pegasus::stream
