// SPDX-License-Identifier: Apache-2.0
// Reader: what comes to addresses or tags that anybody can fill, each transaction once, in bounded steps.
#pragma once

#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "ledger/ledger.hpp"

namespace pegasus::ledger {

struct ReaderOptions {
    std::size_t perStep = kMaxHashesPerCall;  ///< hashes asked for at once, 1 to kMaxHashesPerCall
    std::size_t remembered = 50'000;          ///< transactions that are known to have been given
    bool valueOnly = false;                   ///< those without value are of no use
};

struct Look {
    std::vector<AttachedTransaction> fresh;
    bool more = false;  ///< the next look finds more at once
};

/// Loop thread; one look at a time. Each look reads what is new since the last one, and a step of what was stored before: so the newest
/// is seen at once and the oldest in the end, however much junk lies between. Nothing is given twice, as far as `remembered` goes; what a
/// node tells of and does not have is asked for again for a while. With a ledger without cursors each look costs what lies there.
class Reader {
public:
    explicit Reader(Ledger& ledger, ReaderOptions options = {}) : ledger_(ledger), options_(options) {}

    /// What is read from now on, at most kMaxHashesPerCall names; what stays is not read again.
    void watch(std::vector<Address> addresses) { setNames({addresses.begin(), addresses.end()}); }
    void watch(std::vector<Tag> tags) { setNames({tags.begin(), tags.end()}); }

    /// An error of the ledger loses nothing.
    [[nodiscard]] Task<Look> look();

    /// The ledger has more there than it shows, as of the last look.
    [[nodiscard]] bool incomplete() const { return cut_; }
    /// All that was stored when the reading of it began has been given.
    [[nodiscard]] bool caughtUp() const { return begun_ && backlog_.empty() && told_.empty() && !cut_; }

private:
    using Name = std::variant<Address, Tag>;
    struct Backlog {
        std::vector<Name> names;
        std::string cursor;
    };

    void setNames(std::vector<Name> names);
    void readAllAnew();
    [[nodiscard]] TransactionQuery queryFor(const std::vector<Name>& names) const;
    /// Each adds to what was told; true: there is more at once.
    Task<bool> readNews();
    Task<bool> readBacklog();
    Task<void> readEach();
    Task<std::vector<AttachedTransaction>> fetch();
    void take(const std::vector<Hash>& hashes);
    void remember(const Hash& hash);

    Ledger& ledger_;
    ReaderOptions options_;
    std::vector<Name> names_;
    std::string news_;             // cursor; empty: the ledger has given none
    std::deque<Backlog> backlog_;  // names that are not read to their end, by turns
    std::uint64_t namesSet_ = 0;   // how often
    std::size_t each_ = 0;         // whose turn it is in readEach()
    std::unordered_map<Hash, int> told_;  // and not given yet: how often it was asked for
    std::unordered_set<Hash> given_;
    std::deque<Hash> order_;  // of given_
    bool begun_ = false;
    bool cut_ = false;
};

}  // namespace pegasus::ledger
