// SPDX-License-Identifier: Apache-2.0
// Scanner: reads the balances of our addresses, and finds the bundles that others made for them.
#pragma once

#include <list>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ledger/reader.hpp"
#include "wallet/addresses.hpp"
#include "wallet/rows.hpp"
#include "wallet/settler.hpp"

namespace pegasus::wallet {

/// Loop thread; one pass at a time. Bounded: what anybody may put on our addresses is looked at in portions, and what
/// stays unreadable is given up after some passes (the balances are right in any case).
class Scanner {
public:
    Scanner(Context& context, Addresses& addresses) : context_(context), addresses_(addresses) {}

    /// Reads the balances as last seen.
    Task<void> load();
    /// One look at the ledger.
    Task<void> pass();
    Task<Balance> compute(PendingSums sums);
    /// Whether a payment to this address is pending, as of the last pass.
    [[nodiscard]] bool expectsMore(const Address& address) const { return expecting_.contains(address); }
    [[nodiscard]] Iotas balanceOf(const Address& address) const;

private:
    struct Group {
        explicit Group(ledger::Ledger& ledger) : reader(ledger, {.valueOnly = true}) {}
        ledger::Reader reader;
        std::vector<Address> addresses;
    };

    Task<std::vector<Address>> watched();
    /// Spent ones that hold something, as last seen.
    Task<std::vector<keys::KeyEntry>> late();
    Task<void> readBalances(std::vector<Address> addresses);
    /// Corrupt if our addresses would hold more than there is.
    [[nodiscard]] Result<void> checkTotal(const std::vector<std::pair<Address, Iotas>>& changed) const;
    /// What a node has called spent without a proof, and holds something, is asked about again.
    Task<void> reconsiderSpent();
    /// An address that was derived here and shown to nobody, and holds what a valid bundle paid: another copy of the seed has given it
    /// out. A balance alone is hearsay, by which a node could make us go through addresses without end.
    Task<void> followCopies();
    Task<void> discover(std::vector<Address> addresses);
    void assign(const std::vector<Address>& addresses);
    Task<bool> record(Hash bundle);
    Task<void> judgeForeign();
    Task<void> judgeOne(const HistoryEntry& entry);
    Task<bool> isKnown(Hash bundle);
    /// Net change of our addresses by a bundle; marks what it credits as used.
    Task<Iotas> netOf(std::vector<model::Transaction> transactions, std::vector<Address>* credited);

    Context& context_;
    Addresses& addresses_;
    std::unordered_map<Address, Iotas> balances_;  // without those that hold nothing
    std::int64_t milestoneIndex_ = 0;
    std::list<Group> groups_;    // readers stay where they are
    std::map<Hash, int> open_;   // bundles to be read, and how often they were not complete or not valid
    std::unordered_set<Address> credited_;  // own ones, by bundles that were validated
    std::unordered_set<Address> expecting_;
    Iotas foreignIn_;
    Iotas foreignOut_;
    crypto::KeyIndex spentCursor_ = 0;
    SteadyTime nextSpentLook_{};
};

}  // namespace pegasus::wallet
