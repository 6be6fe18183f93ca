// SPDX-License-Identifier: Apache-2.0
// Reader: news, backlog, and what a ledger without cursors shows.
#include "ledger/reader.hpp"

#include <algorithm>

#include "ledger/bundles.hpp"

namespace pegasus::ledger {
namespace {

constexpr int kMostAttempts = 100;      // at a transaction that is told of and not there
constexpr std::size_t kMostTold = 100'000;  // that wait to be fetched: a node may tell of more than there is
constexpr std::size_t kMostMissing = 2000;  // of such: then the ledger invents them
constexpr std::size_t kEachAtOnce = 50;  // names asked for one by one in a look

bool contains(const auto& list, const auto& item) { return std::ranges::find(list, item) != list.end(); }

}  // namespace

void Reader::setNames(std::vector<Name> names) {
    if (names == names_) return;
    ++namesSet_;
    for (auto& part : backlog_) std::erase_if(part.names, [&](const Name& name) { return !contains(names, name); });
    std::erase_if(backlog_, [](const Backlog& part) { return part.names.empty(); });
    Backlog fresh;
    for (const auto& name : names)
        if (!contains(names_, name)) fresh.names.push_back(name);
    if (!fresh.names.empty()) backlog_.push_back(std::move(fresh));
    names_ = std::move(names);
}

void Reader::readAllAnew() {
    backlog_.clear();
    backlog_.push_back({names_, {}});
}

TransactionQuery Reader::queryFor(const std::vector<Name>& names) const {
    TransactionQuery query;
    query.valueOnly = options_.valueOnly;
    for (const auto& name : names) {
        if (const auto* address = std::get_if<Address>(&name)) query.addresses.push_back(*address);
        if (const auto* tag = std::get_if<Tag>(&name)) query.tags.push_back(*tag);
    }
    return query;
}

Task<Look> Reader::look() {
    Look look;
    if (names_.empty()) co_return look;
    // Where a cursor has passed it will not be told again: first what is known of has to be fetched.
    const bool behind = !news_.empty() && told_.size() >= kMostTold / 2;
    if (!behind) {
        PEGASUS_CO_TRY(const bool moreNews, co_await readNews());
        PEGASUS_CO_TRY(const bool moreOld, co_await readBacklog());
        look.more = moreNews || moreOld;
    }
    PEGASUS_CO_TRY(look.fresh, co_await fetch());
    begun_ = true;
    look.more = look.more || behind;
    co_return look;
}

Task<bool> Reader::readNews() {
    const bool first = news_.empty();
    const auto set = namesSet_;
    auto query = queryFor(names_);
    auto cursor = first ? std::string(kFromNow) : news_;
    PEGASUS_CO_TRY(auto page, co_await ledger_.findNext(std::move(query), std::move(cursor), options_.perStep));
    take(page.hashes);
    cut_ = page.cut;
    if (page.cursor.empty()) {
        // All that the ledger shows has just been told.
        news_.clear();
        if (set == namesSet_) backlog_.clear();
        if (cut_ && names_.size() > 1) PEGASUS_CO_CHECK(co_await readEach());
        co_return told_.size() > options_.perStep;
    }
    if (first || page.restarted) readAllAnew();
    news_ = std::move(page.cursor);
    co_return page.more;
}

/// One flooded name must not hide the others.
Task<void> Reader::readEach() {
    cut_ = false;
    const auto names = names_;
    for (std::size_t i = 0; i < std::min(names.size(), kEachAtOnce); ++i) {
        auto query = queryFor({names[each_++ % names.size()]});
        std::string cursor;
        PEGASUS_CO_TRY(auto page, co_await ledger_.findNext(std::move(query), std::move(cursor), options_.perStep));
        take(page.hashes);
        cut_ = cut_ || page.cut;
    }
    co_return Result<void>();
}

Task<bool> Reader::readBacklog() {
    if (backlog_.empty()) co_return false;
    const auto set = namesSet_;
    const auto part = backlog_.front();
    auto query = queryFor(part.names);
    auto cursor = part.cursor;
    PEGASUS_CO_TRY(auto page, co_await ledger_.findNext(std::move(query), std::move(cursor), options_.perStep));
    take(page.hashes);
    if (set != namesSet_) co_return true;  // it stays, and is read again
    backlog_.pop_front();
    // A cursor of another node means nothing to this one.
    if (page.restarted) backlog_.push_back({part.names, {}});
    else if (page.more) backlog_.push_back({part.names, std::move(page.cursor)});
    co_return !backlog_.empty();
}

void Reader::take(const std::vector<Hash>& hashes) {
    for (const auto& hash : hashes)
        if (told_.size() < kMostTold && !given_.contains(hash)) told_.try_emplace(hash, 0);
}

Task<std::vector<AttachedTransaction>> Reader::fetch() {
    std::vector<AttachedTransaction> fresh;
    std::vector<Hash> asked;
    // Those that were not there the last time come last.
    for (const bool again : {false, true})
        for (const auto& [hash, attempts] : told_)
            if ((attempts > 0) == again && asked.size() < 2 * options_.perStep) asked.push_back(hash);
    const auto missing = std::ranges::count_if(told_, [](const auto& entry) { return entry.second > 0; });
    const bool tooMany = static_cast<std::size_t>(missing) > kMostMissing;
    PEGASUS_CO_TRY(auto found, co_await fetchTransactions(ledger_, asked));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (found[i]) {
            remember(asked[i]);
            fresh.push_back(std::move(*found[i]));
        } else if (++told_[asked[i]] >= kMostAttempts || tooMany) {
            remember(asked[i]);
        }
    }
    co_return fresh;
}

void Reader::remember(const Hash& hash) {
    told_.erase(hash);
    if (!given_.insert(hash).second) return;
    order_.push_back(hash);
    if (order_.size() <= options_.remembered) return;
    given_.erase(order_.front());
    order_.pop_front();
}

}  // namespace pegasus::ledger
