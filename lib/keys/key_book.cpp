// SPDX-License-Identifier: Apache-2.0
// KeyBook: rows of keys_key. Every change is conditional on the state it starts from, inside one transaction.
#include "keys/key_book.hpp"

#include <algorithm>
#include <utility>

namespace pegasus::keys {
namespace {

using crypto::KeyIndex;
using model::Address;
using model::Hash;
using store::Connection;

constexpr const char* kColumns = "SELECT idx, level, address, state, purpose, held, bundle FROM keys_key ";

std::int64_t toRow(KeyIndex index) { return static_cast<std::int64_t>(index); }

Result<KeyEntry> entryFrom(SQLite::Statement& row) {
    KeyEntry entry;
    const int level = row.getColumn(1).getInt();
    const int state = row.getColumn(3).getInt();
    if (level < 1 || level > 3 || state < 0 || state > static_cast<int>(KeyState::Spent))
        return fail(ErrorCode::Corrupt, "key {} has level {} and state {}", row.getColumn(0).getInt64(), level, state);
    entry.key = {static_cast<KeyIndex>(row.getColumn(0).getInt64()), static_cast<crypto::SecurityLevel>(level)};
    PEGASUS_TRY(entry.address, Address::parse(row.getColumn(2).getString()));
    entry.state = static_cast<KeyState>(state);
    entry.purpose = row.getColumn(4).getString();
    entry.held = row.getColumn(5).getInt() != 0;
    if (!row.getColumn(6).isNull()) {
        PEGASUS_TRY(entry.bundle, Hash::parse(row.getColumn(6).getString()));
    }
    return entry;
}

Result<std::optional<KeyEntry>> oneEntry(SQLite::Statement& query) {
    if (!query.executeStep()) return std::optional<KeyEntry>();
    PEGASUS_TRY(auto entry, entryFrom(query));
    return std::optional<KeyEntry>(std::move(entry));
}

Result<std::optional<KeyEntry>> byIndex(Connection& c, const std::string& account, KeyIndex index) {
    SQLite::Statement query(c, std::string(kColumns) + "WHERE account = ? AND idx = ?");
    query.bind(1, account);
    query.bind(2, toRow(index));
    return oneEntry(query);
}

Result<std::optional<KeyEntry>> byAddress(Connection& c, const std::string& account, const Address& address) {
    SQLite::Statement query(c, std::string(kColumns) + "WHERE account = ? AND address = ?");
    query.bind(1, account);
    query.bind(2, address.str());
    return oneEntry(query);
}

Result<std::optional<KeyEntry>> lowestReady(Connection& c, const std::string& account) {
    SQLite::Statement query(c, std::string(kColumns) + "WHERE account = ? AND state = 0 ORDER BY idx LIMIT 1");
    query.bind(1, account);
    return oneEntry(query);
}

Result<KeyEntry> existing(Connection& c, const std::string& account, KeyIndex index) {
    PEGASUS_TRY(auto entry, byIndex(c, account, index));
    if (!entry) return fail(ErrorCode::NotFound, "key {} of {} is not in the book", index, account);
    return std::move(*entry);
}

Result<void> addOne(Connection& c, const std::string& account, const DerivedKey& key, KeyState state,
                    const std::string& purpose) {
    PEGASUS_TRY(const auto present, byIndex(c, account, key.key.index));
    if (present) {
        if (present->address != key.address)
            return fail(ErrorCode::Corrupt, "key {} of {} has another address: this is not the same seed",
                        key.key.index, account);
        SQLite::Statement raise(c, "UPDATE keys_key SET state = ?3 WHERE account = ?1 AND idx = ?2 AND state < ?3");
        raise.bind(1, account);
        raise.bind(2, toRow(key.key.index));
        raise.bind(3, static_cast<int>(state));
        raise.exec();
        return {};
    }
    SQLite::Statement insert(c, "INSERT INTO keys_key (account, idx, level, address, state, purpose) "
                                "VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, account);
    insert.bind(2, toRow(key.key.index));
    insert.bind(3, static_cast<int>(key.key.level));
    insert.bind(4, key.address.str());
    insert.bind(5, static_cast<int>(state));
    insert.bind(6, purpose);
    insert.exec();
    return {};
}

Result<void> reserveOne(Connection& c, const std::string& account, KeyIndex index, const Hash& bundle) {
    PEGASUS_TRY(const auto entry, existing(c, account, index));
    if (entry.bundle) {
        if (*entry.bundle == bundle) return {};
        return fail(ErrorCode::AddressSpent, "key {} has signed bundle {}: it signs no other", index,
                    entry.bundle->view());
    }
    if (entry.state >= KeyState::Signed)
        return fail(ErrorCode::AddressSpent, "address {} was spent from", entry.address.view());
    if (entry.held)
        return fail(ErrorCode::InvalidState, "address {} is announced: it may not be spent from", entry.address.view());
    SQLite::Statement update(c, "UPDATE keys_key SET state = 2, bundle = ? WHERE account = ? AND idx = ?");
    update.bind(1, bundle.str());
    update.bind(2, account);
    update.bind(3, toRow(index));
    update.exec();
    return {};
}

Result<std::vector<KeyEntry>> allEntries(SQLite::Statement& query) {
    std::vector<KeyEntry> out;
    while (query.executeStep()) {
        PEGASUS_TRY(out.emplace_back(), entryFrom(query));
    }
    return out;
}

Result<std::vector<KeyEntry>> listEntries(Connection& c, const std::string& account) {
    SQLite::Statement query(c, std::string(kColumns) + "WHERE account = ? ORDER BY idx");
    query.bind(1, account);
    return allEntries(query);
}

Result<std::vector<KeyEntry>> listPage(Connection& c, const std::string& account, KeyState state, KeyIndex from, std::int64_t limit) {
    SQLite::Statement query(c, std::string(kColumns) + "WHERE account = ? AND state = ? AND idx >= ? ORDER BY idx LIMIT ?");
    query.bind(1, account);
    query.bind(2, static_cast<int>(state));
    query.bind(3, toRow(from));
    query.bind(4, limit);
    return allEntries(query);
}

std::optional<KeyIndex> highest(Connection& c, const std::string& account, KeyState state) {
    SQLite::Statement query(c, "SELECT idx FROM keys_key WHERE account = ? AND state = ? ORDER BY idx DESC LIMIT 1");
    query.bind(1, account);
    query.bind(2, static_cast<int>(state));
    if (!query.executeStep()) return std::nullopt;
    return static_cast<KeyIndex>(query.getColumn(0).getInt64());
}

Result<void> setHeld(Connection& c, const std::string& account, const Address& address, bool held) {
    PEGASUS_TRY(const auto entry, byAddress(c, account, address));
    if (!entry) return fail(ErrorCode::NotFound, "address {} is not one of {}", address.view(), account);
    if (held && entry->state >= KeyState::Signed)
        return fail(ErrorCode::InvalidState, "address {} has signed: it may not be announced", address.view());
    // What is announced was handed out, whoever did it.
    SQLite::Statement update(c, "UPDATE keys_key SET held = ?3, state = max(state, ?4) WHERE account = ?1 AND idx = ?2");
    update.bind(1, account);
    update.bind(2, toRow(entry->key.index));
    update.bind(3, held ? 1 : 0);
    update.bind(4, static_cast<int>(held ? KeyState::HandedOut : KeyState::Ready));
    update.exec();
    return {};
}

}  // namespace

namespace key_rows {

Result<void> reserveForSigning(Connection& c, const std::string& account, const std::vector<KeyIndex>& indices,
                               const Hash& bundle) {
    for (const auto index : indices) PEGASUS_CHECK(reserveOne(c, account, index, bundle));
    return {};
}

Result<void> handOut(Connection& c, const std::string& account, KeyIndex index, const std::string& purpose,
                     bool held) {
    PEGASUS_TRY(const auto entry, existing(c, account, index));
    if (entry.state != KeyState::Ready)
        return fail(ErrorCode::InvalidState, "key {} of {} was handed out before", index, account);
    SQLite::Statement update(c, "UPDATE keys_key SET state = 1, purpose = ?, held = ? WHERE account = ? AND idx = ?");
    update.bind(1, purpose);
    update.bind(2, held ? 1 : 0);
    update.bind(3, account);
    update.bind(4, toRow(index));
    update.exec();
    return {};
}

Result<void> markSpent(Connection& c, const std::string& account, const std::vector<SpentKey>& keys) {
    for (const auto& key : keys) {
        SQLite::Statement update(c, "UPDATE keys_key SET state = 3, bundle = coalesce(bundle, ?) WHERE account = ? AND idx = ?");
        if (key.proof) update.bind(1, key.proof->str());
        update.bind(2, account);
        update.bind(3, toRow(key.index));
        if (update.exec() != 1)
            return fail(ErrorCode::NotFound, "key {} of {} is not in the book", key.index, account);
    }
    return {};
}

Result<void> takeBack(Connection& c, const std::string& account, const Hash& bundle) {
    SQLite::Statement update(c, "UPDATE keys_key INDEXED BY keys_key_state SET state = 1, bundle = NULL "
                                "WHERE account = ? AND bundle = ? AND state = 2");
    update.bind(1, account);
    update.bind(2, bundle.str());
    update.exec();
    return {};
}

Result<void> markBundleSpent(Connection& c, const std::string& account, const Hash& bundle) {
    SQLite::Statement update(c, "UPDATE keys_key INDEXED BY keys_key_state SET state = 3 WHERE account = ? AND state = 2 AND bundle = ?");
    update.bind(1, account);
    update.bind(2, bundle.str());
    update.exec();
    return {};
}

}  // namespace key_rows

KeyBook::KeyBook(store::Database& database, std::string account)
    : database_(database), account_(std::move(account)) {}

Task<KeyIndex> KeyBook::nextIndex() {
    auto work = [account = account_](Connection& c) -> Result<KeyIndex> {
        SQLite::Statement query(c, "SELECT coalesce(max(idx) + 1, 0) FROM keys_key WHERE account = ?");
        query.bind(1, account);
        query.executeStep();
        return static_cast<KeyIndex>(query.getColumn(0).getInt64());
    };
    co_return co_await database_.read(std::move(work));
}

Task<void> KeyBook::add(std::vector<DerivedKey> keys) {
    return addAs(std::move(keys), KeyState::Ready, std::string());
}

Task<void> KeyBook::addAs(std::vector<DerivedKey> keys, KeyState state, std::string purpose) {
    auto work = [account = account_, keys = std::move(keys), state,
                 purpose = std::move(purpose)](Connection& c) -> Result<void> {
        for (const auto& key : keys) PEGASUS_CHECK(addOne(c, account, key, state, purpose));
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Task<KeyEntry> KeyBook::handOut(std::string purpose, bool held) {
    auto work = [account = account_, purpose = std::move(purpose), held](Connection& c) -> Result<KeyEntry> {
        PEGASUS_TRY(auto entry, lowestReady(c, account));
        if (!entry) return fail(ErrorCode::NotFound, "no address of {} is ready", account);
        PEGASUS_CHECK(key_rows::handOut(c, account, entry->key.index, purpose, held));
        entry->state = KeyState::HandedOut;
        entry->purpose = purpose;
        entry->held = held;
        return std::move(*entry);
    };
    co_return co_await database_.write(std::move(work));
}

Task<std::uint64_t> KeyBook::countReady() {
    auto work = [account = account_](Connection& c) -> Result<std::uint64_t> {
        SQLite::Statement query(c, "SELECT count(*) FROM keys_key WHERE account = ? AND state = 0");
        query.bind(1, account);
        query.executeStep();
        return static_cast<std::uint64_t>(query.getColumn(0).getInt64());
    };
    co_return co_await database_.read(std::move(work));
}

Task<void> KeyBook::hold(Address address, bool held) {
    auto work = [account = account_, address, held](Connection& c) { return setHeld(c, account, address, held); };
    co_return co_await database_.write(std::move(work));
}

Task<void> KeyBook::reserveForSigning(std::vector<KeyIndex> indices, Hash bundle) {
    auto work = [account = account_, indices = std::move(indices), bundle](Connection& c) {
        return key_rows::reserveForSigning(c, account, indices, bundle);
    };
    co_return co_await database_.write(std::move(work));
}

Task<void> KeyBook::markSpent(std::vector<SpentKey> keys) {
    auto work = [account = account_, keys = std::move(keys)](Connection& c) {
        return key_rows::markSpent(c, account, keys);
    };
    co_return co_await database_.write(std::move(work));
}

Task<void> KeyBook::doubtSpent(std::vector<KeyIndex> indices) {
    auto work = [account = account_, indices = std::move(indices)](Connection& c) -> Result<void> {
        SQLite::Statement update(c, "UPDATE keys_key SET state = 1 WHERE account = ? AND idx = ? AND state = 3 AND bundle IS NULL");
        for (const auto index : indices) {
            update.reset();
            update.bind(1, account);
            update.bind(2, toRow(index));
            update.exec();
        }
        return {};
    };
    co_return co_await database_.write(std::move(work));
}

Task<std::optional<KeyEntry>> KeyBook::find(Address address) {
    auto work = [account = account_, address](Connection& c) { return byAddress(c, account, address); };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<KeyEntry>> KeyBook::findMany(std::vector<Address> addresses) {
    auto work = [account = account_, addresses = std::move(addresses)](Connection& c) -> Result<std::vector<KeyEntry>> {
        std::vector<KeyEntry> out;
        for (const auto& address : addresses) {
            PEGASUS_TRY(auto entry, byAddress(c, account, address));
            if (entry) out.push_back(std::move(*entry));
        }
        return out;
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<KeyEntry>> KeyBook::entries(std::optional<KeyState> state) {
    auto work = [account = account_, state](Connection& c) {
        return state ? listPage(c, account, *state, 0, -1) : listEntries(c, account);
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<KeyEntry>> KeyBook::page(KeyState state, KeyIndex from, std::size_t limit) {
    auto work = [account = account_, state, from, limit](Connection& c) {
        return listPage(c, account, state, from, static_cast<std::int64_t>(limit));
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::optional<KeyIndex>> KeyBook::lastIndex(std::vector<KeyState> states) {
    auto work = [account = account_, states = std::move(states)](Connection& c) -> Result<std::optional<KeyIndex>> {
        std::optional<KeyIndex> last;
        for (const auto state : states) last = std::max(last, highest(c, account, state));
        return last;
    };
    co_return co_await database_.read(std::move(work));
}

}  // namespace pegasus::keys
