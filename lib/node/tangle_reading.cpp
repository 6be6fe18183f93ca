// SPDX-License-Identifier: Apache-2.0
// Tangle: readings that go on where they were. A cursor is "n<life>.<place>" (what comes, by the arrival log) or "b<id>" (what is
// stored, by rising id); what is stored gets a higher id later only, and what arrives meanwhile is in the log too.
#include <algorithm>
#include <charconv>

#include "node/tangle.hpp"

namespace pegasus::node {
namespace {

/// Looked at in one step, whether or not they match.
constexpr std::size_t kMostLooked = 10'000;

template <class T>
std::optional<T> numberIn(std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

struct Place {
    std::uint64_t life = 0;
    std::uint64_t place = 0;
};

std::optional<Place> placeIn(std::string_view cursor) {
    const auto dot = cursor.find('.');
    if (!cursor.starts_with('n') || dot == std::string_view::npos) return std::nullopt;
    const auto life = numberIn<std::uint64_t>(cursor.substr(1, dot - 1));
    const auto place = numberIn<std::uint64_t>(cursor.substr(dot + 1));
    if (!life || !place) return std::nullopt;
    return Place{*life, *place};
}

std::string textOf(std::uint64_t life, std::uint64_t place) { return fmt::format("n{}.{}", life, place); }

}  // namespace

Result<ledger::FoundPage> Tangle::findNext(const ledger::TransactionQuery& query, const std::string& cursor, std::size_t limit) {
    PEGASUS_CHECK(refresh());
    const auto ids = idsOf(query);
    if (cursor == ledger::kFromNow) return ledger::FoundPage{.cursor = textOf(arrivals_.life(), arrivals_.end())};
    if (const auto place = placeIn(cursor)) {
        if (arrivals_.knows(place->life, place->place)) return arrivedSince(ids, place->place, limit);
        return ledger::FoundPage{.cursor = textOf(arrivals_.life(), arrivals_.end()), .restarted = true};
    }
    const auto last = cursor.empty() ? kNoId : cursor.starts_with('b') ? numberIn<Id>(std::string_view(cursor).substr(1)) : std::nullopt;
    if (!last) return fail(ErrorCode::InvalidArgument, "'{}' is not a cursor", cursor.substr(0, 40));
    return storedAfter(ids, *last, limit);
}

Result<ledger::FoundPage> Tangle::arrivedSince(const IdQuery& ids, std::uint64_t place, std::size_t limit) {
    ledger::FoundPage page;
    const auto stop = std::min<std::uint64_t>(arrivals_.end(), place + kMostLooked);
    for (; place < stop && page.hashes.size() < limit; ++place) {
        const auto& entry = arrivals_.at(place);
        if (!ids.matches(entry.links) || !transactions_.contains(entry.id)) continue;
        PEGASUS_TRY(page.hashes.emplace_back(), hashOf(entry.id));
    }
    page.more = place < arrivals_.end();
    page.cursor = textOf(arrivals_.life(), place);
    return page;
}

Result<ledger::FoundPage> Tangle::storedAfter(const IdQuery& ids, Id last, std::size_t limit) {
    ledger::FoundPage page;
    const auto candidates = transactions_.after(ids, last, limit);
    for (const Id id : candidates) {
        const auto links = transactions_.links(id);
        if (!links || !ids.matches(*links)) continue;
        PEGASUS_TRY(page.hashes.emplace_back(), hashOf(id));
    }
    page.more = candidates.size() == limit;
    page.cursor = fmt::format("b{}", candidates.empty() ? last : candidates.back());
    return page;
}

}  // namespace pegasus::node
