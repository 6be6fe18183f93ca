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
    std::optional<model::Hash> tail;
    if (const auto* sent = findPending(*stream, epoch, leaf); sent != nullptr && sent->perhapsSent) {
        PEGASUS_CO_TRY(tail, co_await findAttached(transactions));
    }
    if (!tail) {
        PEGASUS_CO_TRY(const auto attachment, co_await services_.attacher.attach(std::move(transactions)));
        tail = attachment.tail;
        if (stream->newest && stream->newest->root == done.root)
            for (const auto& one : attachment.transactions) stream->newest->known.insert(one.hash);
    }
    done.tail = *tail;
    auto* pending = findPending(*stream, epoch, leaf);
    if (stream->removed || pending == nullptr) co_return done;
    pending->message.tail = tail;
    pending->attached = services_.clock.steady();
    pending->perhapsSent = false;
    note({id, epoch, leaf}, {tail, services_.clock.now(), false});
    co_return done;
}

/// The tail of an attachment of just these transactions, if the ledger has one: the bundle hash does not cover the messages.
Task<std::optional<model::Hash>> Service::findAttached(const std::vector<model::Transaction>& transactions) {
    const auto bundle = transactions.front().bundle;
    PEGASUS_CO_TRY(const auto found, co_await ledger::attachmentsOf(services_.ledger, services_.pool, bundle));
    const auto same = [](const model::AttachedTransaction& there, const model::Transaction& own) {
        return there.transaction.signatureMessageFragment == own.signatureMessageFragment;
    };
    for (const auto& attachment : found.list)
        if (std::ranges::equal(attachment.transactions, transactions, same)) co_return attachment.tail;
    co_return std::nullopt;
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
    for (std::size_t i = 0; i < sent.size() && i < included.size(); ++i) {
        const auto& [stream, epoch, leaf] = sent[i];
        if (!included[i] || stream->removed) continue;
        const auto gone = std::erase_if(
            stream->pending, [&](const Pending& p) { return p.message.epoch == epoch && p.message.leaf == leaf; });
        if (gone == 0) continue;
        ++stream->info.confirmed;
        note({stream->info.spec.id, epoch, leaf}, {{}, {}, true});
        kick(stream);  // a full outbox has room again
    }
    co_return Result<void>();
}

/// Looks after the oldest message that is overdue.
Task<void> Service::nurse(StreamPtr stream) {
    if (stream->removed || !stream->info.halted.empty() || stream->pending.empty() || !stream->pending.front().sent()) co_return Result<void>();
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
