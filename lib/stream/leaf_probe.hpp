// SPDX-License-Identifier: Apache-2.0
// LeafProbe: what the ledger shows of the leaves of a channel, so that none of them signs twice.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/scheduler.hpp"
#include "ledger/ledger.hpp"
#include "mam/channel.hpp"

namespace pegasus::stream {

/// Where a channel stands according to the ledger.
struct Position {
    std::uint64_t next = 0;  ///< the first leaf from the asked one on, with no message at it and none found beyond
    bool anchored = false;   ///< a message before the asked leaf is there: what was published since would be there too
    bool clear = true;       ///< false: something at a leaf could not be read whole, so it may be a message
};

/// The place of one message, and what is known there.
struct Spot {
    trinary::Hash root;
    std::string message;                ///< trytes of our own message at that root; empty: none. Bundle hashes do not cover it
    std::set<model::Hash> known;        ///< transactions that need no look
};

/// Loop thread; trees are made and messages decoded in the pool. Does not own its services. Passes the ledger's errors on. What counts as
/// a message is what decodes with the channel's keys: anybody may put other things at an address.
class LeafProbe {
public:
    LeafProbe(ledger::Ledger& ledger, Pool& pool) : ledger_(ledger), pool_(pool) {}

    /// Looks from leaf `next` on, in steps that grow, then between the last used one and the first unused one: some five rounds of two
    /// calls where thousands were used, one where none was.
    [[nodiscard]] Task<Position> locate(mam::ChannelKeys keys, crypto::SecurityLevel security, std::uint64_t next);

    /// Whether there is a message at one of the spots that is not our own. What was looked at joins `known`. An address that holds too
    /// much to be read is passed over: this is the second look, after locate().
    [[nodiscard]] Task<bool> foreignMessage(mam::ChannelKeys keys, std::vector<Spot*> spots);

private:
    enum class Use : std::uint8_t { Free, Used, Unclear };
    using Leaves = std::vector<std::uint64_t>;
    struct Gap {
        std::uint64_t used;    ///< a leaf with a message
        std::uint64_t unused;  ///< a later one without
    };

    Task<std::uint64_t> closeGap(const mam::ChannelKeys& keys, crypto::SecurityLevel security, Gap gap);
    Task<std::vector<Use>> look(const mam::ChannelKeys& keys, crypto::SecurityLevel security, Leaves leaves);
    Task<std::vector<model::AttachedTransaction>> at(std::vector<model::Address> addresses);
    Task<std::vector<Use>> oneByOne(const mam::ChannelKeys& keys, std::vector<trinary::Hash> roots);
    Task<std::vector<Use>> usesOf(const mam::ChannelKeys& keys, std::vector<trinary::Hash> roots,
                                  std::vector<model::AttachedTransaction> found);

    ledger::Ledger& ledger_;
    Pool& pool_;
};

}  // namespace pegasus::stream
