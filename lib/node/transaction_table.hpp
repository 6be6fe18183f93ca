// SPDX-License-Identifier: Apache-2.0
// TransactionTable: the transactions of tangle.db and the ways to find them.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "node/hash_table.hpp"
#include "node/record.hpp"

namespace pegasus::node {

/// The links of a stored transaction.
struct Links {
    Id address = kNoId, bundle = kNoId, trunk = kNoId, branch = kNoId, tag = kNoId,
       obsoleteTag = kNoId;
    std::int64_t currentIndex = 0;
    std::int64_t lastIndex = 0;
    bool hasValue = false;
};

/// Answers of find() are not longer.
inline constexpr std::size_t kMaxFound = 100'000;

/// What to find, by id; see ledger::TransactionQuery. Names that were never seen are left out, so
/// `asked` tells which lists count: one that is asked and empty finds nothing.
struct IdQuery {
    struct List {
        bool asked = false;
        std::vector<Id> ids;  ///< rising, each once
    };
    List addresses{}, bundles{}, tags{}, approvees{};
    bool valueOnly = false;

    /// Whether a transaction is in every list that is asked; a tag counts as tag or obsolete tag.
    [[nodiscard]] bool matches(const Links& links) const;
};

/// Database thread.
class TransactionTable {
  public:
    TransactionTable(store::Connection& connection, HashTable& hashes);

    [[nodiscard]] bool contains(Id id);
    [[nodiscard]] std::optional<Links> links(Id id);
    /// Throws damaged() if it is not what was inserted.
    [[nodiscard]] std::optional<Record> load(Id id);
    /// `id`, `trunk`, `branch`: of the record's hashes.
    Links insert(Id id, Id trunk, Id branch, const Record& record);
    void erase(Id id) { (void)erase_.run(id); }
    /// The transactions of the bundle of a tail, in index order, along the trunks; as many as are
    /// there and go on with it, but not more than its length.
    [[nodiscard]] std::vector<Id> bundleOf(Id tail, std::int64_t length);
    /// Oldest first. LimitExceeded beyond kMaxFound.
    [[nodiscard]] Result<std::vector<Id>> find(const IdQuery& query);
    /// The `limit` lowest ids above `last` that the first list asked for finds, rising; the others are for IdQuery::matches().
    [[nodiscard]] std::vector<Id> after(const IdQuery& query, Id last, std::size_t limit);

  private:
    using Ids = std::set<Id>;
    using Statements = std::initializer_list<Prepared*>;
    /// nullopt: more than kMaxFound.
    [[nodiscard]] static std::optional<Ids> collect(const std::vector<Id>& keys, Statements statements);
    [[nodiscard]] bool matches(Id id, const IdQuery& query, bool obsolete);
    [[nodiscard]] std::int64_t sumOf(Id id, const Links& links, const Record& record) const;

    HashTable& hashes_;
    Prepared contains_;
    Prepared links_;
    Prepared load_;
    Prepared insert_;
    Prepared erase_;
    Prepared byAddress_;
    Prepared byBundle_;
    Prepared byTrunk_;
    Prepared byBranch_;
    Prepared byTag_;
    Prepared byObsoleteTag_;
    Prepared addressAfter_;
    Prepared bundleAfter_;
    Prepared tagAfter_;
    Prepared obsoleteTagAfter_;
};

}  // namespace pegasus::node
