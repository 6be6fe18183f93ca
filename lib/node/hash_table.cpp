// SPDX-License-Identifier: Apache-2.0
// HashTable: look-up through a keyed 64-bit hash, then comparison of the bytes.
#include "node/hash_table.hpp"

#include <sqlite3.h>

#include <bit>

namespace pegasus::node {
namespace {

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void rounds(int count) {
        for (; count > 0; --count) {
            v0 += v1, v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32);
            v2 += v1, v0 += v3;
            v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
    }
    void word(std::uint64_t m) {
        v3 ^= m;
        rounds(2);
        v0 ^= m;
    }
};

std::uint64_t littleEndian(std::span<const std::uint8_t> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | bytes[i];
    return value;
}

}  // namespace

std::uint64_t sipHash(const TableKey& key, std::span<const std::uint8_t> bytes) {
    SipState s{key[0] ^ 0x736f6d6570736575U, key[1] ^ 0x646f72616e646f6dU,
               key[0] ^ 0x6c7967656e657261U, key[1] ^ 0x7465646279746573U};
    const auto size = static_cast<std::uint64_t>(bytes.size());
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) s.word(littleEndian(bytes.first(8)));
    s.word(littleEndian(bytes) | size << 56U);
    s.v2 ^= 0xff;
    s.rounds(4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

SQLite::Exception damaged(const char* table, Id id) {
    return {fmt::format("row {} of {} is not what was written", id, table), SQLITE_CORRUPT};
}

HashTable::HashTable(store::Connection& connection, const TableKey& key)
    : key_(key),
      find_(connection, "SELECT id, packed FROM node_hash WHERE key = ?"),
      insert_(connection, "INSERT INTO node_hash (key, packed) VALUES (?, ?)"),
      at_(connection, "SELECT packed, key FROM node_hash WHERE id = ?"),
      greatest_(connection, "SELECT max(id) FROM node_hash"),
      erase_(connection, "DELETE FROM node_hash WHERE id = ?"),
      connection_(connection) {}

Id HashTable::find(const Packed& packed) {
    if (packed.empty()) return kNullId;
    auto rows = find_.rows(static_cast<std::int64_t>(sipHash(key_, packed.bytes())));
    while (rows.next())
        if (std::ranges::equal(rows.blob(1), packed.bytes())) return rows.integer(0);
    return kNoId;
}

HashTable::Interned HashTable::intern(const Packed& packed) {
    if (const Id id = find(packed); id != kNoId) return {id, false};
    insert_.run(static_cast<std::int64_t>(sipHash(key_, packed.bytes())), packed.bytes());
    return {connection_.getLastInsertRowid(), true};
}

Packed HashTable::at(Id id) {
    auto rows = at_.rows(id);
    if (!rows.next()) return {};
    const Packed packed(rows.blob(0));
    if (id != kNullId && sum(packed.bytes()) != rows.integer(1)) throw damaged("node_hash", id);
    return packed;
}

Id HashTable::greatest() {
    auto rows = greatest_.rows();
    return rows.next() ? rows.integer(0) : kNoId;
}

}  // namespace pegasus::node
