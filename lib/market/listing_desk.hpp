// SPDX-License-Identifier: Apache-2.0
// ListingDesk: the seller's half that keeps listings on the ledger and knows which address sells what at which price.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/ed25519.hpp"
#include "market/seller.hpp"
#include "market/seller_store.hpp"

namespace pegasus::stream {
struct Source;
}
namespace pegasus::market {

/// Loop thread. Every change is durable before anything of it is sent.
class ListingDesk {
public:
    ListingDesk(MarketServices services, stream::StreamService& streams, const SellerOptions& options, SellerCounters& counters)
        : services_(services), streams_(streams), options_(options), counters_(counters) {}

    Task<void> load(const crypto::Ed25519Key& key);
    /// `fresh`: pay to a new address. Durable, and announced as soon as good readings come.
    Task<void> announce(std::string stream, bool fresh);
    Task<void> withdraw(std::string stream);
    /// Renews, sends, confirms, releases. Errors stay with their listing.
    Task<void> work();
    /// The stream has other terms, or is gone.
    void streamChanged(const std::string& stream) { dirty_.insert(stream); }
    /// The wallet has another seed, perhaps: addresses must be claimed again.
    void walletRestored() { claimed_ = false; }
    /// All payments to the address that were on the ledger at that time are known. Before that has been so at the end of the
    /// grace time, the address is neither forgotten nor released: the program may have been away.
    void looked(const Address& address, Timestamp when) { looked_[address] = when; }

    struct Watched {
        Address address;
        std::string stream;
    };
    [[nodiscard]] std::vector<Watched> watched() const;
    /// The least price that was announced for the address and was still good at `when`; nothing if none was.
    [[nodiscard]] std::optional<Iotas> priceAt(const Address& address, Timestamp when) const;
    [[nodiscard]] std::vector<ListingInfo> infos() const;
    [[nodiscard]] std::vector<HeldAddress> heldAddresses() const;
    /// No readings come: the stream is off the market for that, or will be at once.
    [[nodiscard]] bool isSilent(const std::string& stream) const;

    Observers<std::string> changed;

private:
    using Row = seller_store::ListingRow;

    [[nodiscard]] const Row* current(const std::string& stream) const;
    [[nodiscard]] bool isOpen(const std::string& stream) const;
    [[nodiscard]] bool stayedAway(const stream::Source& source) const;
    [[nodiscard]] ListingInfo infoOf(const Row& row) const;
    [[nodiscard]] std::string problemOf(const std::string& stream) const;
    [[nodiscard]] Timestamp renewalOf(const Row& row) const { return row.created + options_.retention / 2; }
    [[nodiscard]] Result<ListingTerms> presentTerms(const std::string& stream) const;
    Task<void> announceLocked(std::string stream, bool fresh, bool renew);
    /// `wanted`: it comes back by itself.
    Task<void> closeLocked(std::string stream, bool wanted);
    Task<Address> addressFor(std::string stream, bool fresh);
    Task<void> want(std::string stream, bool fresh);
    Task<void> forget(std::string stream);
    Task<void> add(Row row, bool wanted);
    Task<void> claim();
    Task<void> refresh();
    Task<void> refreshOne(std::string stream);
    Task<void> send(Row row);
    Task<void> follow(Row row);
    Task<void> releaseOld();
    void note(const std::string& stream, const Result<void>& outcome);
    Row* find(const std::string& stream, std::int64_t seq);

    MarketServices services_;
    stream::StreamService& streams_;
    const SellerOptions& options_;
    SellerCounters& counters_;
    const crypto::Ed25519Key* key_ = nullptr;
    AsyncMutex mutex_;
    std::vector<Row> rows_;  // by stream and seq
    std::map<std::string, bool> sales_;  // what the operator wants sold; true: at a new address
    std::map<std::string, std::string> lastError_;
    std::set<std::string> dirty_;
    std::map<Address, Timestamp> looked_;
    bool claimed_ = false;
};

}  // namespace pegasus::market
