// SPDX-License-Identifier: Apache-2.0
// Statements over node_tx.
#include "node/transaction_table.hpp"

#include <algorithm>
#include <iterator>

namespace pegasus::node {
namespace {

bool among(const std::vector<Id>& ids, Id id) { return std::ranges::binary_search(ids, id); }

}  // namespace

bool IdQuery::matches(const Links& t) const {
    if (valueOnly && !t.hasValue) return false;
    if (addresses.asked && !among(addresses.ids, t.address)) return false;
    if (bundles.asked && !among(bundles.ids, t.bundle)) return false;
    if (approvees.asked && !among(approvees.ids, t.trunk) && !among(approvees.ids, t.branch)) return false;
    return !tags.asked || among(tags.ids, t.tag) || among(tags.ids, t.obsoleteTag);
}

TransactionTable::TransactionTable(store::Connection& c, HashTable& hashes)
    : hashes_(hashes),
      contains_(c, "SELECT 1 FROM node_tx WHERE id = ?"),
      links_(c,
             "SELECT address, bundle, trunk, branch, tag, obsolete_tag, current_index, last_index, value <> 0 "
             "FROM node_tx "
             "WHERE id = ?"),
      load_(c,
            "SELECT address, bundle, trunk, branch, tag, obsolete_tag, value, timestamp, "
            "current_index, last_index, "
            "attached, lower, upper, nonce, signature, sum FROM node_tx WHERE id = ?"),
      insert_(c,
              "INSERT INTO node_tx (id, address, bundle, trunk, branch, tag, obsolete_tag, value, "
              "timestamp, "
              "current_index, last_index, attached, lower, upper, nonce, signature, sum) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      erase_(c, "DELETE FROM node_tx WHERE id = ?"),
      byAddress_(c, "SELECT id FROM node_tx WHERE address = ? ORDER BY id DESC"),
      byBundle_(c, "SELECT id FROM node_tx WHERE bundle = ? ORDER BY id DESC"),
      byTrunk_(c, "SELECT id FROM node_tx WHERE trunk = ? ORDER BY id DESC"),
      byBranch_(c, "SELECT id FROM node_tx WHERE branch = ? ORDER BY id DESC"),
      byTag_(c, "SELECT id FROM node_tx WHERE tag = ? ORDER BY id DESC"),
      byObsoleteTag_(c,
                     "SELECT id FROM node_tx WHERE obsolete_tag = ? AND obsolete_tag <> tag ORDER "
                     "BY id DESC"),
      addressAfter_(c, "SELECT id FROM node_tx WHERE address = ? AND id > ? ORDER BY id LIMIT ?"),
      bundleAfter_(c, "SELECT id FROM node_tx WHERE bundle = ? AND id > ? ORDER BY id LIMIT ?"),
      tagAfter_(c, "SELECT id FROM node_tx WHERE tag = ? AND id > ? ORDER BY id LIMIT ?"),
      obsoleteTagAfter_(c,
                        "SELECT id FROM node_tx WHERE obsolete_tag = ? AND obsolete_tag <> tag AND id > ? ORDER BY id "
                        "LIMIT ?") {}

bool TransactionTable::contains(Id id) { return contains_.rows(id).next(); }

std::optional<Links> TransactionTable::links(Id id) {
    auto rows = links_.rows(id);
    if (!rows.next()) return std::nullopt;
    return Links{rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3),
                 rows.integer(4), rows.integer(5), rows.integer(6), rows.integer(7),
                 rows.integer(8) != 0};
}

std::optional<Record> TransactionTable::load(Id id) {
    auto rows = load_.rows(id);
    if (!rows.next()) return std::nullopt;
    Record r;
    r.hash = hashes_.at(id);
    Packed* const names[] = {&r.address, &r.bundle, &r.trunk, &r.branch, &r.tag, &r.obsoleteTag};
    std::int64_t* const numbers[] = {&r.value,    &r.timestamp, &r.currentIndex, &r.lastIndex,
                                     &r.attached, &r.lower,     &r.upper};
    Links links;
    Id* const ids[] = {&links.address, &links.bundle, &links.trunk, &links.branch, &links.tag, &links.obsoleteTag};
    int column = 0;
    for (std::size_t i = 0; i < std::size(names); ++i) {
        *ids[i] = rows.integer(column++);
        *names[i] = hashes_.at(*ids[i]);
    }
    for (auto* number : numbers) *number = rows.integer(column++);
    r.nonce = Packed(rows.blob(column++));
    const auto signature = rows.blob(column++);
    r.signature.assign(signature.begin(), signature.end());
    if (!rows.null(column) && rows.integer(column) != sumOf(id, links, r)) throw damaged("node_tx", id);
    return r;
}

Links TransactionTable::insert(Id id, Id trunk, Id branch, const Record& r) {
    const Links links{hashes_.intern(r.address).id, hashes_.intern(r.bundle).id, trunk, branch, hashes_.intern(r.tag).id,
                      hashes_.intern(r.obsoleteTag).id, r.currentIndex, r.lastIndex, r.value != 0};
    insert_.run(id, links.address, links.bundle, trunk, branch, links.tag, links.obsoleteTag, r.value, r.timestamp,
                r.currentIndex, r.lastIndex, r.attached, r.lower, r.upper, r.nonce.bytes(),
                std::span<const std::uint8_t>(r.signature), sumOf(id, links, r));
    return links;
}

std::int64_t TransactionTable::sumOf(Id id, const Links& l, const Record& r) const {
    const std::int64_t numbers[] = {id, l.address, l.bundle, l.trunk, l.branch, l.tag, l.obsoleteTag, r.value, r.timestamp, r.currentIndex,
                                    r.lastIndex, r.attached, r.lower, r.upper, static_cast<std::int64_t>(r.nonce.bytes().size())};
    std::vector<std::uint8_t> bytes(r.signature);
    bytes.insert(bytes.end(), r.nonce.bytes().begin(), r.nonce.bytes().end());
    for (const auto number : numbers)
        for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift));
    return hashes_.sum(bytes);
}

std::vector<Id> TransactionTable::bundleOf(Id tail, std::int64_t length) {
    std::vector<Id> ids{tail};
    const auto first = links(tail);
    auto last = first;
    while (last && static_cast<std::int64_t>(ids.size()) < length) {
        const auto next = links(last->trunk);
        const auto index = static_cast<std::int64_t>(ids.size());
        if (!next || next->currentIndex != index || next->bundle != first->bundle) break;
        ids.push_back(last->trunk);
        last = next;
    }
    return ids;
}

std::optional<TransactionTable::Ids> TransactionTable::collect(const std::vector<Id>& keys, Statements statements) {
    Ids found;
    for (const Id key : keys) {
        for (auto* statement : statements) {
            auto rows = statement->rows(key);
            while (rows.next()) {
                found.insert(rows.integer(0));
                if (found.size() > kMaxFound) return std::nullopt;
            }
        }
    }
    return found;
}

bool TransactionTable::matches(Id id, const IdQuery& query, bool obsolete) {
    const auto t = links(id);
    if (!t) return false;
    if (query.addresses.asked && !among(query.addresses.ids, t->address)) return false;
    if (query.bundles.asked && !among(query.bundles.ids, t->bundle)) return false;
    if (query.approvees.asked && !among(query.approvees.ids, t->trunk) &&
        !among(query.approvees.ids, t->branch))
        return false;
    return !query.tags.asked || among(query.tags.ids, obsolete ? t->obsoleteTag : t->tag);
}

std::vector<Id> TransactionTable::after(const IdQuery& query, Id last, std::size_t limit) {
    Ids found;
    const auto collectFrom = [&](const IdQuery::List& list, Prepared& statement) {
        for (const Id key : list.ids) {
            auto rows = statement.rows(key, last, static_cast<std::int64_t>(limit));
            while (rows.next()) {
                const Id id = rows.integer(0);
                if (found.size() == limit && id > *found.rbegin()) break;
                found.insert(id);
                if (found.size() > limit) found.erase(std::prev(found.end()));
            }
        }
    };
    if (query.bundles.asked) {
        collectFrom(query.bundles, bundleAfter_);
    } else if (query.addresses.asked) {
        collectFrom(query.addresses, addressAfter_);
    } else {
        collectFrom(query.tags, tagAfter_);
        collectFrom(query.tags, obsoleteTagAfter_);
    }
    return {found.begin(), found.end()};
}

Result<std::vector<Id>> TransactionTable::find(const IdQuery& query) {
    // The obsolete tag counts only if none of the tags occurs as a tag; then no transaction has
    // both the same.
    std::optional<Ids> byTag;
    bool obsolete = false;
    if (query.tags.asked) {
        byTag = collect(query.tags.ids, {&byTag_});
        obsolete = byTag && byTag->empty();
        if (obsolete) byTag = collect(query.tags.ids, {&byObsoleteTag_});
    }
    // The shortest list is filtered by the others, so one that is too long does no harm beside a
    // short one.
    std::optional<Ids> best = std::move(byTag);
    const auto consider = [&](const IdQuery::List& list, Statements statements) {
        if (!list.asked) return;
        auto ids = collect(list.ids, statements);
        if (ids && (!best || ids->size() < best->size())) best = std::move(ids);
    };
    consider(query.bundles, {&byBundle_});
    consider(query.approvees, {&byTrunk_, &byBranch_});
    consider(query.addresses, {&byAddress_});
    if (!best)
        return fail(ErrorCode::LimitExceeded, "more than {} transactions match: ask for less",
                    kMaxFound);
    const bool several =
        query.addresses.asked + query.bundles.asked + query.tags.asked + query.approvees.asked > 1;
    std::vector<Id> found;
    for (const Id id : *best)
        if (!several || matches(id, query, obsolete)) found.push_back(id);
    return found;
}

}  // namespace pegasus::node
