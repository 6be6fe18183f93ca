// SPDX-License-Identifier: Apache-2.0
// ChannelDesk: message after message, from root to next root.
#include "market/channel_desk.hpp"

#include <algorithm>

#include "keys/machine_vault.hpp"
#include "ledger/bundles.hpp"
#include "market/data_message.hpp"
#include "market/json_text.hpp"

namespace pegasus::market {

namespace {

/// Steps of one channel before others have their turn.
constexpr int kMaxSteps = 64;
/// Looks at one root in a pass, of up to 2000 transactions each.
constexpr int kMostLooks = 8;
/// A message of several transactions comes within so many looks.
constexpr int kLooksKept = 3;
constexpr std::size_t kMostKept = 10'000;
constexpr Duration kForgetEvery = 10min;

}  // namespace

Task<void> ChannelDesk::load() {
    const auto query = [](store::Connection& db) { return buyer_store::channels(db); };
    PEGASUS_CO_TRY(auto rows, co_await services_.database.read(query));
    for (auto& row : rows) add(std::move(row));
    co_return Result<void>();
}

void ChannelDesk::add(buyer_store::ChannelRow row) {
    const auto id = row.id;
    Channel channel;
    channel.row = std::move(row);
    channels_.insert_or_assign(id, std::move(channel));
    changed.notify(id);
}

const buyer_store::ChannelRow* ChannelDesk::find(const SubscriptionId& id) const {
    const auto it = channels_.find(id);
    return it == channels_.end() ? nullptr : &it->second.row;
}

bool ChannelDesk::drained(const SubscriptionId& id) const {
    const auto it = channels_.find(id);
    return it != channels_.end() && it->second.drained;
}

/// Now and then, so that channels without new messages grow old too.
Task<void> ChannelDesk::forgetOld() {
    if (services_.clock.steady() < forgetAt_) co_return Result<void>();
    const auto oldest = services_.clock.now() - options_.messageRetention;
    const auto trim = [oldest](store::Connection& db) { return buyer_store::forgetMessages(db, oldest); };
    PEGASUS_CO_CHECK(co_await services_.database.write(trim));
    forgetAt_ = services_.clock.steady() + kForgetEvery;
    co_return Result<void>();
}

Task<void> ChannelDesk::work() {
    PEGASUS_CO_CHECK(co_await forgetOld());
    std::vector<SubscriptionId> ids;
    for (const auto& [id, channel] : channels_)
        if (!channel.row.ended) ids.push_back(id);
    for (const auto& id : ids) {
        (void)co_await follow(id);  // an unreachable ledger shows in its own state; the next pulse tries again
        const auto it = channels_.find(id);
        if (it == channels_.end()) continue;
        const bool stalled = stateOf(it->second) == SubscriptionState::Stalled;
        if (std::exchange(it->second.stalled, stalled) != stalled) changed.notify(id);
    }
    co_return Result<void>();
}

Task<void> ChannelDesk::follow(SubscriptionId id) {
    for (int i = 0; i < kMaxSteps; ++i) {
        PEGASUS_CO_TRY(const bool moved, co_await step(id));
        if (!moved) break;
    }
    co_return Result<void>();
}

Task<mam::Collected> ChannelDesk::collect(OrderId order, Hash root, std::vector<std::uint8_t> sideKey,
                                          std::vector<model::AttachedTransaction> found) {
    PEGASUS_CO_TRY(const auto secret, services_.vault.unseal(sideKeyContext(order), sideKey));
    auto key = mam::SideKey::parse(secret.text());
    if (!key) co_return fail(key.error());
    const auto shared = std::make_shared<const mam::SideKey>(std::move(*key));
    const auto all = std::make_shared<const std::vector<model::AttachedTransaction>>(std::move(found));
    const auto job = [all, root, shared] { return mam::collect(*all, root, mam::Mode::Restricted, *shared); };
    co_return co_await compute(services_.pool, job);
}

Task<bool> ChannelDesk::decodes(OrderId order, Hash root, std::vector<std::uint8_t> sideKey) {
    ledger::Reader reader(services_.ledger);
    reader.watch(std::vector<Address>{mam::addressOf(root, mam::Mode::Restricted)});
    std::vector<model::AttachedTransaction> found;
    for (int looks = 0; looks < kMostLooks; ++looks) {
        PEGASUS_CO_TRY(auto look, co_await reader.look());
        found.insert(found.end(), look.fresh.begin(), look.fresh.end());
        if (!look.more) break;
    }
    if (found.empty()) co_return false;
    PEGASUS_CO_TRY(const auto collected, co_await collect(order, root, sideKey, std::move(found)));
    counters_.junkMessages += collected.invalid;
    co_return !collected.messages.empty();
}

bool ChannelDesk::concerns(const std::vector<ledger::StoredTransaction>& stored) const {
    std::unordered_set<Address> addresses;
    for (const auto& one : stored) addresses.insert(one.address);
    return std::ranges::any_of(channels_, [&](const auto& entry) {
        return !entry.second.row.ended && addresses.contains(entry.second.address);
    });
}

Task<bool> ChannelDesk::read(SubscriptionId id) {
    auto& channel = channels_.at(id);  // channels are never removed
    if (!channel.reader) channel.reader = std::make_unique<ledger::Reader>(services_.ledger);
    channel.address = mam::addressOf(channel.row.root, mam::Mode::Restricted);
    channel.reader->watch(std::vector<Address>{channel.address});
    PEGASUS_CO_TRY(auto look, co_await channel.reader->look());
    for (auto& kept : channel.kept)
        if (kept.looks > 0) ++kept.looks;
    for (auto& transaction : look.fresh) channel.kept.push_back({std::move(transaction), 0});
    co_return look.more;
}

Task<bool> ChannelDesk::step(SubscriptionId id) {
    auto& channel = channels_.at(id);
    if (channel.row.ended) co_return false;
    const auto row = channel.row;  // while we wait it may become another one
    for (int looks = 0; looks < kMostLooks; ++looks) {
        PEGASUS_CO_TRY(const bool more, co_await read(id));
        if (channel.row.root != row.root || channel.row.ended) co_return false;
        const bool fresh = std::ranges::any_of(channel.kept, [](const Kept& kept) { return kept.looks == 0; });
        mam::Collected collected;
        if (fresh) {
            std::vector<model::AttachedTransaction> found;
            for (const auto& kept : channel.kept) found.push_back(kept.transaction);
            PEGASUS_CO_TRY(collected, co_await collect(id, row.root, row.sideKey, std::move(found)));
            if (channel.row.root != row.root || channel.row.ended) co_return false;
        }
        std::erase_if(collected.messages, [&](const mam::Received& r) { return r.message.index < row.leaf; });
        if (!collected.messages.empty()) co_return co_await keep(id, std::move(collected));
        // An error before this, a full disk say, leaves them to be examined again.
        for (auto& kept : channel.kept) kept.looks = std::max(kept.looks, 1);
        dropKept(channel, 0);
        channel.drained = !more;
        if (!more) break;
    }
    co_return false;
}

/// What is old, or too much, was no message and is junk; with `messages` the channel leaves its root, and keeps nothing.
void ChannelDesk::dropKept(Channel& channel, std::size_t messages) {
    const auto old = [&](const Kept& kept) { return messages > 0 || kept.looks >= kLooksKept || channel.kept.size() > kMostKept; };
    std::size_t tails = 0;
    for (const auto& kept : channel.kept)
        if (old(kept) && kept.transaction.transaction.currentIndex == 0) ++tails;
    const auto junk = tails - std::min(tails, messages);
    channel.junk += junk;
    counters_.junkMessages += junk;
    std::erase_if(channel.kept, old);
}

Task<bool> ChannelDesk::keep(SubscriptionId id, mam::Collected collected) {
    auto row = channels_.at(id).row;
    const auto root = row.root;
    std::vector<Message> messages;
    for (const auto& received : collected.messages) {
        Message next;
        next.received = services_.clock.now();
        next.root = row.root;
        if (auto text = messageText(received.message.message, kMaxDataMessage)) {
            next.sequence = ++row.received;
            next.payload = std::move(*text);
            messages.push_back(std::move(next));
        } else {
            ++counters_.junkMessages;  // signed by the channel, and no text
        }
        row.leaf = received.message.index + 1;
    }
    // A tree with leaves left keeps its root. One leaf a tree is what we write, and all that stock readers follow.
    const auto& last = collected.messages.back().message;
    if (row.leaf >> std::min<std::uint32_t>(last.depth, 31) != 0) {
        row.root = last.nextRoot;
        row.leaf = 0;
    }
    if (!messages.empty()) row.lastMessage = messages.back().received;
    const auto write = [row, messages, limit = options_.keepMessages](store::Connection& db) {
        return buyer_store::addMessages(db, row, messages, limit);
    };
    PEGASUS_CO_CHECK(co_await services_.database.write(write));
    auto& channel = channels_.at(id);
    const bool ended = channel.row.ended;  // unsubscribed while this was written: its own write comes after
    channel.row = row;
    channel.row.ended = ended;
    channel.drained = false;
    if (row.root != root) dropKept(channel, collected.messages.size());
    for (const auto& kept : messages) message.notify(id, kept);
    changed.notify(id);
    co_return true;
}

Task<void> ChannelDesk::end(SubscriptionId id) {
    const auto it = channels_.find(id);
    if (it == channels_.end()) co_return fail(ErrorCode::NotFound, "no subscription {}", id);
    auto row = it->second.row;
    row.ended = true;
    const auto write = [row](store::Connection& db) { return buyer_store::putChannel(db, row); };
    it->second.row.ended = true;  // first, so that a read under way writes nothing after it
    PEGASUS_CO_CHECK(co_await services_.database.write(write));
    changed.notify(id);
    co_return Result<void>();
}

Task<MessagePage> ChannelDesk::history(SubscriptionId id, std::size_t limit, std::int64_t after) {
    if (!channels_.contains(id)) co_return fail(ErrorCode::NotFound, "no subscription {}", id);
    if (limit == 0 || limit > 1000) co_return fail(ErrorCode::InvalidArgument, "{} messages asked, expected 1 to 1000", limit);
    const auto query = [id, limit, after](store::Connection& db) { return buyer_store::messages(db, id, limit + 1, after); };
    MessagePage page;
    PEGASUS_CO_TRY(page.messages, co_await services_.database.read(query));
    if (page.messages.size() > limit) {
        page.messages.pop_back();
        page.cursor = page.messages.back().sequence;
    }
    co_return page;
}

SubscriptionState ChannelDesk::stateOf(const Channel& channel) const {
    if (channel.row.ended) return SubscriptionState::Ended;
    if (!channel.row.lastMessage) return SubscriptionState::Waiting;
    return services_.clock.now() - *channel.row.lastMessage > options_.stalledAfter ? SubscriptionState::Stalled
                                                                                   : SubscriptionState::Live;
}

std::vector<SubscriptionInfo> ChannelDesk::infos() const {
    std::vector<SubscriptionInfo> list;
    for (const auto& [id, channel] : channels_) {
        SubscriptionInfo info;
        info.id = id;
        info.state = stateOf(channel);
        info.nextRoot = channel.row.root;
        info.received = static_cast<std::uint64_t>(channel.row.received);
        info.junk = channel.junk;
        info.lastMessage = channel.row.lastMessage;
        list.push_back(std::move(info));
    }
    return list;
}

}  // namespace pegasus::market
