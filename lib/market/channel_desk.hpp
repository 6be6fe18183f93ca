// SPDX-License-Identifier: Apache-2.0
// ChannelDesk: follows the channels that were bought, keeps their messages, and tries out roots.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "mam/transport.hpp"
#include "ledger/reader.hpp"
#include "market/buyer.hpp"
#include "market/buyer_store.hpp"

namespace pegasus::market {

/// Loop thread. A message is durable, and the channel moved on in the same transaction, before anybody hears of it.
class ChannelDesk {
public:
    ChannelDesk(MarketServices services, const BuyerOptions& options, BuyerCounters& counters)
        : services_(services), options_(options), counters_(counters) {}

    Task<void> load();
    /// Reads what is new in every open channel. An error of one stays with it.
    Task<void> work();
    /// One of them is where a message is expected.
    [[nodiscard]] bool concerns(const std::vector<ledger::StoredTransaction>& stored) const;
    /// True if a valid message is at the root for that (sealed) side key.
    Task<bool> decodes(OrderId order, Hash root, std::vector<std::uint8_t> sideKey);
    /// A channel that was written to the database: it is followed from now on.
    void add(buyer_store::ChannelRow row);
    [[nodiscard]] const buyer_store::ChannelRow* find(const SubscriptionId& id) const;
    /// True if its last read found nothing more at its root.
    [[nodiscard]] bool drained(const SubscriptionId& id) const;
    Task<void> end(SubscriptionId id);
    Task<MessagePage> history(SubscriptionId id, std::size_t limit, std::int64_t after);
    /// What of SubscriptionInfo the channel knows.
    [[nodiscard]] std::vector<SubscriptionInfo> infos() const;

    Observers<SubscriptionId> changed;
    Observers<SubscriptionId, Message> message;

    /// Sealing context of a side key.
    [[nodiscard]] static std::string sideKeyContext(const OrderId& order) { return "market side key " + order; }

private:
    struct Kept {
        model::AttachedTransaction transaction;
        int looks = 0;  ///< since it was examined; 0: it was not yet
    };
    struct Channel {
        buyer_store::ChannelRow row;
        std::unique_ptr<ledger::Reader> reader;
        Address address;            ///< that the reader reads
        std::vector<Kept> kept;     ///< of the present root, since a message may come in several looks
        std::uint64_t junk = 0;
        bool drained = false;
        bool stalled = false;       ///< as last told
    };
    Task<mam::Collected> collect(OrderId order, Hash root, std::vector<std::uint8_t> sideKey,
                                 std::vector<model::AttachedTransaction> found);
    /// Reads on at the present root; true: there is more at once.
    Task<bool> read(SubscriptionId id);
    void dropKept(Channel& channel, std::size_t messages);
    Task<void> forgetOld();
    Task<void> follow(SubscriptionId id);
    /// True: the channel moved on.
    Task<bool> step(SubscriptionId id);
    Task<bool> keep(SubscriptionId id, mam::Collected collected);
    [[nodiscard]] SubscriptionState stateOf(const Channel& channel) const;

    MarketServices services_;
    const BuyerOptions& options_;
    BuyerCounters& counters_;
    std::map<SubscriptionId, Channel> channels_;
    SteadyTime forgetAt_{};
};

}  // namespace pegasus::market
