// SPDX-License-Identifier: Apache-2.0
// Remembers what was once seen confirmed.
#include "iri/confirmed_memory.hpp"

#include <utility>

namespace pegasus::iri {

namespace {

constexpr std::size_t kMostYoung = 1000;

void bindHash(SQLite::Statement& statement, const model::Hash& hash) {
    const auto packed = hash.pack();
    statement.bind(1, packed.data(), static_cast<int>(packed.size()));
}

}  // namespace

Task<std::vector<bool>> ConfirmedMemory::recall(std::vector<model::Hash> hashes) {
    std::vector<model::Hash> again;
    for (const auto& hash : hashes)
        if (young_.contains(hash) || old_.contains(hash)) again.push_back(hash);
    for (const auto& hash : again) {
        young_.erase(hash);
        old_.erase(hash);
    }
    if (auto stored = co_await store(again); !stored) {
        remember(again);
        co_return fail(stored.error());
    }
    auto work = [asked = std::move(hashes)](store::Connection& db) -> Result<std::vector<bool>> {
        SQLite::Statement select(db, "SELECT 1 FROM iri_confirmed WHERE hash = ?");
        std::vector<bool> known;
        for (const auto& hash : asked) {
            bindHash(select, hash);
            known.push_back(select.executeStep());
            select.reset();
        }
        return known;
    };
    co_return co_await database_.read(std::move(work));
}

void ConfirmedMemory::remember(const std::vector<model::Hash>& hashes) {
    young_.insert(hashes.begin(), hashes.end());
    if (young_.size() >= kMostYoung) old_ = std::exchange(young_, {});
}

Task<void> ConfirmedMemory::store(std::vector<model::Hash> hashes) {
    if (hashes.empty()) co_return Result<void>();
    auto work = [seen = std::move(hashes), most = most_](store::Connection& db) -> Result<void> {
        SQLite::Statement insert(db, "INSERT OR IGNORE INTO iri_confirmed (hash) VALUES (?)");
        for (const auto& hash : seen) {
            bindHash(insert, hash);
            insert.exec();
            insert.reset();
        }
        SQLite::Statement forget(
            db, "DELETE FROM iri_confirmed WHERE id <= (SELECT max(id) FROM iri_confirmed) - ?");
        forget.bind(1, static_cast<std::int64_t>(most));
        forget.exec();
        return {};
    };
    co_return co_await database_.write(std::move(work), store::Durability::Batched);
}

}  // namespace pegasus::iri
