// SPDX-License-Identifier: Apache-2.0
// HashTable: the integer ids that stand for hashes, addresses and tags in tangle.db.
#pragma once

#include <array>
#include <cstdint>

#include "node/packed.hpp"
#include "node/prepared.hpp"

namespace pegasus::node {

/// Rising with time; of a transaction, a bundle, an address or a tag.
using Id = std::int64_t;
inline constexpr Id kNoId = 0;
inline constexpr Id kNullId = 1;  ///< the null hash: the genesis, and the empty tag

/// 128 secret bits of this database.
using TableKey = std::array<std::uint64_t, 2>;

/// SipHash-2-4. Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
[[nodiscard]] std::uint64_t sipHash(const TableKey& key, std::span<const std::uint8_t> bytes);

/// What the database turns into Corrupt: a row is not what was written.
[[nodiscard]] SQLite::Exception damaged(const char* table, Id id);

/// Database thread.
class HashTable {
  public:
    HashTable(store::Connection& connection, const TableKey& key);

    /// kNoId if it was never seen.
    [[nodiscard]] Id find(const Packed& packed);
    struct Interned {
        Id id = kNoId;
        bool fresh = false;  ///< nothing has named it before
    };
    [[nodiscard]] Interned intern(const Packed& packed);
    /// Throws damaged() if the bytes are not those of the key.
    [[nodiscard]] Packed at(Id id);
    /// Of the bytes of a row, for damaged().
    [[nodiscard]] std::int64_t sum(std::span<const std::uint8_t> bytes) const { return static_cast<std::int64_t>(sipHash(key_, bytes)); }
    [[nodiscard]] Id greatest();
    void erase(Id id) { (void)erase_.run(id); }

  private:
    TableKey key_;
    Prepared find_;
    Prepared insert_;
    Prepared at_;
    Prepared greatest_;
    Prepared erase_;
    store::Connection& connection_;
};

}  // namespace pegasus::node
